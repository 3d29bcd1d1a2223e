#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/deadline.hpp"
#include "core/error.hpp"

namespace wbverify {

/// What a client says that was asked to stop, under the cause `stopped`. It is no word about the other side.
inline Error stopped() { return {"stopped", "stopped before the answer came", Blame::machine, true}; }

/// What the name service said about a host.
struct DnsAnswer {
  std::string host;
  std::string source;               ///< who answered: `literal`, `localhost` (RFC 6761), `hosts-file`, `dns`
  std::vector<std::string> ipv4;    ///< in the order of the answer
  std::vector<std::string> ipv6;
  std::string canonical_name;       ///< end of the CNAME chain, or empty
  std::string cause;                ///< empty when there is an address; `nxdomain`, `no-address`, `servfail`, `refused`, `timed-out`, `no-resolver`, `bad-name`, `stopped`
  std::string text;                 ///< the failure in words
  std::string server;               ///< the resolver asked when one was configured, or empty
  double duration_ms = 0;
  bool operator==(const DnsAnswer&) const = default;
};

/// One TCP connection attempt.
struct TcpAttempt {
  std::string address;      ///< IP literal without brackets
  std::uint16_t port = 0;
  std::string cause;        ///< empty when connected; `refused`, `timed-out`, `unreachable`, `no-route` (this machine has none), `reset`, `denied` (by this machine), `stopped`
  std::string text;
  double duration_ms = 0;
  bool operator==(const TcpAttempt&) const = default;
};

/// Everything between a name and an open connection: asked once for each service.
struct Reach {
  std::string host;
  std::uint16_t port = 0;
  DnsAnswer dns;
  std::vector<TcpAttempt> attempts;   ///< one for each address, all tried side by side
  bool operator==(const Reach&) const = default;

  /// The addresses that accepted a connection, quickest first.
  std::vector<std::string> reachable() const;
};
void to_json(nlohmann::json& json, const Reach& reach);
void from_json(const nlohmann::json& json, Reach& reach);

/// Resolves A and AAAA side by side. `server` is ADDRESS:PORT or empty for the system's resolvers (/etc/hosts first).
/// Never blocks beyond the deadline, nor longer than 5 s, which is glibc's own patience with a resolver.
DnsAnswer resolve(std::string_view host, std::string_view server, Deadline deadline, const std::stop_token& stop = {});

/// An open, non-blocking TCP socket. Closed when it goes.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  int fd() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

  /// Sends all bytes, or the error (`reset`, `closed`, `timed-out`, `stopped`).
  Result<void> send(std::string_view bytes, Deadline deadline, const std::stop_token& stop = {});
  /// Reads exactly `count` bytes; `closed` when the peer ends before.
  Result<std::string> receive(std::size_t count, Deadline deadline, const std::stop_token& stop = {});
  /// Reads what is there, at least one byte and at most `limit`; empty at the end of the stream.
  Result<std::string> receive_some(std::size_t limit, Deadline deadline, const std::stop_token& stop = {});

 private:
  int fd_ = -1;
};

/// One connection to one address. Error causes: those of TcpAttempt.
Result<Socket> connect_tcp(const std::string& address, std::uint16_t port, Deadline deadline, const std::stop_token& stop = {});

/// Resolves and connects to every address side by side, then closes; `first`, when given, receives the quickest socket.
/// Waits at most 5 s for connections, and 2.5 s more for the others once one is open: SYN is sent again after 1 s and 3 s.
Reach reach(std::string_view host, std::uint16_t port, std::string_view dns_server, Deadline deadline, Socket* first = nullptr,
            const std::stop_token& stop = {});

}  // namespace wbverify
