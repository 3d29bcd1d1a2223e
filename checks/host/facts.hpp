#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checks/shared/answer.hpp"
#include "clients/reach.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// Name and connections of HOST.
struct HostNetworkFacts {
  std::string scheme;
  Reach reach;
};
WBVERIFY_FACTS(HostNetworkFacts);

/// What HOST answers over HTTP.
struct HostHttpFacts {
  std::string scheme, host, origin;   ///< of HOST
  std::uint16_t port = 0;
  HttpAnswer root, healthz, ready, env;
  std::optional<HttpAnswer> plain;    ///< http:// of an https HOST; nothing when nobody listens there or HOST is http
  std::string plain_url;              ///< the URL asked, or that would have been
  std::string ca_file, resolve;       ///< what curl has to be given to come to the same place: a PEM file, HOST:PORT:ADDRESS; or empty
  std::string plain_cause;            ///< why there was no listener: cause of its TCP connection
};
WBVERIFY_FACTS(HostHttpFacts);

}  // namespace wbverify
