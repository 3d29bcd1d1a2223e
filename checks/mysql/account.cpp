#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// The days after which the password expires, in words; empty when it does not.
std::string expiry(const MysqlSessionFacts& session) {
  if (session.account_expiry.starts_with("INTERVAL ")) return to_lower(session.account_expiry.substr(9)) + "s";
  if (session.account_expiry != "DEFAULT") return "";
  const auto at = session.variables.find("default_password_lifetime");
  if (at == session.variables.end() || at->second.value == "0" || at->second.value.empty()) return "";
  return at->second.value + " days (default_password_lifetime)";
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  const MysqlSessionFacts& session = facts.session;
  if (session.account_plugin.empty()) return {skipped("The server does not show how the account logs in.")};
  Finding finding;
  finding.setting = "MYSQL";
  finding.observed = fmt::format("{}, {}", mysql_account(facts), session.account_plugin);
  const std::string lifetime = expiry(session);
  if (!lifetime.empty()) {
    finding.status = Status::warn;
    finding.cause = "password-expires";
    finding.observed += fmt::format("; the password expires after {}", lifetime);
    finding.expected = "A password that does not expire by itself.";
    finding.why =
        "On that day every new connection of the W&B server fails with error 1862, and the server cannot change the "
        "password itself.";
    finding.fix = as_administrator(facts, fmt::format("ALTER USER {} PASSWORD EXPIRE NEVER;", mysql_account(facts)));
  } else if (session.account_plugin == "mysql_native_password" || session.account_plugin == "sha256_password") {
    finding.status = Status::warn;
    finding.cause = "old-login-method";
    finding.expected = "caching_sha2_password";
    finding.why = fmt::format(
        "MySQL 8.4 has {} switched off, 9.0 no longer has mysql_native_password at all: after that upgrade the W&B "
        "server cannot log in.",
        session.account_plugin);
    finding.fix =
        as_administrator(facts, fmt::format("ALTER USER {} IDENTIFIED WITH caching_sha2_password BY 'PASSWORD';",
                                            mysql_account(facts))) +
        "\nPASSWORD is the one that MYSQL already holds.";
  }
  if (finding.status != Status::pass) finding.reproduce = mysql_client(facts, "SHOW CREATE USER CURRENT_USER()");
  return {finding};
}

}  // namespace

CheckSpec mysql_account_check() {
  CheckSpec spec;
  spec.id = "mysql.account";
  spec.probe = "mysql";
  spec.title = "Nothing will lock W&B's account out";
  spec.needs = {"mysql.login"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
