#pragma once
// Certificates made on the spot and servers that show them, each the way a test wants it.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "clients/tls.hpp"
#include "clients/tls_openssl.hpp"

namespace wbverify::test {

using KeyPtr = std::shared_ptr<EVP_PKEY>;
KeyPtr ec_key(const char* curve = "P-256");
KeyPtr rsa_key(int bits);
KeyPtr ed25519_key();

struct Issued {
  std::shared_ptr<X509> certificate;
  KeyPtr key;
  std::string pem() const;
};

/// What a certificate says. Days count from now.
struct Wish {
  std::vector<std::pair<std::string, std::string>> subject = {{"CN", "wandb.test"}};
  std::string san = "DNS:wandb.test";   ///< in OpenSSL's words; empty: none
  double from_days = -1, to_days = 90;
  bool ca = false;
  int path_length = -1;
  std::string usage = "", extended_usage = "serverAuth";
  std::vector<std::pair<int, std::string>> extensions = {};   ///< NID and value in OpenSSL's words
  std::string digest = "SHA256";
  bool key_ids = true;
  KeyPtr key = {};                      ///< empty: a new one on P-256
};
/// Signed by `issuer`, or by its own key.
Issued issue(const Wish& wish, const Issued* issuer = nullptr);
Wish authority(const std::string& name);
/// A copy with the last byte of its signature changed.
Issued damaged(const Issued& issued);

/// A file that is gone after the test.
class PemFile {
 public:
  explicit PemFile(const std::string& text);
  ~PemFile();
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A listener on 127.0.0.1 that gives every connection to a function in a thread of its own.
class Listener {
 public:
  explicit Listener(std::function<void(int fd, const std::atomic<bool>& stop)> serve);
  ~Listener();
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  /// A request that asks this listener for `name`.
  TlsRequest request(const std::string& name) const;

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<int> connections_ = 0;
  std::function<void(int, const std::atomic<bool>&)> serve_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

struct ServerWish {
  Issued leaf = {};
  std::vector<Issued> chain = {};        ///< sent after the leaf, exactly so
  int lowest = TLS1_2_VERSION, highest = TLS1_3_VERSION;
  std::string ciphers = "ALL:@SECLEVEL=0";
  std::string groups = "", signatures = "";   ///< OpenSSL's lists; empty: its own
  int client_certificates = SSL_VERIFY_NONE;
  Issued other = {};                     ///< shown to clients without SNI, when set
  std::string staple = "";               ///< DER
  bool tickets = true;
};
/// A TLS server that shakes hands, waits for the client to go, and ends.
std::unique_ptr<Listener> tls_server(const ServerWish& wish);

/// DER of an OCSP answer about `leaf`, signed by `issuer`.
std::string ocsp_answer(const Issued& leaf, const Issued& issuer, int status);

/// The observation of a server that shows this, with `roots` trusted and nothing else.
TlsObservation observe(const ServerWish& wish, const std::vector<Issued>& roots, const std::string& name = "wandb.test");
TlsObservation observe(const Listener& server, const std::vector<Issued>& roots, const std::string& name = "wandb.test",
                       std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace wbverify::test
