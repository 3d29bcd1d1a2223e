#include <fmt/format.h>

#include <algorithm>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "checks/policy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr MysqlVersion floor_of(const int (&version)[3]) { return {version[0], version[1], version[2]}; }

bool is_lts(const MysqlVersion& version) {
  return std::any_of(std::begin(policy::mysql_lts), std::end(policy::mysql_lts),
                     [&](const auto& series) { return series[0] == version[0] && series[1] == version[1]; });
}

std::string upgrade(const MysqlFacts& facts) {
  constexpr std::string_view backup = "Take a backup first. ";
  const auto flavour = mysql_flavour(facts);
  switch (flavour.kind) {
    case MysqlKind::rds:
      return fmt::format(
          "{}Then:\naws rds modify-db-instance --db-instance-identifier \"$(aws rds describe-db-instances --query "
          "\"DBInstances[?Endpoint.Address=='{}'].DBInstanceIdentifier\" --output text)\" --engine-version 8.4.7 "
          "--allow-major-version-upgrade --apply-immediately\n"
          "Its parameter group has to be one of family mysql8.4 with W&B's six parameters.",
          backup, host_word(facts.host));
    case MysqlKind::aurora:
      return fmt::format(
          "{}Then:\naws rds modify-db-cluster --db-cluster-identifier \"$(aws rds describe-db-clusters --query "
          "\"DBClusters[?Endpoint=='{}'].DBClusterIdentifier\" --output text)\" --engine-version "
          "8.0.mysql_aurora.3.08.2 --allow-major-version-upgrade --apply-immediately",
          backup, host_word(facts.host));
    case MysqlKind::cloud_sql:
      return fmt::format(
          "{}Then:\ngcloud sql instances patch \"$(gcloud sql instances list --filter=ipAddresses.ipAddress={} "
          "--format='value(name)')\" --database-version=MYSQL_8_4",
          backup, host_word(facts.address.empty() ? facts.host : facts.address));
    case MysqlKind::azure: {
      const std::string name = host_word(facts.host.substr(0, facts.host.find('.')));
      return fmt::format(
          "{}Then:\naz mysql flexible-server upgrade --name {} --resource-group \"$(az mysql flexible-server list "
          "--query \"[?name=='{}'].resourceGroup\" --output tsv)\" --version 8.4",
          backup, name, name);
    }
    case MysqlKind::bundled:
      return "Set the image of the chart's MySQL to a release of 8.4 (values: mysql.image.tag: \"8.4\"), after a dump "
             "of the database; for production take a managed MySQL.";
    default:
      return "Dump the database, install MySQL 8.4 and let it upgrade the data at its first start: 5.7 goes to 8.0 "
             "first, then to 8.4.\nBefore each step: util.checkForServerUpgrade() in MySQL Shell.";
  }
}

/// What is wrong with the version, or nothing.
Finding judge_version(const MysqlVersion& version, const MysqlFacts& facts, std::int64_t now) {
  const MysqlKind kind = mysql_flavour(facts).kind;
  Finding finding;
  finding.expected = "MySQL 8.4, or another series that its maker supports, 8.0.28 at least.";
  if (version < floor_of(policy::mysql_oldest)) {
    finding.status = Status::fail;
    finding.cause = version[0] < 8 ? "mysql-5" : "too-old";
    finding.why =
        "W&B supports MySQL from 8.0.28 on. Before it a sort needs room for whole rows, so that pages with many runs "
        "fail with error 1038 \"Out of sort memory\", "
        "and W&B's migrations use what 5.7 does not have.";
  } else if (version < floor_of(policy::mysql_oldest_recommended)) {
    finding.status = Status::warn;
    finding.cause = "below-recommended";
    finding.expected = "MySQL 8.0.32 at least, better 8.4.";
    finding.why = "W&B's newer requirements begin at 8.0.32; the next release of the server may refuse this one.";
  } else if (version[0] == 8 && version[1] == 0 && kind != MysqlKind::aurora &&
             now >= policy::mysql_80_unsupported_from) {
    finding.status = Status::warn;
    finding.cause = "end-of-life";
    finding.expected = "MySQL 8.4.";
    finding.why =
        "Oracle supports 8.0 no longer since the end of April 2026: no more security fixes, and cloud providers charge "
        "for extended support. W&B names 8.4 as the way on.";
  } else if (version[0] >= 8 && (version[1] > 0 || version[0] > 8) && !is_lts(version)) {
    finding.status = Status::warn;
    finding.cause = "innovation-release";
    finding.expected = "A series with long-term support: 8.4 or 9.7.";
    finding.why = "Innovation releases get no fixes once the next one is out, and W&B validates none of them.";
  }
  return finding;
}

Findings judge(const MysqlFacts& facts, const Scene& scene) {
  const std::string text = mysql_version_text(facts);
  const auto version = parse_mysql_version(text);
  const bool by_greeting = facts.session.version.empty();
  Finding finding;
  if (!version) {
    finding.status = Status::unknown;
    finding.cause = "unreadable-version";
    finding.blame = Blame::target;
    finding.observed = "The server gives its version as: " + text;
    finding.expected = "A version such as 8.4.6.";
  } else {
    finding = judge_version(*version, facts, scene.started);
    finding.observed = text + (by_greeting ? ", as its greeting says (a proxy in front may show another one)" : "");
    const auto greeted = parse_mysql_version(facts.greeting.version);
    if (!by_greeting && greeted && *greeted != *version) {
      finding.observed += fmt::format("; the greeting says {}, so a proxy stands in between", facts.greeting.version);
    }
  }
  finding.setting = "MYSQL";
  if (finding.status != Status::pass) {
    finding.fix = upgrade(facts);
    finding.reproduce = mysql_client(facts, "SELECT VERSION(), @@version_comment");
  } else {
    finding.expected.clear();
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_version_check() {
  CheckSpec spec;
  spec.id = "mysql.version";
  spec.probe = "mysql";
  spec.title = "The version of MySQL is supported";
  spec.needs = {"mysql.flavour"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
