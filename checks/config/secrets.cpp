#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"

namespace wbverify {
namespace {

std::string fix_of(const SettingIssue& issue, const Scene& scene) {
  return "Make a new one (openssl rand -hex 24), give it to the service that asks for it, write it into " + scene.origin(issue.setting) +
         ", then restart the W&B server.";
}

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  for (const SettingIssue& issue : facts.issues) {
    if (issue.kind != "weak-secret") continue;
    Finding finding;
    finding.row = finding.setting = issue.setting;
    finding.title = "The secret in " + issue.setting + " is not easily guessed";
    finding.status = Status::warn;
    finding.cause = issue.cause;
    finding.observed = issue.observed;
    finding.expected = issue.expected;
    finding.why =
        "Whoever reaches the service guesses it. Reports cannot keep it secret either: the same word stands in host names, ids and sentences, so it is "
        "removed only where a service repeats it as a word of its own.";
    finding.fix = fix_of(issue, scene);
    finding.reproduce = show_setting(issue.setting, scene);
    findings.push_back(std::move(finding));
  }
  if (findings.empty()) findings.push_back(passed("no word, name or short text among them"));
  return findings;
}

}  // namespace

CheckSpec config_secrets() {
  CheckSpec spec;
  spec.id = "config.secrets";
  spec.probe = "config";
  spec.title = "Passwords and secret keys are not easily guessed";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
