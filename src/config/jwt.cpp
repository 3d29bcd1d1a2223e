#include "config/jwt.hpp"

#include <algorithm>

#include "util/encoding.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// No library is asked to be lenient with depth: what nests deeper than this is refused before it is parsed.
bool nests_too_deep(std::string_view text) {
  constexpr int deepest = 64;
  int depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > deepest) return true;
  }
  return false;
}

}  // namespace

bool is_jwt_shape(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto parts = split(text, '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
           return !part.empty() && part.find_first_not_of(allowed) == std::string::npos;
         });
}

std::optional<nlohmann::json> jwt_object(std::string_view part) {
  const auto text = base64_decode(part);
  if (!text || nests_too_deep(*text)) return std::nullopt;
  nlohmann::json value = try_parse_json(*text);
  return value.is_object() ? std::optional(std::move(value)) : std::nullopt;
}

std::int64_t jwt_number(const nlohmann::json& claims, const char* name) {
  const auto at = claims.find(name);
  return at != claims.end() && at->is_number() ? static_cast<std::int64_t>(std::clamp(at->get<double>(), -9e15, 9e15))
                                               : 0;
}

}  // namespace wbverify
