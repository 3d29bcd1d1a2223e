#include "checks/host/facts.hpp"

#include <algorithm>

#include "util/json.hpp"

namespace wbverify {

WBVERIFY_JSON(HostNetworkFacts, scheme, reach)
WBVERIFY_DEFINE_FACTS(HostNetworkFacts)

WBVERIFY_JSON(HttpAnswer, url, cause, text, blame, transient, status, version, address, headers, cookies, title, excerpt, body_bytes, html, marks,
              own_url, duration_ms, asked_at, answered_at)
WBVERIFY_JSON(HostHttpFacts, scheme, host, origin, port, root, healthz, ready, env, plain, plain_url, curl_options, plain_cause)
WBVERIFY_DEFINE_FACTS(HostHttpFacts)

bool HttpAnswer::has_mark(const std::string& id) const { return std::find(marks.begin(), marks.end(), id) != marks.end(); }

std::string HttpAnswer::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? std::string() : at->second;
}

}  // namespace wbverify
