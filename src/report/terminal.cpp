#include <algorithm>

#include "report/area.hpp"
#include "report/cut.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t label_columns = 13;  // `Exit status  `

std::string labelled(std::string_view label, const std::string& text, const TerminalStyle& style) {
  std::string out;
  for (const auto& line : wrap(text, static_cast<std::size_t>(style.width) - label_columns)) {
    out += (out.empty() ? paint(style, Ink::aside, label) + std::string(label_columns - label.size(), ' ')
                        : std::string(label_columns, ' ')) +
           line + "\n";
  }
  return out;
}

std::size_t waiting_for(const Report& report, const CheckResult& cause) {
  return static_cast<std::size_t>(
      std::count_if(report.results.begin(), report.results.end(), [&](const CheckResult& result) {
        return std::find(result.blocked_by.begin(), result.blocked_by.end(), cause.id) != result.blocked_by.end();
      }));
}

Ink ink_of(const Counts& counts) {
  const auto some = [&](Status status) { return counts[static_cast<std::size_t>(status)] > 0; };
  return some(Status::fail)                               ? Ink::fail
         : some(Status::unknown) || some(Status::blocked) ? Ink::unknown
         : some(Status::warn)                             ? Ink::warn
                                                          : Ink::pass;
}

}  // namespace

Counts count_results(const std::vector<CheckResult>& results) {
  Counts counts{};
  for (const auto& result : results) ++counts[static_cast<std::size_t>(result.finding.status)];
  return counts;
}

std::string counts_text(const Counts& counts) {
  static constexpr std::array<std::pair<Status, const char*>, 6> words = {{{Status::fail, "failed"},
                                                                           {Status::unknown, "unknown"},
                                                                           {Status::warn, "warned"},
                                                                           {Status::blocked, "blocked"},
                                                                           {Status::pass, "passed"},
                                                                           {Status::skip, "skipped"}}};
  std::vector<std::string> parts;
  for (const auto& [status, text] : words) {
    const std::size_t count = counts[static_cast<std::size_t>(status)];
    if (count > 0) parts.push_back(std::to_string(count) + " " + text);
  }
  return parts.empty() ? "nothing was checked" : join(parts, ", ");
}

const CheckResult* first_to_fix(const Report& report) {
  const auto first_of = [&](Status status, bool cut) {
    const CheckResult* first = nullptr;
    for (const auto& result : report.results) {
      if (result.finding.status != status || was_cut(result) != cut) continue;
      if (first == nullptr || waiting_for(report, result) > waiting_for(report, *first)) first = &result;
    }
    return first;
  };
  for (const auto& [status, cut] : {std::pair{Status::fail, false}, {Status::unknown, false}, {Status::unknown, true}, {Status::warn, false}}) {
    if (const CheckResult* first = first_of(status, cut)) return first;
  }
  return nullptr;
}

void TerminalReporter::heading(const RunInfo& run) {
  if (style_.quiet) return;
  // `2026-11-25T03:01:20.123Z` as people write it.
  std::string when = rfc3339(run.started).substr(0, 19) + " UTC";
  when[10] = ' ';
  std::vector<std::string> parts = {"wbverify " + run.version};
  if (!run.target.empty()) parts.push_back(run.target);
  parts.push_back(when);
  if (style_.verbose) parts.push_back("run " + run.id);
  std::string line;
  for (const auto& part : parts) {
    const std::string piece = fit(style_, part);
    const std::size_t used = display_width(line);
    if (used > 0 && used + 2 + display_width(piece) > static_cast<std::size_t>(style_.width)) {
      out_ << line << '\n';
      line.clear();
    }
    line += (line.empty() ? "" : "  ") + piece;
  }
  out_ << paint(style_, Ink::strong, line) << '\n' << std::flush;
  begun_ = opened_ = true;
}

void TerminalReporter::result(const Plugin& plugin, const CheckResult& result) {
  if (plugin_ != &plugin) flush_area();
  plugin_ = &plugin;
  results_.push_back(result);
}

void TerminalReporter::pause() {
  if (plugin_ != nullptr && !plugin_->checks.empty() && results_.back().check == plugin_->checks.back().id)
    flush_area();
}

void TerminalReporter::flush_area() {
  if (plugin_ == nullptr) return;
  const AreaText area = render_area(*plugin_, results_, style_);
  plugin_ = nullptr;
  results_.clear();
  if (area.text.empty()) return;
  if (begun_ && (opened_ || area.opened)) out_ << '\n';
  out_ << area.text << std::flush;
  begun_ = true;
  opened_ = area.opened;
}

void TerminalReporter::finish(const Report& report, const std::vector<std::pair<std::string, std::string>>& written) {
  flush_area();
  if (begun_) out_ << '\n';
  const Counts counts = count_results(report.results);
  std::string text = paint(style_, ink_of(counts), counts_text(counts)) + " in " +
                     duration_text(std::max(report.run.duration_ms, 0.5));
  if (report.run.attempts > 1) text += ", attempt " + std::to_string(report.run.attempts);
  text += '\n';
  if (report.run.interrupted) text += labelled("Interrupted", "stopped by a signal: this report is partial", style_);
  if (const Cut cut = cut_of(report); cut.unfinished > 0) text += labelled("Cut short", fit(style_, cut.text), style_);
  // For what was cut short the line above says it all.
  if (const CheckResult* first = first_to_fix(report); first != nullptr && !was_cut(*first)) {
    const Status status = first->finding.status;
    const std::size_t waiting = waiting_for(report, *first);
    std::string what = first->id;
    if (waiting > 0) what += " (" + count_of(waiting, "check") + (waiting == 1 ? " waits" : " wait") + " for it)";
    what += ": " + first_sentence(first->finding.observed.empty() ? first->finding.title : first->finding.observed);
    text += labelled(status == Status::fail ? "Fix first" : "Look first", fit(style_, what), style_);
  }
  for (const auto& [what, file] : written) {
    text += paint(style_, Ink::aside, what) + std::string(label_columns - what.size(), ' ') + fit(style_, file) + "\n";
  }
  if (!report.run.interrupted) {
    text +=
        labelled("Exit status",
                 std::to_string(report.run.exit_status) + ", " + exit_status_meaning(report.run.exit_status), style_);
  }
  out_ << text << std::flush;
}

}  // namespace wbverify
