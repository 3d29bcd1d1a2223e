#include "clients/dns.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "clients/dns_names.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace wbverify::dns {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{5000};
/// Once one family has answered with addresses, what the other still gets: firewalls that drop AAAA must not hold us up.
constexpr milliseconds straggler{1000};
constexpr milliseconds tick{50};
constexpr int dns_class = 1, type_a = 1, type_aaaa = 28;

/// One question and what came back.
struct Lookup {
  std::string name;
  int family = AF_INET;
  int status = ARES_ETIMEOUT;
  bool done = false;
  std::vector<std::string> addresses;
  std::string canonical;
};

struct ChannelCloser {
  void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, ChannelCloser>;

struct HostFreer {
  void operator()(hostent* host) const { ares_free_hostent(host); }
};

void received(void* argument, int status, int /*timeouts*/, unsigned char* bytes, int size) {
  auto& lookup = *static_cast<Lookup*>(argument);
  lookup.done = true;
  // ares_cancel() at the deadline.
  lookup.status = status == ARES_ECANCELLED || status == ARES_EDESTRUCTION ? ARES_ETIMEOUT : status;
  if (bytes == nullptr || size <= 0) return;
  lookup.canonical = end_of_aliases({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}, lookup.name);
  if (status != ARES_SUCCESS) return;
  hostent* raw = nullptr;
  lookup.status = lookup.family == AF_INET ? ares_parse_a_reply(bytes, size, &raw, nullptr, nullptr)
                                           : ares_parse_aaaa_reply(bytes, size, &raw, nullptr, nullptr);
  const std::unique_ptr<hostent, HostFreer> host(raw);
  if (lookup.status != ARES_SUCCESS || !host) return;
  for (char** at = host->h_addr_list; *at != nullptr; ++at) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_ntop(lookup.family, *at, text.data(), static_cast<socklen_t>(text.size())) != nullptr) lookup.addresses.emplace_back(text.data());
  }
}

/// How the system, or the caller, wants names asked for.
struct Resolvers {
  std::vector<std::string> search;
  int ndots = 1;
  std::string words;   ///< `10.0.0.2 and 10.0.0.3 of /etc/resolv.conf`
};

class Asking {
 public:
  Asking(std::string server, const Files& files, Deadline deadline, const std::stop_token& stop)
      : server_(std::move(server)), files_(files), deadline_(deadline), stop_(stop) {}

  /// Nothing when no channel can be made: no memory, or an unusable server address.
  Channel open(bool take_any_answer) const;
  Resolvers resolvers() const;
  std::array<Lookup, 2> ask(const std::string& name) const;

 private:
  std::array<Lookup, 2> ask_once(const std::string& name, bool take_any_answer) const;
  void wait(ares_channel channel, std::array<Lookup, 2>& lookups) const;

  std::string server_;
  const Files& files_;
  Deadline deadline_;
  const std::stop_token& stop_;
};

Channel Asking::open(bool take_any_answer) const {
  static const int ready = ares_library_init(ARES_LIB_INIT_ALL);
  if (ready != ARES_SUCCESS) return nullptr;
  ares_options options{};
  std::string path = files_.resolv_conf;
  // An answer such as SERVFAIL makes c-ares go on to the next server and forget it, unless it is told to take any answer.
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | (take_any_answer ? ARES_FLAG_NOCHECKRESP : 0);
  options.timeout = 1200;
  options.tries = 3;
  options.resolvconf_path = path.data();
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
#ifdef ARES_OPT_RESOLVCONF
  mask |= ARES_OPT_RESOLVCONF;
#endif
  ares_channel raw = nullptr;
  if (ares_init_options(&raw, &options, mask) != ARES_SUCCESS) return nullptr;
  Channel channel(raw);
  if (!server_.empty() && ares_set_servers_ports_csv(channel.get(), server_.c_str()) != ARES_SUCCESS) return nullptr;
  return channel;
}

Resolvers Asking::resolvers() const {
  Resolvers out;
  if (!server_.empty()) {
    out.words = server_;
    return out;
  }
  const Channel channel = open(false);
  if (!channel) return out;
  ares_options options{};
  int mask = 0;
  if (ares_save_options(channel.get(), &options, &mask) == ARES_SUCCESS) {
    for (int i = 0; i < options.ndomains; ++i) out.search.emplace_back(options.domains[i]);
    if (options.ndots > 0 || (mask & ARES_OPT_NDOTS) != 0) out.ndots = options.ndots;
    ares_destroy_options(&options);
  }
  std::vector<std::string> servers;
  ares_addr_port_node* list = nullptr;
  if (ares_get_servers_ports(channel.get(), &list) == ARES_SUCCESS) {
    for (const auto* at = list; at != nullptr; at = at->next) {
      std::array<char, INET6_ADDRSTRLEN> text{};
      if (inet_ntop(at->family, &at->addr, text.data(), static_cast<socklen_t>(text.size())) != nullptr) servers.emplace_back(text.data());
    }
    ares_free_data(list);
  }
  out.words = join(servers, ", ") + " of " + files_.resolv_conf;
  return out;
}

void Asking::wait(ares_channel channel, std::array<Lookup, 2>& lookups) const {
  Deadline deadline = deadline_;
  bool hurried = false;
  while (!lookups[0].done || !lookups[1].done) {
    if (!hurried && (!lookups[0].addresses.empty() || !lookups[1].addresses.empty())) {
      deadline = deadline.within(straggler);
      hurried = true;
    }
    if (deadline.expired() || stop_.stop_requested()) {
      ares_cancel(channel);
      return;
    }
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto bits = static_cast<unsigned>(ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size())));
    std::vector<pollfd> waiting;
    for (unsigned i = 0; i < sockets.size(); ++i) {
      short events = 0;
      if (ARES_GETSOCK_READABLE(bits, i)) events |= POLLIN;
      if (ARES_GETSOCK_WRITABLE(bits, i)) events |= POLLOUT;
      if (events != 0) waiting.push_back({sockets[i], events, 0});
    }
    const auto limit = std::min(deadline.remaining(), stop_.stop_possible() ? tick : patience);
    timeval most{limit.count() / 1000, static_cast<suseconds_t>(limit.count() % 1000 * 1000)}, chosen{};
    const timeval* until = ares_timeout(channel, &most, &chosen);
    const auto pause = until->tv_sec * 1000 + (until->tv_usec + 999) / 1000;
    if (poll(waiting.data(), waiting.size(), static_cast<int>(pause)) <= 0) {
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      continue;
    }
    for (const auto& socket : waiting) {
      if (socket.revents == 0) continue;
      ares_process_fd(channel, (socket.events & POLLIN) != 0 ? socket.fd : ARES_SOCKET_BAD,
                      (socket.events & POLLOUT) != 0 ? socket.fd : ARES_SOCKET_BAD);
    }
  }
}

std::array<Lookup, 2> Asking::ask_once(const std::string& name, bool take_any_answer) const {
  std::array<Lookup, 2> lookups;
  lookups[0].name = lookups[1].name = name;
  lookups[1].family = AF_INET6;
  const Channel channel = open(take_any_answer);
  if (!channel) {
    for (auto& lookup : lookups) lookup.status = ARES_ENOTINITIALIZED;
    return lookups;
  }
  ares_query(channel.get(), name.c_str(), dns_class, type_a, received, &lookups[0]);
  ares_query(channel.get(), name.c_str(), dns_class, type_aaaa, received, &lookups[1]);
  wait(channel.get(), lookups);
  return lookups;
}

std::array<Lookup, 2> Asking::ask(const std::string& name) const {
  auto lookups = ask_once(name, false);
  const bool found = !lookups[0].addresses.empty() || !lookups[1].addresses.empty();
  // c-ares before 1.20 says `connection refused` also when every server answered SERVFAIL or REFUSED.
  const bool vague = lookups[0].status == ARES_ECONNREFUSED || lookups[1].status == ARES_ECONNREFUSED;
  return !found && vague && !deadline_.expired() ? ask_once(name, true) : lookups;
}

bool no_such_name(int status) { return status == ARES_ENOTFOUND || status == ARES_ENODATA; }

/// Cause and words for a name that gave no address. The less a status says, the more it weighs.
void explain(const std::array<Lookup, 2>& lookups, const std::string& resolvers, DnsAnswer& answer) {
  const auto has = [&](int status) { return lookups[0].status == status || lookups[1].status == status; };
  const std::string& name = lookups[0].name;
  const std::string alias = lookups[0].canonical.empty() ? lookups[1].canonical : lookups[0].canonical;
  const std::string subject = alias.empty() ? name : name + " is an alias of " + clean(alias, 253) + ", which";
  answer.canonical_name = clean(alias, 253);
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
    answer.text = resolvers + " failed to find out about " + name + " (" + (status == ARES_ESERVFAIL ? "SERVFAIL" : clean(ares_strerror(status), 100)) + ")";
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
      answer.canonical_name = clean(lookups[0].canonical.empty() ? lookups[1].canonical : lookups[0].canonical, 253);
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
  answer.text = clean(worst.text, 700);
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
  answer.host = clean(host, 300);
  answer.server = clean(server, 100);
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
  answer.duration_ms = elapsed_ms(started);
  return answer;
}

}  // namespace wbverify::dns

namespace wbverify {

DnsAnswer resolve(std::string_view host, std::string_view server, Deadline deadline, const std::stop_token& stop) {
  return dns::resolve(host, server, deadline, stop, {});
}

}  // namespace wbverify
