#pragma once
// Web servers on loopback that answer what a test says.
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "clients/http.hpp"
#include "tls_lab.hpp"

namespace wbverify::test {

void write_all(int fd, std::string_view bytes);
/// Waits without end, until the server goes.
void hold(const std::atomic<bool>& stop);
/// One request with its body; empty at the end of the connection.
std::string read_request(int fd, const std::atomic<bool>& stop);
std::string ok(const std::string& body = "fine", const std::string& headers = "");

/// Answers each request of a connection with the same function, over TLS when a certificate is given.
class Web {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  explicit Web(Answer answer);
  Web(Answer answer, const ServerWish& wish);
  explicit Web(std::string always) : Web(Answer([always](const std::string&) { return always; })) {}

  std::string url(const std::string& path = "/") const;
  std::uint16_t port() const { return listener_->port(); }
  int connections() const { return listener_->connections(); }
  std::vector<std::string> requests() const;

 private:
  struct Log {
    std::mutex mutex;
    std::vector<std::string> requests;
  };
  std::shared_ptr<Log> log_ = std::make_shared<Log>();
  std::unique_ptr<Listener> listener_;
  std::string scheme_ = "http";
};

/// A port at which nobody listens.
std::uint16_t closed_port();

/// A client with short words: GET url within the limit.
Result<HttpResponse> get(const std::string& url, std::chrono::milliseconds limit = std::chrono::seconds(5), const HttpOptions& options = {});
/// The cause of the error, or the status.
std::string outcome(const Result<HttpResponse>& result);

}  // namespace wbverify::test
