#pragma once
// The XML documents of S3, as far as they are asked for. Everything in them is a stranger's: bounded and cleaned here.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace wbverify {

/// One rule of a bucket's CORS configuration.
struct CorsRule {
  std::vector<std::string> origins, methods, headers, expose;
  bool operator==(const CorsRule&) const = default;
};

/// One page.
struct S3Listing {
  std::string name;                ///< of the bucket, as the store sees it
  std::vector<std::string> keys;   ///< as they are, not cleaned: to be deleted, not to be shown
  std::vector<std::int64_t> modified;   ///< of each key, Unix seconds; 0: not told
  bool truncated = false;          ///< there is more, here or on the next page
  std::string next;                ///< the token that asks for the next page; empty: the store gave none
};

struct S3Version {
  std::string key, id;
  bool marker = false;         ///< a delete marker
  bool latest = false;         ///< what a request without a version gets
  std::int64_t modified = 0;   ///< Unix seconds; 0: not told
  bool operator==(const S3Version&) const = default;
};

/// One page.
struct S3Versions {
  std::string name;   ///< of the bucket
  std::vector<S3Version> versions;
  bool truncated = false;
  std::string next_key, next_id;   ///< the markers that ask for the next page
};

/// `<Error>`. Fields that are absent are empty.
struct S3ErrorDocument {
  std::string code, message, region, endpoint, request_id;
};

namespace s3_xml {

/// Larger documents are not read: the longest that is asked for, a listing of 1000 keys, is below 600 KiB.
inline constexpr std::size_t largest = 1 << 20;

/// The name of the outermost element without its prefix; empty when the text is no XML document or carries a DTD.
std::string root_of(std::string_view text);

std::optional<S3ErrorDocument> read_error(std::string_view text);
/// An error, cause `unexpected-document`, when the root is another: stores answer questions that they do not know with a
/// listing and status 200.
Result<std::vector<CorsRule>> read_cors(std::string_view text);
Result<std::string> read_location(std::string_view text);
/// `Enabled`, `Suspended` or empty.
Result<std::string> read_versioning(std::string_view text);
Result<S3Listing> read_listing(std::string_view text);
Result<S3Versions> read_versions(std::string_view text);
/// `2026-11-25T03:43:03.000Z` as Unix seconds; 0 for other texts.
std::int64_t read_time(std::string_view text);
/// The names of the account's buckets, the first 50.
Result<std::vector<std::string>> read_buckets(std::string_view text);

}  // namespace s3_xml
}  // namespace wbverify
