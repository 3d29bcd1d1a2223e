#include <algorithm>

#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"
#include "config/variables.hpp"

namespace wbverify {
namespace {

bool concerns(const SettingIssue& issue, const std::string& setting) {
  return issue.setting == setting && (issue.kind == "malformed" || issue.kind == "suspicious");
}

/// All that is wrong with one setting as one finding: the worst leads, the rest follows in `observed`.
Finding broken(const std::string& setting, std::vector<const SettingIssue*> issues, const Scene& scene) {
  std::stable_partition(issues.begin(), issues.end(), [](const SettingIssue* issue) { return issue->kind == "malformed"; });
  const SettingIssue& first = *issues.front();
  Finding finding;
  finding.row = finding.setting = setting;
  finding.title = setting + " is well-formed";
  finding.status = first.kind == "malformed" ? Status::fail : Status::warn;
  finding.cause = first.cause;
  for (const SettingIssue* issue : issues) {
    finding.observed += (finding.observed.empty() ? "" : " ") + at_character(issue->observed, issue->column);
  }
  finding.expected = first.expected;
  finding.why = why_setting(setting);
  finding.fix = first.fix + change_line(first, scene);
  finding.reproduce = show_character(setting, first.column, scene);
  return finding;
}

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  std::vector<std::string> settings;
  for (const Variable& variable : variables()) settings.emplace_back(variable.name);
  for (const SettingIssue& issue : facts.issues) {
    const bool of_a_setting = scene.find(issue.setting) != nullptr;
    if (of_a_setting && std::find(settings.begin(), settings.end(), issue.setting) == settings.end()) settings.push_back(issue.setting);
  }
  for (const std::string& setting : settings) {
    std::vector<const SettingIssue*> issues;
    for (const SettingIssue& issue : facts.issues) {
      if (concerns(issue, setting)) issues.push_back(&issue);
    }
    if (!issues.empty()) {
      findings.push_back(broken(setting, std::move(issues), scene));
    } else if (const auto reading = facts.readings.find(setting); reading != facts.readings.end()) {
      Finding finding = passed(reading->second);
      finding.row = finding.setting = setting;
      finding.title = setting + " is well-formed";
      findings.push_back(std::move(finding));
    }
  }
  if (findings.empty()) findings.push_back(skipped("No setting is set."));
  return findings;
}

}  // namespace

CheckSpec config_well_formed() {
  CheckSpec spec;
  spec.id = "config.well-formed";
  spec.probe = "config";
  spec.title = "Every setting is well-formed";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
