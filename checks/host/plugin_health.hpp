#pragma once
#include "checks/host/plugin_words.hpp"

namespace wbverify {

/// One of the two addresses at which load balancers and Kubernetes ask after the server.
struct HealthWords {
  std::string path;            ///< `/healthz`
  std::string expected, why;
  std::string unwell;          ///< cause of an error that the server itself tells
  std::string when_unwell;     ///< what to do then
  bool old_servers_lack_it = false;
};

/// 200 passes. Causes: those of HttpClient, html-page redirected forbidden not-found bad-gateway unavailable gateway-timeout
/// unexpected-status, and `words.unwell`.
Findings judge_health(const HostHttpFacts& facts, const HttpAnswer& answer, const HealthWords& words);

}  // namespace wbverify
