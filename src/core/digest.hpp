#pragma once
#include <string>
#include <string_view>

namespace wbverify {

/// 32 raw bytes.
std::string sha256(std::string_view bytes);
/// 32 raw bytes (RFC 2104).
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// 20 raw bytes; empty where this machine's OpenSSL refuses SHA-1. For Amazon's old signatures only.
std::string hmac_sha1(std::string_view key, std::string_view bytes);
/// 16 raw bytes; empty where this machine's OpenSSL refuses MD5 (FIPS mode).
std::string md5(std::string_view bytes);

}  // namespace wbverify
