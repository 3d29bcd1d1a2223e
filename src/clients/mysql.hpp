#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"

namespace wbverify {

/// How to log in. The address is already resolved and the certificate already judged: the library only repeats what was
/// found good.
struct MysqlLogin {
  enum class Tls {
    off,        ///< none; the password goes out encrypted with the server's RSA key, or hashed
    encrypted,  ///< demanded, nobody's identity verified: `skip-verify`, and `preferred` where the server offers TLS
    verified,   ///< demanded, and it must be the certificate that was judged
  };
  std::string host;     ///< the name, for verification where the library cannot pin a certificate
  std::string address;  ///< IP literal
  std::uint16_t port = 3306;
  std::string user;
  Secret password;
  std::string database;  ///< empty: none
  Tls tls = Tls::off;
  std::string certificate_sha1;       ///< fingerprint of the judged leaf, hexadecimal; required with TLS
  std::vector<std::string> ca_files;  ///< PEM
  bool system_trust = true;
  std::string cert_file, key_file;  ///< the client's own, or empty
};

/// The answer to one query: texts as the server formats them, clean; nothing for NULL.
struct MysqlRows {
  std::vector<std::vector<std::optional<std::string>>> rows;
  bool truncated = false;  ///< more than the limit of rows came
  double duration_ms = 0;

  /// The cell as text; empty for NULL and for a cell that is not there.
  std::string text(std::size_t row, std::size_t column) const;
};

/// One logged-in connection, for one thread. Reads no option file and no LOAD DATA LOCAL; speaks TCP and utf8mb4; never
/// sends the password in clear: on a connection without TLS only the methods that hide it are allowed.
/// Error causes: the words of the situation and, when the server or the library gave one, its number:
/// `access-denied-1045`, `unknown-database-1049`, `no-database-access-1044`, `too-many-connections-1040`,
/// `tls-required-3159`, `plugin-not-loaded`, `login-method-refused`, `certificate-changed`, `lost-connection-2013`,
/// `too-large` (more bytes than any of our questions is answered with), `refused`, `timed-out`, `stopped`, … and `error-<number>` for all others.
class MysqlSession {
 public:
  static Result<MysqlSession> open(const MysqlLogin& login, Deadline deadline, const std::stop_token& stop = {});
  MysqlSession(MysqlSession&&) noexcept;
  MysqlSession& operator=(MysqlSession&&) noexcept;
  ~MysqlSession();

  /// One statement; at most `limit` rows are kept. `cell_limit` bounds each text in bytes.
  Result<MysqlRows> query(std::string_view sql, Deadline deadline, std::size_t limit = 2000,
                          std::size_t cell_limit = 4096);

  /// From now on a stop is not heard: for cleaning up.
  void forget_stop();

  std::string tls_version() const;  ///< `TLSv1.3`; empty without TLS, or when the library does not tell
  std::string tls_cipher() const;   ///< empty without TLS
  int round_trips() const;          ///< log-in and statements so far

 private:
  struct State;
  explicit MysqlSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Name and version of the client library this program was built with: `MariaDB Connector/C 3.3.20`.
std::string mysql_library();

/// What an error number of server or library means: its cause, and whether trying again soon may help. Pure; exposed
/// for tests.
Error describe_mysql_error(unsigned number, std::string_view text);

/// A name as it stands in a statement, in backticks.
std::string mysql_quote_name(std::string_view name);

}  // namespace wbverify
