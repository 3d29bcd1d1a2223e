#include "clients/mysql_wire.hpp"

#include <algorithm>

#include "core/display.hpp"
#include "util/json_members.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t header_size = 4;
/// A greeting is below 200 bytes and an error below 600; what announces more speaks another protocol.
constexpr std::size_t largest_greeting = 4096;
constexpr std::size_t text_limit = 300;

constexpr std::uint32_t client_mysql = 0x1;
constexpr std::uint32_t client_protocol_41 = 0x200;
constexpr std::uint32_t client_ssl = 0x800;
constexpr std::uint32_t client_secure_connection = 0x8000;
constexpr std::uint32_t client_plugin_auth = 0x80000;

/// Takes little-endian numbers and texts from the front; after the first shortage everything is empty and `ok` false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }
  std::string_view take(std::size_t count) {
    if (!ok_ || rest_.size() < count) {
      ok_ = false;
      return {};
    }
    const auto out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  std::uint32_t number(std::size_t bytes) {
    std::uint32_t value = 0;
    unsigned shift = 0;
    for (const char c : take(bytes)) {
      value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(c)) << shift;
      shift += 8;
    }
    return value;
  }
  /// Up to a NUL, which is taken too.
  std::string_view text() {
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) {
      ok_ = false;
      return {};
    }
    const auto out = take(end);
    take(1);
    return out;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

MysqlGreeting failed(std::string cause, std::string text) {
  MysqlGreeting greeting;
  greeting.cause = std::move(cause);
  greeting.text = std::move(text);
  return greeting;
}

MysqlGreeting not_mysql(std::string_view bytes) {
  MysqlGreeting greeting = failed("not-mysql", "What answers is no MySQL server.");
  greeting.banner = for_display(bytes.substr(0, 120), 120);
  return greeting;
}

/// An ERR packet in place of a greeting. Before the capabilities are agreed on it carries no SQL state, but newer
/// servers and proxies send one.
MysqlGreeting parse_error(std::string_view payload) {
  Reader reader(payload);
  reader.take(1);
  const auto number = static_cast<int>(reader.number(2));
  if (!reader.ok()) return failed("malformed", "The server began an error message and broke off.");
  std::string_view text = reader.rest();
  if (text.size() >= 6 && text[0] == '#') text.remove_prefix(6);
  MysqlGreeting greeting;
  greeting.error = number;
  greeting.text = for_display(text, text_limit);
  switch (number) {
    case 1040:
      greeting.cause = "too-many-connections-1040";
      break;
    case 1129:
      greeting.cause = "host-blocked-1129";
      break;
    case 1130:
      greeting.cause = "host-not-allowed-1130";
      break;
    default:
      greeting.cause = "error-" + std::to_string(number);
      break;
  }
  return greeting;
}

}  // namespace

bool MysqlGreeting::looks_like_mariadb() const {
  return spoken() && (to_lower(version).find("mariadb") != std::string::npos || (capabilities & client_mysql) == 0 ||
                      reserved_used);
}

WBVERIFY_JSON(MysqlGreeting, cause, text, error, banner, version, connection_id, capabilities, charset, auth_plugin, reserved_used, duration_ms)

MysqlGreeting parse_mysql_greeting(std::string_view payload) {
  if (payload.empty()) return not_mysql(payload);
  const auto protocol = static_cast<std::uint8_t>(payload.front());
  if (protocol == 0xFF) return parse_error(payload);
  // The notice "server hello" of the X protocol, the only packet that server sends unasked (Mysqlx.Notice type 5).
  if (payload == std::string_view("\x0b\x08\x05\x1a\x00", 5)) {
    return failed("x-protocol-port", "This is the port of the X protocol (33060), not of the classic one.");
  }
  if (protocol == 9) return failed("old-protocol", "The server speaks the protocol of MySQL 3.22.");
  if (protocol != 10) return not_mysql(payload);

  Reader reader(payload);
  reader.take(1);
  MysqlGreeting greeting;
  const auto version = reader.text();
  greeting.connection_id = reader.number(4);
  reader.take(8);  // first half of the salt
  reader.take(1);
  greeting.capabilities = reader.number(2);
  if (!reader.ok() || version.empty())
    return failed("malformed", "The greeting breaks off after " + std::to_string(payload.size()) + " bytes.");
  greeting.version = for_display(version, 100);
  if (reader.rest().empty()) return greeting;  // a server older than 4.1 ends here
  greeting.charset = static_cast<int>(reader.number(1));
  reader.number(2);  // status flags
  greeting.capabilities |= reader.number(2) << 16U;
  const std::uint32_t salt = reader.number(1);
  const auto reserved = reader.take(10);
  if (!reader.ok())
    return failed("malformed", "The greeting breaks off after " + std::to_string(payload.size()) + " bytes.");
  greeting.reserved_used = std::any_of(reserved.begin(), reserved.end(), [](char c) { return c != '\0'; });
  if ((greeting.capabilities & client_plugin_auth) != 0) {
    reader.take(std::max<std::size_t>(13, salt > 8 ? salt - 8 : 0));
    // Some 5.5 servers left the name's NUL out (MySQL bug 59453).
    const auto name = reader.rest();
    greeting.auth_plugin = for_display(name.substr(0, name.find('\0')), 64);
  }
  return greeting;
}

MysqlGreeting parse_mysql_stream(std::string_view bytes, bool& complete) {
  complete = true;
  if (bytes.size() < header_size) {
    complete = false;
    return {};
  }
  Reader reader(bytes);
  const std::size_t length = reader.number(3);
  const auto sequence = reader.number(1);
  if (length == 0 || length > largest_greeting || sequence != 0) {
    return not_mysql(bytes);
  }
  if (bytes.size() < header_size + length) {
    complete = false;
    return {};
  }
  return parse_mysql_greeting(bytes.substr(header_size, length));
}

MysqlGreeting read_mysql_greeting(Socket& socket, Deadline deadline, const std::stop_token& stop) {
  const auto started = Deadline::Clock::now();
  std::string bytes;
  MysqlGreeting greeting;
  for (;;) {
    auto more = socket.receive_some(largest_greeting, deadline, stop);
    if (!more) {
      if (bytes.empty() || more.error().cause == "stopped") {
        greeting = failed(more.error().cause, more.error().text);
      } else if (more.error().cause == "timed-out") {
        greeting = failed("timed-out", "Only " + std::to_string(bytes.size()) + " bytes came in time.");
        greeting.banner = for_display(bytes.substr(0, 120), 120);
      } else {
        greeting = failed("malformed", "The connection broke in the middle of the greeting: " + more.error().text);
      }
      break;
    }
    if (more->empty()) {
      greeting = failed("closed", bytes.empty() ? "The connection was closed at once, without a word."
                                                : "The connection was closed in the middle of the greeting, after " +
                                                      std::to_string(bytes.size()) + " bytes.");
      break;
    }
    bytes += *more;
    bool complete = false;
    greeting = parse_mysql_stream(bytes, complete);
    if (complete) break;
  }
  greeting.duration_ms = elapsed_ms(started);
  return greeting;
}

std::string mysql_ssl_request() {
  constexpr std::uint32_t capabilities =
      client_mysql | client_protocol_41 | client_ssl | client_secure_connection | client_plugin_auth;
  constexpr std::uint32_t largest_packet = 1U << 24U;
  constexpr char charset_utf8mb4_general_ci = 45;
  std::string packet("\x20\x00\x00\x01", 4);
  for (const std::uint32_t number : {capabilities, largest_packet}) {
    for (unsigned shift = 0; shift < 32; shift += 8) packet += static_cast<char>(number >> shift & 0xFFU);
  }
  packet += charset_utf8mb4_general_ci;
  packet.append(23, '\0');
  return packet;
}

Result<Socket> open_mysql_starttls(const std::string& address, std::uint16_t port, Deadline deadline, const std::stop_token& stop) {
  auto socket = connect_tcp(address, port, deadline, stop);
  if (!socket) return socket;
  const MysqlGreeting greeting = read_mysql_greeting(*socket, deadline, stop);
  if (!greeting.spoken()) {
    return fail(
        {greeting.cause, greeting.text, Blame::target, greeting.cause == "timed-out" || greeting.error == 1040});
  }
  if (!greeting.offers_tls()) return fail({"no-tls-offered", "The server offers no TLS.", Blame::target, false});
  if (auto sent = socket->send(mysql_ssl_request(), deadline, stop); !sent) return fail(sent.error());
  return socket;
}

}  // namespace wbverify
