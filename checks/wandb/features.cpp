#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct Feature {
  std::string_view name, words;
};

// Those whose absence people notice (wandb/wandb, enum ServerFeature of the SDK, read 2026-11-28); the SDK goes another
// way without.
constexpr Feature noticed[] = {
    {"LARGE_FILENAMES", "long names of artifact files"},
    {"ARTIFACT_TAGS", "tags on artifacts"},
    {"ARTIFACT_REGISTRY_SEARCH", "search in registries"},
    {"STRUCTURED_CONSOLE_LOGS", "levels and labels of console lines"},
    {"ARTIFACT_COLLECTION_MEMBERSHIP_FILES", "files of artifacts in registries"},
    {"FILESTREAM_GZIP", "compressed history"},
};

Findings judge(const WandbFacts& facts, const Scene&) {
  if (!facts.features_known) return {untold(facts, "its features", "ServerInfo.features")};
  const auto enabled = [&](std::string_view name) {
    return std::any_of(facts.features.begin(), facts.features.end(),
                       [&](const auto& feature) { return feature.enabled && feature.name == name; });
  };
  const auto on =
      std::count_if(facts.features.begin(), facts.features.end(), [](const auto& feature) { return feature.enabled; });
  if (on == 0) {
    Finding finding;
    finding.status = Status::warn;
    finding.cause = "none-on";
    finding.observed = facts.features.empty()
                           ? "The server's list of features is empty."
                           : fmt::format("All {} features of the server are off.", facts.features.size());
    finding.expected = "A list with the features of this release, most of them on.";
    finding.why =
        "The SDK asks this list and falls back to how it spoke with servers of years ago: slower, and without what "
        "came since.";
    finding.fix =
        "No release is like that. Look for what changes or caches the answers of /graphql on the way, and whether all "
        "API servers behind "
        "the balancer run the same release:\nkubectl get pods -n NAMESPACE -o "
        "custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image";
    finding.reproduce = curl_graphql(facts.place, "{ serverInfo { features { name isEnabled } } }");
    finding.setting = "HOST";
    return {finding};
  }
  std::vector<std::string> without;
  for (const auto& feature : noticed) {
    if (!enabled(feature.name)) without.push_back(fmt::format("{} ({})", feature.words, feature.name));
  }
  std::string observed = fmt::format("{} of {} on", on, facts.features.size());
  if (!without.empty()) observed += "; not here: " + join(without, ", ");
  return {passed(observed)};
}

}  // namespace

CheckSpec wandb_features_check() {
  CheckSpec spec;
  spec.id = "wandb.features";
  spec.probe = "wandb";
  spec.title = "The server tells the SDK what it can do";
  spec.needs = {"wandb.api"};
  return make_check<WandbFacts>(std::move(spec), judge);
}

}  // namespace wbverify
