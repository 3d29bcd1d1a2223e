#pragma once
#include <string_view>

#include "checks/shared/tls_words.hpp"

namespace wbverify {

/// Certificates known by the name of a product, and a machine without roots.
bool is_product_cause(std::string_view cause);
TlsText product_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault);

/// Chains that work here and are still not as they should be.
bool is_form_cause(std::string_view cause);
TlsText form_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault);

}  // namespace wbverify
