#pragma once
#include "checks/mysql/facts.hpp"
#include "clients/mysql.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// Looks at the database once: names, connections, greeting, TLS, one log-in, one session of reads.
ProbeSpec mysql_probe();
/// Writes a table of its own and drops it again.
ProbeSpec mysql_write_probe();
/// Drops a table that an earlier run left.
UndoSpec mysql_undo();
/// What runs left that no journal lists: tables `_wbverify_<run id>` with our mark.
LeftoverSpec mysql_leftovers();

/// Stands in the comment of the table; nothing without it is ever dropped.
inline constexpr std::string_view mysql_table_mark = "wbverify probe";
std::string mysql_table_name(const std::string& run_id);
/// The lock that the session holds which writes this table.
std::string mysql_lock_name(const std::string& table);
/// The system of a journal entry: `db.example.com:3306/wandb_local`.
std::string mysql_where(const MysqlTarget& target);
/// A session for writing; looks again when the certificate judged by the first probe is not the one met now.
Result<MysqlSession> mysql_writing_session(const MysqlTarget& target, const Settings& settings, const MysqlFacts* seen, Deadline deadline, const std::stop_token& stop,
                                           std::atomic<int>& round_trips);
/// Waits a second for the table's lock, which a session at work still holds: then nothing that it sent can come later. Cause
/// `still-at-work` when it is taken, `no-locks` when the server, or what stands in front of it, knows no locks.
inline constexpr std::string_view no_locks = "no-locks";
Result<void> mysql_lock(MysqlSession& session, const std::string& table, Deadline deadline);
/// Drops the table under its lock.
Result<MysqlRows> mysql_drop(MysqlSession& session, const std::string& table, Deadline deadline);

/// How MYSQL demands the log-in to be protected, given what was seen; an error says why the password must not be sent.
Result<MysqlLogin> mysql_login(const MysqlTarget& target, const MysqlFacts& seen);
MysqlPlace mysql_place(const MysqlTarget& target, const Settings& settings);
/// Everything from the name to the judged certificate, without a log-in.
void look_at_mysql(const MysqlTarget& target, const Settings& settings, Deadline deadline, const std::stop_token& stop,
                   std::atomic<int>& round_trips, MysqlFacts& facts);
/// The questions of the session; fills facts.session as far as the answers come.
void ask_mysql(MysqlSession& session, Deadline deadline, const std::string& run_id, MysqlFacts& facts);

}  // namespace wbverify
