#pragma once
// Answers that did not come from the server: what stands in front of it spoke, and is told by its page and its headers.
#include "checks/wandb/plugin_words.hpp"

namespace wbverify {

/// What there is to say of such an answer.
struct HopTrouble {
  std::string cause, expected, why, fix;
};

/// For an answer that came and is no JSON. Causes: login-page captive-portal filter-page cdn-error-page bad-gateway
/// unavailable gateway-timeout redirected login-required forbidden not-found body-too-large rate-limited html-page
/// not-json json-too-deep answer-too-large server-error.
HopTrouble hop_trouble(const WandbPlace& place, const ApiAnswer& answer, const Scene& scene);

/// A body was too large for a proxy (or for the server, when it answers in JSON): whose limit it is, and how it is
/// lifted.
HopTrouble body_limit(const ApiAnswer& answer);

}  // namespace wbverify
