#include <fmt/format.h>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_version.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

Finding wrong(const WandbFacts& facts, std::string cause, std::string observed) {
  Finding finding;
  finding.status = Status::warn;
  finding.cause = std::move(cause);
  finding.observed = std::move(observed);
  finding.expected = fmt::format("A range that today's SDK {} is in.", policy::wandb_sdk);
  finding.why =
      "Whoever installs the newest SDK works outside what this server was made for: wandb verify says that it is not "
      "supported, and new functions may "
      "fail one by one.";
  finding.reproduce = curl_graphql(facts.place, "{ serverInfo { cliVersionInfo } }");
  finding.setting = "HOST";
  return finding;
}

Findings judge(const WandbFacts& facts, const Scene&) {
  if (facts.oldest_client.empty() && facts.newest_client.empty())
    return {untold(facts, "which versions of the SDK it accepts", "cliVersionInfo")};
  const auto sdk = parse_version(policy::wandb_sdk).value_or(Version{});
  const auto oldest = parse_version(facts.oldest_client), newest = parse_version(facts.newest_client);
  const std::string range = for_display(facts.oldest_client.empty()   ? "up to " + facts.newest_client
                                  : facts.newest_client.empty() ? "from " + facts.oldest_client + " on"
                                                                : facts.oldest_client + " to " + facts.newest_client,
                                  80);
  if ((!facts.oldest_client.empty() && !oldest) || (!facts.newest_client.empty() && !newest)) {
    return {skipped(fmt::format("The server accepts SDKs {}: these are no versions that could be compared.", range))};
  }
  if (oldest && newest && *newest < *oldest) {
    Finding finding = wrong(facts, "empty-range",
                            fmt::format("The server accepts SDKs from {} on and none after {}: there is no such SDK.",
                                        facts.oldest_client, facts.newest_client));
    finding.fix = "The server's own list of releases is wrong. Update it, or ask W&B's support.\n" +
                  update_server(facts.latest_version);
    return {finding};
  }
  if (newest && *newest < sdk) {
    Finding finding = wrong(facts, "newest-sdk-refused",
                            fmt::format("The server accepts SDKs {}; {} is out.", range, policy::wandb_sdk));
    finding.fix = update_server(facts.latest_version) +
                  "\nUntil then, on every machine that trains:\npip install 'wandb<=" + show(*newest) + "'";
    return {finding};
  }
  return {passed("SDKs " + range)};
}

}  // namespace

CheckSpec wandb_clients_check() {
  CheckSpec spec;
  spec.id = "wandb.clients";
  spec.probe = "wandb";
  spec.title = "The server accepts today's SDK";
  spec.needs = {"wandb.api"};
  return make_check<WandbFacts>(std::move(spec), judge);
}

}  // namespace wbverify
