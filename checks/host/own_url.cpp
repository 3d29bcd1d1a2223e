#include <fmt/format.h>

#include "checks/host/checks.hpp"
#include "checks/shared/answer.hpp"
#include "checks/host/plugin_words.hpp"
#include "checks/policy.hpp"

namespace wbverify {
namespace {

Findings judge(const HostHttpFacts& facts, const Scene& scene) {
  const auto own = resolve_location(facts.env.own_url, "");
  if (!own) return {skipped("The server's env.js does not say which address it has.")};
  Finding finding;
  finding.setting = "HOST";
  if (own->origin() == facts.origin) {
    finding.observed = own->origin();
    return {finding};
  }
  const bool unset = own->origin() == policy::chart_default_host;
  // Another name may be a second one that the ingress serves on purpose.
  finding.status = unset ? Status::fail : Status::warn;
  finding.cause = unset ? "default-address" : own->host != facts.host ? "other-name" : own->scheme != facts.scheme ? "other-scheme" : "other-port";
  finding.observed = fmt::format("The server believes that its address is {}{}; {} is {}.", own->origin(), unset ? ", which is what it has before anybody sets one" : "",
                                 scene.origin("HOST"), facts.origin);
  finding.expected = fmt::format("{} at both places.", facts.origin);
  finding.why = "Links, log-in callbacks and upload addresses that the server gives out lead to the address that it believes in. People who came by another one are logged out or see errors there.";
  finding.fix = fmt::format("Tell the server. With Docker, in its environment, then make the container anew:\nHOST={}\nWith the operator's chart, in the values, then apply them:\nglobal.host: {}\n"
                            "If {} is the right one: ", facts.origin, facts.origin, own->origin()) + scene.change("HOST", own->origin());
  finding.reproduce = curl_command(facts, facts.env.url) + " | grep -i host";
  return {finding};
}

}  // namespace

CheckSpec host_own_url_check() {
  CheckSpec spec;
  spec.id = "host.own-url";
  spec.probe = "host.http";
  spec.title = "The server has the same idea of its address as HOST";
  spec.needs = {"host.is-wandb"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
