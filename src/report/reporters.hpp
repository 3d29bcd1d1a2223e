#pragma once
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/report.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// When warnings count.
enum class FailOn { fail, warn };

/// The one function from a report to the exit status: 1 something failed, 3 incomplete, 2 warnings under FailOn::warn,
/// else 0.
int exit_status(const Report& report, FailOn fail_on);
/// What that number means, in a few words.
std::string exit_status_meaning(int status);

/// How many results have each status, indexed by it. A row counts as a result.
using Counts = std::array<std::size_t, 6>;
Counts count_results(const std::vector<CheckResult>& results);
/// `1 failed, 9 blocked, 31 passed`; what is 0 is left out.
std::string counts_text(const Counts& counts);
/// The result to mend first: the failure for which most others wait, else the first unknown, else the first warning.
/// Null when everything passed.
const CheckResult* first_to_fix(const Report& report);

/// The report as JSON, per report.schema.json of this folder. Ends with a line end.
std::string render_json(const Report& report);
/// That schema itself, compiled in.
std::string_view report_schema();

struct TerminalStyle {
  bool colour = false;
  bool unicode = false;
  bool verbose = false;  ///< passing areas are not folded, nothing is grouped
  bool quiet = false;    ///< only what did not pass, and the last lines
  int width = 80;        ///< columns, 60 to 120; text wraps, commands do not
  int title_width = 15;  ///< columns of the services' titles where each has one line
};

/// Writes the report for people while it comes in, one service at a time.
class TerminalReporter {
 public:
  TerminalReporter(std::ostream& out, TerminalStyle style) : out_(out), style_(style) {}
  void heading(const RunInfo& run);
  /// In catalogue order. The plugin must outlive the reporter.
  void result(const Plugin& plugin, const CheckResult& result);
  /// No further result just now: a service whose last check is in is printed.
  void pause();
  /// The last lines. `written` names the files that were written, each with what it is: `Report`, `report.json`.
  void finish(const Report& report, const std::vector<std::pair<std::string, std::string>>& written);

 private:
  void flush_area();
  std::ostream& out_;
  TerminalStyle style_;
  const Plugin* plugin_ = nullptr;
  std::vector<CheckResult> results_;
  bool begun_ = false;   ///< something is printed already
  bool opened_ = false;  ///< the last thing printed wants an empty line below it
};

}  // namespace wbverify
