#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"

namespace wbverify {
namespace {

/// Our choice: far above what NTP leaves, far below what breaks signatures and tokens.
constexpr double most_seconds = 5;

/// `YYYY-MM-DD hh:mm:ss[.ffffff]` in UTC as Unix microseconds.
std::optional<std::int64_t> parse_time(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-dd dd:dd:dd";
  if (text.size() < form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !digit : text[i] != form[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  using namespace std::chrono;
  const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  if (!day.ok()) return std::nullopt;
  const auto moment = sys_days(day) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
  std::int64_t fraction = 0, scale = 100000;
  if (text.size() > form.size() && text[form.size()] == '.') {
    for (const char c : text.substr(form.size() + 1, 6)) {
      if (c < '0' || c > '9') return std::nullopt;
      fraction += (c - '0') * scale;
      scale /= 10;
    }
  }
  return duration_cast<microseconds>(moment.time_since_epoch()).count() + fraction;
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  const MysqlSessionFacts& session = facts.session;
  const auto server = parse_time(session.server_time);
  Finding finding;
  if (!server || session.asked_at == 0) {
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    finding.observed = "The server did not tell its time" +
                       (session.server_time.empty() ? std::string(".") : ": " + session.server_time);
    return {finding};
  }
  // The answer was made between asking and answering: within that span there is no difference to speak of.
  double off = 0;
  if (*server < session.asked_at) off = static_cast<double>(*server - session.asked_at) / 1e6;
  if (*server > session.answered_at) off = static_cast<double>(*server - session.answered_at) / 1e6;
  const double size = std::abs(off);
  if (size <= most_seconds)
    return {passed(size < 0.05 ? "the same to 50 ms" : fmt::format("{:.2f} s {}", size, off < 0 ? "behind" : "ahead"))};
  finding.status = Status::warn;
  finding.cause = "clock-differs";
  finding.observed = fmt::format("MySQL's clock is {:.0f} s {} this machine's.", size, off < 0 ? "behind" : "ahead of");
  finding.expected = "5 s at most.";
  finding.why =
      "One of the two clocks is wrong. Rows carry MySQL's time, signed URLs and tokens the W&B server's: runs appear "
      "in the future, sessions end early, retention deletes too soon or too late.";
  finding.fix = mysql_flavour(facts).self_run() ? "On both machines: timedatectl status, then timedatectl set-ntp "
                                                  "true. In a virtual machine, look at the host's clock as well."
                                                : "The provider keeps the server's clock; on this machine: timedatectl "
                                                  "status, then timedatectl set-ntp true.";
  finding.reproduce = mysql_client(facts, "SELECT UTC_TIMESTAMP(6)") + "; date -u";
  return {finding};
}

}  // namespace

CheckSpec mysql_clock_check() {
  CheckSpec spec;
  spec.id = "mysql.clock";
  spec.probe = "mysql";
  spec.title = "MySQL's clock agrees with this machine's";
  spec.needs = {"mysql.login"};
  spec.tags = {"clock"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
