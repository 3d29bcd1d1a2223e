#pragma once
// AWS Signature Version 4 as S3 wants it: the path is encoded once and never normalised, the body of a presigned request is
// not signed (Amazon S3 API Reference, "Authenticating Requests").
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/http.hpp"
#include "core/secret.hpp"

namespace wbverify {

struct S3Keys {
  std::string id;       ///< no secret; empty: nothing is signed
  Secret secret;
  Secret token;         ///< of temporary credentials, or empty
};

/// Names and values as they mean, not encoded.
using S3Query = std::vector<std::pair<std::string, std::string>>;

/// What a signature covers.
struct S3Message {
  std::string method = "GET";
  std::string host;      ///< as the Host header says: with the port unless it is the scheme's own
  std::string path;      ///< not encoded, begins with a slash
  S3Query query;
  Headers headers;       ///< besides Host; all of them are signed
};

struct S3Scope {
  std::string region;
  std::string service = "s3";
  std::int64_t when = 0;   ///< Unix seconds
};

namespace s3_sign {

/// Amazon's word for a body that the signature leaves out.
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

/// `20130524T000000Z`.
std::string timestamp(std::int64_t when);
/// The path as it goes on the wire and into the signature.
std::string encode_path(std::string_view path);
/// `a=1&b=`, encoded, in the order given.
std::string encode_query(const S3Query& query);
/// What is hashed and signed; the Host header is added.
std::string canonical_request(const S3Message& message, std::string_view payload_hash);
std::string string_to_sign(const S3Scope& scope, std::string_view canonical_request);
/// 64 hexadecimal digits.
std::string signature(const S3Keys& keys, const S3Scope& scope, std::string_view canonical_request);

/// The message's headers and those that make it a signed one, for the wire. `payload_hash` is the body's SHA-256 in
/// hexadecimal, or unsigned_payload.
Headers sign_headers(const S3Message& message, const S3Keys& keys, const S3Scope& scope, std::string_view payload_hash);
/// Path and query of a URL that carries its own signature and is good for `seconds` from scope.when.
std::string presign(S3Message message, const S3Keys& keys, const S3Scope& scope, std::int64_t seconds);

}  // namespace s3_sign
}  // namespace wbverify
