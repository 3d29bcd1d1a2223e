#include <fmt/format.h>

#include "checks/host/checks.hpp"
#include "checks/shared/answer.hpp"
#include "checks/host/plugin_words.hpp"

namespace wbverify {
namespace {

/// Where plain HTTP is sent to when that is the same host over HTTPS.
std::optional<UrlParts> https_target(const HostHttpFacts& facts) {
  if (!facts.root.redirects()) return {};
  const auto target = resolve_location(facts.root.header("location"), facts.root.url);
  return target && target->scheme == "https" && target->host == facts.host ? target : std::nullopt;
}

Findings judge(const HostHttpFacts& facts, const Scene& scene) {
  Finding finding;
  finding.setting = "HOST";
  if (facts.scheme == "https") {
    const std::string hsts = facts.root.header("strict-transport-security");
    finding.observed = facts.origin + (hsts.empty() ? ", without Strict-Transport-Security" : ", Strict-Transport-Security: " + hsts);
    return {finding};
  }
  finding.expected = "https:// in HOST.";
  finding.reproduce = curl_command(facts, facts.root.url);
  if (const auto target = https_target(facts)) {
    finding.status = Status::fail;
    finding.cause = "redirects-to-https";
    finding.observed = fmt::format("HOST says http://, and {} is redirected to {}.", facts.root.url, target->origin());
    finding.why = "The server makes its links, signed upload addresses and log-in callbacks from HOST. With the wrong scheme uploads are redirected (and lose their body) and log-ins end in an error.";
    finding.fix = scene.change("HOST", target->origin());
    return {finding};
  }
  finding.status = Status::warn;
  finding.cause = "plain-http";
  finding.observed = "HOST is " + facts.origin + ": nothing is encrypted.";
  finding.why = "API keys and passwords cross the network in clear with every request, and browsers withhold features such as the clipboard from plain HTTP.";
  const std::string https = UrlParts{"https", facts.host, "/", 443}.origin();
  finding.fix = "The server itself speaks plain HTTP; put a proxy with a certificate in front of it (nginx, Caddy, an ingress, the cloud's load balancer). With Caddy:\n" +
                fmt::format("caddy reverse-proxy --from {} --to 127.0.0.1:8080", https) + "\nThen: " + scene.change("HOST", https);
  return {finding};
}

}  // namespace

CheckSpec host_https_check() {
  CheckSpec spec;
  spec.id = "host.https";
  spec.probe = "host.http";
  spec.title = "HOST uses https";
  spec.needs = {"host.http"};
  spec.tags = {"security"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
