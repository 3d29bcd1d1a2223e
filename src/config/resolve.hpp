#pragma once
// Which of the values that were found for a variable counts.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/variables.hpp"

namespace wbverify {

/// A value as it stands in one place.
struct Candidate {
  SettingView place;    ///< name and alias, kind, file and line; `value` is empty
  std::string value;    ///< as written; may hold secrets
};

/// What counts for one variable.
struct Resolved {
  const Variable* variable = nullptr;
  SettingView place;
  std::string value;      ///< with references expanded; may hold secrets
  bool misprint = false;  ///< only a name that no server reads is set
};

/// Collects candidates from the weakest source to the strongest, then settles.
class Resolver {
 public:
  /// A name that is no variable of the installation is remembered for references, and for the hint when it resembles one. An
  /// alias that the candidate has stays.
  void add(const std::string& name, Candidate candidate);
  /// For each variable that is set the strongest value. Within one source a name counts more than its aliases. Different
  /// values become issues of kind `conflict`, names that resemble a variable issues of kind `suspicious`.
  std::vector<Resolved> settle(std::vector<SettingIssue>& issues) const;
  /// What counts for one variable; nothing when it is not set.
  std::optional<Resolved> strongest(std::string_view variable) const;
  /// Settings whose name resembles a variable, for the scene.
  std::vector<Resolved> misspelt() const;

 private:
  static const Candidate& winner_of(const Variable& variable, const std::vector<Candidate>& candidates);
  std::string expanded(const std::string& value) const;
  void report_conflict(const Variable& variable, const std::vector<Candidate>& candidates, const Candidate& winner, std::vector<SettingIssue>& issues) const;

  std::map<std::string, std::vector<Candidate>> known_;   ///< by the variable's name
  std::map<std::string, Candidate> unknown_;
  std::map<std::string, std::string> values_;             ///< by name as written, the strongest
};

/// `MYSQL in /etc/wandb.env line 4`.
std::string origin_text(const SettingView& place);

}  // namespace wbverify
