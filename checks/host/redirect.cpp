#include <fmt/format.h>

#include "checks/host/checks.hpp"
#include "checks/shared/answer.hpp"
#include "checks/host/plugin_words.hpp"

namespace wbverify {
namespace {

std::string how(const HostHttpFacts& facts) {
  return fmt::format("Have the proxy redirect. With nginx:\nserver {{ listen 80; server_name {}; return 308 {}$request_uri; }}\nWith ingress-nginx:\n"
                     "kubectl annotate ingress -n NAMESPACE wandb nginx.ingress.kubernetes.io/force-ssl-redirect=\"true\"\n"
                     "With an AWS load balancer, the listener of port 80:\naws elbv2 modify-listener --listener-arn ARN --default-actions "
                     "'Type=redirect,RedirectConfig={{Protocol=HTTPS,Port=443,StatusCode=HTTP_301}}'\nOr close the port.",
                     facts.host, facts.origin);
}

Finding warning(const HostHttpFacts& facts, std::string cause, std::string observed) {
  Finding finding;
  finding.setting = "HOST";
  finding.status = Status::warn;
  finding.cause = std::move(cause);
  finding.observed = std::move(observed);
  finding.expected = fmt::format("A redirect to {}, or nobody who listens.", facts.origin);
  finding.why = "People who type the name without https:// land here, and tools with http:// in their settings send API keys here in clear.";
  finding.fix = how(facts);
  finding.reproduce = curl_command(facts, facts.plain_url);
  return finding;
}

Finding judge_target(const HostHttpFacts& facts, const HttpAnswer& answer) {
  const auto target = resolve_location(answer.header("location"), answer.url);
  const std::string to = answer.header("location");
  if (!target || target->scheme != "https") {
    return warning(facts, "stays-on-http", fmt::format("{} is redirected to {}, which is still not encrypted.", answer.url, to));
  }
  if (target->host != facts.host || target->port != facts.port) {
    Finding finding = warning(facts, "wrong-target", fmt::format("{} is redirected to {}, but HOST is {}.", answer.url, target->origin(), facts.origin));
    finding.why = "People who type the name without https:// are sent to an address that is not the server's own: certificates, log-ins and links do not fit there.";
    return finding;
  }
  Finding finding = passed(fmt::format("{} to {}", answer.status, target->origin()));
  finding.setting = "HOST";
  return finding;
}

Findings judge(const HostHttpFacts& facts, const Scene&) {
  if (facts.scheme != "https") return {skipped("HOST is " + facts.origin + ": there is nothing to redirect to.")};
  if (!facts.plain) {
    Finding finding = passed(fmt::format("nobody listens at {}{}", facts.plain_url, facts.plain_cause == "refused" || facts.plain_cause.empty() ? "" : " (" + facts.plain_cause + ")"));
    finding.setting = "HOST";
    return {finding};
  }
  const HttpAnswer& answer = *facts.plain;
  if (!answer.answered()) {
    if (answer.cause == "stopped") {
      Finding finding = warning(facts, "stopped", "The run was stopped before the answer came.");
      finding.status = Status::unknown;
      finding.blame = Blame::machine;
      return {finding};
    }
    return {warning(facts, "no-answer", describe(answer) + ". The port is open, but whoever listens there does not redirect.")};
  }
  if (answer.redirects()) return {judge_target(facts, answer)};
  const std::string said = says(answer);
  const std::string observed = describe(answer) + "." + (said.empty() ? "" : " " + said);
  if (answer.status == 200) return {warning(facts, "served-on-http", observed)};
  return {warning(facts, "no-redirect", observed)};
}

}  // namespace

CheckSpec host_redirect_check() {
  CheckSpec spec;
  spec.id = "host.redirect";
  spec.probe = "host.http";
  spec.title = "Plain http:// is redirected to HOST, or closed";
  spec.needs = {"host.tcp", "tls.handshake", "tls.protocol", "tls.trusted", "tls.name", "tls.validity", "tls.strength"};
  spec.tags = {"security"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
