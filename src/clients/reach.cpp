#include "clients/reach.hpp"

#include <algorithm>

#include "clients/tcp.hpp"
#include "util/json_members.hpp"

namespace wbverify {

using std::chrono::milliseconds;

WBVERIFY_JSON(DnsAnswer, host, source, ipv4, ipv6, canonical_name, cause, text, server, duration_ms)
WBVERIFY_JSON(TcpAttempt, address, port, cause, text, duration_ms)
WBVERIFY_JSON(Reach, host, port, dns, attempts)

namespace {
/// A name with hundreds of addresses is answered for by its first ones.
constexpr std::size_t most_addresses = 16;
constexpr milliseconds patience{5000}, grace{2500};
}  // namespace

std::vector<std::string> Reach::reachable() const {
  std::vector<const TcpAttempt*> open;
  for (const auto& attempt : attempts) {
    if (attempt.cause.empty()) open.push_back(&attempt);
  }
  std::stable_sort(open.begin(), open.end(), [](const auto* a, const auto* b) { return a->duration_ms < b->duration_ms; });
  std::vector<std::string> out;
  for (const auto* attempt : open) out.push_back(attempt->address);
  return out;
}

Reach reach(std::string_view host, std::uint16_t port, std::string_view dns_server, Deadline deadline, Socket* first, const std::stop_token& stop) {
  Reach out;
  out.dns = resolve(host, dns_server, deadline, stop);
  out.host = out.dns.host;
  out.port = port;
  std::vector<std::string> addresses = out.dns.ipv4;
  addresses.insert(addresses.end(), out.dns.ipv6.begin(), out.dns.ipv6.end());
  if (addresses.size() > most_addresses) addresses.resize(most_addresses);
  out.attempts = tcp::connect_all(addresses, port, deadline, patience, grace, stop, first);
  return out;
}

}  // namespace wbverify
