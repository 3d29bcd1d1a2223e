#pragma once
#include "clients/tls.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// What every address of HOST shows to a TLS client. Each observation carries its address.
struct TlsFacts {
  std::string host;
  std::uint16_t port = 0;
  int addresses = 0;                          ///< that accept connections; at most 16 of them were asked
  std::vector<TlsObservation> observations;   ///< in the order of HostNetworkFacts, quickest first
  bool operator==(const TlsFacts&) const = default;
};
WBVERIFY_FACTS(TlsFacts);

}  // namespace wbverify
