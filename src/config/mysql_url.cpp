#include "config/mysql_url.hpp"

#include <algorithm>

#include "config/url.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr UrlWords words{.example = "mysql://wandb_local:PASSWORD@db.example.com:3306/wandb_local"};

const std::vector<std::string>& known_parameters() {
  static const std::vector<std::string> names = {"tls", "ssl-ca", "ssl-cert", "ssl-key"};
  return names;
}

/// Forms that other programs have for the same thing.
void report_form(IssueList& issues) {
  const std::string_view value = issues.value();
  const std::string scheme = scheme_of(value);
  const std::string expected = "mysql://USER:PASSWORD@HOST:PORT/DATABASE.";
  const std::string example(words.example);
  // What follows the scheme, whichever it is.
  const auto written_as = [&](std::string_view rest) { return in_right_form("mysql://" + std::string(rest.substr(std::min(rest.size(), rest.find_first_not_of('/')))), words); };
  if (value.find("@tcp(") != std::string_view::npos || value.find("@unix(") != std::string_view::npos) {
    issues.malformed(0, {"driver-dsn", "The value has the form of a Go driver's DSN: USER:PASSWORD@tcp(HOST:PORT)/DATABASE.", expected, "Write it as a URL.", example});
  } else if (scheme == "jdbc") {
    issues.malformed(0, {"jdbc-url", "The value is a JDBC URL.", expected, "Remove jdbc: and put the user in front of the host.", example});
  } else if (!scheme.empty() && value.substr(scheme.size(), 3) == "://") {
    issues.malformed(0, {"unknown-scheme", "The scheme is " + sanitize(scheme, 24) + "; the server panics with unknown connection scheme.",
                         "mysql, mysql-replica, cloudsql or cloudsql-replica.", "Write mysql://.", written_as(value.substr(scheme.size() + 1))});
  } else if (scheme == "mysql") {
    issues.malformed(5, {"no-slashes", "Two slashes are missing after mysql:.", expected, "Write mysql://.", written_as(value.substr(6))});
  } else {
    issues.malformed(0, {"no-scheme", "The value does not begin with mysql://.",
                         expected + " The Terraform output database_connection_string comes without the scheme.", "Write mysql:// in front.", written_as(value)});
  }
}

/// The value with tls=true instead of its own tls.
std::string with_tls_true(std::string_view value) {
  std::string out = in_right_form(value, words);
  const auto at = out.find("tls=");
  if (at == std::string::npos) return std::string(words.example) + "?tls=true";
  return out.replace(at, std::min(out.find('&', at), out.size()) - at, "tls=true");
}

bool read_tls(const std::vector<Parameter>& parameters, MysqlTarget& target, IssueList& issues) {
  bool tls_given = false;
  for (const Parameter& parameter : parameters) {
    if (parameter.name == "tls") {
      tls_given = true;
      constexpr std::pair<std::string_view, MysqlTls> values[] = {{"true", MysqlTls::verify}, {"false", MysqlTls::off}, {"skip-verify", MysqlTls::skip_verify},
                                                                  {"preferred", MysqlTls::preferred}, {"custom", MysqlTls::custom}};
      const auto* const at = std::find_if(std::begin(values), std::end(values), [&](const auto& value) { return value.first == parameter.value; });
      if (at == std::end(values)) {
        issues.malformed(parameter.value_offset, {"bad-tls-value", "The value of tls is " + sanitize(parameter.value, 24) + ".", "true, false, skip-verify, preferred or custom.",
                                                  "Write tls=true, which verifies the server's certificate.", with_tls_true(issues.value())});
        return false;
      }
      target.tls = at->second;
    } else if (parameter.name == "ssl-ca") {
      target.ca_file = parameter.value;
    } else if (parameter.name == "ssl-cert") {
      target.cert_file = parameter.value;
    } else if (parameter.name == "ssl-key") {
      target.key_file = parameter.value;
    } else {
      report_unknown(parameter, known_parameters(), issues, words);
    }
  }
  const std::string custom = std::string(words.example) + "?tls=custom&ssl-ca=/etc/ssl/certs/mysql_ca.pem";
  if (target.tls == MysqlTls::custom && target.ca_file.empty()) {
    issues.malformed(issues.value().find("tls="), {"tls-custom-without-ca", "tls=custom stands without ssl-ca.", "The file with the certificate authority: ssl-ca=PATH.", "Add ssl-ca, or write tls=true.", custom});
    return false;
  }
  if (target.cert_file.empty() != target.key_file.empty()) {
    issues.malformed(issues.value().find(target.cert_file.empty() ? "ssl-key" : "ssl-cert"),
                     {"half-a-client-certificate", "Of ssl-cert and ssl-key only one is given.", "Both, or neither.", "Add the other one.", custom});
    return false;
  }
  if (!target.ca_file.empty() && target.tls != MysqlTls::custom) {
    issues.suspicious(issues.value().find("ssl-ca"), {"ca-ignored", tls_given ? "ssl-ca stands beside another tls than custom." : "ssl-ca stands without tls=custom.",
                                                      "tls=custom, without which the driver does not look at ssl-ca.", "Write tls=custom.", custom});
  }
  return true;
}

}  // namespace

std::optional<MysqlTarget> parse_mysql_url(IssueList& issues) {
  if (!check_surface(issues, words.example)) return std::nullopt;
  MysqlTarget target;
  target.scheme = scheme_of(issues.value());
  const auto url = split_url(issues.value());
  constexpr std::string_view schemes[] = {"mysql", "mysql-replica", "cloudsql", "cloudsql-replica"};
  if (!url || std::find(std::begin(schemes), std::end(schemes), target.scheme) == std::end(schemes) || issues.value().find("@tcp(") != std::string_view::npos) {
    report_form(issues);
    return std::nullopt;
  }
  if (is_torn(*url, issues, words)) return std::nullopt;
  report_fragment(*url, issues, words);
  if (!issues.usable()) return std::nullopt;
  auto credentials = read_credentials(*url, issues, words);
  if (!credentials) return std::nullopt;
  target.user = credentials->user;
  target.password = Secret(std::move(credentials->password));
  if (target.user.empty()) {
    issues.malformed(url->offset(url->has_userinfo ? url->user : url->host), {"no-user", "No user stands in front of the host.", "USER:PASSWORD@ in front of the host.", "Write the user and the password.", std::string(words.example)});
    return std::nullopt;
  }
  const auto host = read_host(*url, issues, words);
  const auto port = read_port(*url, 3306, issues, words);
  if (!host || !port) return std::nullopt;
  target.host = *host;
  target.port = *port;
  if (url->path.size() < 2) {
    issues.malformed(url->offset(url->path), {"no-database", "No database stands after the host.", "/DATABASE after the host, usually /wandb_local.", "Write the name of the database.", std::string(words.example)});
    return std::nullopt;
  }
  const auto database = percent_decode(url->path.substr(1));
  if (!database || database->find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) {
    issues.malformed(url->offset(url->path) + 1, {"bad-database", "What stands after the host is no name of a database.", "One name without a slash, usually wandb_local.", "Write the name of the database.", std::string(words.example)});
    return std::nullopt;
  }
  target.database = *database;
  const auto parameters = read_parameters(*url, issues, words);
  if (!issues.usable() || !read_tls(parameters, target, issues)) return std::nullopt;
  return target;
}

std::string_view name(MysqlTls tls) {
  switch (tls) {
    case MysqlTls::off: return "false";
    case MysqlTls::preferred: return "preferred";
    case MysqlTls::skip_verify: return "skip-verify";
    case MysqlTls::verify: return "true";
    case MysqlTls::custom: return "custom";
  }
  return "";
}

}  // namespace wbverify
