#include "checks/host/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "checks/host/facts.hpp"
#include "checks/shared/answer.hpp"
#include "clients/http.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds network_limit{6000}, http_limit{8000};
/// A firewall that drops packets to the port of http:// must not hold up everything else.
constexpr milliseconds plain_limit{2500};
/// The front page of an app is a few KiB, its scripts are apart; what does not say by then what it is, is something else.
constexpr std::size_t body_limit = 128 << 10;

struct Asked {
  std::string path;
  HttpAnswer HostHttpFacts::*place;
};
constexpr std::size_t paths = 4;
const Asked asked[paths] = {{"/", &HostHttpFacts::root}, {"/healthz", &HostHttpFacts::healthz}, {"/ready", &HostHttpFacts::ready}, {"/env.js", &HostHttpFacts::env}};

std::int64_t now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string plain_origin(const HostTarget& host, std::uint16_t port) { return UrlParts{"http", host.host, "/", port}.origin(); }

HostNetworkFacts gather_network(const ProbeContext& context) {
  HostNetworkFacts facts;
  if (!context.settings.host) return facts;
  const HostTarget& host = *context.settings.host;
  facts.scheme = host.scheme;
  facts.reach = reach(host.host, host.port, context.settings.dns_server, context.deadline, nullptr, context.stop);
  *context.round_trips += static_cast<int>(facts.reach.attempts.size()) + (facts.reach.dns.source == "dns" ? 2 : 0);
  return facts;
}

bool network_transient(const HostNetworkFacts& facts) {
  const auto& dns = facts.reach.dns;
  if (!dns.cause.empty()) return dns.cause == "timed-out" || dns.cause == "servfail" || dns.cause == "no-resolver";
  const auto& attempts = facts.reach.attempts;
  return !attempts.empty() && std::all_of(attempts.begin(), attempts.end(), [](const auto& attempt) { return !attempt.cause.empty() && attempt.cause != "denied"; });
}

HostHttpFacts gather_http(const ProbeContext& context) {
  HostHttpFacts facts;
  if (!context.settings.host) return facts;
  const HostTarget& host = *context.settings.host;
  facts.scheme = host.scheme;
  facts.host = host.host;
  facts.origin = host.origin;
  facts.port = host.port;
  if (!context.settings.ca_files.empty()) facts.ca_file = for_display(context.settings.ca_files.front(), 300);
  HttpOptions options;
  options.ca_files = context.settings.ca_files;
  options.dns_server = context.settings.dns_server;
  const std::uint16_t plain_port = context.settings.http_port;
  options.known = {host.origin, plain_origin(host, plain_port)};
  if (const Facts network = context.facts_of("host.network")) {
    const auto addresses = network.as<HostNetworkFacts>().reach.reachable();
    if (!addresses.empty()) options.pins = {{host.host, host.port, addresses}, {host.host, plain_port, addresses}};
    if (!addresses.empty() && !context.settings.dns_server.empty()) {
      facts.resolve = fmt::format("{}:{}:{}", host.host, host.port, addresses.front());
    }
  }
  std::vector<HttpRequest> requests;
  for (const auto& [path, place] : asked) {
    HttpRequest& request = requests.emplace_back();
    request.url = host.origin + path;
    request.max_body = body_limit;
  }
  const bool plain = host.scheme == "https";
  if (plain) {
    facts.plain_url = plain_origin(host, plain_port) + "/";
    HttpRequest& request = requests.emplace_back();
    request.url = facts.plain_url;
    request.max_body = body_limit;
    request.limit = plain_limit;
  }
  HttpClient client(std::move(options));
  const std::int64_t begun = now();
  const auto results = client.send_all(requests, context.deadline, context.stop);
  *context.round_trips += client.round_trips();
  for (std::size_t i = 0; i < paths; ++i) facts.*asked[i].place = make_answer(requests[i].url, results[i], begun);
  if (plain) {
    HttpAnswer answer = make_answer(facts.plain_url, results[paths], begun);
    const bool closed = answer.cause == "refused" || answer.cause == "unreachable" || (answer.cause == "timed-out" && answer.blame == name(Blame::path));
    if (closed) facts.plain_cause = answer.cause;
    if (!closed) facts.plain = std::move(answer);
  }
  return facts;
}

bool answer_transient(const HttpAnswer& answer) { return answer.answered() ? answer.is_gateway_error() : answer.transient; }

bool http_transient(const HostHttpFacts& facts) {
  return answer_transient(facts.root) || answer_transient(facts.healthz) || answer_transient(facts.ready);
}

std::vector<Touch> touch_network(const Settings& settings) {
  if (!settings.host) return {};
  const HostTarget& host = *settings.host;
  return {{host.host, "look up A and AAAA", false, ""}, {host.host + ":" + std::to_string(host.port), "open and close a TCP connection to each address", false, ""}};
}

std::vector<Touch> touch_http(const Settings& settings) {
  if (!settings.host) return {};
  const HostTarget& host = *settings.host;
  std::vector<Touch> out = {{host.origin, "GET /, /healthz, /ready and /env.js", false, "about 4 KiB"}};
  if (host.scheme == "https") out.push_back({plain_origin(host, settings.http_port), "GET /, to see where it redirects to", false, "less than 1 KiB"});
  return out;
}

}  // namespace

ProbeSpec host_network_probe() {
  ProbeSpec spec;
  spec.id = "host.network";
  spec.needs = {"config.well-formed/HOST", "config.required/HOST", "config.placeholders/HOST"};
  spec.limit = network_limit;
  spec.touches = touch_network;
  return make_probe<HostNetworkFacts>(std::move(spec), gather_network, network_transient);
}

ProbeSpec host_http_probe() {
  ProbeSpec spec;
  spec.id = "host.http";
  // Beside the checks of TLS, which its own need: the client verifies the certificate by itself before it asks anything.
  spec.needs = {"host.tcp"};
  spec.reads = {"host.network"};
  spec.limit = http_limit;
  spec.touches = touch_http;
  return make_probe<HostHttpFacts>(std::move(spec), gather_http, http_transient);
}

}  // namespace wbverify
