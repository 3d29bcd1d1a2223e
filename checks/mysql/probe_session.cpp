#include <algorithm>
#include <chrono>
#include <optional>

#include "checks/mysql/facts_flavour.hpp"
#include "checks/mysql/facts_variables.hpp"
#include "checks/mysql/probe.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

/// Every question is answered from memory or the data dictionary. The server ends a SELECT after 3 s
/// (max_execution_time) and the session goes on; what has not ended then has lost its server.
constexpr milliseconds answer_limit{5000};
constexpr std::size_t most_odd_tables = 21;

std::int64_t microseconds_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class Questions {
 public:
  Questions(MysqlSession& session, Deadline deadline, MysqlSessionFacts& out)
      : session_(session), deadline_(deadline), out_(out) {}

  /// The rows, or none when the question failed; then `failed` holds the server's words under its name.
  MysqlRows ask(const std::string& name, const std::string& sql) {
    if (broken_) return {};
    auto rows = session_.query(sql, deadline_.within(answer_limit));
    if (!rows) {
      out_.failed[name] = rows.error().text;
      causes_[name] = rows.error().cause;
      const std::string& cause = rows.error().cause;
      if (cause == "timed-out" || cause == "stopped" || cause == "too-large" || cause == "no-resources" || cause.starts_with("lost-connection")) broken_ = rows.error();
      return {};
    }
    ++out_.answers;
    if (out_.fastest_ms == 0 || rows->duration_ms < out_.fastest_ms) out_.fastest_ms = rows->duration_ms;
    return *std::move(rows);
  }
  /// Why the session broke off; nothing while it lives.
  const std::optional<Error>& broken() const { return broken_; }
  std::string cause(const std::string& name) const {
    const auto at = causes_.find(name);
    return at == causes_.end() ? "" : at->second;
  }

 private:
  MysqlSession& session_;
  Deadline deadline_;
  MysqlSessionFacts& out_;
  std::map<std::string, std::string> causes_;
  std::optional<Error> broken_;
};

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out;
}

/// The words after `keyword` in the statement of SHOW CREATE USER, which also holds the password's hash: only what is
/// named here leaves.
std::string word_after(std::string_view statement, std::string_view keyword) {
  const auto at = statement.find(keyword);
  if (at == std::string_view::npos) return "";
  auto rest = trim(statement.substr(at + keyword.size()));
  if (rest.starts_with('\'')) {
    rest.remove_prefix(1);
    return for_display(rest.substr(0, rest.find('\'')), 64);
  }
  const auto count = rest.starts_with("INTERVAL") ? 3 : 1;
  std::string out;
  for (const auto& word : split(rest, ' ')) {
    if (static_cast<int>(std::count(out.begin(), out.end(), ' ')) + 1 == count && !out.empty()) break;
    out += (out.empty() ? "" : " ") + word;
  }
  return for_display(out, 64);
}

}  // namespace

void ask_mysql(MysqlSession& session, Deadline deadline, const std::string& run_id, MysqlFacts& facts) {
  MysqlSessionFacts& out = facts.session;
  Questions questions(session, deadline, out);

  // The server itself refuses every write of ours from here on, and ends a statement that runs too long.
  questions.ask(
      "setup",
      "SET SESSION transaction_read_only = 1, SESSION max_execution_time = 3000, SESSION lock_wait_timeout = 3");

  out.asked_at = microseconds_now();
  const auto identity = questions.ask(
      "identity",
      "SELECT UTC_TIMESTAMP(6), VERSION(), @@GLOBAL.version_comment, CURRENT_USER(), USER(), @@GLOBAL.basedir, "
      "@@GLOBAL.hostname, @@SESSION.sort_buffer_size, @@SESSION.max_user_connections");
  out.answered_at = microseconds_now();
  out.server_time = identity.text(0, 0);
  out.version = identity.text(0, 1);
  out.version_comment = identity.text(0, 2);
  out.current_user = identity.text(0, 3);
  out.seen_as = identity.text(0, 4);
  out.base_directory = identity.text(0, 5);
  out.host_name = identity.text(0, 6);
  out.session_sort_buffer_size = identity.text(0, 7);
  out.session_max_user_connections = identity.text(0, 8);

  const std::string names = quoted_list(mysql_variable_names());
  for (const auto& row :
       questions.ask("variables", "SHOW GLOBAL VARIABLES WHERE Variable_name IN (" + names + ")").rows) {
    if (row.size() == 2 && row[0]) out.variables[to_lower(*row[0])].value = row[1].value_or("");
  }
  const auto sources = questions.ask(
      "sources",
      "SELECT i.VARIABLE_NAME, i.VARIABLE_SOURCE, i.VARIABLE_PATH, p.VARIABLE_VALUE FROM "
      "performance_schema.variables_info i "
      "LEFT JOIN performance_schema.persisted_variables p USING (VARIABLE_NAME) WHERE i.VARIABLE_NAME IN (" +
          names + ")");
  for (const auto& row : sources.rows) {
    if (row.size() != 4 || !row[0]) continue;
    const auto at = out.variables.find(to_lower(*row[0]));
    if (at == out.variables.end()) continue;
    at->second.source = row[1].value_or("");
    at->second.path = row[2].value_or("");
    at->second.persisted = row[3];
  }
  for (const auto& row :
       questions.ask("status", "SHOW SESSION STATUS WHERE Variable_name IN (" + quoted_list(mysql_status_names()) + ")")
           .rows) {
    if (row.size() == 2 && row[0]) out.status[*row[0]] = row[1].value_or("");
  }
  if (may_be_aurora(facts)) out.aurora_version = questions.ask("aurora", "SELECT AURORA_VERSION()").text(0, 0);

  for (const auto& row : questions.ask("grants", "SHOW GRANTS").rows) {
    // MySQL 5.7 and older show the password's hash here.
    if (!row.empty() && row[0]) out.grants.push_back(row[0]->substr(0, row[0]->find(" IDENTIFIED ")));
  }
  const std::string account = questions.ask("account", "SHOW CREATE USER CURRENT_USER()").text(0, 0);
  out.account_plugin = word_after(account, "IDENTIFIED WITH ");
  out.account_expiry = word_after(account, "PASSWORD EXPIRE ");

  const auto schema = questions.ask(
      "schema",
      "SELECT s.DEFAULT_CHARACTER_SET_NAME, s.DEFAULT_COLLATION_NAME, COUNT(t.TABLE_NAME), SUM(t.DATA_LENGTH + "
      "t.INDEX_LENGTH) "
      "FROM information_schema.SCHEMATA s LEFT JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = s.SCHEMA_NAME "
      "WHERE s.SCHEMA_NAME = DATABASE() GROUP BY 1, 2");
  out.charset = schema.text(0, 0);
  out.collation = schema.text(0, 1);
  out.tables = schema.text(0, 2);
  out.bytes = schema.text(0, 3);
  const auto odd = questions.ask("tables",
                                 "SELECT t.TABLE_NAME, t.TABLE_COLLATION, t.ENGINE FROM information_schema.TABLES t "
                                 "JOIN information_schema.SCHEMATA s "
                                 "ON s.SCHEMA_NAME = t.TABLE_SCHEMA WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE "
                                 "= 'BASE TABLE' AND (t.ENGINE <> 'InnoDB' "
                                 "OR t.TABLE_COLLATION <> s.DEFAULT_COLLATION_NAME) ORDER BY t.TABLE_NAME LIMIT " +
                                     std::to_string(most_odd_tables));
  for (std::size_t i = 0; i < odd.rows.size(); ++i)
    out.odd_tables.push_back({odd.text(i, 0), odd.text(i, 1), odd.text(i, 2)});

  const auto migrations = questions.ask(
      "migrations", "SELECT version, dirty FROM schema_migrations ORDER BY dirty DESC, version DESC LIMIT 1");
  out.migrated = !migrations.rows.empty();
  out.migration_version = migrations.text(0, 0);
  out.migration_dirty = migrations.text(0, 1);
  // A database that was never migrated has no such table; that is no failure.
  if (questions.cause("migrations") == "no-such-table-1146") out.failed.erase("migrations");

  out.lock =
      questions.ask("lock", "SELECT GET_LOCK('wbverify-" + run_id + "', 0), RELEASE_LOCK('wbverify-" + run_id + "')")
          .text(0, 0);

  // A session that broke off says nothing about what was not asked any more: the log-in is what failed.
  if (const auto& error = questions.broken()) {
    facts.login.cause = error->cause;
    facts.login.text = "The session broke off after " + std::to_string(out.answers) + " answers: " + error->text;
    facts.login.blame = name(error->blame);
    facts.login.transient = error->transient;
  }
}

}  // namespace wbverify
