#include <charconv>
#include <chrono>

#include "checks/mysql/probe.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr const char* kind = "mysql-table";
constexpr std::string_view prefix = "_wbverify_";
constexpr std::size_t id_length = 16;
/// What is younger may belong to a run at work.
constexpr std::int64_t least_age = 3600;
constexpr milliseconds drop_limit{10000};

Error refused(std::string words) { return {"not-undone", std::move(words), Blame::target, false}; }

/// As runs name theirs: nothing else is ever dropped.
bool is_table_name(std::string_view name) {
  return name.size() == prefix.size() + id_length && name.starts_with(prefix) && name.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

bool concerns(const JournalEntry& entry, const Settings& settings) {
  return settings.mysql && mysql_where(*settings.mysql) == entry.where && is_table_name(entry.name);
}

/// Whether the table is there. An error when it is, and is not ours.
Result<bool> is_there(MysqlSession& session, const std::string& table, Deadline deadline) {
  const auto comment = session.query("SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" + table + "'", deadline);
  if (!comment) return fail(comment.error());
  if (comment->rows.empty()) return false;
  if (!comment->text(0, 0).starts_with(mysql_table_mark)) return fail(refused("The table " + table + " does not say that it is a probe of wbverify's."));
  return true;
}

Result<MysqlSession> log_in(const Settings& settings, Deadline deadline, const std::stop_token& stop) {
  std::atomic<int> round_trips = 0;
  return mysql_writing_session(*settings.mysql, settings, nullptr, deadline, stop, round_trips);
}

Result<Undone> remove_table(MysqlSession& session, const std::string& table, Deadline deadline) {
  if (auto locked = mysql_lock(session, table, deadline); !locked && locked.error().cause != no_locks) return fail(locked.error());
  const auto there = is_there(session, table, deadline);
  if (!there) return fail(there.error());
  if (!*there) return Undone::absent;
  auto dropped = session.query("DROP TABLE IF EXISTS " + mysql_quote_name(table), deadline.within(drop_limit));
  // Who may not drop it now may not later.
  if (!dropped && dropped.error().cause.starts_with("privilege-missing")) dropped.error().cause = "not-undone";
  if (!dropped) return fail(dropped.error());
  return Undone::removed;
}

Result<Undone> undo(const JournalEntry& entry, const Settings& settings, Deadline deadline, std::stop_token stop) {
  auto session = log_in(settings, deadline, stop);
  if (!session) return fail(session.error());
  return remove_table(*session, entry.name, deadline);
}

std::int64_t number(const MysqlRows& rows, std::size_t row, std::size_t column) {
  const std::string text = rows.text(row, column);
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// Tables with their age by the server's own clock. Those whose lock is held are written at this moment.
Result<std::vector<FoundGroup>> tables(MysqlSession& session, const MysqlTarget& target, Deadline deadline) {
  constexpr std::size_t most = 100000;
  const auto rows = session.query("SELECT TABLE_NAME, TABLE_COMMENT, COALESCE(UNIX_TIMESTAMP(CREATE_TIME), 0), UNIX_TIMESTAMP(), "
                                  "IS_USED_LOCK(CONCAT('wbverify-', SUBSTRING(TABLE_NAME, 11))) FROM information_schema.TABLES "
                                  "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '\\_wbverify\\_%' ORDER BY TABLE_NAME",
                                  deadline, most);
  if (!rows) return fail(rows.error());
  if (rows->truncated) return fail({"incomplete-listing", "The server's list of tables has no end.", Blame::target, false});
  std::vector<FoundGroup> out;
  for (std::size_t i = 0; i < rows->rows.size(); ++i) {
    const std::string name = rows->text(i, 0);
    if (!is_table_name(name) || !rows->text(i, 1).starts_with(mysql_table_mark)) continue;
    const std::int64_t made = number(*rows, i, 2), now = number(*rows, i, 3);
    const bool in_use = made == 0 || now - made < least_age || !rows->text(i, 4).empty();
    out.push_back({{kind, mysql_where(target), name}, {}, made * 1000, in_use});
  }
  return out;
}

Result<std::vector<FoundGroup>> find(const Settings& settings, Deadline deadline, std::stop_token stop) {
  if (!settings.mysql) return fail({std::string(not_configured), "MYSQL is not set.", Blame::machine, false});
  auto session = log_in(settings, deadline, stop);
  if (!session) return fail(session.error());
  return tables(*session, *settings.mysql, deadline);
}

std::vector<RemovedGroup> remove(const std::vector<FoundGroup>& groups, const Settings& settings, Deadline deadline, std::stop_token stop) {
  std::vector<RemovedGroup> out;
  auto session = log_in(settings, deadline, stop);
  for (const auto& group : groups) {
    const auto done = session ? remove_table(*session, group.entry.name, deadline) : fail(session.error());
    out.push_back({group.entry, done ? std::string() : done.error().text, !done && done.error().cause != "not-undone"});
  }
  return out;
}

}  // namespace

Result<MysqlSession> mysql_writing_session(const MysqlTarget& target, const Settings& settings, const MysqlFacts* seen,
                            Deadline deadline, const std::stop_token& stop, std::atomic<int>& round_trips) {
  MysqlFacts facts;
  if (seen != nullptr) facts = *seen;
  for (int attempt = 1;; ++attempt) {
    if (seen == nullptr || attempt > 1) {
      facts = {};
      look_at_mysql(target, settings, deadline, stop, round_trips, facts);
    }
    const auto login = mysql_login(target, facts);
    if (!login) return fail(login.error());
    ++round_trips;
    auto session = MysqlSession::open(*login, deadline, stop);
    if (session || session.error().cause != "certificate-changed" || attempt == 3) return session;
  }
}

std::string mysql_table_name(const std::string& run_id) { return std::string(prefix) + run_id; }

std::string mysql_lock_name(const std::string& table) { return "wbverify-" + table.substr(prefix.size()); }

std::string mysql_where(const MysqlTarget& target) { return target.host + ":" + std::to_string(target.port) + "/" + target.database; }

Result<void> mysql_lock(MysqlSession& session, const std::string& table, Deadline deadline) {
  const auto lock = session.query("SELECT GET_LOCK('" + mysql_lock_name(table) + "', 1)", deadline);
  if (!lock) return fail(lock.error());
  if (lock->text(0, 0) == "1") return {};
  if (lock->text(0, 0) == "0") return fail({"still-at-work", "The session that made the table " + table + " is still at work on the server.", Blame::target, true});
  return fail({std::string(no_locks), "GET_LOCK gives NULL.", Blame::target, false});
}

Result<MysqlRows> mysql_drop(MysqlSession& session, const std::string& table, Deadline deadline) {
  if (auto locked = mysql_lock(session, table, deadline); !locked) return fail(locked.error());
  return session.query("DROP TABLE IF EXISTS " + mysql_quote_name(table), deadline);
}

UndoSpec mysql_undo() { return {kind, concerns, undo}; }
LeftoverSpec mysql_leftovers() { return {"all", find, remove}; }

}  // namespace wbverify
