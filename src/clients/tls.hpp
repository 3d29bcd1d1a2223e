#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "clients/reach.hpp"

namespace wbverify {

/// A certificate as it was presented or as it stands in the built chain. Texts are bounded and clean.
struct Certificate {
  std::string subject, issuer;              ///< RFC 2253
  std::string subject_cn, issuer_cn;
  std::vector<std::string> dns_names;       ///< SAN, the first 100
  std::vector<std::string> ip_addresses;    ///< SAN, the first 100
  int name_count = 0;                       ///< entries of the SAN of any kind; 0: it has none
  std::string serial;                       ///< hexadecimal
  std::int64_t not_before = 0, not_after = 0;   ///< Unix seconds
  std::string key_type;                     ///< RSA, EC, Ed25519, …
  int key_bits = 0;
  std::string curve;
  std::string signature;                    ///< sha256WithRSAEncryption, …
  std::string digest;                       ///< of the signature: SHA256, SHA1, …; empty when it has none of its own
  std::string sha256;                       ///< fingerprint, lower-case hexadecimal
  std::string sha1;                         ///< the same by SHA-1: the only form that MariaDB Connector/C 3.3 can pin
  std::string subject_key_id, authority_key_id;   ///< lower-case hexadecimal, or empty
  bool is_ca = false;
  bool self_issued = false;                 ///< subject equals issuer
  bool self_signed = false;                 ///< verifies with its own key
  bool server_auth = true;                  ///< extended key usage allows a TLS server
  bool server_key_usage = true;             ///< key usage allows anything that a TLS server may do with its key
  bool signing_key_usage = true;            ///< key usage allows signatures, which every handshake with forward secrecy has
  bool must_staple = false;                 ///< demands a stapled OCSP answer (RFC 7633)
  std::vector<std::string> unknown_critical;   ///< critical extensions that no client knows, as OIDs
  std::vector<std::string> issuer_urls;     ///< AIA caIssuers
  bool operator==(const Certificate&) const = default;
};

/// One thing that OpenSSL's verification objected to.
struct VerifyError {
  int code = 0;           ///< X509_V_ERR_*
  int depth = 0;          ///< 0 is the server's own certificate
  std::string text;
  bool operator==(const VerifyError&) const = default;
};

/// A handshake as it went; the chain is recorded also when it is not trusted.
struct TlsObservation {
  std::string server_name;                  ///< the name asked for (SNI and verification)
  std::string address;                      ///< as TlsRequest said
  std::uint16_t port = 0;                   ///< as TlsRequest said
  bool completed = false;                   ///< the handshake itself ended well (trust is another question)
  std::string cause;                        ///< when not: `timed-out`, `closed`, `reset`, `not-tls`, `plain-http`, `protocol-too-old`, `no-shared-cipher`,
                                            ///< `client-cert-required`, `bad-certificate`, `tls-error`, `alert-…`, `stopped`, or a cause of connect
  std::string text;
  std::string protocol;                     ///< TLSv1.2, TLSv1.3
  std::string cipher;
  bool forward_secrecy = true;              ///< of the cipher
  std::string alpn;
  std::string refused_by;                   ///< the handshake ended well only under rules laxer than clients have: what they object to
  bool refused_by_python = false;           ///< Python's own cipher list shares nothing with the server
  bool client_certificate_asked = false;    ///< the server asks for one, and went on without
  int presented_count = 0;                  ///< certificates sent; the first 20 are in `presented`
  std::vector<Certificate> presented;       ///< in the order of the server
  std::vector<Certificate> built;           ///< the best path that could be built, leaf first
  std::vector<VerifyError> errors;          ///< of that path; empty: trusted, in time, and the name matches
  std::vector<VerifyError> strict_errors;   ///< what X509_V_FLAG_X509_STRICT (Python 3.13 and later) objects to besides
  bool path_needs_search = false;           ///< OpenSSL itself walks into a dead end, though a trusted path exists
  std::string staple;                       ///< stapled OCSP answer: empty, `good`, `revoked`, `unknown`, `unusable`
  std::string old_protocol;                 ///< a version below TLS 1.2 that the server accepts or insists on, or empty
  bool old_protocols_unanswered = false;    ///< whether it does could not be found out in time
  std::vector<Certificate> without_name;    ///< what the server shows first to a client without SNI: one certificate or none
  std::string anchor;                       ///< where the trusted root of the path comes from: `system` or a file; empty: not trusted
  std::string trust;                        ///< what was trusted: `system` and the extra files; empty: nothing could be read
  std::vector<std::string> trust_problems;  ///< trusted files that could not be read, in words
  double duration_ms = 0;
  int round_trips = 0;                      ///< handshakes begun
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
  std::string address;                     ///< where connect goes, for the record
  std::uint16_t port = 0;                  ///< for the record
  bool probe_without_name = false;         ///< another handshake tells what clients without SNI are shown
};

/// Shakes hands, verifies against the trusted roots, collects every objection. Sends no application data.
TlsObservation observe_tls(const TlsRequest& request, Deadline deadline, const std::stop_token& stop = {});

}  // namespace wbverify
