#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_trouble.hpp"

namespace wbverify {
namespace {

/// Refusals of who asks, not of the question: wandb.login tells them. Without a log-in there is nobody to be refused.
bool is_left_to_login(const std::string& cause, const WandbFacts& facts) {
  static constexpr std::string_view causes[] = {"key-refused",    "permission-denied", "licence-refused",
                                                "origin-refused", "old-server",        "refused"};
  const bool known = std::find(std::begin(causes), std::end(causes), cause) != std::end(causes);
  if (facts.place.access.empty()) return cause == "key-refused" || cause == "old-server";
  // A part of the answer is missing or of a wrong type, so the rest of it came.
  return known || (cause == "unexpected-answer" && !facts.session.where.empty());
}

Findings judge(const WandbFacts& facts, const Scene& scene) {
  // Without the token that it is exchanged for, an identity token asks for nothing else.
  const ApiAnswer& answer = facts.session.asked || !facts.token.asked ? facts.session : facts.token;
  Finding finding = trouble(facts.place, answer, scene);
  const bool spoken = answer.json && (answer.ok() || &answer == &facts.token || is_left_to_login(finding.cause, facts));
  if (!spoken) {
    if (finding.cause == "unexpected-answer") {
      finding.observed = describe(answer) + ". " + says(answer.http);
      finding.expected = "An answer of GraphQL: an object with data or errors.";
    }
    return {finding};
  }
  const std::string hop = hop_of(answer.http);
  finding =
      passed(fmt::format("JSON after {:.0f} ms{}", answer.http.duration_ms, hop.empty() ? "" : ", by way of " + hop));
  finding.setting = "HOST";
  return {finding};
}

}  // namespace

CheckSpec wandb_api_check() {
  CheckSpec spec;
  spec.id = "wandb.api";
  spec.probe = "wandb";
  spec.title = "The W&B API answers in JSON";
  spec.needs = {"host.is-wandb"};
  return make_check<WandbFacts>(std::move(spec), judge);
}

}  // namespace wbverify
