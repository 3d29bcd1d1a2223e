#pragma once
// Certificates are judged in the same words for every service.
#include "checks/shared/reach.hpp"
#include "clients/tls.hpp"

namespace wbverify {

// Each returns one finding. `now` is scene.started. The causes are those of diagnose() in clients/tls_diagnosis.hpp. The commands
// go to tls.address when it is set, else to the name: leave it empty when there is but one address.

/// The handshake ended well. unknown when the server was silent.
Findings judge_tls_handshake(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// TLS 1.2 at least, and nothing older accepted.
Findings judge_tls_protocol(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// The chain ends at a trusted root. unknown when nothing is trusted on this machine.
Findings judge_tls_trust(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// The name is in the SAN. skip when the certificate is a product's stand-in: then its trust is what fails.
Findings judge_tls_name(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// Every certificate of the chain is within its time, and will be for a while.
Findings judge_tls_validity(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// Keys, signatures and ciphers are strong enough for today's clients.
Findings judge_tls_strength(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);
/// All of the above as one finding, the first that fails, else the first that warns: for services with a single `tls` check.
Findings judge_tls(const TlsObservation& tls, const ServiceWords& words, const Scene& scene);

}  // namespace wbverify
