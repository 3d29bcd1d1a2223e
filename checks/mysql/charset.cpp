#include <fmt/format.h>

#include <algorithm>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "checks/policy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* database_title = "The database is utf8mb4 with utf8mb4_general_ci";
constexpr const char* tables_title = "The tables are InnoDB and of the database's collation";
constexpr std::size_t most_named = 5;

Finding judge_database(const MysqlFacts& facts) {
  const MysqlSessionFacts& session = facts.session;
  Finding finding;
  if (session.charset.empty()) {
    const auto at = session.failed.find("schema");
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    finding.observed = "The server did not show the database's character set: " +
                       (at == session.failed.end() ? "no answer" : at->second);
    return finding;
  }
  finding.observed = session.charset + ", " + session.collation;
  if (iequals(session.charset, policy::mysql_charset) && iequals(session.collation, policy::mysql_collation))
    return finding;
  finding.expected = "utf8mb4, utf8mb4_general_ci";
  finding.fix =
      as_administrator(facts, fmt::format("ALTER DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;",
                                          sql_name(facts.database))) +
      "\nThat counts for tables made from now on. When W&B has already made tables there, each needs, after a backup:\n"
      "  ALTER TABLE `name` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;";
  finding.reproduce = mysql_client(facts, "SELECT @@character_set_database, @@collation_database");
  if (!iequals(session.charset, policy::mysql_charset)) {
    finding.status = Status::fail;
    finding.cause = "wrong-charset";
    finding.why = session.charset.starts_with("utf8")
                      ? "This character set ends at three bytes: an emoji in a run's name or notes is refused with "
                        "error 1366, and the run's data is lost."
                      : "Every character outside of it, an emoji or a Korean run name, is refused with error 1366 or "
                        "stored as a question mark.";
  } else {
    finding.status = Status::warn;
    finding.cause = "other-collation";
    finding.why =
        "W&B makes some of its tables with utf8mb4_general_ci. A comparison with a column of another collation fails "
        "with error 1267 \"Illegal mix of collations\".";
  }
  return finding;
}

Finding judge_tables(const MysqlFacts& facts) {
  const MysqlSessionFacts& session = facts.session;
  if (!iequals(session.charset, policy::mysql_charset)) return skipped("The database itself has to be mended first.");
  if (const auto at = session.failed.find("tables"); at != session.failed.end()) {
    Finding finding;
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    finding.observed = "The server did not show the tables: " + at->second;
    return finding;
  }
  if (session.odd_tables.empty())
    return passed(session.tables.empty() || session.tables == "0" ? "no tables yet" : session.tables + " tables");

  std::vector<std::string> engines, others;
  for (const auto& table : session.odd_tables) {
    if (!iequals(table.engine, "InnoDB")) {
      engines.push_back(table.name + " (" + table.engine + ")");
    } else {
      others.push_back(table.name + " (" + table.collation + ")");
    }
  }
  const auto& named = engines.empty() ? others : engines;
  const std::vector<std::string> first(named.begin(),
                                       named.begin() + static_cast<std::ptrdiff_t>(std::min(named.size(), most_named)));
  Finding finding;
  finding.observed =
      join(first, ", ") + (named.size() > most_named ? fmt::format(" and {} more", named.size() - most_named) : "");
  const auto& one = session.odd_tables.front();
  if (!engines.empty()) {
    finding.status = Status::fail;
    finding.cause = "wrong-engine";
    finding.expected = "InnoDB for every table.";
    finding.why = "Other engines have no transactions: what W&B rolls back stays, and a crash breaks the table.";
    finding.fix = as_administrator(facts, fmt::format("ALTER TABLE {}.{} ENGINE = InnoDB;", sql_name(facts.database),
                                                      sql_name(named.front().substr(0, named.front().rfind(" (")))));
  } else {
    const bool charset = std::any_of(session.odd_tables.begin(), session.odd_tables.end(),
                                     [](const MysqlTable& t) { return !t.collation.starts_with("utf8mb4"); });
    finding.status = Status::warn;
    finding.cause = charset ? "other-charset" : "mixed-collations";
    finding.expected = session.collation + " for every table, as the database has it.";
    finding.why = charset ? "These tables refuse or mangle emoji and other four-byte characters."
                          : "Comparing columns of different collations fails with error 1267.";
    finding.fix = "After a backup, for each of them:\n  " +
                  fmt::format("ALTER TABLE {} CONVERT TO CHARACTER SET utf8mb4 COLLATE {};", sql_name(one.name),
                              session.collation);
  }
  finding.reproduce = mysql_client(
      facts,
      "SELECT TABLE_NAME, TABLE_COLLATION, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()");
  return finding;
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  Finding database = judge_database(facts);
  database.row = "database";
  database.title = database_title;
  database.setting = "MYSQL";
  Finding tables = judge_tables(facts);
  tables.row = "tables";
  tables.title = tables_title;
  return {database, tables};
}

}  // namespace

CheckSpec mysql_charset_check() {
  CheckSpec spec;
  spec.id = "mysql.charset";
  spec.probe = "mysql";
  spec.title = "The database stores every character";
  spec.needs = {"mysql.login"};
  spec.rows = {"database", "tables"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
