#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "clients/reach.hpp"

namespace wbverify {

/// What a MySQL port says before anybody has logged in (Protocol::HandshakeV10 of MySQL's client/server protocol).
struct MysqlGreeting {
  /// Empty: a greeting came. `timed-out`, `closed`, `reset`, `stopped`, `not-mysql`, `malformed`, `old-protocol`,
  /// `x-protocol-port`, or an error of the server with its number: `too-many-connections-1040`, `host-blocked-1129`,
  /// `host-not-allowed-1130`, `error-<number>`.
  std::string cause;
  std::string text;     ///< the failure in words, clean
  int error = 0;        ///< number of the server's error, 0 when it sent none
  std::string banner;   ///< first bytes of what is no MySQL server, clean; empty when it said nothing
  std::string version;  ///< as sent, clean
  std::uint32_t connection_id = 0;
  std::uint32_t capabilities = 0;
  int charset = 0;
  std::string auth_plugin;     ///< the account's own may differ
  bool reserved_used = false;  ///< MariaDB puts capabilities of its own where MySQL has zeros
  double duration_ms = 0;      ///< from the question (an open connection) to the greeting
  bool operator==(const MysqlGreeting&) const = default;

  bool spoken() const { return cause.empty() && !version.empty(); }
  bool offers_tls() const { return (capabilities & 0x800U) != 0; }
  /// Traits that no `--version=` disguises: a MariaDB server clears CLIENT_MYSQL (bit 0) and uses the reserved bytes.
  bool looks_like_mariadb() const;
};
void to_json(nlohmann::json& json, const MysqlGreeting& greeting);
void from_json(const nlohmann::json& json, MysqlGreeting& greeting);

/// Reads the payload of the first packet. Never throws, whatever the bytes.
MysqlGreeting parse_mysql_greeting(std::string_view payload);

/// Judges the first bytes of a stream: a whole packet is parsed; what cannot become one is `not-mysql` with its banner.
/// `complete` is false while more bytes are needed.
MysqlGreeting parse_mysql_stream(std::string_view bytes, bool& complete);

/// Waits for the greeting on a fresh connection.
MysqlGreeting read_mysql_greeting(Socket& socket, Deadline deadline, const std::stop_token& stop = {});

/// The packet after which the server expects a ClientHello (Protocol::SSLRequest), sequence number included.
std::string mysql_ssl_request();

/// Opens a connection that is ready for a ClientHello: greeting read, SSLRequest sent. Error causes: those of
/// connect_tcp and of MysqlGreeting, and `no-tls-offered`.
Result<Socket> open_mysql_starttls(const std::string& address, std::uint16_t port, Deadline deadline, const std::stop_token& stop = {});

}  // namespace wbverify
