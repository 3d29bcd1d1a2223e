// The only file that knows the client library. It is Oracle's libmysqlclient (Ubuntu, RHEL) or MariaDB Connector/C
// (what Debian installs under that name); MARIADB_PACKAGE_VERSION tells them apart. Not `#ifdef MYSQL_OPT_SSL_MODE`:
// options are enumerators, not macros.
#include "clients/mysql.hpp"

#include <fcntl.h>
#include <mysql.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <type_traits>

#include "clients/mysql_budget.hpp"
#include "clients/tcp.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// `bool` in one library, `my_bool` (char) in the other.
using LibraryBool = std::remove_pointer_t<decltype(MYSQL_BIND::is_null)>;

/// The methods that never show the password: a scramble, or RSA encryption with the server's public key.
constexpr const char* hiding_methods = "mysql_native_password,caching_sha2_password,sha256_password";

constexpr unsigned long largest_packet = 16UL << 20U;

/// Bytes on the wire for one answer. The longest that is asked for has some hundred KiB; the library makes up to ten times as much
/// memory of what it is sent.
constexpr std::uint64_t largest_answer = 4 << 20;

/// How long a call of the library may wait, and what ended it when it waited longer. The library's own time limits count
/// whole seconds and begin anew with every byte.
class Patience {
 public:
  Patience(Deadline deadline, std::stop_token stop) : deadline_(deadline), stop_(std::move(stop)) {}

  bool in_time() {
    lost_ = lost_ || deadline_.expired() || stop_.stop_requested();
    return !lost_;
  }
  bool wait(int socket, short events) {
    lost_ = !in_time() || !tcp::wait(socket, events, deadline_, stop_);
    return !lost_;
  }
  /// For who has to ask now and then whether anything came.
  bool wait_a_moment(int socket, short events) {
    constexpr std::chrono::milliseconds moment{10};
    tcp::wait(socket, events, deadline_.within(moment), stop_);
    return in_time();
  }
  std::optional<Error> lost() const {
    if (!lost_) return std::nullopt;
    if (stop_.stop_requested()) return stopped();
    return Error{"timed-out", "No answer within the time limit.", Blame::target, true};
  }

 private:
  Deadline deadline_;
  std::stop_token stop_;
  bool lost_ = false;
};

void set(MYSQL* handle, mysql_option option, unsigned value) { mysql_options(handle, option, &value); }
void set(MYSQL* handle, mysql_option option, const std::string& value) {
  if (!value.empty()) mysql_options(handle, option, value.c_str());
}

#if defined(MARIADB_PACKAGE_VERSION)

int socket_of(MYSQL* handle) { return mysql_get_socket(handle); }

/// With TLS the library reads from a blocking socket, and asks nobody how long.
void make_nonblocking(int socket) { fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK); }

thread_local Patience* patience_now = nullptr;

/// What the library calls in place of poll(2): its only way to be told when to end.
int wait_for_socket(my_socket socket, LibraryBool reads, int /*timeout*/) {
  make_nonblocking(socket);
  if (patience_now != nullptr && patience_now->wait(socket, reads != 0 ? POLLIN : POLLOUT)) return 1;
  errno = ETIMEDOUT;
  return 0;
}

/// Calls of the library that go over the connection.
class Calls {
 public:
  explicit Calls(Patience& patience) { patience_now = &patience; }
  ~Calls() { patience_now = nullptr; }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  bool connect(MYSQL* handle, const std::string& host, const MysqlLogin& login, const char* password) const {
    const char* database = login.database.empty() ? nullptr : login.database.c_str();
    if (mysql_real_connect(handle, host.c_str(), login.user.c_str(), password, database, login.port, nullptr, 0) == nullptr) return false;
    make_nonblocking(socket_of(handle));
    return true;
  }
  bool query(MYSQL* handle, std::string_view sql) const { return mysql_real_query(handle, sql.data(), sql.size()) == 0; }
  MYSQL_ROW row(MYSQL_RES* result) const { return mysql_fetch_row(result); }
  void free(MYSQL_RES* result) const { mysql_free_result(result); }
  void close(MYSQL* handle) const { mysql_close(handle); }
};

/// Whole seconds; until the first wait_for_socket() the handshake of TLS is ended by it, and begun anew.
unsigned own_limit(Deadline /*deadline*/) { return 1; }

/// Connector/C decides by its options, not by the connection, whether the password may go out in clear: against a
/// server that offers no TLS it would. Only a pinned fingerprint (SHA-1 is the one form that 3.3 takes) makes it
/// refuse, so there is one whenever TLS is wanted. Verification stays as the library has it by default: 3.4 would drop
/// the pin together with it.
std::string set_tls(MYSQL* handle, const MysqlLogin& login, int& /*trust*/) {
  mysql_optionsv(handle, MARIADB_OPT_IO_WAIT, reinterpret_cast<void*>(wait_for_socket));
  mysql_optionsv(handle, MARIADB_OPT_RESTRICTED_AUTH, hiding_methods);
  if (login.tls == MysqlLogin::Tls::off) return login.address;
  const LibraryBool on = 1;
  mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &on);
  mysql_optionsv(handle, MARIADB_OPT_TLS_PEER_FP, login.certificate_sha1.c_str());
  set(handle, MYSQL_OPT_SSL_CERT, login.cert_file);
  set(handle, MYSQL_OPT_SSL_KEY, login.key_file);
  return login.address;
}

#else

void set(MYSQL* handle, mysql_option option, LibraryBool value) { mysql_options(handle, option, &value); }

int socket_of(MYSQL* handle) { return static_cast<int>(handle->net.fd); }

/// Calls of the library that go over the connection: asked again and again until they are done. Without its connection the
/// library finds an end by itself.
class Calls {
 public:
  explicit Calls(Patience& patience) : patience_(patience) {}

  bool connect(MYSQL* handle, const std::string& host, const MysqlLogin& login, const char* password) const {
    const char* database = login.database.empty() ? nullptr : login.database.c_str();
    return settle(handle, [&] {
             return mysql_real_connect_nonblocking(handle, host.c_str(), login.user.c_str(), password, database, login.port, nullptr, 0);
           }) == NET_ASYNC_COMPLETE;
  }
  bool query(MYSQL* handle, std::string_view sql) const {
    return settle(handle, [&] { return mysql_real_query_nonblocking(handle, sql.data(), sql.size()); }) == NET_ASYNC_COMPLETE;
  }
  MYSQL_ROW row(MYSQL_RES* result) const {
    MYSQL_ROW row = nullptr;
    settle(result->handle, [&] { return mysql_fetch_row_nonblocking(result, &row); });
    return row;
  }
  void free(MYSQL_RES* result) const {
    settle(result->handle, [&] { return mysql_free_result_nonblocking(result); });
  }
  void close(MYSQL* handle) const { mysql_close(handle); }

 private:
  template <class Step>
  net_async_status settle(MYSQL* handle, Step step) const {
    for (;;) {
      const net_async_status status = step();
      if (status != NET_ASYNC_NOT_READY) return status;
      if (!patience_.wait_a_moment(socket_of(handle), POLLIN) && shutdown(socket_of(handle), SHUT_RDWR) != 0) return NET_ASYNC_ERROR;
    }
  }
  Patience& patience_;
};

/// Whole seconds, and at least one: 0 means for ever.
unsigned own_limit(Deadline deadline) { return static_cast<unsigned>(std::clamp<std::int64_t>(deadline.remaining().count() / 1000, 1, 30)); }

/// One file of everything trusted: the library takes a single CA file and never looks at the system's own. Lives as
/// long as the returned descriptor.
int write_trust(const MysqlLogin& login) {
  std::vector<std::string> files;
  if (login.system_trust) {
    for (const std::string path : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"}) {
      if (access(path.c_str(), R_OK) != 0) continue;
      files.push_back(path);
      break;
    }
  }
  files.insert(files.end(), login.ca_files.begin(), login.ca_files.end());
  const int file = memfd_create("wbverify-trust", MFD_CLOEXEC);
  for (const auto& path : files) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf() << "\n";
    const std::string bytes = text.str();
    for (std::size_t sent = 0; file >= 0 && sent < bytes.size();) {
      const auto count = write(file, bytes.data() + sent, bytes.size() - sent);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
  }
  return file;
}

/// libmysqlclient pins nothing, but verifies chain and name itself; for the name it needs the name, not the address.
std::string set_tls(MYSQL* handle, const MysqlLogin& login, int& trust) {
  set(handle, MYSQL_ENABLE_CLEARTEXT_PLUGIN, LibraryBool{0});
  if (login.tls == MysqlLogin::Tls::off) {
    set(handle, MYSQL_OPT_SSL_MODE, unsigned{SSL_MODE_DISABLED});
    set(handle, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, LibraryBool{1});
    return login.address;
  }
  set(handle, MYSQL_OPT_SSL_CERT, login.cert_file);
  set(handle, MYSQL_OPT_SSL_KEY, login.key_file);
  if (login.tls == MysqlLogin::Tls::encrypted) {
    set(handle, MYSQL_OPT_SSL_MODE, unsigned{SSL_MODE_REQUIRED});
    return login.address;
  }
  trust = write_trust(login);
  set(handle, MYSQL_OPT_SSL_CA, "/proc/self/fd/" + std::to_string(trust));
  set(handle, MYSQL_OPT_SSL_MODE, unsigned{SSL_MODE_VERIFY_IDENTITY});
  return login.host;
}

#endif

}  // namespace

struct MysqlSession::State {
  MYSQL handle{};
  std::stop_token stop;
  std::string tls_version, tls_cipher;
  int round_trips = 0;

  State() { mysql_init(&handle); }
  ~State() {
    Patience patience(Deadline::after(std::chrono::seconds(1)), {});
    Calls(patience).close(&handle);
    mysql_thread_end();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Error error(const Patience& patience, const ByteBudget& budget) {
    if (budget.exceeded()) return budget.error();
    return error(patience);
  }
  Error error(const Patience& patience) {
    if (auto lost = patience.lost()) return *std::move(lost);
    return describe_mysql_error(mysql_errno(&handle), mysql_error(&handle));
  }
};

Result<MysqlSession> MysqlSession::open(const MysqlLogin& login, Deadline deadline, const std::stop_token& stop) {
  static const int ready = mysql_library_init(0, nullptr, nullptr);
  if (ready != 0) return fail({"library-failed", "The MySQL client library could not be started.", Blame::tool, false});
  if (stop.stop_requested()) return fail(stopped());
  if (login.tls != MysqlLogin::Tls::off && login.certificate_sha1.empty()) {
    return fail({"certificate-unknown", "No certificate was judged, so none can be demanded.", Blame::tool, false});
  }

  auto state = std::make_unique<State>();
  state->stop = stop;
  MYSQL* handle = &state->handle;
  for (const auto option : {MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT}) set(handle, option, own_limit(deadline));
  set(handle, MYSQL_OPT_PROTOCOL, unsigned{MYSQL_PROTOCOL_TCP});
  set(handle, MYSQL_OPT_LOCAL_INFILE, 0U);
  set(handle, MYSQL_SET_CHARSET_NAME, std::string("utf8mb4"));
  mysql_options(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet);
  mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "wbverify");
  int trust = -1;
  const std::string host = set_tls(handle, login, trust);

  state->round_trips = 1;
  std::string password(login.password.expose());
  Patience patience(deadline, stop);
  const bool open = Calls(patience).connect(handle, host, login, password.c_str());
  explicit_bzero(password.data(), password.size());
  if (trust >= 0) close(trust);
  if (!open) return fail(state->error(patience));

  if (const char* cipher = mysql_get_ssl_cipher(handle)) state->tls_cipher = for_display(cipher, 64);
  if (login.tls != MysqlLogin::Tls::off && state->tls_cipher.empty()) {
    return fail({"tls-not-used", "The connection is not encrypted although it was demanded.", Blame::tool, false});
  }
#if defined(MARIADB_PACKAGE_VERSION)
  const char* version = nullptr;
  if (mariadb_get_infov(handle, MARIADB_CONNECTION_TLS_VERSION, static_cast<void*>(&version)) == 0 && version != nullptr)
    state->tls_version = for_display(version, 16);
#endif
  return MysqlSession(std::move(state));
}

Result<MysqlRows> MysqlSession::query(std::string_view sql, Deadline deadline, std::size_t limit,
                                      std::size_t cell_limit) {
  State& state = *state_;
  const auto started = Deadline::Clock::now();
  if (state.stop.stop_requested()) return fail(stopped());
  if (deadline.expired()) return fail({"timed-out", "No time was left for the question.", Blame::target, true});
  ++state.round_trips;
  Patience patience(deadline, state.stop);
  const ByteBudget budget(socket_of(&state.handle), largest_answer);
  if (!budget.watched()) return fail(budget.error());
  const Calls calls(patience);
  if (!calls.query(&state.handle, sql)) return fail(state.error(patience, budget));
  MysqlRows out;
  MYSQL_RES* result = mysql_use_result(&state.handle);
  if (result == nullptr && mysql_field_count(&state.handle) != 0) return fail(state.error(patience, budget));
  if (result != nullptr) {
    const unsigned columns = mysql_num_fields(result);
    while (MYSQL_ROW row = calls.row(result)) {
      // Rows that never end are waited for at no time.
      if (!patience.in_time()) shutdown(socket_of(&state.handle), SHUT_RDWR);
      if (out.rows.size() == limit) {
        out.truncated = true;  // the rest is read and dropped, so that the connection stays usable
        continue;
      }
      const unsigned long* lengths = mysql_fetch_lengths(result);
      auto& cells = out.rows.emplace_back();
      for (unsigned i = 0; i < columns; ++i) {
        if (row[i] == nullptr) {
          cells.emplace_back();
        } else {
          cells.emplace_back(for_display(std::string_view(row[i], lengths[i]), cell_limit));
        }
      }
    }
    const bool broken = mysql_errno(&state.handle) != 0;
    Error error = broken ? state.error(patience, budget) : Error{};
    calls.free(result);
    if (broken) return fail(std::move(error));
  }
  out.duration_ms = elapsed_ms(started);
  return out;
}

void MysqlSession::forget_stop() { state_->stop = {}; }

std::string MysqlRows::text(std::size_t row, std::size_t column) const {
  return row < rows.size() && column < rows[row].size() ? rows[row][column].value_or("") : "";
}

MysqlSession::MysqlSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
MysqlSession::MysqlSession(MysqlSession&&) noexcept = default;
MysqlSession& MysqlSession::operator=(MysqlSession&&) noexcept = default;
MysqlSession::~MysqlSession() = default;

std::string MysqlSession::tls_version() const { return state_->tls_version; }
std::string MysqlSession::tls_cipher() const { return state_->tls_cipher; }
int MysqlSession::round_trips() const { return state_->round_trips; }

std::string mysql_library() {
#if defined(MARIADB_PACKAGE_VERSION)
  return "MariaDB Connector/C " MARIADB_PACKAGE_VERSION;
#else
  return "libmysqlclient " LIBMYSQL_VERSION;
#endif
}

}  // namespace wbverify
