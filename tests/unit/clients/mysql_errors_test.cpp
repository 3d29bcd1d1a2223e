#include <gtest/gtest.h>

#include "clients/mysql.hpp"

namespace wbverify {
namespace {

struct Case {
  unsigned number;
  const char* text;
  const char* cause;
  bool transient;
};

class MysqlErrors : public testing::TestWithParam<Case> {};

TEST_P(MysqlErrors, HasACause) {
  const auto error = describe_mysql_error(GetParam().number, GetParam().text);
  EXPECT_EQ(error.cause, GetParam().cause);
  EXPECT_EQ(error.transient, GetParam().transient);
  EXPECT_EQ(error.text.find(".so"), std::string::npos) << "folders of this machine are no part of the answer: " << error.text;
}

INSTANTIATE_TEST_SUITE_P(
    All, MysqlErrors,
    testing::Values(
        Case{1045, "Access denied for user 'wandb_local'@'10.0.0.7' (using password: YES)", "access-denied-1045",
             false},
        Case{1045,
             "Plugin caching_sha2_password could not be loaded: caching_sha2_password.so: cannot open shared object "
             "file",
             "plugin-not-loaded", false},
        Case{1044, "Access denied for user 'w'@'%' to database 'nodb'", "no-database-access-1044", false},
        Case{1049, "Unknown database 'nodb'", "unknown-database-1049", false},
        Case{1040, "Too many connections", "too-many-connections-1040", true},
        Case{2061,
             "Authentication plugin 'caching_sha2_password' reported error: Authentication requires secure connection.",
             "secure-connection-required-2061", false},
        Case{2059, "Authentication plugin 'mysql_native_password' cannot be loaded: …: cannot open shared object file",
             "plugin-not-loaded", false},
        Case{2059, "Authentication plugin 'mysql_clear_password' cannot be loaded: plugin not enabled",
             "login-method-refused", false},
        Case{5010, "Authentication plugin 'mysql_clear_password' couldn't be found in restricted_auth plugin list.",
             "login-method-refused", false},
        Case{2059,
             "Authentication plugin 'authentication_ldap_sasl_client' cannot be loaded: cannot open shared object file",
             "login-method-refused", false},
        Case{2059, "Authentication plugin '' cannot be loaded: /usr/lib/plugin/.so: cannot open shared object file", "login-method-refused", false},
        Case{1045, "Plugin  could not be loaded: /usr/lib/plugin/.so: cannot open shared object file", "login-method-refused", false},
        Case{1045, "Plugin  could not be loaded: name is missing", "login-method-refused", false},
        Case{2026, "TLS/SSL error: unexpected eof while reading", "lost-connection-2013", true},
        Case{2026, "TLS/SSL error: Connection reset by peer", "lost-connection-2013", true},
        Case{2026, "TLS/SSL error: Fingerprint verification of server certificate failed", "certificate-changed",
             false},
        Case{2026, "TLS/SSL error: Fingerprint validation of peer certificate failed", "certificate-changed", false},
        Case{2026, "SSL connection error: SSL is required but the server doesn't support it", "tls-failed-2026", false},
        Case{2013, "Lost connection to server at 'handshake: reading initial communication packet', system error: 110",
             "lost-connection-2013", true},
        Case{2002,
             "Received error packet before completion of TLS handshake. The authenticity of the following error cannot "
             "be verified: 1130 - Host "
             "'10.0.0.9' is not allowed to connect to this MySQL server",
             "host-not-allowed-1130", false},
        Case{2002, "Received error packet before completion of TLS handshake. nothing - more", "connect-failed-2002",
             true},
        Case{2003, "Can't connect to MySQL server on '10.0.0.1:3306' (111)", "connect-failed-2003", true},
        Case{3159, "Connections using insecure transport are prohibited while --require_secure_transport=ON.",
             "tls-required-3159", false},
        Case{1862, "Your password has expired.", "password-expired-1862", false},
        Case{3118, "Account is locked.", "account-locked-3118", false},
        Case{3955, "Account is blocked for 1 day(s)", "account-blocked-3955", false},
        Case{9999, "something new", "error-9999", false}));

TEST(MysqlErrorText, IsHarmless) {
  const auto error = describe_mysql_error(1064, std::string("near '\x1b[31m'\n") + std::string(5000, 'x'));
  EXPECT_EQ(error.text.find('\x1b'), std::string::npos);
  EXPECT_LE(error.text.size(), 410U);
}

TEST(MysqlErrorText, OfARefusedMethodIsOurOwn) {
  const auto error = describe_mysql_error(
      5010, "Authentication plugin '\x13[\xff scrambled password' couldn't be found in restricted_auth plugin list.");
  EXPECT_EQ(error.text.find("scrambled"), std::string::npos);
}

TEST(MysqlNames, AreQuoted) {
  EXPECT_EQ(mysql_quote_name("wandb_local"), "`wandb_local`");
  EXPECT_EQ(mysql_quote_name("a`; DROP TABLE x; --"), "`a``; DROP TABLE x; --`");
}

TEST(MysqlLibrary, HasANameAndAVersion) { EXPECT_NE(mysql_library().find_first_of("0123456789"), std::string::npos); }

}  // namespace
}  // namespace wbverify
