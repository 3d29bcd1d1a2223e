#include "checks/config/checks.hpp"
#include "checks/config/facts_fitting.hpp"

namespace wbverify {
namespace {

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  for (const auto rule : fitting::rules()) {
    for (Finding& finding : rule(facts, scene)) findings.push_back(std::move(finding));
  }
  if (findings.empty()) findings.push_back(passed("nothing contradicts among " + std::to_string(scene.settings.size()) + " settings"));
  return findings;
}

}  // namespace

CheckSpec config_consistent() {
  CheckSpec spec;
  spec.id = "config.consistent";
  spec.probe = "config";
  spec.title = "The settings fit together";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
