#include <fmt/format.h>

#include <algorithm>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// The step as its statement.
std::string_view statement_of(std::string_view step) {
  constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"lock", "GET_LOCK"},
      {"limits", "SET SESSION"},
      {"create", "CREATE TABLE"},
      {"begin", "START TRANSACTION"},
      {"insert", "INSERT"},
      {"read", "SELECT"},
      {"roll-back", "ROLLBACK"},
      {"count", "SELECT COUNT"},
      {"add-index", "ALTER TABLE … ADD INDEX, ALGORITHM = INPLACE"},
      {"add-column", "ALTER TABLE … ADD COLUMN, ALGORITHM = INSTANT"},
      {"drop", "DROP TABLE"},
  };
  const auto* at =
      std::find_if(std::begin(words), std::end(words), [&](const auto& pair) { return pair.first == step; });
  return at == std::end(words) ? step : at->second;
}

std::string advise(const MysqlWriteFacts& facts, const MysqlWriteStep& step) {
  const std::string_view cause = step.cause;
  if (cause.starts_with("table-full") || cause.starts_with("disk-full") || cause.starts_with("storage-error")) {
    return "The disk of the database is full, or fails. On its machine: df -h; old binary logs go with\n  PURGE BINARY "
           "LOGS BEFORE NOW() - INTERVAL 1 DAY;";
  }
  if (cause.starts_with("privilege-missing") || cause.starts_with("no-database-access") ||
      cause.starts_with("access-denied")) {
    return fmt::format("As an administrator:\n  GRANT ALL ON {}.* TO {}@'%' WITH GRANT OPTION;",
                       sql_name(facts.database), sql_text(facts.user));
  }
  if (cause.starts_with("lock-wait-timeout"))
    return "Somebody holds a lock on the database, a backup perhaps:\n  SELECT * FROM "
           "performance_schema.metadata_locks;";
  if (cause.starts_with("read-only"))
    return "The server has become read-only since it was asked: a failover. Run again, and see mysql.writable.";
  if (cause.starts_with("wrong-text"))
    return "The connection or the table does not take four-byte characters: see init_connect, character_set_server and "
           "skip-character-set-client-handshake of the server.";
  return "The statement is in the report; run it by hand as the same account, and look into MySQL's error log.";
}

Findings judge(const MysqlWriteFacts& facts, const Scene&) {
  Finding finding;
  finding.setting = "MYSQL";
  const std::string reproduce =
      mysql_client(facts,
                   "CREATE TABLE wbverify_test (s VARCHAR(64)); INSERT INTO wbverify_test VALUES "
                   "('a\u00df\u1e9e\U0001F680'); SELECT s, HEX(s) FROM wbverify_test; DROP TABLE wbverify_test");
  if (facts.steps.empty() || !facts.cause.empty()) {
    finding.status = Status::unknown;
    finding.cause = facts.cause.empty() ? "interrupted" : facts.cause;
    finding.blame = blame_from_name(facts.blame).value_or(Blame::target);
    finding.observed =
        "Nothing was written: " + (facts.text.empty() ? std::string("the run was stopped.") : facts.text);
    if (facts.cause == "busy") finding.fix = "Run again in a minute.";
    return {finding};
  }
  const std::string drop = fmt::format("DROP TABLE IF EXISTS {}.{};", sql_name(facts.database), sql_name(facts.table));
  const auto broken = std::find_if(facts.steps.begin(), facts.steps.end(),
                                   [](const MysqlWriteStep& step) { return !step.cause.empty(); });
  double total = 0;
  for (const auto& step : facts.steps) total += step.duration_ms;
  if (broken != facts.steps.end()) {
    const bool stopped = broken->cause == "stopped" || broken->cause == "timed-out";
    finding.status = stopped ? Status::unknown : Status::fail;
    finding.blame = stopped ? Blame::target : Blame::none;
    finding.cause = broken->cause;
    finding.observed = fmt::format("{} {}: {}", statement_of(broken->name), stopped ? "was not answered" : "fails", broken->text);
    finding.expected = "A table can be made, filled, read, altered online and dropped.";
    finding.why = "The W&B server does the same when it migrates and with every run it logs; it meets the same error.";
    finding.fix = advise(facts, *broken);
    finding.reproduce = reproduce;
  } else if (facts.read_hex != facts.sent_hex) {
    finding.status = Status::fail;
    finding.cause = "text-changed";
    finding.observed = fmt::format("Sent {}, stored {}.", facts.sent_hex, for_display(facts.read_hex, 120));
    finding.expected = "The bytes that were sent.";
    finding.why =
        "The server takes the connection's bytes for another character set. Emoji and everything outside of ASCII is "
        "stored wrongly, and wandb verify reports that history and summary differ.";
    finding.fix =
        "Something overrides the character set of connections. As an administrator:\n"
        "  SELECT @@GLOBAL.init_connect, @@GLOBAL.character_set_server;\n"
        "Take SET NAMES out of init_connect (SET PERSIST init_connect = '';) and skip-character-set-client-handshake "
        "out of my.cnf.";
    finding.reproduce = reproduce;
  } else if (facts.rows_left != "0") {
    finding.status = Status::fail;
    finding.cause = "rollback-ignored";
    finding.observed = fmt::format("{} row after ROLLBACK.", facts.rows_left);
    finding.expected = "No row after ROLLBACK.";
    finding.why = "New tables are not InnoDB, or a proxy commits each statement: what W&B rolls back stays.";
    finding.fix =
        "  SELECT @@default_storage_engine, @@autocommit;\nThe first has to be InnoDB. Through a proxy, switch it to "
        "session pooling.";
    finding.reproduce = reproduce;
  } else {
    finding.observed = fmt::format("made, filled, read back, altered twice and dropped in {:.0f} ms", total);
  }
  if (facts.left_behind) {
    finding.status = Status::fail;
    finding.cause = "left-behind";
    finding.observed += fmt::format(" The table {} is still there, empty.", facts.table);
    finding.fix = "wbverify cleanup\nOr by hand:\n  " + drop;
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_round_trip_check() {
  CheckSpec spec;
  spec.id = "mysql.round-trip";
  spec.probe = "mysql.write";
  spec.title = "What is written to MySQL comes back unchanged, and tables can be altered";
  spec.needs = {"mysql.login"};
  return make_check<MysqlWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
