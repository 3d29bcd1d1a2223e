#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "checks/host/facts.hpp"
#include "checks/tls/checks.hpp"
#include "util/thread.hpp"

namespace wbverify {
namespace {

constexpr std::size_t most_addresses = 16;   ///< load balancers in the clouds have 2 to 8

TlsRequest request_for(const ProbeContext& context, const std::string& address) {
  const HostTarget& host = *context.settings.host;
  TlsRequest request;
  request.server_name = host.host;
  request.ca_files = context.settings.ca_files;
  request.alpn = {"h2", "http/1.1"};
  request.address = address;
  request.port = host.port;
  request.probe_without_name = true;
  request.connect = [address, port = host.port, stop = context.stop](Deadline deadline) { return connect_tcp(address, port, deadline, stop); };
  return request;
}

TlsFacts gather(const ProbeContext& context) {
  TlsFacts facts;
  if (!context.settings.host) return facts;
  facts.host = context.settings.host->host;
  facts.port = context.settings.host->port;
  const Facts network = context.facts_of("host.network");
  if (!network) return facts;
  std::vector<std::string> addresses = network.as<HostNetworkFacts>().reach.reachable();
  facts.addresses = static_cast<int>(addresses.size());
  addresses.resize(std::min(addresses.size(), most_addresses));
  facts.observations.resize(addresses.size());
  // Different machines behind one name may show different certificates: each is asked, side by side.
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    threads.push_back(start_thread([&context, &address = addresses[i], &out = facts.observations[i]] {
      out = observe_tls(request_for(context, address), context.deadline, context.stop);
      *context.round_trips += out.round_trips;
    }));
  }
  threads.clear();
  return facts;
}

/// A machine that restarts drops connections; a certificate does not change from one second to the next.
bool is_transient(const TlsFacts& facts) {
  return std::any_of(facts.observations.begin(), facts.observations.end(), [](const TlsObservation& tls) {
    return !tls.completed && (tls.cause == "timed-out" || tls.cause == "closed" || tls.cause == "reset" || tls.cause == "refused");
  });
}

std::string skip(const Settings& settings) {
  // A HOST that is missing or malformed has its own finding, which then blocks these checks.
  return !settings.host || settings.host->scheme == "https" ? "" : "HOST is an http:// address: there is no certificate to look at.";
}

std::vector<Touch> touches(const Settings& settings) {
  if (!settings.host) return {};
  return {{fmt::format("{}:{}", settings.host->host, settings.host->port), "2 to 4 TLS handshakes with each address, no request", false, "about 12 KiB for each address"}};
}

}  // namespace

ProbeSpec tls_probe() {
  ProbeSpec spec;
  spec.id = "tls";
  spec.needs = {"host.tcp"};
  spec.reads = {"host.network"};
  spec.limit = std::chrono::seconds(10);
  spec.skip = skip;
  spec.touches = touches;
  return make_probe<TlsFacts>(std::move(spec), gather, is_transient);
}

}  // namespace wbverify
