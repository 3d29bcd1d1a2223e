#include "report/cut.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/judging.hpp"
#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::array<std::string_view, 3> causes = {"run-deadline", "machine-paused", "no-resources"};

/// More time than the run had, in whole minutes.
std::string more_time(double deadline_ms) {
  constexpr double minute = 60000, usual = 5;
  return std::to_string(static_cast<int>(std::max(usual, deadline_ms * 2 / minute + 1))) + "m";
}

std::string sentence(std::string_view cause, const std::vector<const CheckResult*>& results, const RunInfo& run) {
  const std::string checks = count_of(results.size(), "check");
  if (cause == "run-deadline") {
    return "The time limit, " + duration_text(run.deadline_ms) + ", was reached with " + checks + " not finished; try --timeout " + more_time(run.deadline_ms) + ".";
  }
  if (cause == "machine-paused") return "This process was stopped for a while, which cut " + checks + " short; run it again.";
  const std::string& observed = results.front()->finding.observed;
  std::string limit = observed.substr(0, observed.find(seen_until_then));
  if (limit.ends_with('.')) limit.pop_back();
  return limit + ": " + checks + " not finished; raise the limit and run it again.";
}

}  // namespace

bool was_cut(const CheckResult& result) {
  const Finding& finding = result.finding;
  return finding.status == Status::unknown && finding.blame == Blame::machine && std::find(causes.begin(), causes.end(), finding.cause) != causes.end();
}

Cut cut_of(const Report& report) {
  Cut cut;
  std::size_t most = 0;
  for (const auto& cause : causes) {
    std::vector<const CheckResult*> results;
    for (const auto& result : report.results) {
      if (was_cut(result) && result.finding.cause == cause) results.push_back(&result);
    }
    if (results.empty()) continue;
    cut.unfinished += results.size();
    cut.text += (cut.text.empty() ? "" : " ") + sentence(cause, results, report.run);
    if (results.size() > most) cut.cause = cause;
    most = std::max(most, results.size());
  }
  return cut;
}

std::string cut_words(const CheckResult& result) {
  return result.finding.cause == causes[0]   ? "not finished in time"
         : result.finding.cause == causes[1] ? "not finished for a pause of this machine"
                                             : "not finished for want of files, threads or memory";
}

}  // namespace wbverify
