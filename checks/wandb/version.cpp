#include <fmt/format.h>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_version.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view question =
    "{ serverInfo { latestLocalVersionInfo { outOfDate latestVersionString versionOnThisInstanceString } } }";

Version floor_at(std::size_t index) {
  const auto& floor = policy::wandb_floors[index].server;
  return {floor[0], floor[1], floor[2]};
}
const Version oldest_of_all = floor_at(0), oldest_for_sdk = floor_at(std::size(policy::wandb_floors) - 1);

Finding wrong(const WandbFacts& facts, Status status, std::string cause, std::string observed) {
  Finding finding;
  finding.status = status;
  finding.cause = std::move(cause);
  finding.observed = std::move(observed);
  finding.expected =
      fmt::format("{} or later, which today's SDK {} supports.", show(oldest_for_sdk), policy::wandb_sdk);
  finding.why = fmt::format(
      "A plain pip install wandb gets {}, which asks the server for what it does not have: log-ins, artifacts or "
      "sweeps fail with "
      "\"Cannot query field\".",
      policy::wandb_sdk);
  finding.fix = update_server(facts.latest_version);
  finding.reproduce = curl_graphql(facts.place, question);
  finding.setting = "HOST";
  return finding;
}

Findings judge(const WandbFacts& facts, const Scene&) {
  const std::string& text = facts.server_version;
  if (text.empty()) {
    Finding finding = untold(facts, "its version", "LocalVersionInfo");
    if (finding.cause == "old-server") finding = wrong(facts, Status::warn, "old-server", finding.observed);
    return {finding};
  }
  const auto version = parse_version(text);
  if (!version)
    return {skipped(
        fmt::format("The server calls its version \"{}\", which says nothing about its age.", for_display(text, 60)))};
  if (const std::string sdk = newest_sdk_for(*version); !sdk.empty()) {
    const bool far = *version < oldest_of_all;
    Finding finding = wrong(facts, far ? Status::fail : Status::warn, far ? "too-old" : "too-old-for-sdk",
                            fmt::format("The server is {}; SDK {} gave up servers before {}.", text, policy::wandb_sdk,
                                        show(oldest_for_sdk)));
    finding.fix += "\nUntil then, on every machine that trains:\npip install '" + sdk + "'";
    return {finding};
  }
  if (facts.out_of_date) {
    Finding finding =
        wrong(facts, Status::warn, "update-available",
              facts.latest_version.empty()
                  ? fmt::format("The server is {}, and says itself that this is out of date.", text)
                  : fmt::format("The server is {}, and says itself that {} is out.", text, facts.latest_version));
    finding.expected = facts.latest_version.empty() ? "A release that is not out of date." : facts.latest_version + ".";
    finding.why =
        "W&B supports a release for twelve months and asks for an update each quarter. Repairs and new SDKs come "
        "without a word to those who wait.";
    return {finding};
  }
  const bool newer = !facts.latest_version.empty() && facts.latest_version != text;
  return {passed(text + (newer ? ", " + facts.latest_version + " is out" : ""))};
}

}  // namespace

CheckSpec wandb_version_check() {
  CheckSpec spec;
  spec.id = "wandb.version";
  spec.probe = "wandb";
  spec.title = "The server's version is supported and up to date";
  spec.needs = {"wandb.api"};
  return make_check<WandbFacts>(std::move(spec), judge);
}

}  // namespace wbverify
