#include <fmt/format.h>

#include <algorithm>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/facts_grants.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// `_` and `%` are wildcards in a GRANT, harmless here: the manual's own statement for W&B does not escape them either.
std::string grant(const MysqlFacts& facts) {
  return as_administrator(
      facts, fmt::format("GRANT ALL ON {}.* TO {} WITH GRANT OPTION;", sql_name(facts.database), mysql_account(facts)));
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  const MysqlSessionFacts& session = facts.session;
  const auto& all = mysql_database_privileges();
  Finding finding;
  finding.setting = "MYSQL";
  finding.reproduce = mysql_client(facts, "SHOW GRANTS");
  if (session.grants.empty()) {
    const auto at = session.failed.find("grants");
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    finding.observed =
        "The server did not show the account's grants: " + (at == session.failed.end() ? "no answer" : at->second);
    return {finding};
  }
  const MysqlRights rights = sum_mysql_grants(session.grants, facts.database);
  std::vector<std::string> missing;
  std::set_difference(all.begin(), all.end(), rights.privileges.begin(), rights.privileges.end(),
                      std::back_inserter(missing));
  if (!missing.empty()) {
    finding.status = Status::fail;
    finding.cause = "missing-privileges";
    finding.observed = fmt::format("{} lacks {} of {} rights on {}: {}.", mysql_account(facts), missing.size(),
                                   all.size(), facts.database, join(missing, ", "));
    if (!rights.unread.empty()) finding.observed += " Not understood: " + for_display(rights.unread.front(), 160);
    finding.expected = "GRANT ALL on the database.";
    finding.why =
        "The W&B server makes and alters its tables itself. At the first statement that is refused (error 1142 or "
        "1044) a migration stops halfway, and the schema stays dirty.";
    finding.fix = grant(facts);
  } else if (!rights.grant_option) {
    finding.status = Status::warn;
    finding.cause = "no-grant-option";
    finding.observed =
        fmt::format("{} has all rights on {}, without GRANT OPTION.", mysql_account(facts), facts.database);
    finding.expected = "GRANT ALL … WITH GRANT OPTION, as W&B documents it.";
    finding.why = "W&B documents the account with it. Nothing may miss it today; a later release of the server may.";
    finding.fix = grant(facts);
  } else {
    finding = passed(
        fmt::format("{} has all {} rights and GRANT OPTION on {}", mysql_account(facts), all.size(), facts.database));
    finding.setting = "MYSQL";
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_grants_check() {
  CheckSpec spec;
  spec.id = "mysql.grants";
  spec.probe = "mysql";
  spec.title = "W&B's account has all rights on its database";
  spec.needs = {"mysql.login"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
