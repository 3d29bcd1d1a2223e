#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "clients/reach.hpp"

namespace wbverify {

/// A certificate as it was presented or as it stands in the built chain.
struct Certificate {
  std::string subject, issuer;              ///< RFC 2253, bounded and clean
  std::string subject_cn;
  std::vector<std::string> dns_names;       ///< SAN
  std::vector<std::string> ip_addresses;    ///< SAN
  std::string serial;                       ///< hexadecimal
  std::int64_t not_before = 0, not_after = 0;   ///< Unix seconds
  std::string key_type;                     ///< RSA, EC, Ed25519, …
  int key_bits = 0;
  std::string curve;
  std::string signature;                    ///< sha256WithRSAEncryption, …
  std::string sha256;                       ///< fingerprint, lower-case hexadecimal
  bool is_ca = false;
  bool self_issued = false;                 ///< subject equals issuer
  bool self_signed = false;                 ///< verifies with its own key
  bool server_auth = true;                  ///< extended key usage allows a TLS server
  std::vector<std::string> issuer_urls;     ///< AIA caIssuers
  bool operator==(const Certificate&) const = default;
};

/// One thing that OpenSSL's verification objected to.
struct VerifyError {
  int code = 0;           ///< X509_V_ERR_*
  int depth = 0;
  std::string text;
  bool operator==(const VerifyError&) const = default;
};

/// A handshake as it went; the chain is recorded also when it is not trusted.
struct TlsObservation {
  std::string server_name;                  ///< the name asked for (SNI and verification)
  bool completed = false;                   ///< the handshake itself ended well (trust is another question)
  std::string cause;                        ///< when not: `timed-out`, `closed`, `reset`, `not-tls`, `plain-http`, `protocol-too-old`, `no-shared-cipher`, `alert-…`
  std::string text;
  std::string protocol;                     ///< TLSv1.2, TLSv1.3
  std::string cipher;
  std::string alpn;
  std::vector<Certificate> presented;       ///< in the order of the server
  std::vector<Certificate> built;           ///< the best path that could be built, leaf first
  std::vector<VerifyError> errors;          ///< empty: trusted and the name matches
  std::string old_protocol;                 ///< a version below TLS 1.2 that the server accepts or insists on, or empty
  std::string trust;                        ///< what was trusted: `system` and the extra files
  double duration_ms = 0;
  int round_trips = 0;
  bool operator==(const TlsObservation&) const = default;
};
void to_json(nlohmann::json& json, const TlsObservation& observation);
void from_json(const nlohmann::json& json, TlsObservation& observation);

/// What to shake hands with.
struct TlsRequest {
  std::string server_name;                 ///< host name, or IP literal (then no SNI is sent)
  std::vector<std::string> ca_files;       ///< PEM, besides the system's
  bool system_trust = true;
  std::vector<std::string> alpn;           ///< for HTTPS: h2, http/1.1
  bool probe_old_protocols = true;         ///< a second handshake tells whether the server takes TLS 1.0/1.1
  /// Opens a connection ready for a ClientHello: plain TCP, or TCP and the STARTTLS words of the protocol.
  std::function<Result<Socket>(Deadline)> connect;
};

/// Shakes hands, verifies against the trusted roots, collects every objection. Sends no application data.
TlsObservation observe_tls(const TlsRequest& request, Deadline deadline);

}  // namespace wbverify
