#include "checks/mysql/facts.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(MysqlVariable, value, source, path, persisted)
WBVERIFY_JSON(MysqlTable, name, collation, engine)
WBVERIFY_JSON(MysqlLoginFacts, tried, cause, text, blame, transient, tls_version, tls_cipher, library, duration_ms)
WBVERIFY_JSON(MysqlSessionFacts, version, version_comment, current_user, seen_as, base_directory, host_name,
              server_time, asked_at, answered_at, session_sort_buffer_size, session_max_user_connections,
              aurora_version, variables, status, grants, account_plugin, account_expiry, charset, collation, tables,
              bytes, odd_tables, migrated, migration_version, migration_dirty, lock, fastest_ms, answers, failed)
WBVERIFY_JSON(MysqlFacts, host, port, user, database, tls_mode, ca_file, ca_files, unreadable_file, reach, address,
              greeted, greeting, handshaken, tls, login, session)
WBVERIFY_JSON(MysqlWriteStep, name, statement, cause, text, duration_ms)
WBVERIFY_JSON(MysqlWriteFacts, host, port, user, database, tls_mode, ca_file, ca_files, table, cause, text, transient,
              blame, steps, sent_hex, read_hex, rows_left, left_behind)

WBVERIFY_DEFINE_FACTS(MysqlFacts)
WBVERIFY_DEFINE_FACTS(MysqlWriteFacts)

}  // namespace wbverify
