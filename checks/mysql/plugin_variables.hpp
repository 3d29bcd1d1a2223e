#pragma once
#include "checks/mysql/facts.hpp"
#include "core/finding.hpp"

namespace wbverify {

/// One row of mysql.variables.
struct VariableRule {
  const char* name;   ///< the variable, and the row
  const char* title;  ///< a sentence that is true when it passes
  /// Judges the value, which is there. Leaves `row`, `title` and `reproduce` to the caller.
  Finding (*judge)(const MysqlFacts& facts, const std::string& value);
  bool lasting;  ///< W&B demands it, so a value that a restart undoes is worth a warning
};

/// The rows, what W&B demands first.
const std::vector<VariableRule>& variable_rules();

}  // namespace wbverify
