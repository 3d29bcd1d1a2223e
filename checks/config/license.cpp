#include <ctime>

#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"
#include "checks/policy.hpp"

namespace wbverify {
namespace {

constexpr std::int64_t seconds_a_day = 86400;

std::string date(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  char text[32] = "";
  if (::gmtime_r(&time, &parts) == nullptr || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts) == 0) return "an impossible time";
  return text;
}

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  const LicenseFacts& license = facts.license;
  if (!license.read) return {skipped(scene.find("LICENSE") == nullptr ? "LICENSE is not set." : "LICENSE cannot be read.")};
  if (license.expires == 0) return {skipped("The licence does not say when it ends.")};
  const std::int64_t now = scene.started / 1000;
  const std::int64_t left = license.expires - now;
  const std::string kind = license.trial ? "trial licence" : "licence";
  const std::string whose = license.deployment_id.empty() ? "" : " of deployment " + license.deployment_id;
  Finding finding;
  finding.setting = "LICENSE";
  if (left > policy::license_warning_days * seconds_a_day) {
    finding.observed = kind + whose + ", until " + date(license.expires);
    return {finding};
  }
  const bool expired = left <= 0;
  finding.status = expired ? Status::fail : Status::warn;
  finding.cause = expired ? "expired" : "expires-soon";
  finding.observed = "The " + kind + whose + (expired ? " ended on " + date(license.expires) + "." : " ends on " + date(license.expires) + ", in " + std::to_string(left / seconds_a_day) + " days.");
  finding.expected = "A licence that is valid for more than " + std::to_string(policy::license_warning_days) + " days.";
  finding.why = expired ? "The server refuses to start at its next restart, or falls back to four users." : "When it has ended, the server refuses to start at its next restart.";
  finding.fix = "Ask W&B for a new licence, naming the deployment" + (license.deployment_id.empty() ? std::string(".") : " " + license.deployment_id + ".") + " Then restart the server.\n" + scene.change("LICENSE", "TOKEN");
  finding.reproduce = "printf %s \"$LICENSE\" | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null | grep -o '\"exp\":[0-9]*'";
  return {finding};
}

}  // namespace

CheckSpec config_license() {
  CheckSpec spec;
  spec.id = "config.license";
  spec.probe = "config";
  spec.title = "The licence is valid today";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
