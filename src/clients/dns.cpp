#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include "clients/reach.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct ChannelCloser {
  void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelCloser>;

bool is_literal(const std::string& host, int family) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(family, host.c_str(), bytes.data()) == 1;
}

/// RFC 6761 §6.3: `localhost` and everything below it is this machine, and no resolver is asked.
bool is_localhost(const std::string& host) {
  const std::string name = to_lower(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
  return name == "localhost" || name.ends_with(".localhost");
}

struct Cause {
  const char* cause;
  const char* text;
};

Cause explain(int status) {
  switch (status) {
    case ARES_ENOTFOUND: return {"nxdomain", "the name does not exist"};
    case ARES_ENODATA: return {"no-address", "the name exists but has no address (neither A nor AAAA)"};
    case ARES_ESERVFAIL: return {"servfail", "the resolver answered SERVFAIL"};
    case ARES_EREFUSED: return {"refused", "the resolver refused to answer"};
    case ARES_ECONNREFUSED: return {"no-resolver", "no resolver would answer: nothing listens at its address, or it refuses the question"};
    case ARES_ETIMEOUT: return {"timed-out", "no resolver answered in time"};
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION: return {"timed-out", "no resolver answered in time"};
    case ARES_EBADNAME:
    case ARES_EBADQUERY: return {"bad-name", "this is not a host name"};
    default: return {"servfail", "the resolver's answer could not be used"};
  }
}

struct Lookup {
  DnsAnswer* answer;
  bool done = false;
  int status = ARES_ECANCELLED;
};

void received(void* argument, int status, int, ares_addrinfo* result) {
  auto& lookup = *static_cast<Lookup*>(argument);
  lookup.done = true;
  lookup.status = status;
  if (result == nullptr) return;
  for (const ares_addrinfo_cname* name = result->cnames; name != nullptr; name = name->next) {
    if (name->name != nullptr) lookup.answer->canonical_name = clean(name->name, 255);
  }
  for (const ares_addrinfo_node* node = result->nodes; node != nullptr; node = node->ai_next) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* const raw = node->ai_addr;
    if (node->ai_family == AF_INET) {
      inet_ntop(AF_INET, &static_cast<const sockaddr_in*>(raw)->sin_addr, text.data(), text.size());
    } else if (node->ai_family == AF_INET6) {
      inet_ntop(AF_INET6, &static_cast<const sockaddr_in6*>(raw)->sin6_addr, text.data(), text.size());
    }
    auto& list = node->ai_family == AF_INET ? lookup.answer->ipv4 : lookup.answer->ipv6;
    if (text[0] != '\0' && std::find(list.begin(), list.end(), text.data()) == list.end()) list.emplace_back(text.data());
  }
  ares_freeaddrinfo(result);
}

/// Lets c-ares work until the lookup is done or the time is over.
void work(ares_channel channel, const Lookup& lookup, Deadline deadline) {
  while (!lookup.done && !deadline.expired()) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size()));
    std::array<pollfd, ARES_GETSOCK_MAXNUM> polled{};
    nfds_t count = 0;
    for (unsigned i = 0; i < sockets.size(); ++i) {
      short events = 0;
      if ((static_cast<unsigned>(mask) >> i & 1U) != 0) events |= POLLIN;
      if ((static_cast<unsigned>(mask) >> (i + ARES_GETSOCK_MAXNUM) & 1U) != 0) events |= POLLOUT;
      if (events != 0) polled[count++] = {sockets[i], events, 0};
    }
    const auto most = std::min(deadline.remaining(), Deadline::Milliseconds(1000));
    timeval limit{most.count() / 1000, static_cast<suseconds_t>(most.count() % 1000 * 1000)};
    timeval soonest{};
    const timeval* const wait = ares_timeout(channel, &limit, &soonest);
    const int ms = static_cast<int>(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000);
    if (::poll(polled.data(), count, ms) <= 0) {
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      continue;
    }
    for (nfds_t i = 0; i < count; ++i) {
      if (polled[i].revents == 0) continue;
      const bool readable = (polled[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writable = (polled[i].revents & POLLOUT) != 0;
      ares_process_fd(channel, readable ? polled[i].fd : ARES_SOCKET_BAD, writable ? polled[i].fd : ARES_SOCKET_BAD);
    }
  }
}

void fail_with(DnsAnswer& answer, int status) {
  const Cause cause = explain(status);
  answer.cause = cause.cause;
  answer.text = cause.text;
}

void ask(DnsAnswer& answer, Deadline deadline) {
  static std::once_flag initialised;
  std::call_once(initialised, [] { ares_library_init(ARES_LIB_INIT_ALL); });
  ares_options options{};
  // The first question waits 1.5 s, the second 3 s: a lost packet costs little, a slow resolver gets its time.
  options.timeout = 1500;
  options.tries = 3;
  ares_channel raw = nullptr;
  if (const int status = ares_init_options(&raw, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES); status != ARES_SUCCESS) {
    return fail_with(answer, ARES_ESERVFAIL);
  }
  const Channel channel(raw);
  if (!answer.server.empty() && ares_set_servers_ports_csv(raw, answer.server.c_str()) != ARES_SUCCESS) {
    answer.cause = "no-resolver";
    answer.text = "the configured resolver " + clean(answer.server, 80) + " is not ADDRESS:PORT";
    return;
  }
  Lookup lookup{&answer};
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_CANONNAME;
  ares_getaddrinfo(raw, answer.host.c_str(), nullptr, &hints, received, &lookup);
  work(raw, lookup, deadline);
  if (!lookup.done) {
    ares_cancel(raw);
    return fail_with(answer, ARES_ETIMEOUT);
  }
  if (answer.ipv4.empty() && answer.ipv6.empty()) fail_with(answer, lookup.status == ARES_SUCCESS ? ARES_ENODATA : lookup.status);
}

}  // namespace

DnsAnswer resolve(std::string_view host, std::string_view server, Deadline deadline) {
  const auto started = Deadline::Clock::now();
  DnsAnswer answer;
  answer.host = host;
  answer.server = server;
  if (is_literal(answer.host, AF_INET) || is_literal(answer.host, AF_INET6)) {
    answer.source = "literal";
    (is_literal(answer.host, AF_INET) ? answer.ipv4 : answer.ipv6).push_back(answer.host);
    answer.server.clear();
  } else if (is_localhost(answer.host)) {
    answer.source = "localhost";
    answer.ipv4 = {"127.0.0.1"};
    answer.server.clear();
  } else {
    answer.source = "dns";
    ask(answer, deadline);
  }
  answer.duration_ms = elapsed_ms(started);
  return answer;
}

}  // namespace wbverify
