#include "clients/tcp.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/display.hpp"
#include "util/limits.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace tcp {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds tick{50};   ///< how soon a stop is heard

std::string seconds(double ms) {
  const auto tenths = static_cast<long>(ms / 100 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

struct ListFreer {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

/// An attempt under way.
struct Opening {
  TcpAttempt* attempt = nullptr;
  Socket socket;
};

/// Begins to connect. Returns an error number, 0 when connected, EINPROGRESS while it takes its time.
int begin(const std::string& address, std::uint16_t port, Socket& socket) {
  addrinfo hints{}, *raw = nullptr;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &raw) != 0) return EINVAL;
  const std::unique_ptr<addrinfo, ListFreer> list(raw);
  socket = Socket(::socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) {
    const int error = errno;
    note_shortage(error);
    return error;
  }
  const int on = 1;
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connect(socket.fd(), list->ai_addr, list->ai_addrlen) == 0 ? 0 : errno;
}

/// A port of the ephemeral range where nobody listens can be given to our own end: TCP then connects to itself (RFC 9293 §3.5).
bool is_itself(int fd) {
  sockaddr_storage here{}, there{};
  socklen_t here_size = sizeof here, there_size = sizeof there;
  return getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_size) == 0 &&
         getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_size) == 0 && here_size == there_size &&
         std::memcmp(&here, &there, here_size) == 0;
}

void settle(TcpAttempt& attempt, int error, bool at_once, Deadline::Clock::time_point started) {
  attempt.duration_ms = elapsed_ms(started);
  if (error != 0) std::tie(attempt.cause, attempt.text) = explain(error, at_once);
}

}  // namespace

std::pair<std::string, std::string> explain(int error, bool at_once) {
  switch (error) {
    case ECONNREFUSED: return {"refused", "connection refused"};
    case ETIMEDOUT: return {"timed-out", "no answer"};
    case ECONNRESET:
    case ECONNABORTED: return {"reset", "connection reset while it was being opened"};
    case ENETUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      if (at_once) return {"no-route", "this machine has no route to that network"};
      return {"unreachable", "network unreachable, says a router on the way"};
    case EHOSTUNREACH:
    case EHOSTDOWN: return {"unreachable", "no route to host"};
    case EACCES:
    case EPERM: return {"denied", "this machine does not allow the connection (local firewall or security policy)"};
    case EINVAL: return {"unreachable", "no address that can be connected to"};
    default: return {"unreachable", for_display(std::strerror(error), 100)};
  }
}

bool wait(int fd, short events, Deadline deadline, const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested()) return false;
    pollfd waiting{fd, events, 0};
    const auto pause = std::min(deadline.remaining(), stop.stop_possible() ? tick : milliseconds(60000));
    const int count = poll(&waiting, 1, static_cast<int>(pause.count()));
    if (count > 0 || (count < 0 && errno != EINTR)) return true;   // the operation itself tells what is wrong
    if (deadline.expired()) return false;
  }
}

std::vector<TcpAttempt> connect_all(const std::vector<std::string>& addresses, std::uint16_t port, Deadline deadline, milliseconds patience,
                                    milliseconds grace, const std::stop_token& stop, Socket* first) {
  const auto started = Deadline::Clock::now();
  Deadline until = deadline.within(patience);
  std::vector<TcpAttempt> attempts(addresses.size());
  std::vector<Opening> open;
  bool connected = false;
  const auto done = [&](Opening& opening, int error, bool at_once) {
    if (error == 0 && is_itself(opening.socket.fd())) error = ECONNREFUSED;
    settle(*opening.attempt, error, at_once, started);
    if (error != 0 || connected) return;
    connected = true;
    until = until.within(grace);
    if (first != nullptr) *first = std::move(opening.socket);
  };
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    attempts[i].address = addresses[i];
    attempts[i].port = port;
    Opening opening{&attempts[i], Socket()};
    const int error = begin(addresses[i], port, opening.socket);
    if (error == EINPROGRESS) {
      open.push_back(std::move(opening));
    } else {
      done(opening, error, true);
    }
  }
  while (!open.empty() && !until.expired() && !stop.stop_requested()) {
    std::vector<pollfd> waiting;
    for (const auto& opening : open) waiting.push_back({opening.socket.fd(), POLLOUT, 0});
    const auto pause = std::min(until.remaining(), stop.stop_possible() ? tick : until.remaining());
    if (poll(waiting.data(), waiting.size(), static_cast<int>(pause.count())) <= 0) continue;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(open[i].socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
      done(open[i], error, false);
      open[i].attempt = nullptr;
    }
    std::erase_if(open, [](const Opening& opening) { return opening.attempt == nullptr; });
  }
  const bool stopped = stop.stop_requested();
  for (auto& opening : open) {
    opening.attempt->duration_ms = elapsed_ms(started);
    opening.attempt->cause = stopped ? "stopped" : "timed-out";
    opening.attempt->text = stopped ? wbverify::stopped().text : "no answer within " + seconds(opening.attempt->duration_ms);
  }
  return attempts;
}

}  // namespace tcp

namespace {

Error broken(int error, const char* doing) {
  if (error == EPIPE) return {"closed", std::string("the other side closed the connection ") + doing, Blame::target, true};
  if (error == ETIMEDOUT) return {"timed-out", std::string("no answer ") + doing, Blame::path, true};
  if (error == ECONNRESET) return {"reset", std::string("the connection was reset ") + doing, Blame::target, true};
  return {"reset", std::string("the connection broke ") + doing + ": " + for_display(std::strerror(error), 100), Blame::path, true};
}

tl::unexpected<Error> too_late(const char* doing, const std::stop_token& stop) {
  if (stop.stop_requested()) return fail(stopped());
  return fail({"timed-out", std::string("no answer in time ") + doing, Blame::target, true});
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Result<void> Socket::send(std::string_view bytes, Deadline deadline, const std::stop_token& stop) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!tcp::wait(fd_, POLLOUT, deadline, stop)) return too_late("while sending", stop);
    } else if (errno != EINTR) {
      return fail(broken(errno, "while sending"));
    }
    if (!bytes.empty() && deadline.expired()) return too_late("while sending", stop);
  }
  return {};
}

Result<std::string> Socket::receive_some(std::size_t limit, Deadline deadline, const std::stop_token& stop) {
  std::string out(std::min(limit, std::size_t{1} << 16), '\0');
  for (;;) {
    const ssize_t got = recv(fd_, out.data(), out.size(), 0);
    if (got >= 0) {
      out.resize(static_cast<std::size_t>(got));
      return out;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!tcp::wait(fd_, POLLIN, deadline, stop)) return too_late("while waiting for bytes", stop);
    } else if (errno != EINTR) {
      return fail(broken(errno, "while waiting for bytes"));
    }
  }
}

Result<std::string> Socket::receive(std::size_t count, Deadline deadline, const std::stop_token& stop) {
  std::string out;
  while (out.size() < count) {
    if (deadline.expired() && !out.empty()) return too_late("in the middle of an answer", stop);
    auto part = receive_some(count - out.size(), deadline, stop);
    if (!part) return part;
    if (part->empty()) {
      return fail({"closed", "the other side closed the connection after " + std::to_string(out.size()) + " of " + std::to_string(count) + " bytes",
                   Blame::target, true});
    }
    out += *part;
  }
  return out;
}

Result<Socket> connect_tcp(const std::string& address, std::uint16_t port, Deadline deadline, const std::stop_token& stop) {
  Socket socket;
  const auto remaining = deadline.remaining();
  const auto attempt = tcp::connect_all({address}, port, deadline, remaining, remaining, stop, &socket).front();
  if (attempt.cause.empty()) return socket;
  if (attempt.cause == "stopped") return fail(stopped());
  const bool here = attempt.cause == "denied" || attempt.cause == "no-route";
  const bool silent = attempt.cause == "timed-out" || attempt.cause == "unreachable";
  const std::string where = (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
  return fail({attempt.cause, where + ": " + attempt.text, here ? Blame::machine : silent ? Blame::path : Blame::target, !here});
}

}  // namespace wbverify
