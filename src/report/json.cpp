#include "util/json.hpp"

#include <cmath>

#include "core/redactor.hpp"
#include "report/cut.hpp"
#include "report/layout.hpp"
#include "report/reporters.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_sentence = 4096;

std::string sentence(const std::string& text) { return sanitize(Redactor::process().redact(text, Wrote::us), longest_sentence); }
std::string lines(const std::string& text) { return clean_lines(Redactor::process().redact(text, Wrote::us)); }
/// Microseconds are as fine as a time is meant here.
double milliseconds(double time) { return std::round(time * 1000) / 1000; }

Json sentences(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(sentence(text));
  return out;
}

Json summary_json(const Report& report) {
  const Counts counts = count_results(report.results);
  Json out;
  for (const Status status :
       {Status::pass, Status::warn, Status::fail, Status::unknown, Status::skip, Status::blocked}) {
    out[std::string(name(status))] = counts[static_cast<std::size_t>(status)];
  }
  const CheckResult* first = first_to_fix(report);
  out["first_to_fix"] = first == nullptr ? Json(nullptr) : Json(sentence(first->id));
  return out;
}

Json cut_json(const Cut& cut) {
  if (cut.unfinished == 0) return nullptr;
  return {{"cause", sentence(cut.cause)}, {"unfinished", cut.unfinished}, {"text", sentence(cut.text)}};
}

Json run_json(const RunInfo& run, const Cut& cut) {
  return {{"id", sentence(run.id)},
          {"version", sentence(run.version)},
          {"started", rfc3339(run.started)},
          {"duration_ms", milliseconds(run.duration_ms)},
          {"deadline_ms", milliseconds(run.deadline_ms)},
          {"attempts", run.attempts},
          {"interrupted", run.interrupted},
          {"cut", cut_json(cut)},
          {"exit_status", run.exit_status},
          {"target", sentence(run.target)}};
}

Json result_json(const CheckResult& result) {
  const Finding& finding = result.finding;
  return {{"id", sentence(result.id)},
          {"check", sentence(result.check)},
          {"status", name(finding.status)},
          {"cause", sentence(finding.cause)},
          {"title", sentence(finding.title)},
          {"observed", sentence(finding.observed)},
          {"expected", sentence(finding.expected)},
          {"why", sentence(finding.why)},
          {"fix", lines(finding.fix)},
          {"reproduce", lines(finding.reproduce)},
          {"more", sentence(result.more)},
          {"setting", sentence(finding.setting)},
          {"origin", sentence(result.origin)},
          {"blocked_by", sentences(result.blocked_by)},
          {"blame", name(finding.blame)},
          {"duration_ms", milliseconds(result.duration_ms)}};
}

Json probe_json(const ProbeInfo& probe) {
  return {{"id", sentence(probe.id)},
          {"outcome", sentence(probe.outcome)},
          {"started_ms", milliseconds(probe.started_ms)},
          {"duration_ms", milliseconds(probe.duration_ms)},
          {"attempts", probe.attempts},
          {"round_trips", probe.round_trips}};
}

}  // namespace

std::string render_json(const Report& report) {
  Json results = Json::array(), probes = Json::array();
  for (const auto& result : report.results) results.push_back(result_json(result));
  for (const auto& probe : report.probes) probes.push_back(probe_json(probe));
  const Json root = {{"schema", "wbverify-report/1"},
                     {"run", run_json(report.run, cut_of(report))},
                     {"summary", summary_json(report)},
                     {"results", std::move(results)},
                     {"probes", std::move(probes)}};
  return dump_json(root, 2) + "\n";
}

}  // namespace wbverify
