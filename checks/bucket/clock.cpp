#include <fmt/format.h>

#include <cmath>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "checks/policy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// `4 s`, `12 min`, `3 h 20 min`, `2 days`.
std::string spoken(std::int64_t seconds) {
  const std::int64_t minutes = (seconds + 30) / 60;
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (minutes < 120) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  return fmt::format("{} days", minutes / 1440);
}

Findings judge(const BucketReadFacts& facts, const Scene&) {
  const S3Answer& answer = facts.list.date != 0 ? facts.list : facts.anonymous;
  const bool refused = facts.list.code == "RequestTimeTooSkewed" || facts.list.code == "RequestExpired";
  if (answer.date == 0 && !refused) return {skipped("The store's answers have no Date header.")};
  // The Date header has whole seconds, so one of them may be its rounding.
  const double here = static_cast<double>(facts.asked_at) / 1000 + answer.duration_ms / 2000;
  const auto offset = answer.date == 0 ? 0 : static_cast<std::int64_t>(std::llround(static_cast<double>(answer.date) - here));
  const std::int64_t distance = std::abs(offset);
  const std::string apart = distance <= 1 ? "the same time" : fmt::format("the store's clock is {} {}", spoken(distance), offset > 0 ? "ahead" : "behind");
  if (!refused && distance <= policy::s3_clock_warning_seconds) return {passed(apart)};
  Finding finding;
  const bool far = refused || distance > policy::s3_clock_limit_seconds;
  finding.status = far ? Status::fail : Status::warn;
  finding.cause = far ? "clock-skew" : "clock-drift";
  finding.observed = "Seen from this machine " + apart + (refused ? "; it refuses what is signed here: " + show(facts.list) : "") + ".";
  if (refused && distance <= policy::s3_clock_warning_seconds) finding.observed += " The Date header is a proxy's, then, and the store behind it has another time.";
  finding.expected = fmt::format("Clocks within {} of each other, as NTP keeps them.", spoken(policy::s3_clock_warning_seconds));
  finding.why = "S3 refuses every request that is signed by a clock more than 15 minutes off, with RequestTimeTooSkewed; signed URLs expire too early or too late.";
  finding.fix = "On the machine whose clock is wrong (compare both with time.is):\ntimedatectl set-ntp true\nchronyc makestep\nA virtual machine takes its time from the host; a container from its node.";
  finding.reproduce = "date -u; " + curl_command(facts.place, "-sI " + shell_quote(facts.place.address.origin() + "/") + " | grep -i ^date:");
  finding.setting = "BUCKET";
  return {finding};
}

}  // namespace

CheckSpec bucket_clock_check() {
  CheckSpec spec;
  spec.id = "bucket.clock";
  spec.probe = "bucket";
  spec.title = "The store's clock and this machine's agree";
  spec.needs = {"bucket.endpoint"};
  spec.tags = {"clock"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
