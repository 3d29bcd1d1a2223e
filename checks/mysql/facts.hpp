#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/mysql_wire.hpp"
#include "clients/reach.hpp"
#include "clients/tls.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// A server variable: its global value as the server writes it, and how it came to it
/// (performance_schema.variables_info).
struct MysqlVariable {
  std::string value;
  std::string source;  ///< COMPILED, GLOBAL, EXPLICIT, COMMAND_LINE, PERSISTED, DYNAMIC, …; empty when not told
  std::string path;    ///< option file, or empty
  std::optional<std::string> persisted;  ///< what mysqld-auto.cnf gives it at the next start
  bool operator==(const MysqlVariable&) const = default;
};

struct MysqlTable {
  std::string name, collation, engine;
  bool operator==(const MysqlTable&) const = default;
};

/// The log-in, or why there was none.
struct MysqlLoginFacts {
  bool tried = false;
  std::string cause, text;       ///< of MysqlSession; empty when it succeeded
  std::string blame = "target";  ///< name() of a Blame
  bool transient = false;
  std::string tls_version, tls_cipher;  ///< empty: not encrypted
  std::string library;                  ///< the client library used
  double duration_ms = 0;
  bool succeeded() const { return tried && cause.empty(); }
};

/// What the session told. A question that was answered with an error stands in `failed`, by its name.
struct MysqlSessionFacts {
  std::string version, version_comment, current_user, seen_as, base_directory, host_name;
  std::string server_time;                     ///< UTC, `YYYY-MM-DD hh:mm:ss.ffffff`
  std::int64_t asked_at = 0, answered_at = 0;  ///< this machine's clock around the question, Unix microseconds
  std::string session_sort_buffer_size, session_max_user_connections;
  std::string aurora_version;
  std::map<std::string, MysqlVariable> variables;
  std::map<std::string, std::string> status;
  std::vector<std::string> grants;
  std::string account_plugin,
      account_expiry;                  ///< of SHOW CREATE USER: `caching_sha2_password`, `DEFAULT` or `INTERVAL 90 DAY`
  std::string charset, collation;      ///< of the database
  std::string tables, bytes;           ///< their number and their size
  std::vector<MysqlTable> odd_tables;  ///< not InnoDB, or not of the database's collation; 21 at most
  bool migrated = false;               ///< schema_migrations exists
  std::string migration_version, migration_dirty;
  std::string lock;       ///< GET_LOCK: 1 got, 0 taken, empty NULL
  double fastest_ms = 0;  ///< the quickest of all answers
  int answers = 0;
  std::map<std::string, std::string> failed;
};

/// Where MYSQL points to, without the password.
struct MysqlPlace {
  std::string host;
  std::uint16_t port = 0;
  std::string user, database;
  std::string tls_mode;               ///< `false`, `preferred`, `skip-verify`, `true`, `custom`
  std::string ca_file;                ///< ssl-ca of MYSQL
  std::vector<std::string> ca_files;  ///< what is trusted besides the system
};

/// Everything about the database, gathered over one look at the port, one handshake and one session.
struct MysqlFacts : MysqlPlace {
  std::string unreadable_file;  ///< a file of MYSQL that is not on this machine
  Reach reach;
  std::string address;   ///< the one asked
  bool greeted = false;  ///< the greeting was waited for
  MysqlGreeting greeting;
  bool handshaken = false;  ///< a TLS handshake was tried
  TlsObservation tls;
  MysqlLoginFacts login;
  MysqlSessionFacts session;
};

WBVERIFY_FACTS(MysqlFacts);

/// One step of the write probe.
struct MysqlWriteStep {
  std::string name;         ///< `create`, `insert`, `read`, `roll-back`, `add-index`, `add-column`, `drop`, `look`
  std::string statement;    ///< as sent, shortened
  std::string cause, text;  ///< empty when it succeeded
  double duration_ms = 0;
};

/// The write probe: a table of our own, made, filled, read, altered and dropped.
struct MysqlWriteFacts : MysqlPlace {
  std::string table;
  std::string cause, text;  ///< why nothing was written: log-in, lock or journal
  bool transient = false;
  std::string blame = "target";  ///< name() of a Blame
  std::vector<MysqlWriteStep> steps;
  std::string sent_hex, read_hex;  ///< the text's bytes, upper-case hexadecimal
  std::string rows_left;           ///< rows after the roll-back
  bool left_behind = false;        ///< the table is, or may be, still there
};

WBVERIFY_FACTS(MysqlWriteFacts);

}  // namespace wbverify
