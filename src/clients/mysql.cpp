// The only file that knows the client library. It is Oracle's libmysqlclient (Ubuntu, RHEL) or MariaDB Connector/C
// (what Debian installs under that name); MARIADB_PACKAGE_VERSION tells them apart. Not `#ifdef MYSQL_OPT_SSL_MODE`:
// options are enumerators, not macros.
#include "clients/mysql.hpp"

#include <mysql.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>
#include <thread>
#include <type_traits>

#include "clients/reach.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// `bool` in one library, `my_bool` (char) in the other.
using LibraryBool = std::remove_pointer_t<decltype(MYSQL_BIND::is_null)>;

/// The methods that never show the password: a scramble, or RSA encryption with the server's public key.
constexpr const char* hiding_methods = "mysql_native_password,caching_sha2_password,sha256_password";

constexpr unsigned long largest_packet = 16UL << 20U;

/// Shuts a connection when a deadline passes or a stop is asked for: the library's own time limits count whole seconds
/// and begin anew with every byte. Holds a duplicate of the socket, because the library may close its own at any time
/// and the number may then be somebody else's.
class Watchdog {
 public:
  Watchdog(int socket, const std::stop_token& stop)
      : socket_(dup(socket)),
        stopped_(stop, [this] { shut(Fired::stop); }),
        thread_([this](const std::stop_token& end) { watch(end); }) {}

  void arm(Deadline deadline) {
    const std::lock_guard lock(mutex_);
    until_ = deadline.at();
    changed_.notify_all();
  }
  void disarm() {
    const std::lock_guard lock(mutex_);
    until_.reset();
    changed_.notify_all();
  }
  bool stopped() const {
    const std::lock_guard lock(mutex_);
    return fired_ == Fired::stop;
  }
  bool timed_out() const {
    const std::lock_guard lock(mutex_);
    return fired_ == Fired::deadline;
  }

 private:
  enum class Fired { no, deadline, stop };

  void shut(Fired why) {
    const std::lock_guard lock(mutex_);
    if (fired_ != Fired::no) return;
    fired_ = why;
    shutdown(socket_.fd(), SHUT_RDWR);
  }
  void watch(const std::stop_token& end) {
    std::unique_lock lock(mutex_);
    while (!end.stop_requested() && fired_ == Fired::no) {
      const auto until = until_;
      if (!until) {
        changed_.wait(lock, end, [&] { return until_.has_value(); });
        continue;
      }
      const bool moved = changed_.wait_until(lock, end, *until, [&] { return until_ != until; });
      if (!moved && !end.stop_requested()) {
        fired_ = Fired::deadline;
        shutdown(socket_.fd(), SHUT_RDWR);
      }
    }
  }

  // The order matters: the thread and the callback end before the socket is closed.
  const Socket socket_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Deadline::Clock::time_point> until_;
  Fired fired_ = Fired::no;
  std::stop_callback<std::function<void()>> stopped_;
  std::jthread thread_;
};

void set(MYSQL* handle, mysql_option option, unsigned value) { mysql_options(handle, option, &value); }
void set(MYSQL* handle, mysql_option option, const std::string& value) {
  if (!value.empty()) mysql_options(handle, option, value.c_str());
}

#if defined(MARIADB_PACKAGE_VERSION)

int socket_of(MYSQL* handle) { return mysql_get_socket(handle); }

/// Connector/C decides by its options, not by the connection, whether the password may go out in clear: against a
/// server that offers no TLS it would. Only a pinned fingerprint (SHA-1 is the one form that 3.3 takes) makes it
/// refuse, so there is one whenever TLS is wanted. Verification stays as the library has it by default: 3.4 would drop
/// the pin together with it.
std::string set_tls(MYSQL* handle, const MysqlLogin& login) {
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

/// One file of everything trusted: the library takes a single CA file and never looks at the system's own. Lives as
/// long as the returned descriptor.
int write_trust(const MysqlLogin& login) {
  std::vector<std::string> files;
  if (login.system_trust) {
    const char* set_by_user = std::getenv("SSL_CERT_FILE");
    for (const std::string& path :
         {std::string(set_by_user == nullptr ? "" : set_by_user), std::string("/etc/ssl/certs/ca-certificates.crt"),
          std::string("/etc/pki/tls/certs/ca-bundle.crt"), std::string("/etc/ssl/ca-bundle.pem")}) {
      if (path.empty() || access(path.c_str(), R_OK) != 0) continue;
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
  std::optional<Watchdog> watchdog;
  std::string tls_version, tls_cipher;
  int round_trips = 0;

  State() { mysql_init(&handle); }
  ~State() {
    // A connection that was cut is not told goodbye: that would wait for the library's own time limit.
    if (watchdog) watchdog->arm(Deadline::after(std::chrono::seconds(1)));
    mysql_close(&handle);
    watchdog.reset();
    mysql_thread_end();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Error error() {
    if (watchdog && watchdog->stopped()) return {"stopped", "Stopped before the answer came.", Blame::machine, false};
    if (watchdog && watchdog->timed_out())
      return {"timed-out", "No answer within the time limit.", Blame::target, true};
    return describe_mysql_error(mysql_errno(&handle), mysql_error(&handle));
  }
};

Result<MysqlSession> MysqlSession::open(const MysqlLogin& login, Deadline deadline, const std::stop_token& stop) {
  static const int ready = mysql_library_init(0, nullptr, nullptr);
  if (ready != 0) return fail({"library-failed", "The MySQL client library could not be started.", Blame::tool, false});
  if (stop.stop_requested()) return fail({"stopped", "Stopped before the log-in.", Blame::machine, false});
  if (login.tls != MysqlLogin::Tls::off && login.certificate_sha1.empty()) {
    return fail({"certificate-unknown", "No certificate was judged, so none can be demanded.", Blame::tool, false});
  }

  auto state = std::make_unique<State>();
  MYSQL* handle = &state->handle;
  // Whole seconds, and at least one: 0 means for ever.
  const auto seconds = static_cast<unsigned>(std::clamp<std::int64_t>(deadline.remaining().count() / 1000, 1, 30));
  for (const auto option : {MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT})
    set(handle, option, seconds);
  set(handle, MYSQL_OPT_PROTOCOL, unsigned{MYSQL_PROTOCOL_TCP});
  set(handle, MYSQL_OPT_LOCAL_INFILE, 0U);
  set(handle, MYSQL_SET_CHARSET_NAME, std::string("utf8mb4"));
  mysql_options(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet);
  mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "wbverify");
#if defined(MARIADB_PACKAGE_VERSION)
  const std::string host = set_tls(handle, login);
#else
  int trust = -1;
  const std::string host = set_tls(handle, login, trust);
#endif

  state->round_trips = 1;
  std::string password(login.password.expose());
  const bool open =
      mysql_real_connect(handle, host.c_str(), login.user.c_str(), password.c_str(),
                         login.database.empty() ? nullptr : login.database.c_str(), login.port, nullptr, 0) != nullptr;
  explicit_bzero(password.data(), password.size());
#if !defined(MARIADB_PACKAGE_VERSION)
  if (trust >= 0) close(trust);
#endif
  if (!open) return fail(state->error());

  if (const char* cipher = mysql_get_ssl_cipher(handle)) state->tls_cipher = clean(cipher, 64);
  if (login.tls != MysqlLogin::Tls::off && state->tls_cipher.empty()) {
    return fail({"tls-not-used", "The connection is not encrypted although it was demanded.", Blame::tool, false});
  }
#if defined(MARIADB_PACKAGE_VERSION)
  const char* version = nullptr;
  if (mariadb_get_infov(handle, MARIADB_CONNECTION_TLS_VERSION, &version) == 0 && version != nullptr)
    state->tls_version = clean(version, 16);
#endif
  state->watchdog.emplace(socket_of(handle), stop);
  return MysqlSession(std::move(state));
}

Result<MysqlRows> MysqlSession::query(std::string_view sql, Deadline deadline, std::size_t limit,
                                      std::size_t cell_limit) {
  State& state = *state_;
  MYSQL* handle = &state.handle;
  const auto started = Deadline::Clock::now();
  if (deadline.expired()) return fail({"timed-out", "No time was left for the question.", Blame::target, true});
  ++state.round_trips;
  state.watchdog->arm(deadline);
  const auto failed = [&]() -> Result<MysqlRows> {
    Error error = state.error();
    state.watchdog->disarm();
    return fail(std::move(error));
  };
  if (mysql_real_query(handle, sql.data(), sql.size()) != 0) return failed();
  MysqlRows out;
  MYSQL_RES* result = mysql_use_result(handle);
  if (result == nullptr && mysql_field_count(handle) != 0) return failed();
  if (result != nullptr) {
    const unsigned columns = mysql_num_fields(result);
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
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
          cells.emplace_back(clean(std::string_view(row[i], lengths[i]), cell_limit));
        }
      }
    }
    const bool broken = mysql_errno(handle) != 0;
    Error error = broken ? state.error() : Error{};
    mysql_free_result(result);
    if (broken) {
      state.watchdog->disarm();
      return fail(std::move(error));
    }
  }
  state.watchdog->disarm();
  out.duration_ms = elapsed_ms(started);
  return out;
}

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
