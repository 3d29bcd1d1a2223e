#include "config/small_values.hpp"

#include <map>

#include "clients/s3.hpp"
#include "config/bucket_parts.hpp"
#include "config/go_values.hpp"
#include "config/url.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

void check_region(IssueList& issues) {
  if (is_s3_region(issues.value())) return;
  issues.malformed(IssueList::whole, {"bad-region", "The value " + sanitize(issues.value(), 40) + " is no name of a region.", "A name such as us-east-1, without a zone letter.", "Write the region of the bucket.", "us-east-1"});
}

void check_azure_key(IssueList& issues) {
  const auto key = base64_decode(issues.value());
  constexpr std::size_t length = 64;   // Azure's account keys: 512 bits
  if (!key) {
    issues.malformed(IssueList::whole, {"bad-azure-key", "The value is not base64.", "The key as the portal shows it: 88 characters that end with ==.", "Copy key1 or key2 of the storage account again: az storage account keys list --account-name ACCOUNT", ""});
  } else if (key->size() != length) {
    issues.suspicious(IssueList::whole, {"odd-azure-key", "The key has " + std::to_string(key->size()) + " bytes.", "64 bytes, which are 88 characters of base64.", "Copy key1 or key2 of the storage account again: az storage account keys list --account-name ACCOUNT", ""});
  }
}

void check_auth0_domain(IssueList& issues) {
  const std::string_view value = issues.value();
  const std::string as_url = "https://" + std::string(value);
  IssueList inner(issues.setting(), as_url);
  const auto url = split_url(as_url);
  if (value.find("://") == std::string_view::npos && url && !url->has_userinfo && !url->has_port && url->path.empty() && !url->has_query && read_host(*url, inner, {})) return;
  issues.malformed(0, {"bad-domain", "The value " + sanitize(value, 60) + " is no bare host name.", "The tenant's domain without https:// and without a slash.", "Write the domain alone.", "wandb-acme.eu.auth0.com"});
}

void check_issuer(IssueList& issues) {
  constexpr UrlWords words{.example = "https://idp.example.com"};
  const auto url = split_url(issues.value());
  const std::string scheme = scheme_of(issues.value());
  if (!url || (scheme != "https" && scheme != "http")) {
    issues.malformed(0, {"no-scheme", "The value is not an https:// URL.", "The issuer's URL, exactly as its discovery document states it.", "Write https:// in front.", std::string(words.example)});
    return;
  }
  if (!read_host(*url, issues, words) || !read_port(*url, 443, issues, words)) return;
  if (const auto at = issues.value().find("/.well-known"); at != std::string_view::npos) {
    issues.malformed(at, {"discovery-url", "The value is the address of the discovery document.", "The issuer, to which the server appends /.well-known/openid-configuration itself.", "Cut off /.well-known and what follows.", sanitize(issues.value().substr(0, at), 200)});
  } else if (scheme == "http") {
    issues.suspicious(0, {"plain-http", "The issuer is not reached over TLS.", "https://.", "Use the https:// address of the identity provider.", ""});
  }
}

void check_auth_method(IssueList& issues) {
  if (issues.value() == "implicit" || issues.value() == "pkce") return;
  issues.malformed(IssueList::whole, {"bad-auth-method", "The value is " + sanitize(issues.value(), 40) + ", which the server takes without a word and does not understand.", "implicit or pkce, in lower case; Cognito needs pkce.", "Write pkce.", "pkce"});
}

void check_slack_id(IssueList& issues) {
  const auto parts = split(issues.value(), '.');
  if (parts.size() == 2 && is_digits(parts[0]) && is_digits(parts[1])) return;
  issues.suspicious(IssueList::whole, {"odd-slack-id", "The value is not two numbers with a dot between.", "The Client ID of the Slack application's Basic Information page, such as 1234567890.1234567890.", "Copy the Client ID, not the App ID.", ""});
}

void check_email_sink(IssueList& issues) {
  constexpr UrlWords words{.example = "smtp://USER:PASSWORD@smtp.example.com:587"};
  const auto url = split_url(issues.value());
  const std::string scheme = scheme_of(issues.value());
  if (url && (scheme == "https" || scheme == "sendgrid")) return;
  if (!url || scheme != "smtp") {
    issues.malformed(0, {"bad-mail-url", "The value does not begin with smtp://.", "smtp://[USER:PASSWORD@]HOST:PORT.", "Write it in this form.", std::string(words.example)});
    return;
  }
  if (is_torn(*url, issues, words) || !read_credentials(*url, issues, words) || !read_host(*url, issues, words)) return;
  if (!url->has_port) {
    issues.malformed(url->authority_end, {"no-port", "No port stands after the host.", "587 with STARTTLS, 465 with TLS, 25 without.", "Write the port.", std::string(words.example)});
    return;
  }
  read_port(*url, 587, issues, words);
}

void check_ldap(IssueList& issues) {
  constexpr UrlWords words{.example = "ldaps://ldap.example.com:636"};
  const auto url = split_url(issues.value());
  const std::string scheme = scheme_of(issues.value());
  if (!url || (scheme != "ldap" && scheme != "ldaps")) {
    issues.malformed(0, {"no-scheme", "The value does not begin with ldap:// or ldaps://.", "ldaps://HOST:636 or ldap://HOST:389.", "Write the scheme in front.", std::string(words.example)});
    return;
  }
  if (read_host(*url, issues, words)) read_port(*url, scheme == "ldaps" ? 636 : 389, issues, words);
}

void check_hours(IssueList& issues) {
  const auto hours = go_integer(issues.value());
  if (hours && *hours > 0) return;
  issues.malformed(IssueList::whole, {"bad-hours", "The value is " + sanitize(issues.value(), 40) + ".", "A number of hours without a unit.", "Write the number alone.", "720"});
}

void check_duration(IssueList& issues) {
  if (is_go_duration(issues.value())) return;
  issues.malformed(IssueList::whole, {"bad-duration", "The value is " + sanitize(issues.value(), 40) + ".", "A number with a unit: h, m or s. Days have none.", "Write it in hours.", "24h"});
}

void check_secret_store(IssueList& issues) {
  const std::string scheme = scheme_of(issues.value());
  for (const std::string_view known : {"k8s-secretmanager", "aws-secretmanager", "gcp-secretmanager", "az-secretmanager", "noop"}) {
    if (scheme == known && split_url(issues.value())) return;
  }
  issues.malformed(0, {"unknown-scheme", "The value names no secret store that the server knows.", "k8s-secretmanager://, aws-secretmanager://, gcp-secretmanager://, az-secretmanager:// or noop://.", "Write one of these.", "k8s-secretmanager://wandb-secret"});
}

}  // namespace

void check_small_value(IssueList& issues) {
  static const std::map<std::string_view, void (*)(IssueList&)> checks = {
      {"AWS_REGION", check_region},          {"AZURE_STORAGE_KEY", check_azure_key},    {"AUTH0_DOMAIN", check_auth0_domain},
      {"OIDC_ISSUER", check_issuer},         {"OIDC_AUTH_METHOD", check_auth_method},   {"SLACK_CLIENT_ID", check_slack_id},
      {"GORILLA_EMAIL_SINK", check_email_sink}, {"LOCAL_LDAP_ADDRESS", check_ldap},     {"SESSION_LENGTH", check_hours},
      {"GORILLA_SESSION_LENGTH", check_duration}, {"GORILLA_DATA_RETENTION_PERIOD", check_duration},
      {"GORILLA_CUSTOMER_SECRET_STORE_SOURCE", check_secret_store}};
  if (!check_surface(issues, "")) return;
  if (const auto at = checks.find(issues.setting()); at != checks.end()) at->second(issues);
}

}  // namespace wbverify
