#pragma once
#include "checks/shared/tls.hpp"
#include "checks/tls/facts.hpp"

namespace wbverify {

ProbeSpec tls_probe();

CheckSpec tls_handshake_check();
CheckSpec tls_protocol_check();
CheckSpec tls_trusted_check();
CheckSpec tls_name_check();
CheckSpec tls_validity_check();
CheckSpec tls_strength_check();

/// Judges every address and makes one finding of it. When the addresses do not agree, the worst verdict counts, its cause is
/// `addresses-differ`, and it says which addresses are how.
Findings judge_each(const TlsFacts& facts, const Scene& scene, Findings (*judge)(const TlsObservation&, const ServiceWords&, const Scene&));

}  // namespace wbverify
