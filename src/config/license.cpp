#include "config/license.hpp"

#include "config/jwt.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

const std::string whole_token = "The licence as W&B sent it: one line of three parts joined by dots, beginning with eyJ.";
const std::string copy_license_again = "Copy the whole licence again, from the mail or from the deployment page of W&B, without line breaks.";

std::string text(const json& claims, const char* name) {
  const auto at = claims.find(name);
  return at != claims.end() && at->is_string() ? sanitize(at->get<std::string>(), 80) : "";
}

}  // namespace

std::optional<License> parse_license(IssueList& issues) {
  if (!check_surface(issues, "")) return std::nullopt;
  const std::string_view value = issues.value();
  const auto broken = [&](std::size_t offset, std::string_view cause, std::string observed) {
    issues.malformed(offset, {cause, std::move(observed), whole_token, copy_license_again, ""});
    return std::optional<License>();
  };
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  if (const auto at = value.find_first_not_of(allowed); at != std::string_view::npos) {
    return broken(at, value[at] == ' ' || value[at] == '\t' ? "blank-inside" : "foreign-character",
                  value[at] == ' ' || value[at] == '\t' ? "A blank stands within the licence." : "The licence holds a character that does not occur in one.");
  }
  const auto parts = split(value, '.');
  if (parts.size() != 3) {
    return broken(IssueList::whole, "not-three-parts", "The value has " + std::to_string(parts.size()) + (parts.size() == 1 ? " part" : " parts") + " instead of three.");
  }
  const std::size_t second = parts[0].size() + 1, third = second + parts[1].size() + 1;
  if (!jwt_object(parts[0])) return broken(0, "not-a-token", "The first part does not decode to a JSON object.");
  const auto object = jwt_object(parts[1]);
  if (!object) return broken(second, "not-a-token", "The second part does not decode to a JSON object: some of it is missing.");
  const json& claims = *object;
  if (parts[2].empty() || !base64_decode(parts[2])) return broken(third, "truncated", "The third part, the signature, is missing or cut off.");

  License license;
  license.expires = jwt_number(claims, "exp");
  license.trial = claims.contains("trial") && claims["trial"].is_boolean() && claims["trial"].get<bool>();
  license.deployment_id = text(claims, "deploymentId");
  license.seats = jwt_number(claims, claims.contains("maxUsers") ? "maxUsers" : "seats");
  license.teams = jwt_number(claims, claims.contains("maxTeams") ? "maxTeams" : "teams");
  if (const auto flags = claims.find("flags"); flags != claims.end() && flags->is_array()) {
    constexpr std::size_t most = 64;
    for (const auto& flag : *flags) {
      if (flag.is_string() && license.flags.size() < most) license.flags.push_back(sanitize(flag.get<std::string>(), 40));
    }
  }
  if (const auto key = claims.find("accessKey"); key != claims.end() && key->is_string()) Secret(key->get<std::string>());
  if (license.expires == 0) {
    issues.suspicious(second, {"no-expiry", "The licence does not say when it ends.", "A claim exp with the time.", "Ask W&B whether this is the right licence.", ""});
  }
  return license;
}

}  // namespace wbverify
