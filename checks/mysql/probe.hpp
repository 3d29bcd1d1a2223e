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

/// How MYSQL demands the log-in to be protected, given what was seen; an error says why the password must not be sent.
Result<MysqlLogin> mysql_login(const MysqlTarget& target, const MysqlFacts& seen);
MysqlPlace mysql_place(const MysqlTarget& target, const Settings& settings);
/// Everything from the name to the judged certificate, without a log-in.
void look_at_mysql(const MysqlTarget& target, const Settings& settings, Deadline deadline, const std::stop_token& stop,
                   std::atomic<int>& round_trips, MysqlFacts& facts);
/// The questions of the session; fills facts.session as far as the answers come.
void ask_mysql(MysqlSession& session, Deadline deadline, const std::string& run_id, MysqlFacts& facts);

}  // namespace wbverify
