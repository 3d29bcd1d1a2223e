#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "checks/mysql/facts_flavour.hpp"
#include "core/finding.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// One command of the mysql client that asks `sql`, TLS as MYSQL says, the password as "$MYSQL_PASSWORD".
std::string mysql_client(const MysqlPlace& place, std::string_view sql);

/// `openssl s_client` against the port.
std::string mysql_openssl(const MysqlPlace& place);

/// MYSQL's value with the word PASSWORD in place of the password; `query` is what follows, such as `?tls=true`.
std::string mysql_url(const MysqlPlace& place, std::uint16_t port, std::string_view query);

/// A text as a statement writes it: quotes and backslashes doubled.
std::string sql_text(std::string_view text);
/// A name as a statement writes it, in backticks.
std::string sql_name(std::string_view name);

/// The account as a statement names it: 'wandb_local'@'%'.
std::string mysql_account(const MysqlFacts& facts);

/// How an administrator runs a statement on this kind of server.
std::string as_administrator(const MysqlFacts& facts, std::string_view sql);

/// How to give a server variable a value for good, on this kind of server. When `restart` is set it cannot be changed
/// while the server runs. `reconnect` adds that open connections keep the old value.
struct VariableChange {
  std::string_view name;
  std::string value;
  bool restart = false;
  bool reconnect = false;
  bool cluster = false;  ///< on Aurora it belongs to the cluster's parameter group
};
std::string set_variable(const MysqlFacts& facts, const VariableChange& change);

/// A number of bytes as people say it: 64 MiB.
std::string show_bytes(std::string_view digits);

/// All digits, or nothing; no loss up to 2^64 - 1.
std::optional<std::uint64_t> parse_number(std::string_view digits);

}  // namespace wbverify
