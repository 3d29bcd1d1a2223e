// What the session told: version, variables, rights, room.
#include "checks/mysql/plugin_variables.hpp"
#include "healthy.hpp"

namespace wbverify {
namespace {

using testing::HasSubstr;
using testing::Not;

Finding one(const CheckSpec& check, const MysqlFacts& facts, const std::string& name = "",
            const Scene& scene = scene_of_2026()) {
  const auto findings = judge(check, facts, scene);
  for (const auto& finding : findings) expect_complete(finding);
  return row(findings, name);
}

TEST(MysqlVersionCheck, FollowsThePolicy) {
  constexpr std::int64_t before = 1777593599999, after = 1777593600000;  // 2026-05-01
  const struct {
    const char* version;
    std::int64_t now;
    Status status;
    const char* cause;
  } cases[] = {
      {"5.7.44-log", before, Status::fail, "mysql-5"},
      {"5.6.51", before, Status::fail, "mysql-5"},
      {"8.0.27", before, Status::fail, "too-old"},
      {"8.0.11", before, Status::fail, "too-old"},
      {"8.0.28", before, Status::warn, "below-recommended"},
      {"8.0.31-google", before, Status::warn, "below-recommended"},
      {"8.0.32", before, Status::pass, ""},
      {"8.0.44-azure", before, Status::pass, ""},
      {"8.0.32", after, Status::warn, "end-of-life"},
      {"8.0.28", after, Status::warn, "below-recommended"},
      {"8.1.0", before, Status::warn, "innovation-release"},
      {"8.3.0", before, Status::warn, "innovation-release"},
      {"8.4.0", after, Status::pass, ""},
      {"8.4.6-6", after, Status::pass, ""},
      {"9.0.1", after, Status::warn, "innovation-release"},
      {"9.7.4-2", after, Status::pass, ""},
      {"10.1.0", after, Status::warn, "innovation-release"},
      {"unknown", after, Status::unknown, "unreadable-version"},
  };
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.version = facts.greeting.version = c.version;
    const auto finding = one(mysql_version_check(), facts, "", scene_of_2026(c.now));
    EXPECT_EQ(finding.status, c.status) << c.version;
    EXPECT_EQ(finding.cause, c.cause) << c.version;
    EXPECT_THAT(finding.observed, HasSubstr(c.version));
  }
}

TEST(MysqlVersionCheck, DoesNotHoldTheEndOf80AgainstAurora) {
  MysqlFacts facts = healthy_mysql();
  facts.session.version = "8.0.32";
  facts.session.aurora_version = "3.05.2";
  EXPECT_EQ(one(mysql_version_check(), facts, "", scene_of_2026(1800000000000)).status, Status::pass);
}

TEST(MysqlVersionCheck, TakesTheGreetingWhenThereIsNothingElse) {
  MysqlFacts facts = healthy_mysql();
  facts.session = {};
  facts.greeting.version = "5.7.44";
  const auto finding = one(mysql_version_check(), facts);
  EXPECT_EQ(finding.cause, "mysql-5");
  EXPECT_THAT(finding.observed, HasSubstr("greeting"));
}

TEST(MysqlVersionCheck, SeesAProxy) {
  MysqlFacts facts = healthy_mysql();
  facts.greeting.version = "5.5.30";
  const auto finding = one(mysql_version_check(), facts);
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_THAT(finding.observed, HasSubstr("proxy"));
}

TEST(MysqlVersionCheck, UpgradesInTheWordsOfTheProvider) {
  MysqlFacts facts = healthy_mysql();
  facts.session.version = "8.0.20";
  EXPECT_THAT(one(mysql_version_check(), facts).fix, HasSubstr("MySQL Shell"));
  facts.host = "wandb.abc.eu-central-1.rds.amazonaws.com";
  EXPECT_THAT(one(mysql_version_check(), facts).fix, HasSubstr("aws rds modify-db-instance"));
  facts.host = "wandb.cluster-abc.eu-central-1.rds.amazonaws.com";
  EXPECT_THAT(one(mysql_version_check(), facts).fix, HasSubstr("aws rds modify-db-cluster"));
  facts.host = "wandb.mysql.database.azure.com";
  EXPECT_THAT(one(mysql_version_check(), facts).fix, HasSubstr("az mysql flexible-server upgrade --name wandb"));
  facts.host = "10.1.2.3";
  facts.session.version = "8.0.20-google";
  EXPECT_THAT(one(mysql_version_check(), facts).fix, HasSubstr("--database-version=MYSQL_8_4"));
  facts.session.version = "8.0.20";
  facts.host = "wandb-mysql.wandb.svc.cluster.local";
  EXPECT_THAT(one(mysql_version_check(), facts).fix, HasSubstr("mysql.image.tag"));
}

struct VariableCase {
  const char* name;
  const char* value;
  Status status;
  const char* cause;
};

class MysqlVariable : public testing::TestWithParam<VariableCase> {};

TEST_P(MysqlVariable, IsJudged) {
  const auto& c = GetParam();
  MysqlFacts facts = healthy_mysql();
  facts.session.variables[c.name].value = c.value;
  const auto finding = one(mysql_variables_check(), facts, c.name);
  EXPECT_EQ(finding.status, c.status) << finding.observed;
  EXPECT_EQ(finding.cause, c.cause);
  for (const auto& other : judge(mysql_variables_check(), facts)) {
    if (other.row != c.name) {
      EXPECT_EQ(other.status, Status::pass) << other.row;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MysqlVariable,
    testing::Values(VariableCase{"binlog_format", "row", Status::pass, ""},
                    VariableCase{"binlog_format", "MIXED", Status::fail, "wrong-value"},
                    VariableCase{"binlog_format", "STATEMENT", Status::fail, "wrong-value"},
                    VariableCase{"binlog_row_image", "minimal", Status::pass, ""},
                    VariableCase{"binlog_row_image", "FULL", Status::fail, "wrong-value"},
                    VariableCase{"sync_binlog", "0", Status::fail, "wrong-value"},
                    VariableCase{"sync_binlog", "1000", Status::fail, "wrong-value"},
                    VariableCase{"innodb_flush_log_at_trx_commit", "2", Status::fail, "wrong-value"},
                    VariableCase{"innodb_online_alter_log_max_size", "134217728", Status::fail, "wrong-value"},
                    VariableCase{"innodb_online_alter_log_max_size", "18446744073709551615", Status::pass, ""},
                    VariableCase{"innodb_online_alter_log_max_size", "a lot", Status::unknown, "unreadable-value"},
                    VariableCase{"sort_buffer_size", "262144", Status::fail, "wrong-value"},
                    VariableCase{"sort_buffer_size", "33554432", Status::warn, "wrong-value"},
                    VariableCase{"sort_buffer_size", "33554431", Status::fail, "wrong-value"},
                    VariableCase{"sort_buffer_size", "67108863", Status::warn, "wrong-value"},
                    VariableCase{"sort_buffer_size", "134217728", Status::pass, ""},
                    VariableCase{"sort_buffer_size", "", Status::unknown, "unreadable-value"},
                    VariableCase{"max_prepared_stmt_count", "16382", Status::warn, "wrong-value"},
                    VariableCase{"max_prepared_stmt_count", "110", Status::fail, "nearly-exhausted"},
                    VariableCase{"max_allowed_packet", "33554432", Status::warn, "wrong-value"},
                    VariableCase{"max_allowed_packet", "4194304", Status::fail, "wrong-value"},
                    VariableCase{"sql_mode", "ANSI_QUOTES,STRICT_TRANS_TABLES", Status::fail, "wrong-value"},
                    VariableCase{"sql_mode", "STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES", Status::warn, "wrong-value"},
                    VariableCase{"sql_mode", "", Status::warn, "wrong-value"},
                    VariableCase{"sql_mode", "STRICT_ALL_TABLES", Status::pass, ""},
                    VariableCase{"sql_require_primary_key", "ON", Status::warn, "wrong-value"},
                    VariableCase{"log_bin", "OFF", Status::warn, "wrong-value"},
                    VariableCase{"innodb_force_recovery", "1", Status::fail, "wrong-value"},
                    VariableCase{"max_execution_time", "9999", Status::warn, "wrong-value"},
                    VariableCase{"max_execution_time", "60000", Status::pass, ""},
                    VariableCase{"wait_timeout", "59", Status::warn, "wrong-value"},
                    VariableCase{"wait_timeout", "60", Status::pass, ""},
                    VariableCase{"innodb_buffer_pool_size", "134217728", Status::pass, ""}));

TEST(MysqlVariables, GivesTheRowsThatItAnnounces) {
  const auto check = mysql_variables_check();
  std::vector<std::string> rows;
  for (const auto& finding : judge(check, healthy_mysql())) {
    rows.push_back(finding.row);
    EXPECT_EQ(finding.status, Status::pass) << finding.row << " " << finding.observed;
    EXPECT_NE(finding.title, "");
  }
  EXPECT_EQ(rows, check.rows);
}

TEST(MysqlVariables, KnowTheProvidersLimits) {
  MysqlFacts aurora = healthy_mysql();
  aurora.session.aurora_version = "3.05.2";
  aurora.session.variables["sync_binlog"].value = "0";
  aurora.session.variables["binlog_row_image"].value = "FULL";
  EXPECT_EQ(one(mysql_variables_check(), aurora, "sync_binlog").status, Status::skip);
  EXPECT_EQ(one(mysql_variables_check(), aurora, "binlog_row_image").status, Status::warn);

  MysqlFacts azure = healthy_mysql();
  azure.host = "wandb.mysql.database.azure.com";
  azure.session.variables["sort_buffer_size"].value = "524288";
  EXPECT_EQ(one(mysql_variables_check(), azure, "sort_buffer_size").status, Status::warn);
  azure.session.variables["sort_buffer_size"].value = "524287";
  EXPECT_EQ(one(mysql_variables_check(), azure, "sort_buffer_size").status, Status::fail);

  MysqlFacts google = healthy_mysql();
  google.session.version = "8.4.4-google";
  google.session.variables["innodb_online_alter_log_max_size"].value = "134217728";
  EXPECT_EQ(one(mysql_variables_check(), google, "innodb_online_alter_log_max_size").status, Status::warn);
}

TEST(MysqlVariables, AreSetInTheWordsOfTheProvider) {
  MysqlFacts facts = healthy_mysql();
  facts.session.variables["sort_buffer_size"].value = "262144";
  facts.session.variables["sort_buffer_size"].source = "COMPILED";
  const auto own = one(mysql_variables_check(), facts, "sort_buffer_size");
  EXPECT_THAT(own.observed, HasSubstr("MySQL's default"));
  EXPECT_THAT(own.fix, HasSubstr("SET PERSIST sort_buffer_size = 67108864;"));
  EXPECT_THAT(own.fix, HasSubstr("restart the W&B server"));
  EXPECT_THAT(own.reproduce, HasSubstr("--ssl-mode=VERIFY_IDENTITY"));

  facts.host = "wandb-mysql.prod.svc";
  EXPECT_THAT(one(mysql_variables_check(), facts, "sort_buffer_size").fix,
              HasSubstr("kubectl -n prod exec -i statefulset/wandb-mysql"));
  facts.host = "wandb.abc.eu-central-1.rds.amazonaws.com";
  EXPECT_THAT(one(mysql_variables_check(), facts, "sort_buffer_size").fix,
              HasSubstr("\"ParameterName=sort_buffer_size,ParameterValue=67108864,ApplyMethod=immediate\""));
  facts.host = "wandb.cluster-abc.eu-central-1.rds.amazonaws.com";
  EXPECT_THAT(one(mysql_variables_check(), facts, "sort_buffer_size").fix, HasSubstr("modify-db-parameter-group"));
  facts.session.variables["binlog_format"].value = "MIXED";
  EXPECT_THAT(one(mysql_variables_check(), facts, "binlog_format").fix, HasSubstr("modify-db-cluster-parameter-group"));
  EXPECT_THAT(one(mysql_variables_check(), facts, "binlog_format").fix, HasSubstr("reboot"));
  facts.host = "wandb.mysql.database.azure.com";
  EXPECT_THAT(one(mysql_variables_check(), facts, "sort_buffer_size").fix,
              HasSubstr("az mysql flexible-server parameter set --server-name wandb"));
  facts.host = "10.0.0.5";
  facts.session.version = "8.4.4-google";
  EXPECT_THAT(one(mysql_variables_check(), facts, "sort_buffer_size").fix,
              HasSubstr("--database-flags=sort_buffer_size=67108864"));
}

TEST(MysqlVariables, ThatNeedARestartGoIntoTheFile) {
  MysqlFacts facts = healthy_mysql();
  facts.session.variables["log_bin"].value = "OFF";
  EXPECT_THAT(one(mysql_variables_check(), facts, "log_bin").fix, HasSubstr("[mysqld]"));
  EXPECT_THAT(one(mysql_variables_check(), facts, "log_bin").fix, Not(HasSubstr("SET PERSIST")));
  facts.host = "wandb.abc.eu-central-1.rds.amazonaws.com";
  EXPECT_THAT(one(mysql_variables_check(), facts, "log_bin").fix, HasSubstr("--backup-retention-period 7"));
}

TEST(MysqlVariables, WarnOfWhatARestartUndoes) {
  MysqlFacts facts = healthy_mysql();
  auto& variable = facts.session.variables["sort_buffer_size"];
  variable.source = "DYNAMIC";
  EXPECT_EQ(one(mysql_variables_check(), facts, "sort_buffer_size").cause, "lost-at-restart");
  variable.persisted = "67108864";
  EXPECT_EQ(one(mysql_variables_check(), facts, "sort_buffer_size").status, Status::pass);
  variable.persisted = "262144";
  EXPECT_EQ(one(mysql_variables_check(), facts, "sort_buffer_size").cause, "changes-at-restart");
  variable.persisted = "134217728";
  EXPECT_EQ(one(mysql_variables_check(), facts, "sort_buffer_size").status, Status::pass);
  // A provider sets its parameters while the server runs, and keeps them itself.
  variable.persisted.reset();
  facts.host = "wandb.abc.eu-central-1.rds.amazonaws.com";
  EXPECT_EQ(one(mysql_variables_check(), facts, "sort_buffer_size").status, Status::pass);
}

TEST(MysqlVariables, MayBeMissing) {
  MysqlFacts facts = healthy_mysql();
  facts.session.variables.erase("binlog_format");
  EXPECT_EQ(one(mysql_variables_check(), facts, "binlog_format").cause, "not-reported");
  facts.session.version = "9.7.4";
  EXPECT_EQ(one(mysql_variables_check(), facts, "binlog_format").status, Status::pass);
  facts.session.variables.erase("sync_binlog");
  EXPECT_EQ(one(mysql_variables_check(), facts, "sync_binlog").status, Status::unknown);
  facts.session.variables.erase("sql_require_primary_key");
  EXPECT_EQ(one(mysql_variables_check(), facts, "sql_require_primary_key").status, Status::skip);
  facts.session.variables.clear();
  facts.session.failed["variables"] = "words";
  EXPECT_THAT(one(mysql_variables_check(), facts).observed, HasSubstr("words"));
}

TEST(MysqlVariables, SeeWhatTheSessionGets) {
  MysqlFacts facts = healthy_mysql();
  facts.session.session_sort_buffer_size = "262144";
  EXPECT_EQ(one(mysql_variables_check(), facts, "sort_buffer_size").cause, "session-differs");
}

TEST(MysqlVariables, FitTheBufferPoolToTheDatabase) {
  MysqlFacts facts = healthy_mysql();
  facts.session.variables["innodb_buffer_pool_size"].value = "134217728";
  facts.session.bytes = "2147483648.0000";
  EXPECT_EQ(one(mysql_variables_check(), facts, "innodb_buffer_pool_size").status, Status::warn);
  facts.session.bytes = "";
  EXPECT_EQ(one(mysql_variables_check(), facts, "innodb_buffer_pool_size").status, Status::pass);
}

TEST(MysqlConnectionsCheck, CountsThem) {
  const struct {
    const char* most;
    const char* now;
    const char* peak;
    const char* own;
    Status status;
    const char* cause;
  } cases[] = {
      {"1000", "20", "300", "0", Status::pass, ""},
      {"1000", "901", "901", "0", Status::fail, "nearly-exhausted"},
      {"1000", "20", "950", "0", Status::fail, "nearly-exhausted"},
      {"1000", "900", "900", "0", Status::pass, ""},
      {"151", "3", "20", "0", Status::warn, "low-limit"},
      {"500", "3", "20", "0", Status::pass, ""},
      {"1000", "3", "20", "100", Status::warn, "account-limit"},
      {"", "3", "20", "0", Status::unknown, "not-reported"},
      {"18446744073709551615", "3", "20", "0", Status::pass, ""},
  };
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.variables["max_connections"].value = c.most;
    facts.session.status["Threads_connected"] = c.now;
    facts.session.status["Max_used_connections"] = c.peak;
    facts.session.session_max_user_connections = c.own;
    const auto finding = one(mysql_connections_check(), facts);
    EXPECT_EQ(finding.status, c.status) << c.most << " " << c.now;
    EXPECT_EQ(finding.cause, c.cause);
  }
  MysqlFacts facts = healthy_mysql();
  facts.session.status["Connection_errors_max_connections"] = "7";
  EXPECT_THAT(one(mysql_connections_check(), facts).observed, HasSubstr("7 turned away"));
}

TEST(MysqlClockCheck, AllowsForTheWay) {
  const struct {
    const char* time;
    Status status;
    const char* observed;
  } cases[] = {
      {"2026-11-25 03:00:00.500000", Status::pass, "the same"},
      {"2026-11-25 03:00:05", Status::pass, "4.00 s ahead"},
      {"2026-11-25 02:59:58.25", Status::pass, "1.75 s behind"},
      {"2026-11-25 03:00:06.100000", Status::warn, "5 s ahead of"},
      {"2026-11-25 02:00:00", Status::warn, "3600 s behind"},
      {"2026-02-30 02:00:00", Status::unknown, ""},
      {"2026-11-25T02:00:00", Status::unknown, ""},
      {"", Status::unknown, ""},
      {"2026-11-25 03:00:00.5x", Status::unknown, ""},
  };
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.server_time = c.time;
    const auto finding = one(mysql_clock_check(), facts);
    EXPECT_EQ(finding.status, c.status) << c.time;
    EXPECT_THAT(finding.observed, HasSubstr(c.observed));
  }
}

TEST(MysqlLatencyCheck, WarnsAboveFifteenMilliseconds) {
  MysqlFacts facts = healthy_mysql();
  EXPECT_EQ(one(mysql_latency_check(), facts).status, Status::pass);
  facts.session.fastest_ms = 15.1;
  EXPECT_EQ(one(mysql_latency_check(), facts).cause, "slow");
  facts.session.answers = 0;
  EXPECT_EQ(one(mysql_latency_check(), facts).status, Status::skip);
}

TEST(MysqlWritableCheck, KnowsReplicasAndReaders) {
  const struct {
    const char* variable;
    const char* cause;
  } cases[] = {{"read_only", "read-only"},
               {"super_read_only", "super-read-only"},
               {"innodb_read_only", "reader-endpoint"},
               {"offline_mode", "offline-mode"}};
  for (const auto& c : cases) {
    MysqlFacts facts = healthy_mysql();
    facts.session.variables["read_only"].value =
        c.variable == std::string("super_read_only") ? "ON" : facts.session.variables["read_only"].value;
    facts.session.variables[c.variable].value = "ON";
    const auto finding = one(mysql_writable_check(), facts);
    EXPECT_EQ(finding.status, Status::fail);
    EXPECT_EQ(finding.cause, c.cause);
  }
  EXPECT_EQ(one(mysql_writable_check(), healthy_mysql()).status, Status::pass);
}

TEST(MysqlWritableCheck, NamesAurorasWriter) {
  MysqlFacts facts = healthy_mysql();
  facts.host = "wandb.cluster-ro-abc.eu-central-1.rds.amazonaws.com";
  facts.session.variables["innodb_read_only"].value = "1";
  EXPECT_THAT(one(mysql_writable_check(), facts).fix, HasSubstr("wandb.cluster-abc.eu-central-1.rds.amazonaws.com"));
  facts.host = "reader.example.com";
  facts.session.aurora_version = "3.05.2";
  EXPECT_THAT(one(mysql_writable_check(), facts).fix, HasSubstr("writer endpoint"));
}

TEST(MysqlWritableCheck, WarnsOfManyPrimaries) {
  MysqlFacts facts = healthy_mysql();
  facts.session.status["wsrep_cluster_size"] = "3";
  EXPECT_EQ(one(mysql_writable_check(), facts).cause, "multi-primary");
  facts.session.status["wsrep_cluster_size"] = "1";
  EXPECT_EQ(one(mysql_writable_check(), facts).status, Status::pass);
  facts.session.variables["group_replication_single_primary_mode"].value = "ON";
  EXPECT_EQ(one(mysql_writable_check(), facts).status, Status::pass);
  facts.session.variables["group_replication_single_primary_mode"].value = "OFF";
  EXPECT_EQ(one(mysql_writable_check(), facts).cause, "multi-primary");
  facts.session.variables.erase("read_only");
  EXPECT_EQ(one(mysql_writable_check(), facts).status, Status::unknown);
}

}  // namespace
}  // namespace wbverify
