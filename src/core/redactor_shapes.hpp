#pragma once
// Credentials that nobody told the redactor of, found by the place where they stand.
#include <string_view>

#include "core/redactor_views.hpp"

namespace wbverify::redaction {

/// What a redacted place reads.
inline constexpr std::string_view mark = "[redacted]";

/// Adds the places of: passwords in user information of URLs, values of fields with a telling name (`password=`, `sig=`,
/// `X-Amz-Signature=`, `"client_secret": "…"`, `<SecretAccessKey>`), Authorization headers and cookies, JSON web tokens,
/// PEM private keys, W&B API keys. References such as `$MYSQL_PASSWORD` and words such as PASSWORD stay.
/// True when one of them is open at the end, so that more text might belong to it.
bool find_shapes(std::string_view text, Ranges& hits);

}  // namespace wbverify::redaction
