#pragma once
#include "clients/tls_diagnosis.hpp"

namespace wbverify {

/// How the chain was sent, when it leads to a root all the same: duplicates, strangers, order, the root itself.
void add_form_faults(const TlsObservation& tls, std::vector<TlsFault>& faults);

/// Certificates that were sent, belong to the chain by their names, and are not on the path taken: cross-signs.
std::vector<const Certificate*> unused_alternatives(const TlsObservation& tls);

}  // namespace wbverify
