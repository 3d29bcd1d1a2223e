#include "config/small_values.hpp"

#include <gtest/gtest.h>

#include "config/go_values.hpp"

namespace wbverify {
namespace {

std::string verdict(const std::string& setting, const std::string& value) {
  IssueList issues(setting, value);
  check_small_value(issues);
  const auto found = issues.take();
  return found.empty() ? "" : found.front().kind.substr(0, 3) + ":" + found.front().cause;
}

TEST(SmallValues, HaveTheirGrammars) {
  const std::string azure_key = std::string(86, 'A') + "==";
  const struct {
    std::string setting, value, verdict;
  } cases[] = {{"AWS_REGION", "us-east-1", ""},
               {"AWS_REGION", "us-east1", ""},
               {"AWS_REGION", "minio-local", ""},
               {"AWS_REGION", "us east", "mal:bad-region"},
               {"AZURE_STORAGE_KEY", azure_key, ""},
               {"AZURE_STORAGE_KEY", "not base64!", "mal:bad-azure-key"},
               {"AZURE_STORAGE_KEY", "AAAA", "sus:odd-azure-key"},
               {"AUTH0_DOMAIN", "wandb-acme.eu.auth0.com", ""},
               {"AUTH0_DOMAIN", "https://wandb-acme.eu.auth0.com", "mal:bad-domain"},
               {"AUTH0_DOMAIN", "wandb-acme.eu.auth0.com/", "mal:bad-domain"},
               {"AUTH0_DOMAIN", "me@auth0.com", "mal:bad-domain"},
               {"OIDC_ISSUER", "https://login.microsoftonline.com/t/v2.0", ""},
               {"OIDC_ISSUER", "https://acme.eu.auth0.com/", ""},
               {"OIDC_ISSUER", "acme.okta.com", "mal:no-scheme"},
               {"OIDC_ISSUER", "http://acme.okta.com", "sus:plain-http"},
               {"OIDC_ISSUER", "https://acme.okta.com/.well-known/openid-configuration", "mal:discovery-url"},
               {"OIDC_ISSUER", "https://", "mal:no-host"},
               {"OIDC_AUTH_METHOD", "pkce", ""},
               {"OIDC_AUTH_METHOD", "implicit", ""},
               {"OIDC_AUTH_METHOD", "PKCE", "mal:bad-auth-method"},
               {"SLACK_CLIENT_ID", "1234.5678", ""},
               {"SLACK_CLIENT_ID", "A01234567", "sus:odd-slack-id"},
               {"GORILLA_EMAIL_SINK", "smtp://smtp.example.com:587", ""},
               {"GORILLA_EMAIL_SINK", "smtp://me%40example.com:some-pw@smtp.example.com:587", ""},
               {"GORILLA_EMAIL_SINK", "https://api.wandb.ai/email/dispatch", ""},
               {"GORILLA_EMAIL_SINK", "sendgrid://null", ""},
               {"GORILLA_EMAIL_SINK", "smtp://smtp.example.com", "mal:no-port"},
               {"GORILLA_EMAIL_SINK", "smtp://me:so/me-pw@smtp.example.com:587", "mal:password-not-encoded"},
               {"GORILLA_EMAIL_SINK", "smtps://smtp.example.com:465", "mal:bad-mail-url"},
               {"LOCAL_LDAP_ADDRESS", "ldaps://ldap.example.com:636", ""},
               {"LOCAL_LDAP_ADDRESS", "ldap.example.com", "mal:no-scheme"},
               {"SESSION_LENGTH", "720", ""},
               {"SESSION_LENGTH", "720h", "mal:bad-hours"},
               {"GORILLA_SESSION_LENGTH", "720h", ""},
               {"GORILLA_SESSION_LENGTH", "720", "mal:bad-duration"},
               {"GORILLA_DATA_RETENTION_PERIOD", "7d", "mal:bad-duration"},
               {"GORILLA_CUSTOMER_SECRET_STORE_SOURCE", "k8s-secretmanager://wandb-secret", ""},
               {"GORILLA_CUSTOMER_SECRET_STORE_SOURCE", "noop://", ""},
               {"GORILLA_CUSTOMER_SECRET_STORE_SOURCE", "vault://x", "mal:unknown-scheme"},
               {"LOGGING_ENABLED", "true", ""},
               {"LOGGING_ENABLED", "\"true\"", "mal:quoted"},
               {"NO_PROXY", ".svc, 10.0.0.0/8", ""},
               {"SLACK_SECRET", "abc ", "mal:surrounding-blanks"}};
  for (const auto& test : cases) EXPECT_EQ(verdict(test.setting, test.value), test.verdict) << test.setting << "=" << test.value;
}

TEST(GoValues, AreReadAsGoDoes) {
  for (const char* text : {"0", "5s", "1h30m", "300ms", "-1.5h", "1µs", "2us", ".5s", "1.s"}) EXPECT_TRUE(is_go_duration(text)) << text;
  for (const char* text : {"", "5", "s", "1d", "1h 30m", "--1s", "1..5s", ".s", "1hm"}) EXPECT_FALSE(is_go_duration(text)) << text;
  EXPECT_EQ(go_bool("T"), true);
  EXPECT_EQ(go_bool("False"), false);
  EXPECT_EQ(go_bool("yes"), std::nullopt);
  EXPECT_EQ(go_integer("-12"), -12);
  EXPECT_EQ(go_integer("+12"), 12);
  EXPECT_EQ(go_integer("12 "), std::nullopt);
  EXPECT_EQ(go_integer(""), std::nullopt);
  EXPECT_EQ(go_integer("99999999999999999999"), std::nullopt);
}

}  // namespace
}  // namespace wbverify
