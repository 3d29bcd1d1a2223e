#pragma once
#include <string>
#include <vector>

#include "core/status.hpp"

namespace wbverify {

/// One verdict of a check, or of one row of it. A check returns at least one. All texts are whole sentences or literal
/// commands, free of secrets; several lines are allowed in `fix` and `reproduce`.
struct Finding {
  std::string row;        ///< empty, or what follows the slash of a row's id: `binlog_format` in `mysql.variables/binlog_format`
  Status status = Status::pass;
  std::string cause;      ///< stable kebab-case id of what is wrong; empty for pass
  std::string title;      ///< empty: the check's own title. Rows give their own: a sentence that is true when it passes
  std::string observed;   ///< what was seen; for pass the measured value
  std::string expected;
  std::string why;        ///< what goes wrong in W&B when it stays so
  std::string fix;        ///< the literal command, statement or setting for this deployment
  std::string reproduce;  ///< one command of a standard client, secrets as environment references
  std::string setting;    ///< the setting it hangs on, such as `MYSQL`; its origin is looked up in the scene
  Blame blame = Blame::none;
  bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

/// A finding that passes, with what was measured.
inline Finding passed(std::string observed) {
  Finding finding;
  finding.observed = std::move(observed);
  return finding;
}

/// A finding that does not apply here, with the reason.
inline Finding skipped(std::string reason) {
  Finding finding;
  finding.status = Status::skip;
  finding.cause = "not-applicable";
  finding.observed = std::move(reason);
  return finding;
}

}  // namespace wbverify
