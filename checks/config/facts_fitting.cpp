#include "checks/config/facts_fitting.hpp"

#include "checks/config/plugin_words.hpp"
#include "config/go_values.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify::fitting {

std::span<const Rule> rules() {
  static constexpr Rule all[] = {queue_of_the_bucket, region_of_the_bucket, keys_of_the_bucket, mixed_content, pairs, login, open_doors};
  return all;
}

std::string value_of(const Scene& scene, const std::string& setting) {
  const SettingView* view = scene.find(setting);
  return view == nullptr ? "" : view->value;
}

bool is_set(const Scene& scene, const std::string& setting) { return !value_of(scene, setting).empty(); }

Finding about(const std::string& setting, Status status, std::string cause, std::string title) {
  Finding finding;
  finding.row = finding.setting = setting;
  finding.status = status;
  finding.cause = std::move(cause);
  finding.title = std::move(title);
  return finding;
}

namespace {

/// Settings that are of use only together; the first is the one that people set first.
struct Pair {
  const char *first, *second, *example, *why;
};
constexpr Pair all_pairs[] = {
    {"AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "CLIENT_ID", "With half of Auth0's settings nobody can log in through it."},
    {"OIDC_ISSUER", "OIDC_CLIENT_ID", "CLIENT_ID", "With half of the identity provider's settings nobody can log in through it."},
    {"SLACK_CLIENT_ID", "SLACK_SECRET", "SECRET", "With half of Slack's settings no alert can be set up."},
    {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SECRET", "A key without its secret signs nothing; the server falls back to the role of its machine, or has none."},
};
// LDAP wants three (platform/hosting/iam/ldap).
constexpr Pair ldap[] = {
    {"LOCAL_LDAP_ADDRESS", "LOCAL_LDAP_BASE_DN", "dc=example,dc=com", "Without it no user is found in the directory."},
    {"LOCAL_LDAP_ADDRESS", "LOCAL_LDAP_ATTRIBUTES", "email=mail,group=gidNumber", "Without it the server cannot tell a user's address and groups."},
};

void half_set(const std::string& present, const std::string& absent, const Pair& pair, const Scene& scene, Findings& findings) {
  if (!is_set(scene, present) || is_set(scene, absent)) return;
  Finding finding = about(absent, Status::fail, "half-set", absent + " goes with " + present);
  finding.observed = scene.origin(present) + " is set, " + absent + " is not.";
  finding.expected = "Both, or neither.";
  finding.why = pair.why;
  finding.fix = scene.change(absent, pair.example);
  finding.reproduce = show_setting(absent, scene);
  findings.push_back(std::move(finding));
}

bool is_true(const std::string& value) { return go_bool(value).value_or(false) || iequals(value, "yes") || iequals(value, "on"); }

}  // namespace

Findings pairs(const ConfigFacts&, const Scene& scene) {
  Findings findings;
  for (const Pair& pair : all_pairs) {
    half_set(pair.first, pair.second, pair, scene, findings);
    half_set(pair.second, pair.first, pair, scene, findings);
  }
  for (const Pair& pair : ldap) half_set(pair.first, pair.second, pair, scene, findings);
  return findings;
}

Findings login(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  const std::string issuer = to_lower(value_of(scene, "OIDC_ISSUER"));
  if (issuer.empty()) return findings;
  if (is_set(scene, "AUTH0_DOMAIN")) {
    Finding finding = about("AUTH0_DOMAIN", Status::warn, "two-identity-providers", "One identity provider is configured");
    finding.observed = scene.origin("AUTH0_DOMAIN") + " and " + scene.origin("OIDC_ISSUER") + " are both set.";
    finding.expected = "One of the two. AUTH0_ variables are those of older servers.";
    finding.why = "Which of them asks for the password depends on the server's version.";
    finding.fix = "Remove AUTH0_DOMAIN and AUTH0_CLIENT_ID, or the OIDC_ variables.";
    finding.reproduce = show_setting("AUTH0_DOMAIN", scene);
    findings.push_back(std::move(finding));
  }
  if (issuer.find(".amazoncognito.com") != std::string::npos) {
    Finding finding = about("OIDC_ISSUER", Status::fail, "cognito-domain", "OIDC_ISSUER is Cognito's issuer, not its login domain");
    finding.observed = "OIDC_ISSUER is " + issuer + ", the domain of the login page.";
    finding.expected = "https://cognito-idp.REGION.amazonaws.com/POOL_ID.";
    finding.why = "The login domain serves no discovery document; nobody can log in.";
    finding.fix = scene.change("OIDC_ISSUER", "https://cognito-idp.us-east-1.amazonaws.com/POOL_ID");
    finding.reproduce = "curl -fsS " + shell_quote(issuer + "/.well-known/openid-configuration");
    findings.push_back(std::move(finding));
  } else if (issuer.find("://cognito-idp.") != std::string::npos && value_of(scene, "OIDC_AUTH_METHOD") != "pkce") {
    const std::string method = value_of(scene, "OIDC_AUTH_METHOD");
    Finding finding = about("OIDC_AUTH_METHOD", Status::fail, "cognito-needs-pkce", "OIDC_AUTH_METHOD suits the identity provider");
    finding.observed = "The identity provider is Cognito, and OIDC_AUTH_METHOD is " + (method.empty() ? std::string("not set, which means implicit.") : method + ".");
    finding.expected = "pkce: Cognito does not post an id token back.";
    finding.why = "The login ends on an error page of Cognito.";
    finding.fix = scene.change("OIDC_AUTH_METHOD", "pkce");
    finding.reproduce = show_setting("OIDC_AUTH_METHOD", scene);
    findings.push_back(std::move(finding));
  }
  const std::string origins = value_of(scene, "GORILLA_CORS_ORIGINS");
  if (!origins.empty() && !facts.host_origin.empty()) {
    bool found = false;
    for (const auto& origin : split(origins, ',')) found = found || trim(origin) == facts.host_origin || trim(origin) == "*";
    if (!found) {
      Finding finding = about("GORILLA_CORS_ORIGINS", Status::fail, "host-not-among-origins", "GORILLA_CORS_ORIGINS contains HOST");
      finding.observed = "GORILLA_CORS_ORIGINS is " + for_display(origins, 200) + ", without " + facts.host_origin + ".";
      finding.expected = "HOST among them, and null for the form that implicit login posts.";
      finding.why = "After the login the browser refuses the server's answers.";
      finding.fix = scene.change("GORILLA_CORS_ORIGINS", origins + "," + facts.host_origin + ",null");
      finding.reproduce = "curl -sS -o /dev/null -D - -X OPTIONS -H 'Origin: " + facts.host_origin + "' -H 'Access-Control-Request-Method: POST' " + shell_quote(facts.host_origin + "/graphql");
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

Findings open_doors(const ConfigFacts&, const Scene& scene) {
  Findings findings;
  if (is_true(value_of(scene, "LOCAL_RESTORE"))) {
    Finding finding = about("LOCAL_RESTORE", Status::fail, "restore-mode", "LOCAL_RESTORE is off");
    finding.observed = "LOCAL_RESTORE is true.";
    finding.expected = "Not set, or false, except for the minutes in which a lost administrator is let in again.";
    finding.why = "Single sign-on is off, and whoever can read the container's log finds a temporary login there.";
    finding.fix = scene.change("LOCAL_RESTORE", "false") + "\nThen restart the server.";
    finding.reproduce = show_setting("LOCAL_RESTORE", scene);
    findings.push_back(std::move(finding));
  }
  if (is_true(value_of(scene, "GORILLA_INSECURE_ALLOW_API_KEY_ADMIN_ACCESS")) || is_set(scene, "GLOBAL_ADMIN_API_KEY")) {
    const std::string setting = is_set(scene, "GLOBAL_ADMIN_API_KEY") ? "GLOBAL_ADMIN_API_KEY" : "GORILLA_INSECURE_ALLOW_API_KEY_ADMIN_ACCESS";
    Finding finding = about(setting, Status::warn, "admin-by-key", "No API key has the rights of an administrator");
    finding.observed = scene.origin(setting) + " is set.";
    finding.expected = "Not set. W&B uses it in its own tests.";
    finding.why = "Whoever gets hold of the key is administrator of the whole server.";
    finding.fix = "Remove " + setting + " and restart the server.";
    finding.reproduce = show_setting(setting, scene);
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace wbverify::fitting
