// The account's rights, the database itself, and the write probe.
#include "checks/mysql/facts_flavour.hpp"
#include "checks/mysql/facts_grants.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "healthy.hpp"

namespace wbverify {
namespace {

using testing::HasSubstr;

Finding one(const CheckSpec& check, const MysqlFacts& facts, const std::string& name = "") {
  const auto findings = judge(check, facts);
  for (const auto& finding : findings) expect_complete(finding);
  return row(findings, name);
}

TEST(MysqlGrants, AreSummedAsTheServerDoes) {
  const std::string all = "GRANT ALL PRIVILEGES ON ";
  const std::string to = " TO `w`@`%`";
  const struct {
    std::vector<std::string> lines;
    std::size_t count;
    bool option;
  } cases[] = {
      {{"GRANT USAGE ON *.*" + to}, 0, false},
      {{all + "`wandb_local`.*" + to}, 18, false},
      {{all + "`wandb_local`.*" + to + " WITH GRANT OPTION"}, 18, true},
      {{all + "`wandb\\_local`.*" + to}, 18, false},
      {{all + "`wandb%`.*" + to}, 18, false},
      {{all + "`%`.*" + to}, 18, false},
      {{all + "`WANDB_LOCAL`.*" + to}, 18, false},
      {{all + "`wandb\\%`.*" + to}, 0, false},
      {{all + "`wandb`.*" + to}, 0, false},
      {{all + "`wandb_loca`.*" + to}, 0, false},
      {{all + "`wandb_local`.`runs`" + to}, 0, false},
      {{all + "*.*" + to}, 18, false},
      {{"GRANT SELECT, INSERT, UPDATE, DELETE ON `wandb_local`.*" + to}, 4, false},
      {{"GRANT SELECT (`a`, `b`), INSERT ON `wandb_local`.*" + to}, 1, false},
      {{"GRANT SELECT, RELOAD, SHUTDOWN ON *.*" + to,
        "GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.*" + to + " WITH GRANT OPTION"},
       1,
       true},
      {{all + "*.*" + to, "REVOKE DROP, ALTER ON `wandb_local`.* FROM `w`@`%`"}, 16, false},
      {{"REVOKE DROP ON `wandb_local`.* FROM `w`@`%`", all + "*.*" + to}, 17, false},
      {{"GRANT `wandb_role`@`%`" + to}, 0, false},
      {{"GRANT PROXY ON ``@`` TO `w`@`%` WITH GRANT OPTION"}, 0, false},
      {{"GRANT EXECUTE ON PROCEDURE `wandb_local`.`p`" + to}, 0, false},
      {{"GRANT SELECT ON `a``b`.*" + to}, 0, false},
      {{"GRANT ALL PRIVILEGES ON \"wandb_local\".* TO \"w\"@\"%\" WITH GRANT OPTION"}, 18, true},
      {{"GRANT \"wandb_role\"@\"%\" TO \"w\"@\"%\""}, 0, false},
      {{"nonsense", "GRANT", "GRANT X", ""}, 0, false},
  };
  for (const auto& c : cases) {
    const auto rights = sum_mysql_grants(c.lines, "wandb_local");
    EXPECT_EQ(rights.privileges.size(), c.count) << c.lines.front();
    EXPECT_EQ(rights.grant_option, c.option) << c.lines.front();
  }
  EXPECT_EQ(sum_mysql_grants({"GRANT SELECT ON `a``b`.* TO x"}, "a`b").privileges.size(), 1U);
  EXPECT_EQ(sum_mysql_grants({"whatever"}, "x").unread.size(), 1U);
}

TEST(MysqlGrants, TakeNoTimeOnAHostilePattern) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "%a";
  const auto rights =
      sum_mysql_grants({"GRANT ALL PRIVILEGES ON `" + pattern + "b`.* TO `w`@`%`"}, std::string(64, 'a'));
  EXPECT_TRUE(rights.privileges.empty());
}

TEST(MysqlGrantsCheck, NamesWhatIsMissing) {
  MysqlFacts facts = healthy_mysql();
  EXPECT_EQ(one(mysql_grants_check(), facts).status, Status::pass);
  facts.session.grants = {"GRANT SELECT, INSERT, UPDATE, DELETE ON `wandb_local`.* TO `wandb_local`@`%`"};
  auto finding = one(mysql_grants_check(), facts);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "missing-privileges");
  EXPECT_THAT(finding.observed, HasSubstr("lacks 14 of 18"));
  EXPECT_THAT(finding.fix, HasSubstr("GRANT ALL ON `wandb_local`.* TO 'wandb_local'@'%' WITH GRANT OPTION;"));
  facts.session.grants = {"GRANT ALL PRIVILEGES ON `wandb_local`.* TO `wandb_local`@`%`"};
  EXPECT_EQ(one(mysql_grants_check(), facts).cause, "no-grant-option");
  facts.session.grants = {"something new"};
  EXPECT_THAT(one(mysql_grants_check(), facts).observed, HasSubstr("something new"));
  facts.session.grants.clear();
  EXPECT_EQ(one(mysql_grants_check(), facts).status, Status::unknown);
}

TEST(MysqlAccountCheck, LooksAtExpiryAndMethod) {
  const struct {
    const char* plugin;
    const char* expiry;
    const char* lifetime;
    const char* cause;
  } cases[] = {{"caching_sha2_password", "DEFAULT", "0", ""},
               {"caching_sha2_password", "NEVER", "90", ""},
               {"caching_sha2_password", "DEFAULT", "90", "password-expires"},
               {"caching_sha2_password", "INTERVAL 30 DAY", "0", "password-expires"},
               {"mysql_native_password", "DEFAULT", "0", "old-login-method"},
               {"sha256_password", "", "0", "old-login-method"},
               {"authentication_ldap_sasl", "DEFAULT", "0", ""}};
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.account_plugin = c.plugin;
    facts.session.account_expiry = c.expiry;
    facts.session.variables["default_password_lifetime"].value = c.lifetime;
    EXPECT_EQ(one(mysql_account_check(), facts).cause, c.cause) << c.plugin << c.expiry;
  }
  MysqlFacts facts = healthy_mysql();
  facts.session.account_plugin.clear();
  EXPECT_EQ(one(mysql_account_check(), facts).status, Status::skip);
}

TEST(MysqlCharsetCheck, WantsUtf8mb4) {
  const struct {
    const char* charset;
    const char* collation;
    Status status;
    const char* cause;
  } cases[] = {{"utf8mb4", "utf8mb4_general_ci", Status::pass, ""},
               {"utf8mb4", "utf8mb4_0900_ai_ci", Status::warn, "other-collation"},
               {"utf8mb3", "utf8mb3_general_ci", Status::fail, "wrong-charset"},
               {"latin1", "latin1_swedish_ci", Status::fail, "wrong-charset"},
               {"", "", Status::unknown, "not-reported"}};
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.charset = c.charset;
    facts.session.collation = c.collation;
    const auto finding = one(mysql_charset_check(), facts, "database");
    EXPECT_EQ(finding.status, c.status) << c.collation;
    EXPECT_EQ(finding.cause, c.cause);
    EXPECT_EQ(one(mysql_charset_check(), facts, "tables").status,
              std::string_view(c.charset) == "utf8mb4" ? Status::pass : Status::skip);
  }
}

TEST(MysqlCharsetCheck, LooksAtTheTables) {
  MysqlFacts facts = healthy_mysql();
  facts.session.odd_tables = {{"runs", "utf8mb4_0900_ai_ci", "InnoDB"}};
  EXPECT_EQ(one(mysql_charset_check(), facts, "tables").cause, "mixed-collations");
  facts.session.odd_tables.push_back({"notes", "latin1_swedish_ci", "InnoDB"});
  EXPECT_EQ(one(mysql_charset_check(), facts, "tables").cause, "other-charset");
  facts.session.odd_tables.push_back({"old (1)", "utf8mb4_general_ci", "MyISAM"});
  const auto engine = one(mysql_charset_check(), facts, "tables");
  EXPECT_EQ(engine.status, Status::fail);
  EXPECT_EQ(engine.cause, "wrong-engine");
  EXPECT_THAT(engine.fix, HasSubstr("ALTER TABLE `wandb_local`.`old (1)` ENGINE = InnoDB;"));
  for (int i = 0; i < 18; ++i) facts.session.odd_tables.push_back({"t" + std::to_string(i), "x", "MyISAM"});
  EXPECT_THAT(one(mysql_charset_check(), facts, "tables").observed, HasSubstr("and 14 more"));
  facts.session.failed["tables"] = "words";
  EXPECT_EQ(one(mysql_charset_check(), facts, "tables").status, Status::unknown);
  facts = healthy_mysql();
  facts.session.tables = "0";
  EXPECT_EQ(one(mysql_charset_check(), facts, "tables").observed, "no tables yet");
}

TEST(MysqlMigrationsCheck, SeesADirtySchemaAndAMissingLock) {
  MysqlFacts facts = healthy_mysql();
  EXPECT_EQ(one(mysql_migrations_check(), facts, "schema").observed, "version 412");
  facts.session.migration_dirty = "1";
  const auto dirty = one(mysql_migrations_check(), facts, "schema");
  EXPECT_EQ(dirty.cause, "dirty");
  EXPECT_THAT(dirty.why, HasSubstr("Dirty database version 412"));
  facts.session.migrated = false;
  EXPECT_EQ(one(mysql_migrations_check(), facts, "schema").status, Status::pass);
  facts.session.failed["migrations"] = "Unknown column 'dirty'";
  EXPECT_EQ(one(mysql_migrations_check(), facts, "schema").status, Status::skip);
  for (const char* answer : {"0", ""}) {
    facts.session.lock = answer;
    EXPECT_EQ(one(mysql_migrations_check(), facts, "lock").cause, "no-lock");
  }
  facts.session.failed["lock"] = "words";
  EXPECT_THAT(one(mysql_migrations_check(), facts, "lock").observed, HasSubstr("words"));
}

MysqlWriteFacts healthy_write() {
  MysqlWriteFacts facts;
  static_cast<MysqlPlace&>(facts) = healthy_mysql();
  facts.table = "_wbverify_00000000000000aa";
  for (const char* name : {"lock", "limits", "create", "begin", "insert", "read", "roll-back", "count", "add-index",
                           "add-column", "drop"}) {
    facts.steps.push_back({name, "SQL", "", "", 1.5});
  }
  facts.sent_hex = facts.read_hex = "61C39FE1BA9EF09F9A80";
  facts.rows_left = "0";
  return facts;
}

Finding write(const MysqlWriteFacts& facts) {
  const auto finding = row(judge(mysql_round_trip_check(), facts));
  expect_complete(finding);
  return finding;
}

TEST(MysqlRoundTripCheck, PassesWhenEverythingWorked) { EXPECT_EQ(write(healthy_write()).status, Status::pass); }

TEST(MysqlRoundTripCheck, NamesTheStepThatFailed) {
  const std::pair<const char*, const char*> steps[] = {{"lock", "GET_LOCK"},       {"limits", "SET SESSION"},
                                                       {"create", "CREATE TABLE"}, {"begin", "START TRANSACTION"},
                                                       {"insert", "INSERT"},       {"read", "SELECT"},
                                                       {"roll-back", "ROLLBACK"},  {"count", "SELECT COUNT"},
                                                       {"add-index", "ADD INDEX"}, {"add-column", "ADD COLUMN"}};
  for (const auto& [name, statement] : steps) {
    MysqlWriteFacts facts = healthy_write();
    for (auto& step : facts.steps) {
      if (step.name == name) {
        step.cause = "table-full-1114";
        step.text = "The table is full";
      }
    }
    const auto finding = write(facts);
    EXPECT_EQ(finding.cause, "table-full-1114");
    EXPECT_EQ(finding.status, Status::fail);
    EXPECT_THAT(finding.observed, HasSubstr(std::string(statement)));
    EXPECT_THAT(finding.fix, HasSubstr("df -h"));
  }
}

TEST(MysqlRoundTripCheck, HasAdviceForEachError) {
  const std::pair<const char*, const char*> errors[] = {{"privilege-missing-1142", "GRANT ALL"},
                                                        {"lock-wait-timeout-1205", "metadata_locks"},
                                                        {"read-only-1290", "failover"},
                                                        {"wrong-text-1366", "init_connect"},
                                                        {"error-1064", "by hand"}};
  for (const auto& [cause, fix] : errors) {
    MysqlWriteFacts facts = healthy_write();
    facts.steps[4].cause = cause;
    EXPECT_THAT(write(facts).fix, HasSubstr(fix));
  }
  MysqlWriteFacts facts = healthy_write();
  facts.steps[4].cause = "timed-out";
  EXPECT_EQ(write(facts).status, Status::unknown);
}

TEST(MysqlRoundTripCheck, ComparesWhatCameBack) {
  MysqlWriteFacts facts = healthy_write();
  facts.read_hex = "61C383C5B8";
  EXPECT_EQ(write(facts).cause, "text-changed");
  facts = healthy_write();
  facts.rows_left = "1";
  EXPECT_EQ(write(facts).cause, "rollback-ignored");
}

TEST(MysqlRoundTripCheck, NeverHidesALeftover) {
  MysqlWriteFacts facts = healthy_write();
  facts.left_behind = true;
  facts.steps.back().cause = "lost-connection-2013";
  const auto finding = write(facts);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "left-behind");
  EXPECT_THAT(finding.fix, HasSubstr("DROP TABLE IF EXISTS `wandb_local`.`_wbverify_00000000000000aa`;"));
}

TEST(MysqlRoundTripCheck, IsUnknownWhenNothingWasWritten) {
  MysqlWriteFacts facts = healthy_write();
  facts.cause = "busy";
  facts.text = "Another run";
  EXPECT_EQ(write(facts).status, Status::unknown);
  EXPECT_EQ(write(MysqlWriteFacts{}).cause, "interrupted");
}

TEST(MysqlFactsRecord, SurvivesTheRecord) {
  MysqlFacts facts = healthy_mysql();
  facts.session.variables["sort_buffer_size"].persisted = "18446744073709551615";
  facts.session.odd_tables = {{"a", "b", "c"}};
  facts.session.failed["x"] = "y";
  MysqlFacts again;
  decode_facts(encode_facts(facts), again);
  EXPECT_EQ(encode_facts(again), encode_facts(facts));
  EXPECT_EQ(again.session.variables, facts.session.variables);
  EXPECT_EQ(again.greeting, facts.greeting);
  EXPECT_EQ(again.session.asked_at, 1795575600000000);
  MysqlWriteFacts written = healthy_write(), read;
  decode_facts(encode_facts(written), read);
  EXPECT_EQ(encode_facts(read), encode_facts(written));
  MysqlFacts old;
  decode_facts("{}", old);
  EXPECT_EQ(old.host, "");
}

TEST(MysqlVersions, AreRead) {
  const std::pair<const char*, const char*> cases[] = {{"8.0.36", "8.0.36"},     {"8.0.31-google", "8.0.31"},
                                                       {"5.7.44-log", "5.7.44"}, {"5.5.5-10.11.19-MariaDB", "10.11.19"},
                                                       {"8.4", "8.4.0"},         {"8.4.x", "8.4.0"},
                                                       {"3.05.2", "3.5.2"},      {"8.4.-1", "8.4.0"}};
  for (const auto& [text, version] : cases) {
    ASSERT_TRUE(parse_mysql_version(text)) << text;
    EXPECT_EQ(show(*parse_mysql_version(text)), version);
  }
  for (const char* text : {"", "8", "x", "-8.0.1", "99999999999.0.0"}) EXPECT_FALSE(parse_mysql_version(text)) << text;
}

TEST(MysqlRemedies, ShowNumbersAsPeopleDo) {
  EXPECT_EQ(show_bytes("67108864"), "64 MiB");
  EXPECT_EQ(show_bytes("1536"), "1.5 KiB");
  EXPECT_EQ(show_bytes("12"), "12 bytes");
  EXPECT_EQ(show_bytes("x"), "x");
  EXPECT_EQ(parse_number("18446744073709551615"), 18446744073709551615U);
  EXPECT_FALSE(parse_number("18446744073709551616"));
  EXPECT_FALSE(parse_number("-1"));
}

TEST(MysqlRemedies, SpeakTlsAsMysqlDemandsIt) {
  MysqlPlace place = healthy_mysql();
  EXPECT_EQ(mysql_client(place, "SELECT 1"),
            "MYSQL_PWD=\"$MYSQL_PASSWORD\" mysql --protocol=TCP --host=db.example.com --port=3306 --user=wandb_local "
            "--ssl-mode=VERIFY_IDENTITY "
            "--ssl-ca=/etc/ssl/certs/ca-certificates.crt -e 'SELECT 1' wandb_local");
  place.tls_mode = "custom";
  place.ca_file = "/etc/my ca.pem";
  EXPECT_THAT(mysql_client(place, "X"), HasSubstr("--ssl-ca='/etc/my ca.pem'"));
  place.tls_mode = "false";
  EXPECT_THAT(mysql_client(place, "X"), HasSubstr("--ssl-mode=DISABLED --get-server-public-key"));
  place.tls_mode = "preferred";
  EXPECT_THAT(mysql_client(place, "X"), HasSubstr("--ssl-mode=PREFERRED"));
  place.tls_mode = "skip-verify";
  EXPECT_THAT(mysql_client(place, "X"), HasSubstr("--ssl-mode=REQUIRED"));
  place.host = "::1";
  EXPECT_THAT(mysql_openssl(place), HasSubstr("-connect '[::1]':3306 -verify_ip ::1"));
  EXPECT_EQ(mysql_url(place, 3306, "?tls=true"), "mysql://wandb_local:PASSWORD@[::1]:3306/wandb_local?tls=true");
}

}  // namespace
}  // namespace wbverify
