#pragma once
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "engine/record.hpp"
#include "report/progress.hpp"
#include "report/reporters.hpp"

namespace wbverify {

/// Where the results of a run go: the screen while it lasts, documents and files at its end.
class Delivery {
 public:
  /// Throws OutputError when a file that was asked for could not be written later.
  Delivery(const Arguments& arguments, Context& context);

  void begin(const RunInfo& run);
  void result(const Plugin& plugin, const CheckResult& result);
  void progress(int settled, int total, const std::vector<std::string>& busy);
  void erase_progress() { progress_.erase(); }
  /// Writes what is left to be written; `record` may be null. The exit status: the report's own, or 74 when it would be
  /// 0 and something could not be written.
  int end(const Report& report, const Record* record);
  /// All of a report that exists already.
  int deliver(const Report& report, const Record* record);

 private:
  void write(const std::string& what, const std::string& path, const std::string& text);

  const Arguments& arguments_;
  Context& context_;
  bool json_ = false;  ///< the JSON report goes to standard output
  Output& screen_;     ///< of the terminal report
  TerminalReporter reporter_;
  Progress progress_;
  std::vector<std::pair<std::string, std::string>> written_;
  bool lost_ = false;
};

}  // namespace wbverify
