#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "checks/policy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr MysqlVersion floor_of(const int (&version)[3]) { return {version[0], version[1], version[2]}; }

void judge_other(const MysqlFacts& facts, const MysqlFlavour& flavour, Finding& finding) {
  finding.status = Status::fail;
  finding.cause = flavour.kind == MysqlKind::mariadb ? "mariadb" : "not-mysql-inside";
  finding.observed = fmt::format("{}:{} is {}, and gives its version as {}.", facts.address, facts.port, flavour.name,
                                 mysql_version_text(facts));
  finding.expected =
      "MySQL 8: Oracle's, Percona Server, Amazon RDS or Aurora, Google Cloud SQL or Azure Database for MySQL.";
  finding.why = fmt::format(
      "{} speaks MySQL's protocol and is another database behind it: JSON columns, online ALTERs and locks differ, so "
      "that W&B's migrations can stop halfway and leave the schema dirty. W&B supports MySQL only.",
      flavour.name);
  finding.fix = fmt::format(
      "Install MySQL 8.4 (or use a managed MySQL), make the database there, and point MYSQL to it:\n"
      "  CREATE DATABASE {0} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;\n"
      "  CREATE USER {1}@'%' IDENTIFIED BY 'PASSWORD';\n"
      "  GRANT ALL ON {0}.* TO {1}@'%' WITH GRANT OPTION;\n"
      "W&B data that already is in {2} cannot be copied file by file; ask W&B support before moving it.",
      sql_name(facts.database), sql_text(facts.user), flavour.name);
  finding.reproduce = mysql_client(facts, "SELECT VERSION(), @@version_comment");
}

void judge_aurora(const MysqlFacts& facts, Finding& finding) {
  const auto aurora = parse_mysql_version(facts.session.aurora_version);
  const auto mysql = parse_mysql_version(facts.session.version);
  finding.observed =
      fmt::format("Amazon Aurora {} (MySQL {})",
                  facts.session.aurora_version.empty() ? "of unknown version" : facts.session.aurora_version,
                  mysql_version_text(facts));
  // A version of MySQL that is too old is named by mysql.version.
  if (!aurora || *aurora >= floor_of(policy::aurora_oldest) || !mysql || *mysql < floor_of(policy::mysql_oldest))
    return;
  finding.status = Status::warn;
  finding.cause = "aurora-too-old";
  finding.expected = "Aurora MySQL 3.05.2 or later.";
  finding.why = "W&B names 3.05.2 as the oldest Aurora MySQL that it supports.";
  finding.fix = fmt::format(
      "aws rds modify-db-cluster --db-cluster-identifier \"$(aws rds describe-db-clusters --query "
      "\"DBClusters[?Endpoint=='{}'].DBClusterIdentifier\" "
      "--output text)\" --engine-version 8.0.mysql_aurora.3.08.2 --apply-immediately\n"
      "aws rds describe-db-engine-versions --engine aurora-mysql --query \"DBEngineVersions[].EngineVersion\" lists "
      "what is offered. The cluster restarts.",
      host_word(facts.host));
  finding.reproduce = mysql_client(facts, "SELECT AURORA_VERSION(), VERSION()");
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  const MysqlFlavour flavour = mysql_flavour(facts);
  Finding finding;
  finding.setting = "MYSQL";
  switch (flavour.kind) {
    case MysqlKind::mariadb:
    case MysqlKind::other:
      judge_other(facts, flavour, finding);
      break;
    case MysqlKind::aurora:
      judge_aurora(facts, finding);
      break;
    default:
      finding.observed = flavour.name + " " + mysql_version_text(facts);
      if (!facts.session.version_comment.empty()) finding.observed += ", " + facts.session.version_comment;
      break;
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_flavour_check() {
  CheckSpec spec;
  spec.id = "mysql.flavour";
  spec.probe = "mysql";
  spec.title = "The database is MySQL, of a make that W&B supports";
  spec.needs = {"mysql.greeting"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
