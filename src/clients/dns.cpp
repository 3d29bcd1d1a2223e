#include "clients/dns.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/dns_names.hpp"
#include "clients/dns_query.hpp"
#include "core/display.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace wbverify::dns {
namespace {

using std::chrono::milliseconds;

bool no_such_name(int status) { return status == ARES_ENOTFOUND || status == ARES_ENODATA; }

/// Cause and words for a name that gave no address. The less a status says, the more it weighs.
void explain(const std::array<Lookup, 2>& lookups, const std::string& resolvers, DnsAnswer& answer) {
  const auto has = [&](int status) { return lookups[0].status == status || lookups[1].status == status; };
  const std::string& name = lookups[0].name;
  const std::string alias = lookups[0].canonical.empty() ? lookups[1].canonical : lookups[0].canonical;
  const std::string subject = alias.empty() ? name : name + " is an alias of " + for_display(alias, 253) + ", which";
  answer.canonical_name = for_display(alias, 253);
  if (no_such_name(lookups[0].status) && no_such_name(lookups[1].status)) {
    const bool exists = has(ARES_ENODATA);
    answer.cause = exists ? "no-address" : "nxdomain";
    answer.text = subject + (exists ? " has neither an A nor an AAAA record" : " does not exist (NXDOMAIN)") + ", says " + resolvers;
  } else if (has(ARES_ECONNREFUSED) || has(ARES_ENOTINITIALIZED)) {
    answer.cause = "no-resolver";
    answer.text = "no DNS server answers at " + resolvers;
  } else if (has(ARES_ETIMEOUT)) {
    answer.cause = "timed-out";
    answer.text = "no answer to the question for " + name + " from " + resolvers;
  } else if (has(ARES_EREFUSED)) {
    answer.cause = "refused";
    answer.text = resolvers + " refuses to answer this machine (REFUSED)";
  } else if (has(ARES_EBADNAME)) {
    answer.cause = "bad-name";
    answer.text = name + " is not a host name";
  } else {
    const int status = no_such_name(lookups[0].status) ? lookups[1].status : lookups[0].status;
    answer.cause = "servfail";
    answer.text = resolvers + " failed to find out about " + name + " (" + (status == ARES_ESERVFAIL ? "SERVFAIL" : for_display(ares_strerror(status), 100)) + ")";
  }
}

void ask_resolvers(DnsAnswer& answer, const Asking& asking) {
  const Resolvers resolvers = asking.resolvers();
  DnsAnswer worst;
  for (const auto& name : candidates(answer.host, resolvers.search, resolvers.ndots)) {
    const auto lookups = asking.ask(name);
    answer.ipv4 = lookups[0].addresses;
    answer.ipv6 = lookups[1].addresses;
    if (!answer.ipv4.empty() || !answer.ipv6.empty()) {
      answer.canonical_name = for_display(lookups[0].canonical.empty() ? lookups[1].canonical : lookups[0].canonical, 253);
      if (answer.canonical_name.empty() && !iequals(name, answer.host) && !iequals(name + ".", answer.host)) answer.canonical_name = name;
      return;
    }
    DnsAnswer failure;
    explain(lookups, resolvers.words, failure);
    const bool named = failure.cause == "nxdomain" || failure.cause == "no-address";
    // What is told is the failure of the name as it was written, unless another one leaves more open.
    if (worst.cause.empty() || !named || (name == answer.host && (worst.cause == "nxdomain" || worst.cause == "no-address"))) worst = failure;
    if (failure.cause == "timed-out" || failure.cause == "no-resolver") break;
  }
  answer.cause = worst.cause;
  answer.text = for_display(worst.text, 700);
  answer.canonical_name = worst.canonical_name;
}

bool ipv6_loopback() {
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool there = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return there;
}

void add(DnsAnswer& answer, const std::string& address) {
  (address.find(':') == std::string::npos ? answer.ipv4 : answer.ipv6).push_back(address);
}

}  // namespace

DnsAnswer resolve(std::string_view host, std::string_view server, Deadline deadline, const std::stop_token& stop, const Files& files) {
  const auto started = Deadline::Clock::now();
  DnsAnswer answer;
  answer.host = for_display(host, 300);
  answer.server = for_display(server, 100);
  if (is_literal(host)) {
    answer.source = "literal";
    add(answer, std::string(host));
  } else if (is_localhost(host)) {
    answer.source = "localhost";
    answer.ipv4 = {"127.0.0.1"};
    if (ipv6_loopback()) answer.ipv6 = {"::1"};
  } else if (const std::string fault = name_fault(host); !fault.empty()) {
    answer.source = "dns";
    answer.cause = "bad-name";
    answer.text = fault;
  } else {
    if (server.empty()) {
      for (const auto& address : hosts_entries(read_file(files.hosts, std::size_t{4} << 20, milliseconds(200)).text, host)) add(answer, address);
    }
    answer.source = answer.ipv4.empty() && answer.ipv6.empty() ? "dns" : "hosts-file";
    if (answer.source == "dns") ask_resolvers(answer, Asking(std::string(server), files, deadline.within(patience), stop));
  }
  if (stop.stop_requested() && answer.ipv4.empty() && answer.ipv6.empty()) {
    answer.cause = "stopped";
    answer.text = stopped().text;
  }
  answer.duration_ms = elapsed_ms(started);
  return answer;
}

}  // namespace wbverify::dns

namespace wbverify {

DnsAnswer resolve(std::string_view host, std::string_view server, Deadline deadline, const std::stop_token& stop) {
  return dns::resolve(host, server, deadline, stop, {});
}

}  // namespace wbverify
