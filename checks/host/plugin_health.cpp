#include "checks/host/plugin_health.hpp"

#include <fmt/format.h>

namespace wbverify {
namespace {

/// Errors of a proxy come as pages; the server itself writes JSON or plain words.
bool by_proxy(const HttpAnswer& answer) { return answer.html || answer.status == 502 || answer.status == 504; }

std::string routes(const HealthWords& words) {
  return fmt::format("The path {} must reach the server like every other. With nginx one location for all paths is right:\nlocation / {{ proxy_pass http://127.0.0.1:8080; }}\n"
                     "With Kubernetes, look at the paths of the ingress:\nkubectl describe ingress -n NAMESPACE", words.path);
}

void judge_status(const HttpAnswer& answer, const HealthWords& words, Finding& finding) {
  const int status = answer.status;
  if (status >= 500 && !by_proxy(answer)) {
    finding.cause = words.unwell;
    finding.fix = words.when_unwell;
  } else if (status == 502 || status == 503 || status == 504) {
    finding.cause = status == 502 ? "bad-gateway" : status == 503 ? "unavailable" : "gateway-timeout";
    finding.fix = "Other paths are answered, so only the part that serves " + words.path + " is missing behind the proxy. " + reach_the_server(hop_of(answer));
  } else if (status >= 500) {
    finding.cause = words.unwell;
    finding.fix = words.when_unwell;
  } else if (answer.redirects()) {
    finding.cause = "redirected";
    finding.fix = "Something in front sends the question elsewhere, most likely a log-in proxy. Health checks carry no log-in: let " + words.path +
                  " pass without one. With oauth2-proxy:\n--skip-auth-route=GET=^" + words.path + "$";
  } else if (status == 401 || status == 403) {
    finding.cause = "forbidden";
    finding.fix = "Something in front demands a log-in or does not admit this machine: let " + words.path + " pass for everybody.";
  } else if (status == 404 || status == 405) {
    finding.cause = "not-found";
    finding.fix = routes(words);
  } else if (answer.html && status == 200) {
    finding.cause = "html-page";
    finding.fix = routes(words);
  } else {
    finding.cause = "unexpected-status";
    finding.fix = routes(words);
  }
}

}  // namespace

Findings judge_health(const HostHttpFacts& facts, const HttpAnswer& answer, const HealthWords& words) {
  Finding finding;
  finding.setting = "HOST";
  if (answer.status == 200 && !answer.html) {
    finding.observed = fmt::format("200 OK after {:.0f} ms", answer.duration_ms);
    return {finding};
  }
  finding.status = Status::fail;
  const std::string said = says(answer);
  finding.observed = describe(answer) + "." + (said.empty() ? "" : " " + said);
  finding.expected = words.expected;
  finding.why = words.why;
  finding.reproduce = curl_command(facts, answer.url);
  if (answer.answered()) {
    judge_status(answer, words, finding);
    const bool lacking = finding.cause == "not-found" || finding.cause == "html-page";
    if (lacking && words.old_servers_lack_it) finding.status = Status::warn;
    return {finding};
  }
  finding.cause = answer.cause.empty() ? "interrupted" : answer.cause;
  if (finding.cause == "stopped" || finding.cause == "interrupted") {
    finding.status = Status::unknown;
    finding.blame = Blame::machine;
    return {finding};
  }
  finding.fix = fmt::format("Other paths are answered and {} is not: the server itself hangs or fails there, most often because its database or its bucket does. Its log says which. {}",
                            words.path, reach_the_server(""));
  return {finding};
}

}  // namespace wbverify
