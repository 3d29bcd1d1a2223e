#pragma once
#include <ctime>
#include <optional>

#include "clients/tls.hpp"
#include "clients/tls_trust.hpp"

namespace wbverify::tls {

struct ChainQuestion {
  X509* leaf = nullptr;
  std::vector<X509*> sent;             ///< what came with it, in any order
  std::string name;                    ///< host name or IP literal
  std::optional<std::time_t> at;       ///< moment to judge for; now when absent
  int max_depth = -1;                  ///< most intermediates between leaf and root, -1: no limit
};

struct ChainAnswer {
  std::vector<X509Ptr> path;           ///< leaf first, as far as it could be built
  std::vector<VerifyError> errors;     ///< empty: trusted, in time, and the name matches
  std::vector<VerifyError> strict;     ///< what X509_V_FLAG_X509_STRICT objects to besides; looked at when the path is trusted
  std::string anchor;                  ///< Root::source of the path's end, or empty
  bool needs_search = false;           ///< OpenSSL alone does not find the path
};

/// Verifies as a careful TLS client does: purpose server, security level 2, names from the SAN alone, any certificate in the
/// trust is an anchor. OpenSSL stops at the first path it finds (26 of the 45 BetterTLS chains that have to be accepted fail
/// with it), so when its path has a fault that another may not have, all other paths are tried, each by itself.
ChainAnswer verify_chain(const ChainQuestion& question, const Trust& trust);

/// The stapled OCSP answer for the first certificate of a path: `good`, `revoked`, `unknown`, or `unusable` when it is
/// malformed, out of date, for another certificate, or not signed by the issuer.
std::string read_staple(std::string_view der, const std::vector<X509Ptr>& path, std::optional<std::time_t> at = {});

}  // namespace wbverify::tls
