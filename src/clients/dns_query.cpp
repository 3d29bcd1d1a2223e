#include "clients/dns_query.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>

#include "clients/dns_names.hpp"
#include "util/text.hpp"

namespace wbverify::dns {
namespace {

using std::chrono::milliseconds;

/// Once one family has answered with addresses, what the other still gets: firewalls that drop AAAA must not hold us up.
constexpr milliseconds straggler{1000};
constexpr milliseconds tick{50};
constexpr int dns_class = 1, type_a = 1, type_aaaa = 28;

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

/// What c-ares waits for, and until when.
milliseconds add_sockets(ares_channel channel, milliseconds limit, std::vector<pollfd>& waiting) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const auto bits = static_cast<unsigned>(ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size())));
  for (unsigned i = 0; i < sockets.size(); ++i) {
    short events = 0;
    if (ARES_GETSOCK_READABLE(bits, i)) events |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(bits, i)) events |= POLLOUT;
    if (events != 0) waiting.push_back({sockets[i], events, 0});
  }
  timeval most{limit.count() / 1000, static_cast<suseconds_t>(limit.count() % 1000 * 1000)}, chosen{};
  const timeval* until = ares_timeout(channel, &most, &chosen);
  return milliseconds(until->tv_sec * 1000 + (until->tv_usec + 999) / 1000);
}

void process(ares_channel channel, const pollfd* from, const pollfd* to) {
  bool any = false;
  for (; from != to; ++from) {
    if (from->revents == 0) continue;
    any = true;
    ares_process_fd(channel, (from->events & POLLIN) != 0 ? from->fd : ARES_SOCKET_BAD, (from->events & POLLOUT) != 0 ? from->fd : ARES_SOCKET_BAD);
  }
  if (!any) ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);   // its time-outs
}

}  // namespace

void ChannelCloser::operator()(ares_channeldata* channel) const { ares_destroy(channel); }

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

void Asking::wait(const std::array<Channel, 2>& channels, const std::array<Lookup, 2>& lookups) const {
  Deadline deadline = deadline_;
  bool hurried = false;
  while (!lookups[0].done || !lookups[1].done) {
    if (!hurried && (!lookups[0].addresses.empty() || !lookups[1].addresses.empty())) {
      deadline = deadline.within(straggler);
      hurried = true;
    }
    if (deadline.expired() || stop_.stop_requested()) {
      for (const auto& channel : channels) ares_cancel(channel.get());
      return;
    }
    const auto limit = std::min(deadline.remaining(), stop_.stop_possible() ? tick : patience);
    std::vector<pollfd> waiting;
    auto pause = lookups[0].done ? limit : add_sockets(channels[0].get(), limit, waiting);
    const auto middle = static_cast<std::ptrdiff_t>(waiting.size());
    if (!lookups[1].done) pause = std::min(pause, add_sockets(channels[1].get(), limit, waiting));
    poll(waiting.data(), waiting.size(), static_cast<int>(pause.count()));
    process(channels[0].get(), waiting.data(), waiting.data() + middle);
    process(channels[1].get(), waiting.data() + middle, waiting.data() + waiting.size());
  }
}

/// Each family over a socket of its own: what a closed port answers to one question would be told to whoever sends next.
std::array<Lookup, 2> Asking::ask_once(const std::string& name, bool take_any_answer) const {
  std::array<Lookup, 2> lookups;
  lookups[0].name = lookups[1].name = name;
  lookups[1].family = AF_INET6;
  lookups[0].status = lookups[1].status = ARES_ETIMEOUT;
  const std::array<Channel, 2> channels = {open(take_any_answer), open(take_any_answer)};
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    if (!channels[i]) {
      lookups[0].status = lookups[1].status = ARES_ENOTINITIALIZED;
      return lookups;
    }
  }
  ares_query(channels[0].get(), name.c_str(), dns_class, type_a, received, &lookups[0]);
  ares_query(channels[1].get(), name.c_str(), dns_class, type_aaaa, received, &lookups[1]);
  wait(channels, lookups);
  return lookups;
}

std::array<Lookup, 2> Asking::ask(const std::string& name) const {
  auto lookups = ask_once(name, false);
  const bool found = !lookups[0].addresses.empty() || !lookups[1].addresses.empty();
  // c-ares before 1.20 says `connection refused` also when every server answered SERVFAIL or REFUSED.
  const bool vague = lookups[0].status == ARES_ECONNREFUSED || lookups[1].status == ARES_ECONNREFUSED;
  return !found && vague && !deadline_.expired() ? ask_once(name, true) : lookups;
}

}  // namespace wbverify::dns
