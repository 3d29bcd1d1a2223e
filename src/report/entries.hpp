#pragma once
#include <string>
#include <vector>

#include "core/report.hpp"
#include "report/reporters.hpp"

namespace wbverify {

/// What is printed together: one result, or several of which the same is to be said.
struct Entry {
  Status status = Status::pass;
  std::vector<const CheckResult*> results;
};

/// A service's results in the order in which they are printed. What waits for one of them stands below it. With the
/// style `verbose` every result stands alone, with `quiet` what passed or was skipped is left out. Points into
/// `results`.
std::vector<Entry> entries_of(const std::vector<CheckResult>& results, const TerminalStyle& style);
std::vector<std::string> ids_of(const Entry& entry, std::size_t from = 0);
inline bool is_row(const CheckResult& result) { return result.id != result.check; }

}  // namespace wbverify
