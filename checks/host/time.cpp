#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "checks/host/checks.hpp"
#include "checks/shared/answer.hpp"
#include "checks/host/plugin_words.hpp"
#include "checks/policy.hpp"

namespace wbverify {
namespace {

/// The least difference that agrees with the answer: a Date of whole seconds, written at some moment between question and answer.
std::int64_t least_skew_ms(std::int64_t date, const HttpAnswer& answer) {
  const std::int64_t earliest = date * 1000, latest = earliest + 999;
  if (earliest > answer.answered_at) return earliest - answer.answered_at;
  if (latest < answer.asked_at) return latest - answer.asked_at;
  return 0;
}

/// An answer of the server itself, not of a cache: its Date is that of the moment.
const HttpAnswer* dated(const HostHttpFacts& facts) {
  for (const HttpAnswer* answer : {&facts.ready, &facts.healthz, &facts.root, &facts.env}) {
    const std::string age = answer->header("age");
    if (answer->answered() && (age.empty() || age == "0") && parse_http_date(answer->header("date"))) return answer;
  }
  return nullptr;
}

std::string duration(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} days", seconds / 86400);
}

Findings judge(const HostHttpFacts& facts, const Scene&) {
  const HttpAnswer* const answer = dated(facts);
  if (answer == nullptr) return {skipped("No answer carries a Date of its own.")};
  const std::string date = answer->header("date");
  const std::int64_t skew = least_skew_ms(*parse_http_date(date), *answer);
  const std::int64_t seconds = std::abs(skew) / 1000;
  Finding finding;
  finding.setting = "HOST";
  if (seconds <= policy::clock_warn_seconds) {
    finding.observed = seconds < 2 ? "the clocks agree" : fmt::format("the clocks are {} s apart", seconds);
    return {finding};
  }
  finding.status = seconds > policy::clock_fail_seconds ? Status::fail : Status::warn;
  finding.cause = "skewed";
  finding.observed = fmt::format("The server's clock says {}; it is {} {} of this machine's.", date, duration(seconds), skew > 0 ? "ahead" : "behind");
  finding.expected = fmt::format("Clocks that agree to {} s.", policy::clock_warn_seconds);
  finding.why = "Signed upload addresses, log-in tokens and certificates hold for a certain time. With clocks this far apart the object store and the identity provider refuse them as "
                "expired or not yet valid, and runs bear wrong times.";
  finding.fix = "One of the two clocks is wrong; this tells which, on each of them:\ntimedatectl timesync-status || chronyc tracking\nOn the one that is off, as root:\n"
                "timedatectl set-ntp true\nA container and a Kubernetes pod have the clock of their node.";
  finding.reproduce = curl_command(facts, answer->url) + " | grep -i '^date:'; date -u";
  return {finding};
}

}  // namespace

CheckSpec host_time_check() {
  CheckSpec spec;
  spec.id = "host.time";
  spec.probe = "host.http";
  spec.title = "The clocks of the server and of this machine agree";
  spec.needs = {"host.http", "host.is-wandb"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
