#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace wbverify {

std::string hex_encode(std::string_view bytes);                     ///< lower case
std::string base64_encode(std::string_view bytes);                  ///< RFC 4648 §4, padded
std::optional<std::string> base64_decode(std::string_view text);    ///< standard and URL alphabet, padding optional
/// RFC 3986: everything but unreserved characters becomes %XX (upper case); characters of `keep` stay as they are.
std::string percent_encode(std::string_view text, std::string_view keep = {});
/// Nothing when an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace wbverify
