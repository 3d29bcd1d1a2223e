// From the greeting to the log-in.
#include "healthy.hpp"

namespace wbverify {
namespace {

using testing::HasSubstr;
using testing::Not;

Finding greeting(const MysqlFacts& facts) {
  const auto finding = row(judge(mysql_greeting_check(), facts));
  expect_complete(finding);
  return finding;
}

MysqlFacts unspoken(std::string cause, int error = 0) {
  MysqlFacts facts = healthy_mysql();
  facts.greeting = {};
  facts.greeting.cause = std::move(cause);
  facts.greeting.error = error;
  facts.greeting.text = "words";
  return facts;
}

TEST(MysqlGreetingCheck, PassesOnAGreeting) {
  const auto finding = greeting(healthy_mysql());
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_THAT(finding.observed, HasSubstr("8.4.6"));
}

TEST(MysqlGreetingCheck, NamesEveryWayNotToGreet) {
  const struct {
    const char* cause;
    int error;
    Status status;
    const char* fix;
  } cases[] = {
      {"timed-out", 0, Status::unknown, "skip_name_resolve"},
      {"closed", 0, Status::fail, "backends"},
      {"reset", 0, Status::fail, "backends"},
      {"malformed", 0, Status::fail, "server's own machine"},
      {"not-mysql", 0, Status::fail, "mysql://wandb_local:PASSWORD@db.example.com:3306/wandb_local?tls=true"},
      {"x-protocol-port", 0, Status::fail, ":3306/"},
      {"old-protocol", 0, Status::fail, "8.4"},
      {"too-many-connections-1040", 1040, Status::fail, "SET PERSIST max_connections = 1000;"},
      {"host-blocked-1129", 1129, Status::fail, "TRUNCATE TABLE performance_schema.host_cache;"},
      {"host-not-allowed-1130", 1130, Status::fail, "CREATE USER 'wandb_local'@'%'"},
      {"error-1053", 1053, Status::fail, "perror 1053"},
      {"", 0, Status::unknown, ""},
  };
  for (const auto& c : cases) {
    const auto finding = greeting(unspoken(c.cause, c.error));
    EXPECT_EQ(finding.status, c.status) << c.cause;
    EXPECT_EQ(finding.cause, *c.cause == '\0' ? "interrupted" : c.cause);
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_EQ(finding.setting, "MYSQL");
  }
}

TEST(MysqlGreetingCheck, SaysWhoseBannerItIs) {
  const std::pair<const char*, const char*> banners[] = {
      {"SSH-2.0-OpenSSH_9.2", "SSH"},  {"HTTP/1.1 400 Bad Request", "web server"},
      {"220 mail ESMTP", "mail"},      {"-ERR unknown command", "Redis"},
      {"whatever", "no MySQL server"}, {"", "nothing readable"}};
  for (const auto& [banner, who] : banners) {
    MysqlFacts facts = unspoken("not-mysql");
    facts.greeting.banner = banner;
    EXPECT_THAT(greeting(facts).observed, HasSubstr(who));
  }
}

Finding flavour(const MysqlFacts& facts) {
  const auto finding = row(judge(mysql_flavour_check(), facts));
  expect_complete(finding);
  return finding;
}

TEST(MysqlFlavourCheck, RefusesMariadbByItsTraits) {
  MysqlFacts facts = healthy_mysql();
  facts.session = {};
  facts.greeting.version = "5.5.5-10.11.19-MariaDB-0+deb12u1";
  EXPECT_EQ(flavour(facts).cause, "mariadb");
  facts.greeting.version = "8.0.36";
  EXPECT_EQ(flavour(facts).status, Status::pass);
  facts.greeting.capabilities = 0x81fff7feU;  // bit 0 clear
  EXPECT_EQ(flavour(facts).cause, "mariadb");
  facts.greeting.capabilities = 0xdfffffffU;
  facts.greeting.reserved_used = true;
  EXPECT_EQ(flavour(facts).cause, "mariadb");
  facts.greeting.reserved_used = false;
  facts.session.variables["aria_block_size"].value = "8192";
  EXPECT_EQ(flavour(facts).cause, "mariadb");
}

TEST(MysqlFlavourCheck, RefusesWhatOnlySpeaksTheProtocol) {
  MysqlFacts facts = healthy_mysql();
  facts.session.version = "8.0.11-TiDB-v7.5.1";
  const auto finding = flavour(facts);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "not-mysql-inside");
  EXPECT_THAT(finding.observed, HasSubstr("TiDB"));
}

TEST(MysqlFlavourCheck, AcceptsEveryMake) {
  MysqlFacts facts = healthy_mysql();
  facts.session.version = "8.0.36-28";
  facts.session.version_comment = "Percona Server (GPL), Release 28";
  EXPECT_THAT(flavour(facts).observed, HasSubstr("Percona Server 8.0.36-28"));
  facts = healthy_mysql();
  facts.session.version = "8.0.31-google";
  facts.session.version_comment = "(Google)";
  EXPECT_THAT(flavour(facts).observed, HasSubstr("Google Cloud SQL"));
  facts = healthy_mysql();
  facts.host = "wandb.mysql.database.azure.com";
  EXPECT_THAT(flavour(facts).observed, HasSubstr("Azure"));
  facts = healthy_mysql();
  facts.session.base_directory = "/rdsdbbin/mysql-8.0.40.R1/";
  EXPECT_THAT(flavour(facts).observed, HasSubstr("Amazon RDS"));
  facts = healthy_mysql();
  facts.host = "wandb-mysql";
  EXPECT_THAT(flavour(facts).observed, HasSubstr("chart"));
}

TEST(MysqlFlavourCheck, KnowsAurorasFloor) {
  const struct {
    const char* aurora;
    const char* mysql;
    Status status;
  } cases[] = {{"3.05.2", "8.0.32", Status::pass},
               {"3.08.0", "8.0.39", Status::pass},
               {"3.04.1", "8.0.28", Status::warn},
               {"3.05.1", "8.0.32", Status::warn},
               // older ones are named by mysql.version
               {"3.03.0", "8.0.26", Status::pass},
               {"2.11.4", "5.7.12", Status::pass},
               {"", "8.0.32", Status::pass}};
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.aurora_version = c.aurora;
    facts.session.variables["aurora_version"].value = c.aurora;
    facts.session.version = c.mysql;
    const auto finding = flavour(facts);
    EXPECT_EQ(finding.status, c.status) << c.aurora;
    EXPECT_THAT(finding.observed, HasSubstr("Amazon Aurora"));
  }
}

Finding tls(const MysqlFacts& facts) {
  const auto finding = row(judge(mysql_tls_check(), facts));
  expect_complete(finding);
  return finding;
}

TEST(MysqlTlsCheck, PassesOnATrustedCertificate) { EXPECT_EQ(tls(healthy_mysql()).status, Status::pass); }

TEST(MysqlTlsCheck, WarnsOfPlainTextExceptOnLoopback) {
  MysqlFacts facts = healthy_mysql();
  facts.tls_mode = "false";
  facts.handshaken = false;
  auto finding = tls(facts);
  EXPECT_EQ(finding.status, Status::warn);
  EXPECT_EQ(finding.cause, "plaintext");
  EXPECT_THAT(finding.why, HasSubstr("The password too")) << "attackers send an RSA key of their own";
  EXPECT_THAT(finding.fix, HasSubstr("In /etc/wandb.env line 4 write: "
                                     "MYSQL=mysql://wandb_local:PASSWORD@db.example.com:3306/wandb_local?tls=true"));
  EXPECT_THAT(finding.fix, Not(HasSubstr("ssl_cert")));
  facts.greeting.capabilities &= ~0x800U;
  EXPECT_THAT(tls(facts).fix, HasSubstr("ssl_cert"));
  facts.tls_mode = "preferred";
  finding = tls(facts);
  EXPECT_EQ(finding.cause, "plaintext");
  EXPECT_THAT(finding.observed, HasSubstr("falls back"));
  facts.reach.attempts = {{"127.0.0.1", 3306, "", "", 0.1}, {"::1", 3306, "", "", 0.1}};
  EXPECT_EQ(tls(facts).status, Status::pass);
}

TEST(MysqlTlsCheck, WarnsWhenNobodyVerifies) {
  for (const char* mode : {"preferred", "skip-verify"}) {
    MysqlFacts facts = healthy_mysql();
    facts.tls_mode = mode;
    facts.tls.errors = {{19, 1, "self-signed certificate in certificate chain"}};
    const auto finding = tls(facts);
    EXPECT_EQ(finding.status, Status::warn);
    EXPECT_EQ(finding.cause, "not-verified");
    EXPECT_THAT(finding.observed, HasSubstr("self-signed"));
    facts.reach.attempts = {{"::1", 3306, "", "", 0.1}};
    EXPECT_EQ(tls(facts).status, Status::pass);
  }
}

TEST(MysqlTlsCheck, FailsWhenTheDemandIsNotMet) {
  for (const char* mode : {"true", "custom", "skip-verify"}) {
    MysqlFacts facts = healthy_mysql();
    facts.tls_mode = mode;
    facts.greeting.capabilities &= ~0x800U;
    facts.handshaken = false;
    const auto finding = tls(facts);
    EXPECT_EQ(finding.status, Status::fail);
    EXPECT_EQ(finding.cause, "no-tls-offered");
  }
}

TEST(MysqlTlsCheck, KnowsMysqlsOwnCertificate) {
  MysqlFacts facts = healthy_mysql();
  facts.tls.presented.front().subject_cn = "MySQL_Server_8.4.6_Auto_Generated_Server_Certificate";
  facts.tls.presented.front().subject = "CN=" + facts.tls.presented.front().subject_cn;
  facts.tls.errors = {{19, 1, "self-signed certificate in certificate chain"}};
  auto finding = tls(facts);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "mysql-default-cert");
  EXPECT_THAT(finding.observed, HasSubstr("the certificate that MySQL made for itself"));
  EXPECT_THAT(finding.fix, HasSubstr("ALTER INSTANCE RELOAD TLS"));

  facts.tls.presented.front().dns_names.clear();
  facts.tls.errors = {{62, 0, "hostname mismatch"}};
  finding = tls(facts);
  EXPECT_EQ(finding.cause, "mysql-default-cert") << "its CA may be given; it names no host all the same";
}

TEST(MysqlTlsCheck, SaysWhenAFileIsMissingHere) {
  MysqlFacts facts = healthy_mysql();
  facts.tls_mode = "custom";
  facts.ca_file = facts.unreadable_file = "/etc/ssl/certs/mysql_ca.pem";
  facts.handshaken = false;
  auto finding = tls(facts);
  EXPECT_EQ(finding.status, Status::unknown);
  EXPECT_EQ(finding.cause, "file-unreadable");
  EXPECT_EQ(finding.blame, Blame::machine);
  EXPECT_THAT(finding.fix, HasSubstr("--ca-file"));
  facts.unreadable_file = "/etc/client.key";
  EXPECT_THAT(tls(facts).fix, Not(HasSubstr("--ca-file")));
  facts.unreadable_file.clear();
  EXPECT_EQ(tls(facts).cause, "interrupted");
}

Finding login(const MysqlFacts& facts) {
  const auto finding = row(judge(mysql_login_check(), facts));
  expect_complete(finding);
  return finding;
}

TEST(MysqlLoginCheck, PassesAndSaysHow) {
  EXPECT_EQ(login(healthy_mysql()).status, Status::pass);
  EXPECT_THAT(login(healthy_mysql()).observed, HasSubstr("TLSv1.3 TLS_AES_128_GCM_SHA256"));
  MysqlFacts facts = healthy_mysql();
  facts.login.tls_cipher.clear();
  EXPECT_THAT(login(facts).observed, HasSubstr("not encrypted"));
  facts.login.tls_cipher = "X";
  facts.login.tls_version.clear();
  EXPECT_THAT(login(facts).observed, HasSubstr(", X,"));
}

TEST(MysqlLoginCheck, HasAdviceForEveryCause) {
  const struct {
    const char* cause;
    Status status;
    const char* fix;
  } cases[] = {
      {"access-denied-1045", Status::fail, "ALTER USER 'wandb_local'@'%' IDENTIFIED BY 'PASSWORD';"},
      {"password-expired-1862", Status::fail, "PASSWORD EXPIRE NEVER"},
      {"password-expired-1820", Status::fail, "PASSWORD EXPIRE NEVER"},
      {"account-locked-3118", Status::fail, "ACCOUNT UNLOCK"},
      {"account-blocked-3955", Status::fail, "ACCOUNT UNLOCK"},
      {"login-method-refused", Status::fail, "caching_sha2_password"},
      {"old-login-method-1251", Status::fail, "caching_sha2_password"},
      {"login-method-not-loaded-1524", Status::fail, "caching_sha2_password"},
      {"user-limit-reached-1226", Status::fail, "MAX_USER_CONNECTIONS 0"},
      {"too-many-user-connections-1203", Status::fail, "MAX_USER_CONNECTIONS 0"},
      {"unknown-database-1049", Status::fail,
       "CREATE DATABASE IF NOT EXISTS `wandb_local` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;"},
      {"no-database-access-1044", Status::fail, "GRANT ALL ON `wandb_local`.* TO 'wandb_local'@'%' WITH GRANT OPTION;"},
      {"tls-required-3159", Status::fail, "?tls=true"},
      {"secure-connection-required-2061", Status::fail, "?tls=true"},
      {"too-many-connections-1040", Status::fail, "max_connections"},
      {"offline-mode-3032", Status::fail, "offline_mode = OFF"},
      {"lost-connection-2013", Status::fail, "log"},
      {"server-shutting-down-1053", Status::fail, "log"},
      {"tls-failed-2026", Status::fail, "ssl-cert"},
      {"error-9999", Status::fail, "error log"},
      {"plugin-not-loaded", Status::unknown, "libmariadb3"},
      {"certificate-changed", Status::unknown, "same certificate"},
      {"timed-out", Status::unknown, "load"},
      {"stopped", Status::unknown, ""},
  };
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session = {};
    facts.login.cause = c.cause;
    facts.login.text = "the server's words";
    const auto finding = login(facts);
    EXPECT_EQ(finding.status, c.status) << c.cause;
    EXPECT_EQ(finding.cause, c.cause);
    EXPECT_THAT(finding.observed, HasSubstr("the server's words"));
    EXPECT_THAT(finding.fix, HasSubstr(c.fix)) << c.cause;
    EXPECT_THAT(finding.reproduce, HasSubstr("MYSQL_PWD=\"$MYSQL_PASSWORD\" mysql"));
  }
}

TEST(MysqlLoginCheck, IsUnknownWhenItWasNotTried) {
  MysqlFacts facts = healthy_mysql();
  facts.login = {};
  facts.session = {};
  EXPECT_EQ(login(facts).cause, "not-tried");
  EXPECT_EQ(login(facts).status, Status::unknown);
}

TEST(MysqlLoginCheck, SpeaksOfRequireSslOnlyWithoutTls) {
  MysqlFacts facts = healthy_mysql();
  facts.login.cause = "access-denied-1045";
  EXPECT_THAT(login(facts).fix, Not(HasSubstr("REQUIRE SSL")));
  facts.tls_mode = "false";
  EXPECT_THAT(login(facts).fix, HasSubstr("REQUIRE SSL"));
}

TEST(MysqlLoginCheck, QuotesWhatGoesIntoStatements) {
  MysqlFacts facts = healthy_mysql();
  facts.user = "o'brien";
  facts.database = "a`b";
  facts.login.cause = "no-database-access-1044";
  EXPECT_THAT(login(facts).fix, HasSubstr("GRANT ALL ON `a``b`.* TO 'o''brien'@'%'"));
}

}  // namespace
}  // namespace wbverify
