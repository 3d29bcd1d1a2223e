#include "checks/mysql/facts_flavour.hpp"

#include "util/text.hpp"

namespace wbverify {
namespace {

bool contains(std::string_view text, std::string_view part) { return to_lower(text).find(part) != std::string::npos; }

bool ends(std::string_view host, std::string_view suffix) { return to_lower(host).ends_with(suffix); }

bool on_rds(const MysqlFacts& facts) {
  return contains(facts.session.base_directory, "/rdsdbbin") || ends(facts.host, ".rds.amazonaws.com") ||
         ends(facts.host, ".rds.amazonaws.com.cn");
}

/// The operator's chart calls its own MySQL <release>-mysql, and reaches it inside the cluster.
bool is_bundled(std::string_view host) {
  const auto labels = split(to_lower(host), '.');
  if (!labels.front().ends_with("-mysql")) return false;
  return labels.size() <= 2 || labels[2] == "svc";
}

/// Servers that speak the protocol and are another database behind it; all of them say so in their version.
std::string other_database(std::string_view version, std::string_view comment) {
  for (const auto& [word, name] : {std::pair{"tidb", "TiDB"},
                                   {"vitess", "Vitess"},
                                   {"planetscale", "PlanetScale"},
                                   {"oceanbase", "OceanBase"},
                                   {"singlestore", "SingleStore"},
                                   {"memsql", "SingleStore"},
                                   {"doris", "Apache Doris"},
                                   {"starrocks", "StarRocks"}}) {
    if (contains(version, word) || contains(comment, word)) return name;
  }
  return "";
}

}  // namespace

bool may_be_aurora(const MysqlFacts& facts) {
  return facts.session.variables.contains("aurora_version") || on_rds(facts);
}

std::string mysql_version_text(const MysqlFacts& facts) {
  return facts.session.version.empty() ? facts.greeting.version : facts.session.version;
}

MysqlFlavour mysql_flavour(const MysqlFacts& facts) {
  const MysqlSessionFacts& session = facts.session;
  const std::string version = mysql_version_text(facts);
  if (facts.greeting.looks_like_mariadb() || contains(version, "mariadb") ||
      session.variables.contains("aria_block_size"))
    return {MysqlKind::mariadb, "MariaDB"};
  if (auto name = other_database(version, session.version_comment); !name.empty()) return {MysqlKind::other, name};
  const bool aurora_host = on_rds(facts) && contains(facts.host, ".cluster-");
  if (!session.aurora_version.empty() || session.variables.contains("aurora_version") || aurora_host)
    return {MysqlKind::aurora, "Amazon Aurora"};
  if (on_rds(facts)) return {MysqlKind::rds, "Amazon RDS for MySQL"};
  if (contains(version, "-google") || contains(session.version_comment, "(google)"))
    return {MysqlKind::cloud_sql, "Google Cloud SQL for MySQL"};
  if (contains(facts.host, ".mysql.database.azure.") || contains(facts.host, ".mysql.database.chinacloudapi.") ||
      contains(version, "-azure")) {
    return {MysqlKind::azure, "Azure Database for MySQL"};
  }
  if (contains(session.version_comment, "percona")) return {MysqlKind::percona, "Percona Server"};
  if (is_bundled(facts.host)) return {MysqlKind::bundled, "the MySQL of W&B's chart"};
  return {MysqlKind::self_run, "MySQL"};
}

std::optional<MysqlVersion> parse_mysql_version(std::string_view text) {
  // MariaDB hides its version from old replicas behind this prefix.
  if (text.starts_with("5.5.5-")) text.remove_prefix(6);
  return parse_version(text);
}

}  // namespace wbverify
