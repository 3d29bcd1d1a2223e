#include "clients/mysql_wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "util/json.hpp"

namespace wbverify {
namespace {

using testing::HasSubstr;

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return out;
}

MysqlGreeting parse(std::string_view stream) {
  bool complete = false;
  const MysqlGreeting greeting = parse_mysql_stream(stream, complete);
  EXPECT_TRUE(complete);
  return greeting;
}

std::string packet(std::string_view payload, char sequence = 0) {
  std::string out;
  for (unsigned shift = 0; shift < 24; shift += 8) out += static_cast<char>(payload.size() >> shift & 0xFFU);
  return out + sequence + std::string(payload);
}

/// Recorded on loopback: Oracle MySQL 9.7.4, MariaDB 10.11.19, and the same MariaDB with --version=8.0.36.
const std::string mysql97 = unhex(
    "4b0000000a392e372e342d3200170000007c49495715731b0900ffffff0200ffdf150000000000000000000071437c084c251a036f4f103300"
    "6361636869"
    "6e675f736861325f70617373776f726400");
const std::string mariadb = unhex(
    "640000000a352e352e352d31302e31312e31392d4d6172696144422d302b6465623132753100030000007d546831594e5b5e00fef7080200ff"
    "8115000000"
    "0000001d000000482a3a2340597d2a585c447d006d7973716c5f6e61746976655f70617373776f726400");
const std::string mariadb_disguised = unhex(
    "4a0000000a382e302e333600030000003c6d34573a59353b00fef7080200ff81150000000000001d000000697d5b2d6d60785e4a397a21006d"
    "7973716c5f"
    "6e61746976655f70617373776f726400");

TEST(MysqlWire, ReadsMysqlsGreeting) {
  const auto greeting = parse(mysql97);
  EXPECT_TRUE(greeting.spoken()) << greeting.cause;
  EXPECT_EQ(greeting.version, "9.7.4-2");
  EXPECT_EQ(greeting.connection_id, 23U);
  EXPECT_EQ(greeting.capabilities, 0xdfffffffU);
  EXPECT_EQ(greeting.charset, 255);
  EXPECT_EQ(greeting.auth_plugin, "caching_sha2_password");
  EXPECT_TRUE(greeting.offers_tls());
  EXPECT_FALSE(greeting.looks_like_mariadb());
}

TEST(MysqlWire, KnowsMariadbAlsoInDisguise) {
  for (const auto& bytes : {mariadb, mariadb_disguised}) {
    const auto greeting = parse(bytes);
    EXPECT_TRUE(greeting.spoken()) << greeting.cause;
    EXPECT_TRUE(greeting.looks_like_mariadb());
    EXPECT_TRUE(greeting.reserved_used);
    EXPECT_FALSE(greeting.offers_tls());
    EXPECT_EQ(greeting.auth_plugin, "mysql_native_password");
  }
  EXPECT_EQ(parse(mariadb_disguised).version, "8.0.36");
}

TEST(MysqlWire, ReadsErrorsThatComeInsteadOfAGreeting) {
  const auto full =
      parse(unhex("17000000ff1004546f6f206d616e7920636f6e6e656374696f6e73"));  // recorded, max_connections=1
  EXPECT_EQ(full.cause, "too-many-connections-1040");
  EXPECT_EQ(full.error, 1040);
  EXPECT_EQ(full.text, "Too many connections");
  EXPECT_FALSE(full.spoken());

  const auto state = parse(
      packet(std::string("\xff\x6a\x04", 3) + "#HY000Host '10.0.0.9' is not allowed to connect to this MySQL server"));
  EXPECT_EQ(state.cause, "host-not-allowed-1130");
  EXPECT_EQ(state.text, "Host '10.0.0.9' is not allowed to connect to this MySQL server");
  EXPECT_EQ(parse(packet(std::string("\xff\x69\x04", 3) + "blocked")).cause, "host-blocked-1129");
  EXPECT_EQ(parse(packet(std::string("\xff\x01\x02", 3) + "x")).cause, "error-513");
  EXPECT_EQ(parse(packet("\xff\x10")).cause, "malformed");
}

TEST(MysqlWire, TellsOtherServersByTheirBanner) {
  const auto ssh = parse("SSH-2.0-OpenSSH_9.2p1 Debian\r\n");
  EXPECT_EQ(ssh.cause, "not-mysql");
  EXPECT_EQ(ssh.banner, "SSH-2.0-OpenSSH_9.2p1 Debian");
  EXPECT_EQ(parse("HTTP/1.1 400 Bad Request\r\n\r\n").cause, "not-mysql");
  EXPECT_EQ(parse("220 mail.example.com ESMTP\r\n").cause, "not-mysql");
  EXPECT_EQ(parse(packet("\x07whatever")).cause, "not-mysql");
  EXPECT_EQ(parse(std::string("\x15\x03\x03\x00\x02\x02\x46", 7)).cause, "not-mysql");  // a TLS alert
  EXPECT_EQ(parse(std::string("\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", 9)).cause, "x-protocol-port");
  EXPECT_EQ(parse(packet(std::string("\x09"
                                     "3.22.0\0",
                                     8)))
                .cause,
            "old-protocol");
}

TEST(MysqlWire, WaitsForTheWholePacketAndNoLonger) {
  for (std::size_t length = 0; length < mysql97.size(); ++length) {
    bool complete = true;
    const auto greeting = parse_mysql_stream(std::string_view(mysql97).substr(0, length), complete);
    EXPECT_FALSE(complete) << length;
    EXPECT_FALSE(greeting.spoken());
  }
  EXPECT_TRUE(parse(mysql97 + "more").spoken());
  // A length of 16 MB is not waited for.
  EXPECT_EQ(parse(std::string("\xff\xff\xff\x00\x0a", 5)).cause, "not-mysql");
  EXPECT_EQ(parse(std::string("\x00\x00\x00\x00", 4)).cause, "not-mysql");
  EXPECT_EQ(parse(std::string("\x4b\x00\x00\x07\x0a", 5)).cause, "not-mysql");
}

TEST(MysqlWire, SurvivesEveryTruncationOfThePayload) {
  const std::string payload = mysql97.substr(4);
  for (std::size_t length = 1; length < payload.size(); ++length) {
    const auto greeting = parse_mysql_greeting(std::string_view(payload).substr(0, length));
    EXPECT_TRUE(greeting.spoken() || greeting.cause == "malformed") << length << " " << greeting.cause;
  }
  EXPECT_EQ(parse_mysql_greeting("").cause, "not-mysql");
}

TEST(MysqlWire, SurvivesEveryChangedByte) {
  for (std::size_t at = 0; at < mysql97.size(); ++at) {
    for (const int value : {0x00, 0x0a, 0x1b, 0x7f, 0x80, 0xff}) {
      std::string bytes = mysql97;
      bytes[at] = static_cast<char>(value);
      bool complete = false;
      const auto greeting = parse_mysql_stream(bytes, complete);
      for (const auto* text : {&greeting.version, &greeting.auth_plugin, &greeting.banner, &greeting.text}) {
        for (const char c : *text) EXPECT_FALSE((c >= 0 && c < 0x20) || c == 0x7f);
      }
      EXPECT_NO_THROW(static_cast<void>(nlohmann::json(greeting).dump()));
    }
  }
}

TEST(MysqlWire, MakesHostileTextsHarmless) {
  std::string payload = mysql97.substr(4);
  payload.replace(1, 7, "8.0\x1b[31m\x1b]0;owned\x07");
  const auto greeting = parse_mysql_greeting(payload);
  EXPECT_EQ(greeting.version, "8.0\\x1b[31m\\x1b]0;owned\\x07");
  const auto error = parse(packet(std::string("\xff\x10\x04", 3) + std::string(3000, 'A') + "\x1b[2J"));
  EXPECT_LE(error.text.size(), 310U);
  EXPECT_EQ(error.text.find('\x1b'), std::string::npos);
}

TEST(MysqlWire, SslRequestIsThePacketOfTheManual) {
  const std::string request = mysql_ssl_request();
  ASSERT_EQ(request.size(), 36U);
  EXPECT_EQ(request.substr(0, 4), std::string("\x20\x00\x00\x01", 4));
  const auto capabilities =
      static_cast<std::uint8_t>(request[4]) | static_cast<unsigned>(static_cast<std::uint8_t>(request[5])) << 8U;
  EXPECT_EQ(capabilities & 0x0800U, 0x0800U);  // CLIENT_SSL
  EXPECT_EQ(capabilities & 0x0200U, 0x0200U);  // CLIENT_PROTOCOL_41
  EXPECT_EQ(request.substr(13), std::string(23, '\0'));
}

TEST(MysqlWire, GreetingSurvivesTheRecord) {
  const auto greeting = parse(mariadb);
  EXPECT_EQ(parse_json(dump_json(nlohmann::json(greeting))).get<MysqlGreeting>(), greeting);
  EXPECT_EQ(nlohmann::json::object().get<MysqlGreeting>(), MysqlGreeting{});
}

}  // namespace
}  // namespace wbverify
