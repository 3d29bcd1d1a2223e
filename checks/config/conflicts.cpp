#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"

namespace wbverify {
namespace {

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  for (const SettingIssue& issue : facts.issues) {
    if (issue.kind != "conflict") continue;
    Finding finding;
    finding.row = finding.setting = issue.setting;
    finding.title = issue.setting + " has one value";
    finding.status = Status::warn;
    finding.cause = issue.cause;
    finding.observed = issue.observed;
    finding.expected = issue.expected;
    finding.why = issue.setting == "WANDB_API_KEY"  ? "What is verified is what the owner of that key may do, who is perhaps not the one that was meant."
                  : issue.cause == "aliases-differ" ? "Parts of the server read different names, and each works with its own value."
                                                    : "What was checked here is perhaps not what the server runs with.";
    finding.fix = issue.fix;
    finding.reproduce = show_setting(issue.setting, scene);
    findings.push_back(std::move(finding));
  }
  if (findings.empty()) findings.push_back(passed("none among " + std::to_string(scene.settings.size()) + " settings"));
  return findings;
}

}  // namespace

CheckSpec config_conflicts() {
  CheckSpec spec;
  spec.id = "config.conflicts";
  spec.probe = "config";
  spec.title = "No setting has two different values";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
