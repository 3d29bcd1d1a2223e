#pragma once
#include "checks/shared/answer.hpp"
#include "checks/host/plugin_words.hpp"

namespace wbverify {

/// Who answers at HOST, told from the answers to all questions.
struct Stranger {
  std::string cause;      ///< empty: the W&B server itself
  std::string who;        ///< `the default backend of ingress-nginx`, as words for a sentence; may be empty
  const HttpAnswer* evidence = nullptr;
  std::optional<UrlParts> target;   ///< where it redirects to
};

/// Causes: captive-portal login-page redirect-loop redirects-elsewhere ingress-default-page cdn-error-page filter-page other-product
/// forbidden not-found server-error not-recognised.
Stranger who_answers(const HostHttpFacts& facts);

}  // namespace wbverify
