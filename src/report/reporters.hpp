#pragma once
#include <ostream>
#include <string>
#include <vector>

#include "core/report.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// When warnings count.
enum class FailOn { fail, warn };

/// The one function from a report to the exit status: 1 something failed, 2 warnings under FailOn::warn, 3 incomplete, else 0.
int exit_status(const Report& report, FailOn fail_on);
/// What that number means, in a few words.
std::string exit_status_meaning(int status);

/// The report as JSON, per report.schema.json of this folder. Ends with a line end.
std::string render_json(const Report& report);

struct TerminalStyle {
  bool colour = false;
  bool unicode = false;
  bool verbose = false;   ///< passing areas are not folded
  bool quiet = false;     ///< only what did not pass, and the last lines
  int width = 80;         ///< columns; text wraps, commands do not
};

/// Writes the report for people while it comes in.
class TerminalReporter {
 public:
  TerminalReporter(std::ostream& out, TerminalStyle style) : out_(out), style_(style) {}
  void heading(const RunInfo& run);
  void result(const Plugin& plugin, const CheckResult& result);
  /// Counts, the first thing to fix, where the report was written, the exit status. `written` may be empty.
  void finish(const Report& report, const std::string& written);

 private:
  void flush_area();
  std::ostream& out_;
  TerminalStyle style_;
  std::string area_;
  std::string area_title_;
  std::vector<CheckResult> pending_;
};

}  // namespace wbverify
