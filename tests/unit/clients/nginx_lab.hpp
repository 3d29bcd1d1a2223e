#pragma once
// nginx on a free port of loopback, with TLS and HTTP/2, in a folder of its own.
#include <sys/types.h>

#include "http_lab.hpp"

namespace wbverify::test {

class Nginx {
 public:
  /// `server` are directives of the server block.
  explicit Nginx(const std::string& server);
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::string url(const std::string& path = "/") const { return "https://wandb.test:" + std::to_string(port_) + path; }
  /// Trusts its certificate and knows its address.
  const HttpOptions& options() const { return options_; }

 private:
  Issued root_ = issue(authority("Test Root")), leaf_ = issue({}, &root_);
  PemFile root_file_{root_.pem()};
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
  HttpOptions options_;
};

}  // namespace wbverify::test
