#pragma once
#include <memory>
#include <string>
#include <vector>

namespace wbverify {

/// The roots that the TLS client trusts (the system's and PEM files), for a library that makes TLS connections of its own:
/// both come to the same verdict, and the system's bundle is read once a process.
class TlsRoots {
 public:
  explicit TlsRoots(const std::vector<std::string>& ca_files);
  ~TlsRoots();
  /// `ssl_context` is an SSL_CTX*. Its connections are verified against these roots; they must not outlive this object.
  void install(void* ssl_context) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wbverify
