#include "checks/tls/facts.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(TlsFacts, host, port, addresses, observations)
WBVERIFY_DEFINE_FACTS(TlsFacts)

}  // namespace wbverify
