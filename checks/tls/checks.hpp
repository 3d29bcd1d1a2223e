#pragma once
#include "checks/shared/tls.hpp"
#include "checks/tls/facts.hpp"
#include "clients/tls_diagnosis.hpp"

namespace wbverify {

ProbeSpec tls_probe();

CheckSpec tls_handshake_check();
CheckSpec tls_protocol_check();
CheckSpec tls_trusted_check();
CheckSpec tls_name_check();
CheckSpec tls_validity_check();
CheckSpec tls_strength_check();

/// Judges every address and makes one finding of it. When the addresses do not agree, the worst verdict counts, its cause is
/// `addresses-differ`, and it says which addresses are how. Another machine behind one address is mostly wrong in every respect:
/// an address that an earlier concern (in the order of the checks) found to be the odd one is not judged again.
Findings judge_each(const TlsFacts& facts, const Scene& scene, TlsConcern concern);

}  // namespace wbverify
