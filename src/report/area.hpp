#pragma once
// One service's part of the terminal report, as text.
#include <string>
#include <vector>

#include "core/report.hpp"
#include "engine/plugin.hpp"
#include "report/reporters.hpp"

namespace wbverify {

/// Ends with a line end. `opened` says that it is more than a line or two, and stands between empty lines. Empty when
/// the style leaves all of it out.
struct AreaText {
  std::string text;
  bool opened = false;
};
AreaText render_area(const Plugin& plugin, const std::vector<CheckResult>& results, const TerminalStyle& style);

/// A failure, warning or unknown with all that is known about it; `likewise` are others of which the same is true.
std::string render_block(const CheckResult& result, const std::vector<std::string>& likewise, std::size_t id_width,
                         const TerminalStyle& style);

/// `WORD  id  sentence: value  time` in the columns of the style.
struct Line {
  Status status = Status::pass;
  std::string id;
  std::string sentence;  ///< fit to be printed
  std::string value;     ///< what was measured, fit to be printed; said after the sentence
  std::string time;
  bool whole = true;  ///< wrap; false: one line, in which the value is worth more than the sentence
};
std::string render_line(const Line& line, std::size_t id_width, const TerminalStyle& style);

}  // namespace wbverify
