#pragma once
#include <chrono>
#include <cstdint>
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

namespace wbverify {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;                   ///< sent as it is: no dot segments removed, no escapes changed; user information is an error
  Headers headers;                   ///< exactly these, besides Host, Accept and Content-Length; may carry credentials
  std::string body;
  std::size_t max_body = 1 << 20;    ///< bytes of the answer kept; more is cut and told by `truncated`
  std::chrono::milliseconds limit{0};   ///< longest time for this one; 0: the deadline alone
};

struct HttpResponse {
  int status = 0;
  std::string version;               ///< HTTP/1.1, HTTP/2
  Headers headers;                   ///< as received: untrusted
  std::string body;                  ///< as received: untrusted, maybe binary
  bool truncated = false;
  std::string address;               ///< peer, IP:port
  double duration_ms = 0;
  double first_byte_ms = 0;

  /// The first header of that name (case ignored), or nothing.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpOptions {
  std::vector<std::string> ca_files;   ///< PEM, trusted besides the system's
  std::string user_agent;              ///< empty: wbverify/<version>
  /// host, port, addresses already resolved: no name is asked for twice.
  struct Pin { std::string host; std::uint16_t port; std::vector<std::string> addresses; };
  std::vector<Pin> pins;
  std::string dns_server;              ///< ADDRESS:PORT asked for hosts without a pin; empty: the system's resolvers
  std::size_t max_headers = 64 << 10;  ///< bytes of all answer headers together; more is the error `headers-too-large`
};

/// HTTP over kept connections, HTTP/2 for requests without a body where the server offers it. Certificates are always verified,
/// redirects never followed, proxies and netrc of the environment not used. One client belongs to one thread.
/// Error causes: dns-failed refused timed-out unreachable reset closed tls-untrusted tls-name tls-failed not-http headers-too-large
/// http2-error stopped bad-url.
class HttpClient {
 public:
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
