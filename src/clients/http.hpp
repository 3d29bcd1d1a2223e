#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/received.hpp"

namespace wbverify {

using Headers = std::vector<std::pair<std::string, std::string>>;
/// Of an answer, in the order in which they came.
using ReceivedHeaders = std::vector<std::pair<std::string, Received>>;
/// The first of that name (case ignored), or nothing.
const Received* find_header(const ReceivedHeaders& headers, std::string_view name);

/// A body that is made while it is sent, so that it need not be in memory.
struct HttpBody {
  std::uint64_t size = 0;   ///< bytes
  /// Writes the body's bytes from `offset` on, as many as `into` has room for; they are never more than the body has. From an
  /// earlier offset again when the request has to be sent anew. Runs in any of the threads that wait for this client; it must
  /// neither throw nor use the client.
  std::function<void(std::uint64_t offset, std::span<char> into)> fill;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;                   ///< sent as it is: no dot segments removed, no escapes changed; user information is an error
  Headers headers;                   ///< exactly these, besides Host, Accept and Content-Length; may carry credentials
  std::string body;
  std::optional<HttpBody> streamed;  ///< instead of `body`
  std::size_t max_body = 1 << 20;    ///< bytes of the answer's body that are taken; more is cut and told by `truncated`
  /// Takes the body of an answer 2xx instead of `HttpResponse::body`, part by part, under the rules of `HttpBody::fill`.
  std::function<void(std::string_view part)> sink;
  std::chrono::milliseconds limit{0};   ///< longest time for this one; 0: the deadline alone
};

struct HttpResponse {
  int status = 0;
  std::string version;               ///< HTTP/1.1, HTTP/2
  ReceivedHeaders headers;
  Received body;                     ///< maybe binary
  bool truncated = false;
  std::string address;               ///< peer, IP:port
  double duration_ms = 0;
  double first_byte_ms = 0;          ///< since the beginning, as `duration_ms`
  bool new_connection = false;       ///< false: a kept one, or one that another request opened meanwhile
  double connect_ms = 0;             ///< of a new connection, until TCP was open
  double tls_ms = 0;                 ///< of a new connection, the TLS handshake alone
  /// The upload broke off without an answer; this one came when it was sent again with `Expect: 100-continue`. A reset can overtake
  /// the refusal of a server that does not read on: other clients see nothing but the reset.
  bool after_reset = false;
  bool stranger = false;   ///< came from none of HttpOptions::known and credentials_for: its body is for nobody to see

  /// The header as a parser wants it: empty when it is not there.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const { return find_header(headers, name) != nullptr; }
};

struct HttpOptions {
  std::vector<std::string> ca_files;   ///< PEM, trusted besides the system's
  std::string user_agent;              ///< empty: wbverify/<version>
  /// host, port, addresses already resolved: no name is asked for twice.
  struct Pin { std::string host; std::uint16_t port; std::vector<std::string> addresses; };
  std::vector<Pin> pins;
  std::string dns_server;              ///< ADDRESS:PORT asked for hosts without a pin; empty: the system's resolvers
  std::size_t max_headers = 64 << 10;  ///< bytes of all answer headers together; more is the error `headers-too-large`
  std::size_t max_header_lines = 256;  ///< … and their number
  /// Origins (`https://wandb.example.com:8443`) that credentials may go to. A request with any in its headers to another one is the
  /// error `foreign-host` before its name is even resolved.
  std::vector<std::string> credentials_for;
  /// Every request counts as one with credentials: what the client itself signs in the URL looks like what others signed.
  bool signs = false;
  /// Origins whose answers may be shown, besides `credentials_for`. The answers of all others are marked as a stranger's.
  std::vector<std::string> known;
};

/// HTTP over kept connections, HTTP/2 where the server offers it and the body is at most 16 KiB. Certificates are always verified,
/// redirects never followed, proxies and netrc of the environment not used. Several threads may send at the same time, each within its own
/// deadline; they share the connections.
/// Error causes: dns-failed refused timed-out unreachable reset closed tls-untrusted tls-name tls-failed not-http headers-too-large
/// http2-error stopped bad-url foreign-host.
class HttpClient {
 public:
  /// Longest time that a request goes on after a stop once it is on its way, unless it only reads (GET, HEAD, OPTIONS): its answer
  /// says whether something was made that has to be removed, and nothing arrives behind the removal. Local servers answer in a
  /// tenth of it, those across an ocean in time.
  static constexpr std::chrono::milliseconds last_word{300};

  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  Result<HttpResponse> send(const HttpRequest& request, Deadline deadline, const std::stop_token& stop = {});
  /// Side by side; answers in the order of the requests.
  std::vector<Result<HttpResponse>> send_all(std::span<const HttpRequest> requests, Deadline deadline, const std::stop_token& stop = {});
  /// Requests sent so far.
  int round_trips() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wbverify
