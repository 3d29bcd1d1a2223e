#include "config/redis_url.hpp"

#include <algorithm>

#include "config/go_values.hpp"
#include "config/url.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr UrlWords words{.example = "redis://:PASSWORD@redis.example.com:6379?tls=true"};

enum class Kind { boolean, integer, duration, text };
struct Known {
  std::string_view name;
  Kind kind;
};
// Parameters of the server's Redis connector (operator, docs/infra-connection-settings.md, and the chart's _redis.tpl).
constexpr Known known[] = {
    {"tls", Kind::boolean}, {"caCertPath", Kind::text}, {"ttlInSeconds", Kind::integer}, {"master", Kind::text}, {"cluster", Kind::boolean},
    {"poolSize", Kind::integer}, {"poolSizeMultiple", Kind::integer}, {"minIdleConns", Kind::integer}, {"dialTimeout", Kind::duration},
    {"readTimeout", Kind::duration}, {"writeTimeout", Kind::duration}, {"poolTimeout", Kind::duration}, {"contextTimeoutEnabled", Kind::boolean},
    {"connMaxIdleTime", Kind::duration}, {"connMaxLifetime", Kind::duration}, {"connMaxLifetimeJitter", Kind::duration},
    {"maxRetries", Kind::integer}, {"minRetryBackoff", Kind::duration}, {"maxRetryBackoff", Kind::duration}, {"dialerRetries", Kind::integer},
    {"dialerRetryTimeout", Kind::duration}, {"minDialerRetryBackoff", Kind::duration}, {"maxDialerRetryBackoff", Kind::duration},
    {"maxConcurrentDials", Kind::integer}, {"concurrency", Kind::integer}};

void bad_value(const Parameter& parameter, std::string_view expected, IssueList& issues) {
  issues.malformed(parameter.value_offset, {"bad-value", "The value of " + parameter.name + " is " + sanitize(parameter.value, 40) + ".", std::string(expected), "Correct it.", std::string(words.example)});
}

void read_parameter(const Parameter& parameter, RedisTarget& target, IssueList& issues) {
  const auto* const at = std::find_if(std::begin(known), std::end(known), [&](const Known& row) { return row.name == parameter.name; });
  if (at == std::end(known)) {
    std::vector<std::string> names;
    for (const Known& row : known) names.emplace_back(row.name);
    report_unknown(parameter, names, issues, words);
    return;
  }
  std::optional<bool> yes;
  if (at->kind == Kind::boolean) yes = read_bool(parameter, issues, words);
  if (at->kind == Kind::integer && !go_integer(parameter.value)) bad_value(parameter, "A whole number.", issues);
  if (at->kind == Kind::duration && !is_go_duration(parameter.value)) bad_value(parameter, "A time such as 5s or 300ms.", issues);
  if (parameter.name == "tls") target.tls = yes.value_or(false);
  if (parameter.name == "cluster") target.cluster = yes.value_or(false);
  if (parameter.name == "caCertPath") target.ca_file = parameter.value;
  if (parameter.name == "master") target.sentinel_master = parameter.value;
  if (parameter.name == "ttlInSeconds") target.ttl_seconds = go_integer(parameter.value).value_or(0);
}

/// `host:6379` with its scheme; an example when there is more to it.
std::string redis_in_front(std::string_view value) {
  const auto url = value.find('@') == std::string_view::npos ? mask_url(value) : "";
  return url.find("[redacted]") == std::string::npos && !url.empty() ? "redis://" + url : in_right_form("redis://" + std::string(value), words);
}

void report_form(IssueList& issues) {
  const std::string scheme = scheme_of(issues.value());
  const bool url = !scheme.empty() && issues.value().substr(scheme.size(), 3) == "://";
  const std::string expected = "redis://USER:PASSWORD@HOST:PORT?tls=true. Encryption is a parameter, not a scheme.";
  const auto written_as = [&](std::string_view rest) { return in_right_form("redis://" + std::string(rest), words); };
  if (url && scheme == "rediss") {
    const std::string plain = written_as(issues.value().substr(scheme.size() + 3));
    const std::string tls = plain.find("tls=") != std::string::npos ? "" : plain.find('?') == std::string::npos ? "?tls=true" : "&tls=true";
    issues.malformed(0, {"rediss-scheme", "The scheme is rediss, which the server does not know.", expected, "Write redis:// and add tls=true after a ?.", plain + tls});
  } else if (url) {
    issues.malformed(0, {"unknown-scheme", "The scheme is " + sanitize(scheme, 24) + ".", expected, "Write redis://.", written_as(issues.value().substr(scheme.size() + 3))});
  } else {
    issues.malformed(0, {"no-scheme", "The value does not begin with redis://.", expected + " The Terraform output elasticache_connection_string comes without the scheme.", "Write redis:// in front.", redis_in_front(issues.value())});
  }
}

}  // namespace

std::optional<RedisTarget> parse_redis_url(IssueList& issues) {
  if (!check_surface(issues, words.example)) return std::nullopt;
  const auto url = split_url(issues.value());
  if (!url || scheme_of(issues.value()) != "redis") {
    report_form(issues);
    return std::nullopt;
  }
  if (is_torn(*url, issues, words)) return std::nullopt;
  report_fragment(*url, issues, words);
  auto credentials = read_credentials(*url, issues, words);
  if (!issues.usable() || !credentials) return std::nullopt;
  RedisTarget target;
  if (credentials->password.empty()) {
    target.password = Secret(std::move(credentials->user));
    if (url->has_userinfo && !url->has_password) {
      issues.suspicious(url->offset(url->userinfo), {"password-as-user", "One word without a colon stands in front of the @; it is taken for the password.", ":PASSWORD@ with the colon.", "Put a colon in front of the password.", std::string(words.example)});
    }
  } else {
    target.user = credentials->user;
    target.password = Secret(std::move(credentials->password));
  }
  const auto host = read_host(*url, issues, words);
  const auto port = read_port(*url, 6379, issues, words);
  if (!host || !port) return std::nullopt;
  target.host = *host;
  target.port = *port;
  if (url->path.size() > 1) {
    const auto database = go_integer(url->path.substr(1));
    constexpr std::int64_t most = 65535;
    if (!database || *database < 0 || *database > most) {
      issues.malformed(url->offset(url->path), {"path", "Something follows the host that is no number of a database.", "Nothing, or parameters after a ?.", "Remove it.", std::string(words.example)});
      return std::nullopt;
    }
    target.database = static_cast<int>(*database);
  }
  for (const Parameter& parameter : read_parameters(*url, issues, words)) read_parameter(parameter, target, issues);
  if (!issues.usable()) return std::nullopt;
  if (!target.ca_file.empty() && !target.tls) {
    issues.suspicious(issues.value().find("caCertPath"), {"ca-ignored", "caCertPath stands without tls=true: the connection is not encrypted.", "tls=true beside it.", "Add tls=true.", std::string(words.example)});
  }
  return target;
}

}  // namespace wbverify
