#include <fmt/format.h>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_login.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view without_login = "Nobody logs in with it: wandb login fails, and so does every run.";

Finding without_key(const WandbPlace& place) {
  Finding finding = skipped("No API key to log in with, so nothing was tried that needs one.");
  finding.cause = "no-key";
  if (!place.netrc_machines.empty()) {
    finding.observed =
        fmt::format("No API key for {}. The netrc has keys for {}; an entry counts for exactly this machine and port.",
                    netrc_machine(place), join(place.netrc_machines, ", "));
  }
  finding.fix = make_key(place) + " " + put_key(place);
  return finding;
}

/// The server answers and does not know who asks.
Finding unknown(const WandbFacts& facts, const Scene& scene, std::string cause) {
  const WandbPlace& place = facts.place;
  Finding finding;
  finding.status = Status::fail;
  finding.setting = place.setting;
  finding.cause = std::move(cause);
  finding.expected = "The account that the key belongs to.";
  finding.why = without_login;
  finding.reproduce = curl_graphql(place, "{ viewer { username entity } }");
  if (place.access == "identity-token") {
    finding.cause = "unknown-account";
    finding.expected = "The account that the identity belongs to.";
    finding.observed =
        "The identity token was exchanged, and the server knows no account for it: " + describe(facts.session) + ".";
    finding.fix =
        "Give the token's subject (sub) an external service account in a team of the server, with this issuer and "
        "subject.";
    return finding;
  }
  const KeyDoubt why = doubt(place, scene);
  if (why.another_server) finding.cause = "another-servers-key";
  finding.observed = "The server does not know the key: " + describe(facts.session) + ". " + why.why;
  finding.fix = (why.another_server ? "Make a key of this server. " : "Make a new one. ") + make_key(place) + "\n" +
                scene.change(place.setting.empty() ? "WANDB_API_KEY" : place.setting, "KEY");
  return finding;
}

/// Known, and not let in.
Finding forbidden(const WandbFacts& facts, const Scene& scene) {
  Finding finding = trouble(facts.place, facts.session, scene);
  finding.cause = "forbidden";
  finding.expected = "The account's name.";
  finding.why = without_login;
  finding.setting = facts.place.setting;
  finding.fix =
      "The account is deactivated, or may not use the API. An administrator finds it among the users of the "
      "organisation dashboard at " +
      facts.place.base + " and activates it, or makes another one. " + make_key(facts.place);
  return finding;
}

Findings judge(const WandbFacts& facts, const Scene& scene) {
  const WandbPlace& place = facts.place;
  const ApiAnswer& session = facts.session;
  if (place.access.empty() && place.setting == "WANDB_IDENTITY_TOKEN_FILE") {
    return {skipped("The identity token cannot be used: config.well-formed says why.")};
  }
  if (place.access.empty()) return {without_key(place)};
  if (place.access == "identity-token" && !facts.token.ok()) return {token_trouble(place, facts.token, scene)};
  if (session.asked && session.message.empty() && session.json && !facts.viewer_known &&
      (session.usable || session.where.empty() || session.where == "viewer")) {
    return {unknown(facts, scene,
                    session.http.status == 401   ? "key-refused"
                    : session.http.status == 403 ? "forbidden"
                                                 : "unknown-key")};
  }
  if (!session.ok()) {
    const Finding finding = trouble(place, session, scene);
    if (finding.cause == "key-refused") return {unknown(facts, scene, "key-refused")};
    if (finding.cause == "permission-denied") return {forbidden(facts, scene)};
    return {finding};
  }
  std::string observed = facts.user.empty() ? "logged in" : facts.user;
  if (facts.admin) observed += ", an administrator";
  if (!facts.default_entity.empty() && facts.default_entity != facts.user)
    observed += ", default entity " + facts.default_entity;
  if (!facts.teams.empty())
    observed += fmt::format(", {} {}: {}", facts.teams.size(), facts.teams.size() == 1 ? "team" : "teams",
                            for_display(join(facts.teams, ", "), 120));
  Finding finding = passed(observed);
  finding.setting = place.setting;
  return {finding};
}

}  // namespace

CheckSpec wandb_login_check() {
  CheckSpec spec;
  spec.id = "wandb.login";
  spec.probe = "wandb";
  spec.title = "The server accepts the log-in";
  spec.needs = {"wandb.api", "config.well-formed/WANDB_API_KEY"};
  return make_check<WandbFacts>(std::move(spec), judge);
}

}  // namespace wbverify
