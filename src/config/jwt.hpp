#pragma once
// JSON Web Tokens as far as they can be read without a key: three parts of base64url joined by dots (RFC 7519).
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

namespace wbverify {

/// Whether the text has the shape of one: three parts, none empty, of letters, digits, - and _.
bool is_jwt_shape(std::string_view text);
/// The object that one part encodes; nothing when it encodes none, or one that nests deeper than 64 levels.
std::optional<nlohmann::json> jwt_object(std::string_view part);
/// The number of that name, held within ±9e15; 0 when there is none.
std::int64_t jwt_number(const nlohmann::json& claims, const char* name);

}  // namespace wbverify
