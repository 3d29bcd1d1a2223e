#include "checks/host/facts.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(HostNetworkFacts, scheme, reach)
WBVERIFY_DEFINE_FACTS(HostNetworkFacts)

WBVERIFY_JSON(HostHttpFacts, scheme, host, origin, port, root, healthz, ready, env, plain, plain_url, ca_file, resolve, plain_cause)
WBVERIFY_DEFINE_FACTS(HostHttpFacts)

}  // namespace wbverify
