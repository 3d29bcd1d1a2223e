#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  for (const SettingIssue& issue : facts.issues) {
    if (issue.kind != "placeholder") continue;
    Finding finding;
    finding.row = finding.setting = issue.setting;
    finding.title = "No placeholder is left in " + issue.setting;
    finding.status = Status::fail;
    finding.cause = issue.cause;
    finding.observed = at_character(issue.observed, issue.column);
    finding.expected = issue.expected;
    finding.why = why_setting(issue.setting);
    finding.fix = issue.fix + change_line(issue, scene);
    finding.reproduce = show_setting(issue.setting, scene);
    findings.push_back(std::move(finding));
  }
  if (findings.empty()) findings.push_back(passed("none in " + std::to_string(scene.settings.size()) + " settings"));
  return findings;
}

}  // namespace

CheckSpec config_placeholders() {
  CheckSpec spec;
  spec.id = "config.placeholders";
  spec.probe = "config";
  spec.title = "No placeholder of an example is left in a setting";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
