#pragma once
// What the texts about certificates have in common.
#include <string>

#include "checks/shared/tls.hpp"
#include "clients/tls_diagnosis.hpp"

namespace wbverify {

/// Who holds the certificate decides where it is mended.
enum class TlsHolder { host, mysql, bucket, other };

/// Sentences and commands about one observation, for the deployment that it belongs to.
class TlsWords {
 public:
  TlsWords(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);

  TlsHolder holder() const { return holder_; }
  const TlsLimits& limits() const { return limits_; }
  const std::string& name() const { return tls_.server_name; }
  const std::string& why() const { return words_.why; }
  std::string port() const { return std::to_string(port_); }
  std::string where() const;                       ///< `wandb.example.com:443`, with the address when only one is meant

  std::string about(const Certificate& certificate) const;   ///< `"CN=…", issued by "CN=…", valid 2026-01-01 to 2026-04-01`
  std::string date(std::int64_t unix_seconds) const;         ///< `2026-04-01 (34 days from now)`
  std::string origin() const { return scene_.origin(words_.setting); }

  std::string openssl(const std::string& options = {}) const;        ///< s_client, with STARTTLS where it is needed
  std::string openssl_without_name() const;                          ///< s_client that sends no SNI
  std::string openssl_x509(const std::string& options) const;        ///< the leaf alone, read by openssl x509
  std::string verify() const;                                        ///< s_client that ends with the verify return code

  std::string install_chain() const;               ///< where certificate and chain go, literally
  std::string trust_root() const;                  ///< how a private root is made known, to wbverify, W&B and clients
  std::string service() const { return words_.service; }

  /// A finding with everything that does not depend on the cause.
  Finding start(const TlsFault& fault) const;

 private:
  std::string s_client(bool name, const std::string& options) const;

  const TlsObservation& tls_;
  const ServiceWords& words_;
  const Scene& scene_;
  TlsHolder holder_;
  std::uint16_t port_;
  TlsLimits limits_;
};

/// What differs from cause to cause.
struct TlsText {
  std::string observed, expected, why, fix, reproduce;
};

/// The finding for the first fault, the others told in a sentence; `passes` when there is none.
Findings tell(const TlsWords& words, const std::vector<TlsFault>& faults, TlsText (*text)(const TlsWords&, const TlsObservation&, const TlsFault&),
              const TlsObservation& tls, const ServiceWords& service, std::string passes);

}  // namespace wbverify
