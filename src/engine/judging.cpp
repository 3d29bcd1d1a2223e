#include "engine/judging.hpp"

#include <algorithm>
#include <exception>

#include "core/redactor.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool satisfies(Status status) { return status == Status::pass || status == Status::warn || status == Status::skip; }

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

Finding unknown(std::string cause, std::string observed, Blame blame) {
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = std::move(cause);
  finding.observed = std::move(observed);
  finding.blame = blame;
  return finding;
}

/// A client that was asked to stop says so: that is no word about the installation, whatever a check makes of it.
void give_way(Finding& finding) {
  if (finding.cause != "stopped") return;
  Finding interrupted = unknown("interrupted", "The run was stopped before an answer came.", Blame::machine);
  interrupted.row = finding.row;
  interrupted.title = finding.title;
  interrupted.setting = finding.setting;
  finding = std::move(interrupted);
}

/// A wait that we cut ourselves, or a machine that could not go on, is never the other side's failure. What passed did pass.
void give_way_to(const std::string& hindrance, Finding& finding) {
  const bool of_others = finding.status == Status::unknown && finding.blame != Blame::machine && finding.blame != Blame::tool;
  const bool complains = finding.status == Status::fail || finding.status == Status::warn;
  if (hindrance.empty() || (!complains && !of_others)) return;
  const std::string cause = hindrance.substr(0, hindrance.find(':'));
  std::string text = cause == "run-deadline"     ? "The time limit of the run ended this before it was done."
                     : cause == "machine-paused" ? "This process was stopped for a while, by a signal or by a machine that slept or had no time for it."
                                                 : hindrance.substr(std::min(hindrance.size(), cause.size() + 2));
  if (complains) text += std::string(seen_until_then) + finding.observed;
  Finding cut = unknown(cause, std::move(text), Blame::machine);
  cut.row = finding.row;
  cut.title = finding.title;
  cut.setting = finding.setting;
  cut.fix = cause == "run-deadline" ? "Give the run more time: --timeout 5m" : cause == "machine-paused" ? "Run wbverify again." : "Raise the limit for this process, then run wbverify again.";
  finding = std::move(cut);
}

std::string first_part(const std::string& row) { return row.substr(0, row.find('/')); }

Finding blocked(const std::vector<std::string>& by) {
  Finding finding;
  finding.status = Status::blocked;
  finding.cause = "blocked";
  finding.observed = "Waits for " + join(by, ", ") + ".";
  return finding;
}

void block(CheckResult& result, const std::vector<std::string>& by) {
  Finding finding = blocked(by);
  finding.row = result.finding.row;
  finding.title = result.finding.title;
  result.finding = std::move(finding);
  result.blocked_by = by;
}

/// One cause, one failure: what failed here failed for what is told elsewhere. What could not be found out there explains no failure.
void explain(CheckResult& result, const NeedState& causes) {
  const Status status = result.finding.status;
  if (causes.blocked_by.empty() || satisfies(status) || status == Status::blocked || (status == Status::fail && !causes.failed)) return;
  const std::string seen = result.finding.observed;
  block(result, causes.blocked_by);
  result.finding.observed += " Seen here: " + seen;
}

/// What was received is redacted in the facts already; this is for what they hold as it came: tokens, names.
void redact(Finding& finding) {
  const Redactor& redactor = Redactor::process();
  for (std::string* text : {&finding.title, &finding.observed, &finding.expected, &finding.why, &finding.fix, &finding.reproduce}) {
    *text = redactor.redact(*text, Wrote::us);
  }
}

}  // namespace

Judging::Judging(std::vector<const CheckSpec*> checks, Scene scene, std::vector<std::string> shown,
                 std::vector<std::string> left_out, std::vector<std::string> needed)
    : checks_(std::move(checks)),
      scene_(std::move(scene)),
      shown_(std::move(shown)),
      left_out_(std::move(left_out)),
      needed_(std::move(needed)),
      settled_(checks_.size()) {}

void Judging::probe_ended(const ProbeRecord& record, Facts facts) {
  ended_.insert_or_assign(record.info.id, Ended{record, std::move(facts)});
}

int Judging::settled_count() const {
  return static_cast<int>(std::count_if(settled_.begin(), settled_.end(), [](const auto& s) { return s.has_value(); }));
}

const std::vector<CheckResult>* Judging::results_of(std::string_view check, bool& known) const {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i]->id != check) continue;
    known = true;
    return settled_[i] ? &*settled_[i] : nullptr;
  }
  known = false;
  return nullptr;
}

NeedState Judging::state(const std::vector<std::string>& needs) const {
  NeedState state;
  for (const auto& need : needs) {
    const auto slash = need.find('/');
    // What the user does not want to know stands in nobody's way.
    if (selects(left_out_, std::string_view(need).substr(0, slash), need)) continue;
    bool known = false;
    const auto* results = results_of(std::string_view(need).substr(0, slash), known);
    if (!known) continue;
    if (results == nullptr) {
      state.pending = true;
      continue;
    }
    for (const auto& result : *results) {
      // A finding without a row speaks for every row.
      if (slash != std::string::npos && result.id != need && result.id != result.check) continue;
      auto& part = state.parts[slash == std::string::npos ? first_part(result.finding.row) : ""];
      if (satisfies(result.finding.status)) continue;
      state.failed = state.failed || result.finding.status == Status::fail;
      std::vector<std::string> roots = result.blocked_by;
      if (result.finding.status != Status::blocked) roots.push_back(result.id);
      for (const auto& root : roots) {
        add_once(state.blocked_by, root);
        add_once(part, root);
      }
    }
  }
  return state;
}

std::vector<CheckResult> Judging::whole(const CheckSpec& check, Finding finding, const std::vector<std::string>& blocked_by) const {
  CheckResult result;
  result.id = result.check = check.id;
  result.finding = std::move(finding);
  result.finding.title = check.title;
  result.blocked_by = blocked_by;
  result.more = "wbverify explain " + check.id;
  return {std::move(result)};
}

std::vector<CheckResult> Judging::judge(const CheckSpec& check, const Ended& probe) const {
  if (!probe.facts) {
    if (!probe.record.blocked_by.empty()) {
      return whole(check, blocked(probe.record.blocked_by), probe.record.blocked_by);
    }
    if (probe.record.cause == "not-applicable") return whole(check, skipped(probe.record.reason));
    auto results = whole(check, unknown(probe.record.cause, probe.record.reason, probe.record.blame));
    results.front().duration_ms = probe.record.info.duration_ms;
    return results;
  }
  Findings findings;
  try {
    findings = check.judge(probe.facts, scene_);
  } catch (const std::exception& error) {
    findings = {unknown("internal-error", std::string("The facts could not be judged: ") + sanitize(error.what()), Blame::tool)};
  }
  if (findings.empty()) findings = {unknown("internal-error", "The check came to no verdict.", Blame::tool)};
  std::vector<CheckResult> results;
  for (auto& finding : findings) {
    CheckResult result;
    result.check = check.id;
    give_way(finding);
    give_way_to(probe.record.hindrance, finding);
    result.id = finding.row.empty() ? check.id : check.id + "/" + finding.row;
    if (finding.title.empty()) finding.title = check.title;
    if (!finding.setting.empty()) result.origin = scene_.origin(finding.setting);
    for (std::string* text : {&finding.fix, &finding.reproduce}) *text = scene_.with_options(*text);
    redact(finding);
    result.finding = std::move(finding);
    result.more = "wbverify explain " + check.id;
    result.duration_ms = probe.record.info.duration_ms;
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<CheckResult> Judging::judge_what_it_can(const CheckSpec& check, const Ended& probe, const NeedState& needs) const {
  if (needs.blocked_by.empty()) return judge(check, probe);
  std::vector<CheckResult> results;
  if (check.by_part && probe.facts) results = judge(check, probe);
  const auto is_part = [&](const auto& result) { return !result.finding.row.empty() && needs.parts.contains(first_part(result.finding.row)); };
  const auto all = needs.parts.find("");
  if (results.empty() || (all != needs.parts.end() && !all->second.empty()) || !std::all_of(results.begin(), results.end(), is_part)) {
    return whole(check, blocked(needs.blocked_by), needs.blocked_by);
  }
  for (auto& result : results) {
    if (const auto& lacking = needs.parts.at(first_part(result.finding.row)); !lacking.empty()) block(result, lacking);
  }
  return results;
}

void Judging::settle() {
  for (bool progress = true; progress;) {
    progress = false;
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (settled_[i]) continue;
      const CheckSpec& check = *checks_[i];
      // What does not apply here is skipped, whatever became of what it would have needed.
      const auto ended = ended_.find(check.probe);
      if (ended != ended_.end() && ended->second.record.cause == "not-applicable") {
        settled_[i] = judge(check, ended->second);
        progress = true;
        continue;
      }
      const NeedState needs = state(check.needs), others = state(check.explained_by);
      if (needs.pending || others.pending) continue;
      if (ended == ended_.end() && (needs.blocked_by.empty() || check.by_part)) continue;
      settled_[i] = ended == ended_.end() ? whole(check, blocked(needs.blocked_by), needs.blocked_by) : judge_what_it_can(check, ended->second, needs);
      for (auto& result : *settled_[i]) explain(result, others);
      progress = true;
    }
  }
}

std::optional<std::vector<CheckResult>> Judging::results(std::size_t check) const {
  if (!settled_[check]) return std::nullopt;
  std::vector<CheckResult> out;
  for (const CheckResult& settled : *settled_[check]) {
    CheckResult result = settled;
    const bool selected = selects(shown_, result.check, result.id);
    if (selects(left_out_, result.check, result.id)) {
      if (!selected) continue;
      Finding finding = skipped("Left out by --skip.");
      finding.cause = "left-out";
      finding.row = result.finding.row;
      finding.title = result.finding.title;
      result.finding = std::move(finding);
      result.blocked_by.clear();
      result.origin.clear();
    } else if (!selected && (satisfies(result.finding.status) || !selects(needed_, result.check, result.id))) {
      continue;
    }
    out.push_back(std::move(result));
  }
  return out;
}

void Judging::close() {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (!settled_[i]) {
      settled_[i] = whole(*checks_[i], unknown("internal-error", "The check was never reached: its needs run in a circle.", Blame::tool));
    }
  }
}

}  // namespace wbverify
