#pragma once
// From what a TLS server showed to the name of what is wrong with it. Pure functions: no I/O, no clock.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/tls.hpp"

namespace wbverify {

/// What is judged apart, so that one cause is one failure: an expired certificate of an unknown issuer has two.
enum class TlsConcern { handshake, protocol, trust, name, validity, strength };

/// One thing that is wrong.
struct TlsFault {
  std::string cause;                         ///< stable kebab-case id
  bool fails = true;                         ///< false: clients still connect
  const Certificate* certificate = nullptr;  ///< of the observation: the one that is concerned
  std::string detail;                        ///< what the cause leaves open: a product, a version, a limit
};

/// The numbers that separate right from wrong, and the moment.
struct TlsLimits {
  std::int64_t now = 0;        ///< Unix seconds
  int soon_days = 0;           ///< fewer days left than this, or than a third of its life, is soon
  int longest_days = 0;        ///< longer lives are refused by some browsers
  int rsa_bits = 0;            ///< RSA and DSA keys below are weak
  int ec_bits = 0;             ///< keys on curves below are weak
  bool people = true;          ///< browsers and the SDK connect too, not only W&B Server; they are stricter in places
};

/// All that is wrong in that respect, the most telling first; what fails stands before what warns. Empty: nothing.
/// handshake: the causes of TlsObservation.
/// protocol:  old-protocol-only; old-protocol-accepted (warn).
/// trust:     default-ingress-cert mysql-default-cert cloudflare-origin-cert acme-staging interception-proxy self-signed-leaf
///            wrong-intermediate missing-intermediate untrusted-root no-trust-store revoked leaf-eku leaf-ku issuer-not-ca
///            path-length name-constraint unknown-critical-extension bad-signature chain-invalid must-staple-missing
///            ambiguous-chain; incomplete-ca-file strict-x509 chain-duplicate chain-extra chain-order chain-root-sent (warn).
///            A trusted interception-proxy or self-signed-leaf only warns, and an ambiguous-chain that only W&B Server meets.
/// name:      hostname-mismatch no-san wildcard-depth wildcard-too-broad ip-not-in-san ip-in-dns-san; sni-default-differs (warn).
/// validity:  expired not-yet-valid chain-expired chain-not-yet-valid; expires-soon stale-cross-sign validity-too-long (warn).
/// strength:  weak-key weak-signature weak-handshake weak-ciphers; weak-ciphers (warn) when a client only has to insist.
std::vector<TlsFault> diagnose(const TlsObservation& tls, TlsConcern concern, const TlsLimits& limits);

/// Whether the path ends in something trusted, whatever else is wrong with it.
bool is_anchored(const TlsObservation& tls);

/// The certificate is a product's stand-in and not trusted, so that its name says nothing about the one that belongs there.
bool is_stand_in(const TlsObservation& tls);

/// A certificate known by the names in it.
struct KnownCertificate {
  std::string_view cause;     ///< empty: nobody's in particular
  std::string_view product;   ///< `ingress-nginx`, `Zscaler`
};
KnownCertificate recognise(const Certificate& certificate);

/// RFC 6125 §6.4.3: a star stands for one whole label, the leftmost. ASCII case ignored.
bool dns_name_covers(std::string_view pattern, std::string_view name);

}  // namespace wbverify
