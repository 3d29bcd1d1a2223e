#pragma once
// Certificates are judged in the same words for every service.
#include "checks/shared/reach.hpp"
#include "clients/tls.hpp"

namespace wbverify {

/// The handshake ended well. Causes of TlsObservation.
Findings judge_tls_handshake(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// TLS 1.2 at least, and nothing older accepted.
Findings judge_tls_protocol(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// The chain ends at a trusted root. Causes: self-signed-leaf untrusted-root missing-intermediate wrong-intermediate
/// default-ingress-cert interception-proxy acme-staging …
Findings judge_tls_trust(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// The name is in the SAN. Causes: hostname-mismatch no-san wildcard-depth ip-not-in-san.
Findings judge_tls_name(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// Every certificate of the chain is within its time. Causes: expired not-yet-valid expires-soon chain-expired.
Findings judge_tls_validity(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// Keys and signatures are strong enough. Causes: weak-key weak-signature.
Findings judge_tls_strength(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// All of the above as one finding, the first that does not pass: for services with a single `tls` check.
Findings judge_tls(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);

}  // namespace wbverify
