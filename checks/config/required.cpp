#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"
#include "config/variables.hpp"

namespace wbverify {
namespace {

struct Need {
  std::string_view setting;
  Status missing;
  std::string_view title, expected;
};

// LICENSE: newer servers refuse to start without one, older ones serve four users; it can also be entered in the console.
constexpr Need needs[] = {
    {"HOST", Status::fail, "HOST is set", "The URL under which people reach the server."},
    {"MYSQL", Status::fail, "MYSQL is set", "The connection string of the database."},
    {"BUCKET", Status::fail, "BUCKET is set", "The bucket for files and artifacts."},
    {"LICENSE", Status::warn, "LICENSE is set", "The licence that W&B gave out for this deployment."},
};

std::string fix(const std::string& setting, const Scene& scene) {
  const Variable* const variable = find_variable(setting);
  const std::string example = setting == "LICENSE" ? "TOKEN" : std::string(variable->example);
  return scene.change(setting, example) + "\nOr tell wbverify where the settings are: wbverify --env-file FILE";
}

Findings judge(const ConfigFacts&, const Scene& scene) {
  Findings findings;
  for (const Need& need : needs) {
    const std::string setting(need.setting);
    const SettingView* view = scene.find(setting);
    Finding finding;
    finding.row = setting;
    finding.setting = setting;
    finding.title = need.title;
    if (view != nullptr && !view->value.empty()) {
      finding.observed = scene.origin(setting);
    } else {
      finding.status = need.missing;
      finding.cause = view == nullptr ? "missing" : "empty";
      finding.observed = view == nullptr ? "No " + setting + " in any source that was read." : scene.origin(setting) + " is empty.";
      finding.expected = need.expected;
      finding.why = why_setting(setting);
      finding.fix = fix(setting, scene);
      finding.reproduce = show_setting(setting, scene);
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

CheckSpec config_required() {
  CheckSpec spec;
  spec.id = "config.required";
  spec.probe = "config";
  spec.title = "The settings that every installation needs are set";
  spec.rows = {"HOST", "MYSQL", "BUCKET", "LICENSE"};
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
