#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/host/checks.hpp"
#include "checks/shared/answer.hpp"
#include "checks/shared/answer_marks.hpp"
#include "checks/host/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::array<const HttpAnswer*, 4> answers(const HostHttpFacts& facts) { return {&facts.root, &facts.healthz, &facts.ready, &facts.env}; }

std::string at(const HostHttpFacts& facts) { return fmt::format("{}:{}", facts.host, facts.port); }

/// No answer to any of the four questions.
void judge_silence(const HostHttpFacts& facts, const Scene& scene, Finding& finding) {
  const HttpAnswer& root = facts.root;
  finding.status = Status::fail;
  finding.cause = root.cause.empty() ? "interrupted" : root.cause;
  finding.observed = describe(root) + ".";
  finding.expected = "An answer in HTTP.";
  if (finding.cause == "timed-out" || finding.cause == "stopped" || finding.cause == "interrupted" || finding.cause == "dns-failed") {
    finding.status = Status::unknown;
    finding.blame = blame_from_name(root.blame).value_or(Blame::target);
    finding.fix = "Something accepts the connection and does not answer: a proxy whose backend hangs, or a server that has stopped working. Look at its log, and ask the server itself "
                  "where it runs:\ncurl -sS -i --max-time 10 http://127.0.0.1:8080/healthz";
  } else if (finding.cause == "not-http") {
    finding.fix = "Another service listens on this port. See which, on the server as root:\n" + fmt::format("ss -ltnp 'sport = :{}'", facts.port) +
                  "\nThen correct the port in " + scene.origin("HOST") + ", or free it for the proxy of W&B.";
  } else if (finding.cause == "headers-too-large") {
    finding.fix = "No web server sends headers of that size for a page. Something loops and adds to them, most likely cookies of a log-in proxy: look at them with the command below.";
  } else if (finding.cause == "http2-error") {
    finding.fix = fmt::format("HTTP/2 is offered and does not work. Without it, this shows whether the rest does:\ncurl -sS -i --http1.1 {}\nWith nginx remove http2 from the listen line; with another proxy "
                              "update it, or turn HTTP/2 off.", shell_quote(root.url));
  } else if (finding.cause.starts_with("tls-")) {
    finding.fix = "The checks of TLS say more: wbverify --only 'tls.*'";
  } else {
    finding.fix = "Whatever listens there ends the connection instead of answering: a proxy without a healthy backend, a firewall that looks into connections, or a server that crashes. "
                  "The log of the proxy says which. " + reach_the_server("");
  }
}

std::string_view gateway_cause(int status) { return status == 502 ? "bad-gateway" : status == 503 ? "unavailable" : "gateway-timeout"; }

/// A proxy answers, and nobody behind it.
void judge_gateway(const HostHttpFacts& facts, Finding& finding) {
  const HttpAnswer& root = facts.root;
  const std::string hop = hop_of(root);
  finding.status = Status::fail;
  finding.cause = gateway_cause(root.status);
  finding.observed = describe(root) + ", and the same for every other path. " + says(root);
  finding.expected = "An answer of the W&B server.";
  finding.fix = root.status == 504 ? "The proxy waits for the server and gives up. " : "The proxy has no server behind it that answers. ";
  finding.fix += reach_the_server(hop);
}

/// HOST says http://, and the port speaks TLS.
void judge_tls_port(const HostHttpFacts& facts, const Scene& scene, Finding& finding) {
  finding.status = Status::fail;
  finding.cause = "tls-port";
  finding.observed = fmt::format("HOST says http://, but {} speaks HTTPS: {}. {}", at(facts), status_words(facts.root.status), says(facts.root));
  finding.expected = "https:// in HOST, as the port demands it.";
  finding.fix = scene.change("HOST", UrlParts{"https", facts.host, "/", facts.port}.origin());
}

Findings judge(const HostHttpFacts& facts, const Scene& scene) {
  const auto all = answers(facts);
  const auto first = std::find_if(all.begin(), all.end(), [](const auto* answer) { return answer->answered(); });
  Finding finding;
  finding.setting = "HOST";
  finding.why = host_words().why;
  finding.reproduce = curl_command(facts, facts.root.url);
  const bool gateway = std::all_of(all.begin(), all.end(), [](const auto* answer) { return answer->is_gateway_error() || !answer->answered(); });
  if (first == all.end()) {
    judge_silence(facts, scene, finding);
  } else if (facts.scheme == "http" && facts.root.status == 400 && mark_of(facts.root.marks, PageKind::tls_port) != nullptr) {
    judge_tls_port(facts, scene, finding);
  } else if (gateway && facts.root.answered()) {
    judge_gateway(facts, finding);
  } else {
    const HttpAnswer& answer = facts.root.answered() ? facts.root : **first;
    const std::string hop = hop_of(answer);
    finding = passed(fmt::format("{} {}{} after {:.0f} ms", answer.version, status_words(answer.status), hop.empty() ? "" : " from " + hop, answer.duration_ms));
    finding.setting = "HOST";
  }
  return {finding};
}

}  // namespace

CheckSpec host_http_check() {
  CheckSpec spec;
  spec.id = "host.http";
  spec.probe = "host.http";
  spec.title = "HOST answers in HTTP";
  spec.needs = {"host.tcp", "tls.handshake", "tls.protocol", "tls.trusted", "tls.name", "tls.validity", "tls.strength"};
  spec.tags = {"network"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
