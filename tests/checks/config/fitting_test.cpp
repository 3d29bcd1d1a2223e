// config.consistent: each rule with what it names and with what it must not mind.
#include <gtest/gtest.h>

#include "facts_of.hpp"

namespace wbverify {
namespace {

struct Case {
  Environment environment;
  std::string trouble;
};

void expect(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    const Findings findings = judge(config_consistent(), test.environment);
    std::string shown;
    for (const auto& [name, value] : test.environment) shown += name + "=" + value + " ";
    EXPECT_EQ(trouble(findings), test.trouble) << shown;
    expect_complete(findings);
  }
}

const char* const aws = "s3://wandb-files";
const char* const gcs = "gs://wandb-files";
const char* const azure = "az://:a2V5a2V5@account/container";

TEST(Consistent, QueueSuitsTheBucket) {
  expect({{with({{"BUCKET_QUEUE", "sqs://wandb"}}), "BUCKET_QUEUE: fail queue-of-another-store"},
          {with({{"BUCKET_QUEUE", nullptr}}), "BUCKET_QUEUE: fail queue-not-internal"},
          {with({{"BUCKET", aws}, {"BUCKET_QUEUE", "sqs://wandb"}}), ""},
          {with({{"BUCKET", aws}, {"BUCKET_QUEUE", "internal://"}}), ""},
          {with({{"BUCKET", aws}, {"BUCKET_QUEUE", nullptr}}), ""},
          {with({{"BUCKET", aws}, {"BUCKET_QUEUE", "pubsub:/p/t/s"}}), "BUCKET_QUEUE: fail queue-of-another-store"},
          {with({{"BUCKET", gcs}, {"BUCKET_QUEUE", "pubsub:/p/t/s"}}), ""},
          {with({{"BUCKET", gcs}, {"BUCKET_QUEUE", "sqs://wandb"}}), "BUCKET_QUEUE: fail queue-of-another-store"},
          {with({{"BUCKET", azure}, {"BUCKET_QUEUE", "az://account/queue"}}), ""},
          {with({{"BUCKET", azure}, {"BUCKET_QUEUE", "sqs://wandb"}}), "BUCKET_QUEUE: fail queue-of-another-store"},
          {with({{"BUCKET", "cw://AK:a-secret-key@cwobject.com/wandb-files"}, {"BUCKET_QUEUE", "sqs://wandb"}}), "BUCKET_QUEUE: fail queue-of-another-store"},
          {with({{"BUCKET_QUEUE", "redis://r:6379"}}), ""},
          {with({{"BUCKET", "file:///vol"}, {"BUCKET_QUEUE", nullptr}}), ""},
          {with({{"BUCKET_QUEUE", "not a queue"}}), ""}});
}

TEST(Consistent, RegionIsKnownAndOne) {
  expect({{with({{"AWS_REGION", nullptr}}), "AWS_REGION: warn region-missing"},
          {with({{"AWS_REGION", nullptr}, {"BUCKET", "s3://wandb-files?region=eu-west-1"}}), ""},
          {with({{"BUCKET", "s3://wandb-files?region=eu-west-1"}}), "AWS_REGION: warn regions-differ"},
          {with({{"BUCKET", aws}, {"AWS_REGION", "us-east1"}}), "AWS_REGION: warn misspelt-region"},
          {with({{"BUCKET", aws}, {"AWS_REGION", "us-gov-west-1"}}), ""},
          {with({{"AWS_REGION", "us-east1"}}), ""},
          {with({{"AWS_REGION", "minio-local"}}), ""},
          {with({{"BUCKET", "s3://AK:a-secret-key@s3.eu-west-1.amazonaws.com/wandb-files"}}), "AWS_REGION: warn regions-differ"},
          {with({{"BUCKET", "s3://AK:a-secret-key@s3.eu-west-1.amazonaws.com/wandb-files"}, {"AWS_REGION", "eu-west-1"}}), ""},
          {with({{"BUCKET", "s3://AK:a-secret-key@s3-eu-west-1.amazonaws.com/wandb-files"}, {"AWS_REGION", "us-east-1"}}), "AWS_REGION: warn regions-differ"},
          {with({{"BUCKET", gcs}, {"AWS_REGION", nullptr}}), ""},
          {with({{"AWS_REGION", "us east"}}), ""}});
}

TEST(Consistent, AzureHasAKey) {
  const std::string key = std::string(86, 'A') + "==";
  expect({{with({{"BUCKET", "az://account/container"}}), "AZURE_STORAGE_KEY: warn azure-key-missing"}, {with({{"BUCKET", "az://account/container"}, {"AZURE_STORAGE_KEY", key.c_str()}}), ""}, {with({{"BUCKET", azure}}), ""}});
}

TEST(Consistent, BrowsersMayLoadFiles) {
  const char* const plain = "s3://AK:a-secret-key@minio.example.com:9000/wandb-files";
  expect({{with({{"BUCKET", plain}}), "BUCKET: fail mixed-content"},
          {with({{"BUCKET", plain}, {"HOST", "http://wandb.example.com"}}), ""},
          {with({{"BUCKET", plain}, {"BUCKET_PROXY", "true"}}), ""},
          {with({{"BUCKET", plain}, {"GORILLA_FILE_STORE_IS_PROXIED", "true"}}), ""},
          {with({{"BUCKET", plain}, {"BUCKET_PROXY", "false"}}), "BUCKET: fail mixed-content"}});
}

TEST(Consistent, PairsAreWhole) {
  expect({{with({{"AUTH0_DOMAIN", "a.auth0.com"}}), "AUTH0_CLIENT_ID: fail half-set"},
          {with({{"AUTH0_CLIENT_ID", "abc"}}), "AUTH0_DOMAIN: fail half-set"},
          {with({{"AUTH0_DOMAIN", "a.auth0.com"}, {"AUTH0_CLIENT_ID", "abc"}}), ""},
          {with({{"OIDC_ISSUER", "https://i.example.com"}}), "OIDC_CLIENT_ID: fail half-set"},
          {with({{"GORILLA_OIDC_ISSUER", "https://i.example.com"}, {"GORILLA_OIDC_CLIENT_ID", "abc"}}), ""},
          {with({{"SLACK_CLIENT_ID", "1.2"}}), "SLACK_SECRET: fail half-set"},
          {with({{"SLACK_SECRET", "a-slack-secret"}}), "SLACK_CLIENT_ID: fail half-set"},
          {with({{"SLACK_SECRET", ""}, {"SLACK_CLIENT_ID", ""}}), ""},
          {with({{"AWS_ACCESS_KEY_ID", "AKIA"}}), "AWS_SECRET_ACCESS_KEY: fail half-set"},
          {with({{"LOCAL_LDAP_ADDRESS", "ldaps://l:636"}}), "LOCAL_LDAP_BASE_DN: fail half-set; LOCAL_LDAP_ATTRIBUTES: fail half-set"},
          {with({{"LDAP_ADDRESS", "ldaps://l:636"}, {"LDAP_BASE_DN", "dc=x"}, {"LDAP_ATTRIBUTES", "email=mail"}}), ""}});
}

TEST(Consistent, LoginSuitsTheProvider) {
  const char* const cognito = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc";
  expect({{with({{"OIDC_ISSUER", cognito}, {"OIDC_CLIENT_ID", "abc"}}), "OIDC_AUTH_METHOD: fail cognito-needs-pkce"},
          {with({{"OIDC_ISSUER", cognito}, {"OIDC_CLIENT_ID", "abc"}, {"OIDC_AUTH_METHOD", "implicit"}}), "OIDC_AUTH_METHOD: fail cognito-needs-pkce"},
          {with({{"OIDC_ISSUER", cognito}, {"OIDC_CLIENT_ID", "abc"}, {"OIDC_AUTH_METHOD", "pkce"}}), ""},
          {with({{"OIDC_ISSUER", "https://acme.auth.us-east-1.amazoncognito.com"}, {"OIDC_CLIENT_ID", "abc"}}), "OIDC_ISSUER: fail cognito-domain"},
          {with({{"OIDC_ISSUER", "https://acme.okta.com"}, {"OIDC_CLIENT_ID", "abc"}}), ""},
          {with({{"OIDC_ISSUER", "https://acme.okta.com"}, {"OIDC_CLIENT_ID", "abc"}, {"AUTH0_DOMAIN", "a.auth0.com"}, {"AUTH0_CLIENT_ID", "abc"}}), "AUTH0_DOMAIN: warn two-identity-providers"},
          {with({{"OIDC_ISSUER", "https://acme.okta.com"}, {"OIDC_CLIENT_ID", "abc"}, {"GORILLA_CORS_ORIGINS", "https://other.example.com,null"}}), "GORILLA_CORS_ORIGINS: fail host-not-among-origins"},
          {with({{"OIDC_ISSUER", "https://acme.okta.com"}, {"OIDC_CLIENT_ID", "abc"}, {"GORILLA_CORS_ORIGINS", "https://other.example.com, https://wandb.example.com,null"}}), ""},
          {with({{"GORILLA_CORS_ORIGINS", "https://other.example.com"}}), ""}});
}

TEST(Consistent, DoorsAreClosed) {
  expect({{with({{"LOCAL_RESTORE", "true"}}), "LOCAL_RESTORE: fail restore-mode"},
          {with({{"LOCAL_RESTORE", "1"}}), "LOCAL_RESTORE: fail restore-mode"},
          {with({{"LOCAL_RESTORE", "false"}}), ""},
          {with({{"LOCAL_RESTORE", ""}}), ""},
          {with({{"GLOBAL_ADMIN_API_KEY", "0123456789abcdef"}}), "GLOBAL_ADMIN_API_KEY: warn admin-by-key"},
          {with({{"GORILLA_INSECURE_ALLOW_API_KEY_ADMIN_ACCESS", "true"}}), "GORILLA_INSECURE_ALLOW_API_KEY_ADMIN_ACCESS: warn admin-by-key"},
          {with({{"GORILLA_INSECURE_ALLOW_API_KEY_ADMIN_ACCESS", "false"}}), ""}});
}

}  // namespace
}  // namespace wbverify
