#pragma once
// The XML documents of S3, as far as they are asked for. Everything in them is a stranger's: bounded and cleaned here.
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

struct S3Listing {
  std::string name;                ///< of the bucket, as the store sees it
  std::vector<std::string> keys;   ///< as they are, not cleaned: to be deleted, not to be shown
  bool truncated = false;
};

struct S3Version {
  std::string key, id;
  bool marker = false;   ///< a delete marker
  bool operator==(const S3Version&) const = default;
};

struct S3Versions {
  std::vector<S3Version> versions;
  bool truncated = false;
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
/// The names of the account's buckets, the first 50.
Result<std::vector<std::string>> read_buckets(std::string_view text);

}  // namespace s3_xml
}  // namespace wbverify
