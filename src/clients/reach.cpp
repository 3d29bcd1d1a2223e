#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "clients/reach.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// What the kernel says of a connection, in our words.
Error connection_error(int number) {
  const std::string text = std::strerror(number);
  switch (number) {
    case ECONNREFUSED: return {"refused", "connection refused: nothing listens there", Blame::target, true};
    case ETIMEDOUT:
    case EAGAIN: return {"timed-out", "no answer: packets are dropped on the way, or the machine is off", Blame::path, true};
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL: return {"unreachable", "no route to that address", Blame::path, true};
    case EACCES:
    case EPERM: return {"denied", "this machine does not allow the connection (local firewall)", Blame::machine, false};
    case ECONNRESET:
    case EPIPE: return {"reset", "the connection was reset", Blame::target, true};
    default: return {"unreachable", clean(text), Blame::machine, false};
  }
}

struct Destination {
  sockaddr_storage address{};
  socklen_t length = 0;
  int family = AF_UNSPEC;
};

Destination destination(const std::string& address, std::uint16_t port) {
  Destination out;
  void* const raw = &out.address;
  if (auto* v4 = static_cast<sockaddr_in*>(raw); inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.length = sizeof *v4;
    out.family = AF_INET;
  } else if (auto* v6 = static_cast<sockaddr_in6*>(raw); inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    out.length = sizeof *v6;
    out.family = AF_INET6;
  }
  return out;
}

/// A connection on its way: `error` is EINPROGRESS until it is known.
struct Pending {
  Socket socket;
  int error = 0;
  Deadline::Clock::time_point started;
};

Pending begin(const std::string& address, std::uint16_t port) {
  Pending pending;
  pending.started = Deadline::Clock::now();
  const Destination to = destination(address, port);
  if (to.family == AF_UNSPEC) {
    pending.error = EADDRNOTAVAIL;
    return pending;
  }
  pending.socket = Socket(::socket(to.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!pending.socket) {
    pending.error = errno;
    return pending;
  }
  const int on = 1;
  ::setsockopt(pending.socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const void* const raw = &to.address;
  pending.error = ::connect(pending.socket.fd(), static_cast<const sockaddr*>(raw), to.length) == 0 ? 0 : errno;
  return pending;
}

int outcome(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/// Waits until the socket is ready; false when the time is over.
bool wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    pollfd polled{fd, events, 0};
    const auto left = std::min(deadline.remaining(), Deadline::Milliseconds(60000));
    const int ready = ::poll(&polled, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0 && deadline.expired()) return false;
    if (ready < 0 && errno != EINTR) return true;
  }
}

const Error timed_out{"timed-out", "no answer in time", Blame::target, true};

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Socket::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_for(fd_, POLLOUT, deadline)) return fail(timed_out);
    } else if (errno != EINTR) {
      return fail(connection_error(errno));
    }
  }
  return {};
}

Result<std::string> Socket::receive_some(std::size_t limit, Deadline deadline) {
  std::string buffer(limit, '\0');
  for (;;) {
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (count >= 0) {
      buffer.resize(static_cast<std::size_t>(count));
      return buffer;
    }
    if (errno == EAGAIN) {
      if (!wait_for(fd_, POLLIN, deadline)) return fail(timed_out);
    } else if (errno != EINTR) {
      return fail(connection_error(errno));
    }
  }
}

Result<std::string> Socket::receive(std::size_t count, Deadline deadline) {
  std::string out;
  while (out.size() < count) {
    // Taken in pieces: a hostile length must not be allocated before its bytes are there.
    auto piece = receive_some(std::min<std::size_t>(count - out.size(), 65536), deadline);
    if (!piece) return piece;
    if (piece->empty()) return fail({"closed", "the connection was closed", Blame::target, true});
    out += *piece;
    if (deadline.expired() && out.size() < count) return fail(timed_out);
  }
  return out;
}

Result<Socket> connect_tcp(const std::string& address, std::uint16_t port, Deadline deadline) {
  Pending pending = begin(address, port);
  if (pending.error == EINPROGRESS) {
    pending.error = wait_for(pending.socket.fd(), POLLOUT, deadline) ? outcome(pending.socket.fd()) : ETIMEDOUT;
  }
  if (pending.error != 0) return fail(connection_error(pending.error));
  return std::move(pending.socket);
}

Reach reach(std::string_view host, std::uint16_t port, std::string_view dns_server, Deadline deadline, Socket* first) {
  Reach out;
  out.host = host;
  out.port = port;
  out.dns = resolve(host, dns_server, deadline);
  std::vector<std::string> addresses = out.dns.ipv6;
  addresses.insert(addresses.end(), out.dns.ipv4.begin(), out.dns.ipv4.end());
  std::vector<Pending> pending;
  for (const auto& address : addresses) {
    pending.push_back(begin(address, port));
    out.attempts.push_back({address, port, {}, {}, 0});
  }
  const auto settle = [&](std::size_t i, int error) {
    pending[i].error = error;
    out.attempts[i].duration_ms = elapsed_ms(pending[i].started);
    if (error != 0) {
      const Error words = connection_error(error);
      out.attempts[i].cause = words.cause;
      out.attempts[i].text = words.text;
    } else if (first != nullptr && !*first) {
      *first = std::move(pending[i].socket);
    }
  };
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (pending[i].error != EINPROGRESS) settle(i, pending[i].error);
  }
  for (;;) {
    std::vector<pollfd> polled;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < pending.size(); ++i) {
      if (pending[i].error != EINPROGRESS) continue;
      polled.push_back({pending[i].socket.fd(), POLLOUT, 0});
      which.push_back(i);
    }
    if (polled.empty()) return out;
    const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(deadline.remaining().count()));
    if (ready <= 0 && deadline.expired()) {
      for (const std::size_t i : which) settle(i, ETIMEDOUT);
      return out;
    }
    for (std::size_t k = 0; ready > 0 && k < polled.size(); ++k) {
      if (polled[k].revents != 0) settle(which[k], outcome(polled[k].fd));
    }
  }
}

std::vector<std::string> Reach::reachable() const {
  std::vector<const TcpAttempt*> connected;
  for (const auto& attempt : attempts) {
    if (attempt.cause.empty()) connected.push_back(&attempt);
  }
  std::stable_sort(connected.begin(), connected.end(), [](const auto* a, const auto* b) { return a->duration_ms < b->duration_ms; });
  std::vector<std::string> out;
  for (const auto* attempt : connected) out.push_back(attempt->address);
  return out;
}

WBVERIFY_JSON(DnsAnswer, host, source, ipv4, ipv6, canonical_name, cause, text, server, duration_ms)
WBVERIFY_JSON(TcpAttempt, address, port, cause, text, duration_ms)

void to_json(nlohmann::json& json, const Reach& reach) {
  json = {{"host", reach.host}, {"port", reach.port}, {"dns", reach.dns}, {"attempts", reach.attempts}};
}

void from_json(const nlohmann::json& json, Reach& reach) {
  json.at("host").get_to(reach.host);
  json.at("port").get_to(reach.port);
  json.at("dns").get_to(reach.dns);
  json.at("attempts").get_to(reach.attempts);
}

}  // namespace wbverify
