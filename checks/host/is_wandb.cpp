#include <fmt/format.h>

#include "checks/host/checks.hpp"
#include "checks/shared/answer_marks.hpp"
#include "checks/host/plugin_stranger.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string by(const Stranger& stranger, std::string_view otherwise) { return stranger.who.empty() ? std::string(otherwise) : stranger.who; }

std::string routing(const HostHttpFacts& facts) {
  return fmt::format("Tell the proxy that {} belongs to the W&B server. With Kubernetes, the ingress must have this host, a class that the controller serves, and a service with endpoints:\n"
                     "kubectl get ingress -A -o wide | grep {}\nkubectl get ingressclass\nkubectl get endpoints -n NAMESPACE\nWith the operator the name comes from global.host and ingress.class of the values.\n"
                     "With nginx:\nserver {{ server_name {}; location / {{ proxy_pass http://127.0.0.1:8080; }} }}\n"
                     "With Docker, the container must publish the port that is asked:\ndocker ps --filter publish={}",
                     facts.host, shell_operand(facts.host), facts.host, facts.port);
}

void explain(const HostHttpFacts& facts, const Scene& scene, const Stranger& stranger, Finding& finding) {
  const std::string& cause = stranger.cause;
  if (cause == "login-page") {
    finding.observed = fmt::format("A log-in page answers in front of W&B{}", stranger.target ? ", at " + stranger.target->origin() : stranger.who.empty() ? "" : ": " + stranger.who);
    finding.why = "The SDK and the CLI send an API key and cannot fill in a page: every run fails with an error about invalid JSON or HTML. Browsers alone would work.";
    finding.fix = "Switch off the log-in of the proxy for this host; W&B has its own, and takes part in single sign-on by OIDC or SAML itself. If the proxy must stay, let the paths of the API pass "
                  "without it: /graphql, /files, /artifacts, /artifactsV2, /healthz, /ready, /env.js. With oauth2-proxy:\n"
                  "--skip-auth-route=^/(graphql|graphql2|files|artifacts|artifactsV2|api|healthz|ready|env\\.js)\nWith ingress-nginx, take these annotations away:\n"
                  "kubectl annotate ingress -n NAMESPACE wandb nginx.ingress.kubernetes.io/auth-url- nginx.ingress.kubernetes.io/auth-signin-";
  } else if (cause == "captive-portal") {
    finding.observed = "The network that this machine is in answers itself and wants a log-in first (a captive portal)";
    finding.fix = "Log this machine in to its network, or run wbverify from one that has free passage to the server.";
  } else if (cause == "filter-page") {
    finding.observed = fmt::format("A filter on the way blocks the request: {}", by(stranger, "a proxy"));
    finding.fix = fmt::format("Have whoever runs the filter allow {} for this machine and for every machine that trains, all methods and bodies of any size.", facts.origin);
  } else if (cause == "cdn-error-page") {
    finding.observed = fmt::format("The network in front answers instead of W&B: {}", by(stranger, "a CDN"));
    finding.fix = "Its page or its dashboard says which of two things it is. It cannot reach the origin (error 52x): correct the origin's address, port and TLS mode there. Or it takes the request for a "
                  "robot's (a challenge, error 10xx): SDK and CLI cannot solve challenges, so switch bot protection and browser checks off for this host.";
  } else if (cause == "ingress-default-page") {
    finding.observed = fmt::format("The proxy answers by itself and has no site for this name: {}", by(stranger, "a web server"));
    finding.fix = routing(facts);
  } else if (cause == "other-product") {
    finding.observed = fmt::format("Another product answers: {}", by(stranger, "not W&B"));
    finding.fix = "HOST names the wrong machine or port, or DNS or the proxy sends the name to the wrong service. Correct " + scene.origin("HOST") + ", or:\n" + routing(facts);
  } else if (cause == "redirect-loop") {
    finding.observed = "The address redirects to itself";
    finding.why = "Browsers end with \"too many redirects\". TLS ends at a balancer, and a proxy behind it does not know that and redirects to https once more.";
    finding.fix = "Pass on how the client came. With nginx behind a balancer:\nproxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;\nWith ingress-nginx behind one, in its ConfigMap:\n"
                  "use-forwarded-headers: \"true\"\nWith Cloudflare, set the TLS mode to Full (strict) instead of Flexible.";
  } else if (cause == "redirects-elsewhere") {
    const std::string origin = stranger.target ? stranger.target->origin() : "";
    finding.observed = fmt::format("The address redirects to {}", origin);
    finding.why = "The SDK does not follow redirects of its requests, and the server makes links and log-in callbacks from HOST.";
    finding.fix = fmt::format("If {} is the server's right address:\n", origin) + scene.change("HOST", origin) + "\nOtherwise correct the redirect in the proxy.";
  } else if (cause == "forbidden") {
    finding.observed = fmt::format("{} admits nobody from this machine", by(stranger, "The proxy"));
    finding.fix = "An allow-list, a firewall for web applications or a network policy turns this machine away. Add its network: allowed_inbound_cidr of the Terraform module, "
                  "nginx.ingress.kubernetes.io/whitelist-source-range of the ingress, the Cloud Armor or WAF rule. The address it comes from:\nip route get " +
                  shell_quote(stranger.evidence->address.substr(0, stranger.evidence->address.rfind(':')));
  } else if (cause == "server-error") {
    finding.observed = "An error answers instead of the page";
    finding.fix = reach_the_server(by(stranger, ""));
  } else {
    finding.observed = "Nothing in the answers says that this is W&B";
    finding.fix = "Open the address in a browser and see what it is. If it is not W&B, correct " + scene.origin("HOST") + ", or:\n" + routing(facts);
  }
}

Findings judge(const HostHttpFacts& facts, const Scene& scene) {
  const Stranger stranger = who_answers(facts);
  Finding finding;
  finding.setting = "HOST";
  if (stranger.cause.empty()) {
    const bool env = !facts.env.html && mark_of(facts.env.marks, PageKind::wandb) != nullptr;
    const std::string hop = hop_of(env ? facts.env : facts.root);
    finding.observed = (env ? "env.js is that of W&B" : "the page is that of W&B") + (hop.empty() ? "" : ", behind " + hop);
    if (facts.root.has_mark("wandb-loading")) finding.observed += "; the server is still starting";
    return {finding};
  }
  const HttpAnswer& evidence = *stranger.evidence;
  finding.status = Status::fail;
  finding.cause = stranger.cause;
  finding.why = host_words().why;
  explain(facts, scene, stranger, finding);
  const std::string said = says(evidence);
  finding.observed += fmt::format(". {}.{}", describe(evidence), said.empty() ? "" : " " + said);
  finding.expected = "The page of W&B at / and its configuration at /env.js.";
  finding.reproduce = curl_command(facts, evidence.url);
  if (!evidence.answered()) {
    finding.status = Status::unknown;
    finding.cause = evidence.cause.empty() ? "interrupted" : evidence.cause;
    finding.blame = blame_from_name(evidence.blame).value_or(Blame::target);
    finding.observed = describe(evidence) + ".";
    finding.fix = reach_the_server("");
  }
  return {finding};
}

}  // namespace

CheckSpec host_is_wandb_check() {
  CheckSpec spec;
  spec.id = "host.is-wandb";
  spec.probe = "host.http";
  spec.title = "It is the W&B server that answers";
  spec.needs = {"host.http", "host.https"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
