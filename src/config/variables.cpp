#include "config/variables.hpp"

#include <algorithm>

namespace wbverify {
namespace {

using enum Sensitivity;

// Sources: platform/hosting/env-vars and platform/hosting/iam/* of the W&B documentation, the templates of the Helm charts
// operator-wandb (0.43) and wandb (legacy), docs/infra-connection-settings.md of the operator, read in 2026.
const std::vector<Variable>& table() {
  static const std::vector<Variable> rows = {
      {"HOST", {"GORILLA_FRONTEND_HOST", "REACT_APP_HOST", "GORILLA_FILE_HOST", "GORILLA_GLUE_FRONTEND_HOST"}, open,
       "URL at which people and machines reach the server", "https://wandb.example.com", ""},
      {"LICENSE", {"GORILLA_LICENSE"}, secret, "licence of the server", "", ""},
      {"MYSQL", {"GORILLA_METADATA_STORE"}, credentials, "database for everything but files",
       "mysql://wandb_local:PASSWORD@db.example.com:3306/wandb_local", ""},
      {"BUCKET", {"GORILLA_FILE_STORE", "GORILLA_STORAGE_BUCKET"}, credentials, "bucket for files and artifacts",
       "s3://wandb-files", ""},
      {"BUCKET_QUEUE", {}, credentials, "queue that announces new objects", "internal://", ""},
      {"NOTIFICATIONS_QUEUE", {}, credentials, "queue to which run events are published", "sqs://wandb-runs", ""},
      {"AWS_REGION", {}, open, "region of the bucket", "us-east-1", ""},
      {"AWS_S3_KMS_ID", {}, open, "KMS key with which objects are encrypted", "", ""},
      {"AWS_ACCESS_KEY_ID", {}, open, "key id for the bucket when BUCKET holds none", "", ""},
      {"AWS_SECRET_ACCESS_KEY", {}, secret, "its secret", "", ""},
      {"AWS_SESSION_TOKEN", {}, secret, "session token of temporary credentials", "", ""},
      {"AZURE_STORAGE_KEY", {}, secret, "key of the storage account", "", "ZURE_STORAGE_KEY"},
      {"AZURE_STORAGE_ACCOUNT", {}, open, "storage account", "", ""},
      {"GOOGLE_APPLICATION_CREDENTIALS", {}, open, "file with the key of the service account", "", ""},
      {"GORILLA_SUPPORTED_FILE_STORES", {}, credentials, "further buckets that teams may use", "", ""},
      {"BUCKET_PROXY", {}, open, "files go through HOST instead of straight to the store", "", ""},
      {"GORILLA_FILE_STORE_IS_PROXIED", {}, open, "files go through HOST instead of straight to the store", "", ""},
      {"GORILLA_GLUE_FILE_STORE_IS_PROXIED", {}, open, "files go through HOST instead of straight to the store", "", ""},
      {"GORILLA_DEFAULT_REGION", {}, open, "region that the server itself assumes", "", ""},
      {"REDIS", {"GORILLA_CACHE"}, credentials, "Redis for caches and jobs", "redis://:PASSWORD@redis.example.com:6379?tls=true", ""},
      {"GORILLA_LOCKER", {}, credentials, "Redis for locks", "", ""},
      {"GORILLA_METADATA_CACHE", {}, credentials, "Redis for metadata", "", ""},
      {"GORILLA_SETTINGS_CACHE", {}, credentials, "Redis for settings", "", ""},
      {"GORILLA_AUDITOR_CACHE", {}, credentials, "Redis for the audit log", "", ""},
      {"GORILLA_ACTIVITY_STORE_CACHE_ADDRESS", {}, credentials, "Redis for activity", "", ""},
      {"GORILLA_USAGE_METRICS_CACHE", {}, credentials, "Redis for usage", "", ""},
      {"GORILLA_TASK_QUEUE", {}, credentials, "Redis for tasks", "", ""},
      {"GORILLA_LIMITER", {}, credentials, "Redis for rate limits", "", ""},
      {"GORILLA_RUN_STORE", {}, credentials, "database for runs", "", ""},
      {"GORILLA_USAGE_STORE", {}, credentials, "database for usage", "", ""},
      {"GORILLA_ANALYTICS_SINK", {}, credentials, "database for analytics", "", ""},
      {"GORILLA_HISTORY_STORE", {}, credentials, "store for run histories", "", ""},
      {"GORILLA_FILE_STREAM_STORE_ADDRESS", {}, credentials, "store for file streams", "", ""},
      {"GORILLA_FILE_METADATA_SOURCE", {}, credentials, "queue of file metadata", "", ""},
      {"GORILLA_RUN_UPDATE_SHADOW_QUEUE_ADDR", {}, credentials, "queue of run updates", "", ""},
      {"GORILLA_LICENSE_CERT_PATH", {}, open, "keys with which the licence is verified", "", ""},
      {"MYSQL_HOST", {}, open, "part of MYSQL", "", ""},
      {"MYSQL_PORT", {}, open, "part of MYSQL", "", ""},
      {"MYSQL_DATABASE", {}, open, "part of MYSQL", "", ""},
      {"MYSQL_USER", {}, open, "part of MYSQL", "", ""},
      {"MYSQL_PASSWORD", {}, secret, "part of MYSQL", "", ""},
      {"MYSQL_CA_CERT_PATH", {}, open, "certificate authority of MySQL", "", ""},
      {"BUCKET_NAME", {}, open, "part of BUCKET", "", ""},
      {"BUCKET_PATH", {}, open, "part of BUCKET", "", ""},
      {"BUCKET_ACCESS_KEY", {}, open, "part of BUCKET", "", ""},
      {"BUCKET_SECRET_KEY", {}, secret, "part of BUCKET", "", ""},
      {"REDIS_HOST", {}, open, "part of REDIS", "", ""},
      {"REDIS_PORT", {}, open, "part of REDIS", "", ""},
      {"REDIS_PARAMS", {}, open, "part of REDIS", "", ""},
      {"REDIS_PASSWORD", {}, secret, "part of REDIS", "", ""},
      {"OIDC_ISSUER", {"GORILLA_OIDC_ISSUER"}, open, "identity provider", "https://idp.example.com", ""},
      {"OIDC_CLIENT_ID", {"GORILLA_OIDC_CLIENT_ID"}, open, "client id at the identity provider", "", ""},
      {"OIDC_AUTH_METHOD", {"GORILLA_AUTH_METHOD"}, open, "login flow", "pkce", ""},
      {"OIDC_SECRET", {"OIDC_CLIENT_SECRET", "GORILLA_OIDC_SECRET"}, secret, "client secret at the identity provider", "", ""},
      {"GORILLA_OIDC_CUSTOM_SCOPES", {}, open, "further scopes at login", "", ""},
      {"GORILLA_OIDC_AUTHORIZE_PATH", {}, open, "path of the identity provider's login", "", ""},
      {"GORILLA_OIDC_JWK_URL", {}, open, "keys of the identity provider", "", ""},
      {"GORILLA_AUTH_JWK_URL", {}, open, "keys of the server's own logins", "", ""},
      {"GORILLA_USE_IDENTIFIER_CLAIMS", {}, open, "accounts by claim of the identity provider", "", ""},
      {"GORILLA_ENABLE_SSO_GROUP_CLAIMS", {}, open, "groups by claim of the identity provider", "", ""},
      {"DISABLE_SSO_PROVISIONING", {"GORILLA_DISABLE_SSO_PROVISIONING"}, open, "no account is made at the first login", "", ""},
      {"GORILLA_DISABLE_ADMIN_TEAM_ACCESS", {}, open, "administrators do not see every team", "", ""},
      {"AUTH0_DOMAIN", {}, open, "Auth0 tenant", "wandb-acme.eu.auth0.com", ""},
      {"AUTH0_CLIENT_ID", {}, open, "client id at Auth0", "", ""},
      {"SESSION_LENGTH", {}, open, "hours that a login lasts", "720", ""},
      {"GORILLA_SESSION_LENGTH", {}, open, "time that a login lasts", "720h", ""},
      {"GORILLA_SESSION_KEY", {}, secret, "key of the login cookies", "", ""},
      {"GORILLA_CORS_ORIGINS", {}, open, "origins that may call the API", "", ""},
      {"LOCAL_LDAP_ADDRESS", {"LDAP_ADDRESS"}, open, "LDAP server", "ldaps://ldap.example.com:636", ""},
      {"LOCAL_LDAP_BASE_DN", {"LDAP_BASE_DN"}, open, "where LDAP searches start", "dc=example,dc=com", ""},
      {"LOCAL_LDAP_BIND_DN", {"LDAP_BIND_DN"}, open, "account for LDAP searches", "", ""},
      {"LOCAL_LDAP_BIND_PW", {"LDAP_BIND_PW"}, secret, "its password", "", ""},
      {"LOCAL_LDAP_ATTRIBUTES", {"LDAP_ATTRIBUTES"}, open, "LDAP attributes that are read", "email=mail,group=gidNumber", ""},
      {"LOCAL_LDAP_TLS_ENABLE", {"LDAP_TLS_ENABLE"}, open, "LDAP over TLS", "true", ""},
      {"LOCAL_LDAP_GROUP_ALLOW_LIST", {}, open, "LDAP groups that may log in", "", ""},
      {"LOCAL_LDAP_LOGIN", {"LDAP_LOGIN"}, open, "login by LDAP", "", ""},
      {"GORILLA_LDAP_GROUP_SYNC", {}, open, "groups from LDAP", "", ""},
      {"LDAP_USER_BASE_DN", {}, open, "where searches for users start", "", ""},
      {"LDAP_GROUP_BASE_DN", {}, open, "where searches for groups start", "", ""},
      {"LDAP_USER_OBJECT_CLASS", {}, open, "class of users", "", ""},
      {"LDAP_GROUP_OBJECT_CLASS", {}, open, "class of groups", "", ""},
      {"SLACK_CLIENT_ID", {"GORILLA_SLACK_CLIENT_ID"}, open, "Slack application", "1234567890.1234567890", ""},
      {"SLACK_SECRET", {"GORILLA_SLACK_SECRET"}, secret, "its secret", "", ""},
      {"GORILLA_EMAIL_SINK", {}, credentials, "mail server", "smtp://USER:PASSWORD@smtp.example.com:587", ""},
      {"GORILLA_EMAIL_FROM_ADDRESS", {}, open, "sender of mails", "", ""},
      {"GORILLA_CUSTOMER_SECRET_STORE_SOURCE", {}, open, "where team secrets are kept", "k8s-secretmanager://wandb-secret", ""},
      {"GORILLA_CUSTOMER_SECRET_STORE_AZ_CONFIG_VAULT_URI", {}, open, "Azure key vault of team secrets", "", ""},
      {"GORILLA_DATA_RETENTION_PERIOD", {}, open, "time after which deleted data goes", "24h", ""},
      {"GORILLA_ARTIFACT_GC_ENABLED", {}, open, "artifact files are deleted when unused", "", ""},
      {"ENABLE_REGISTRY_UI", {}, open, "the registry is shown", "", ""},
      {"GORILLA_ALLOW_USER_TEAM_CREATION", {}, open, "users may make teams", "", ""},
      {"GORILLA_DISABLE_PERSONAL_ENTITY", {}, open, "no personal projects", "", ""},
      {"GORILLA_DISABLE_CODE_SAVING", {}, open, "no code is saved", "", ""},
      {"LOCAL_RESTORE", {}, open, "emergency login", "", ""},
      {"LOGGING_ENABLED", {}, open, "access log on standard output", "", ""},
      {"GLOBAL_ADMIN_API_KEY", {}, secret, "API key with every right", "", ""},
      {"GORILLA_INSECURE_ALLOW_API_KEY_ADMIN_ACCESS", {}, open, "API keys may do what administrators may", "", ""},
      {"OPERATOR_ENABLED", {}, open, "the operator runs the server", "", ""},
      {"PARQUET_ENABLED", {}, open, "run histories as Parquet", "", ""},
      {"PARQUET_HOST", {}, open, "service of run histories", "", ""},
      {"WEAVE_ENABLED", {}, open, "Weave", "", ""},
      {"WEAVE_SERVICE", {}, open, "service of Weave", "", ""},
      {"GORILLA_SWEEP_PROVIDER", {}, open, "service of sweeps", "", ""},
      {"GORILLA_REGISTRY_SEARCH_ADDRESS", {}, credentials, "ClickHouse for the registry", "", ""},
      {"GORILLA_RUN_STORE_ACCELERATOR_ADDRESS", {}, credentials, "ClickHouse for runs", "", ""},
      {"GORILLA_HISTORY_STORAGE_ENGINE_ADDRESS", {}, credentials, "ClickHouse for run histories", "", ""},
      {"WF_CLICKHOUSE_HOST", {}, open, "ClickHouse for Weave", "", ""},
      {"WF_CLICKHOUSE_PORT", {}, open, "ClickHouse for Weave", "", ""},
      {"WF_CLICKHOUSE_USER", {}, open, "ClickHouse for Weave", "", ""},
      {"WF_CLICKHOUSE_PASS", {}, secret, "ClickHouse for Weave", "", ""},
      {"WF_CLICKHOUSE_DATABASE", {}, open, "ClickHouse for Weave", "", ""},
      {"WF_CLICKHOUSE_REPLICATED", {}, open, "ClickHouse for Weave", "", ""},
      {"WF_CLICKHOUSE_REPLICATED_CLUSTER", {}, open, "ClickHouse for Weave", "", ""},
      {"HTTP_PROXY", {"http_proxy"}, credentials, "proxy for requests to the outside", "", ""},
      {"HTTPS_PROXY", {"https_proxy"}, credentials, "proxy for requests to the outside", "", ""},
      {"NO_PROXY", {"no_proxy"}, open, "hosts that are reached without a proxy", "", ""},
      {"SSL_CERT_FILE", {}, open, "trusted certificate authorities", "", ""},
      {"REQUESTS_CA_BUNDLE", {}, open, "trusted certificate authorities of Python clients", "", ""},
      {"SSL_CERT_DIR", {}, open, "trusted certificate authorities", "", ""},
      {"WANDB_BASE_URL", {}, open, "server that clients talk to", "", ""},
      {"WANDB_API_KEY", {}, secret, "key of a client", "", ""},
      {"WANDB_IDENTITY_TOKEN_FILE", {}, open, "file with the identity provider's token of a client", "", ""},
  };
  return rows;
}

}  // namespace

std::span<const Variable> variables() { return table(); }

const Variable* find_variable(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const Variable& row : table()) {
    if (row.name == name || row.misprint == name) return &row;
    if (std::find(row.aliases.begin(), row.aliases.end(), name) != row.aliases.end()) return &row;
  }
  return nullptr;
}

bool may_hold_secret(std::string_view name) {
  const Variable* const variable = find_variable(name);
  return variable != nullptr && variable->sensitivity != Sensitivity::open;
}

const std::vector<std::string>& variable_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Variable& row : table()) {
      out.emplace_back(row.name);
      out.insert(out.end(), row.aliases.begin(), row.aliases.end());
    }
    return out;
  }();
  return names;
}

}  // namespace wbverify
