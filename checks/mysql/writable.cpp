#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_on(const MysqlSessionFacts& session, const std::string& name) {
  const auto at = session.variables.find(name);
  return at != session.variables.end() && (iequals(at->second.value, "ON") || at->second.value == "1");
}

std::string use_the_writer(const MysqlFacts& facts, const Scene& scene) {
  if (mysql_flavour(facts).kind == MysqlKind::aurora) {
    MysqlPlace writer = facts;
    if (const auto at = writer.host.find(".cluster-ro-"); at != std::string::npos) {
      writer.host.replace(at, 12, ".cluster-");
      return scene.change("MYSQL",
                          mysql_url(writer, writer.port, facts.tls_mode == "false" ? "" : "?tls=" + facts.tls_mode)) +
             "\nThis is the cluster's writer endpoint.";
    }
    return "Point MYSQL to the writer endpoint of the cluster (NAME.cluster-….rds.amazonaws.com, without -ro):\n"
           "aws rds describe-db-clusters --query \"DBClusters[].Endpoint\" --output text";
  }
  return "Point MYSQL to the primary. Only when this server is meant to be the primary, and nothing replicates to it "
         "any more, as an administrator:\n"
         "  SET PERSIST super_read_only = OFF; SET PERSIST read_only = OFF;";
}

/// More than one server that takes writes.
std::string many_primaries(const MysqlSessionFacts& session) {
  const auto size = session.status.find("wsrep_cluster_size");
  if (const auto nodes = size == session.status.end() ? std::nullopt : parse_number(size->second);
      nodes && *nodes > 1) {
    return fmt::format("A Galera cluster of {} nodes, each of which takes writes.", *nodes);
  }
  const auto single = session.variables.find("group_replication_single_primary_mode");
  if (single != session.variables.end() && iequals(single->second.value, "OFF"))
    return "Group replication with several primaries (group_replication_single_primary_mode is OFF).";
  return "";
}

Findings judge(const MysqlFacts& facts, const Scene& scene) {
  const MysqlSessionFacts& session = facts.session;
  Finding finding;
  finding.setting = "MYSQL";
  if (!session.variables.contains("read_only")) {
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    const auto at = session.failed.find("variables");
    finding.observed =
        "The server does not tell whether it takes writes" + (at == session.failed.end() ? "." : ": " + at->second);
    return {finding};
  }
  const char* cause = is_on(session, "innodb_read_only")  ? "reader-endpoint"
                      : is_on(session, "super_read_only") ? "super-read-only"
                      : is_on(session, "read_only")       ? "read-only"
                      : is_on(session, "offline_mode")    ? "offline-mode"
                                                          : "";
  const std::string primaries = many_primaries(session);
  if (*cause != '\0') {
    finding.status = Status::fail;
    finding.cause = cause;
    finding.observed =
        fmt::format("read_only={}, super_read_only={}, innodb_read_only={}, offline_mode={}{}",
                    is_on(session, "read_only"), is_on(session, "super_read_only"), is_on(session, "innodb_read_only"),
                    is_on(session, "offline_mode"), session.host_name.empty() ? "" : " at " + session.host_name);
    finding.expected = "The primary, with all four off.";
    finding.why =
        "This is a replica, or a primary that was locked after a failover. Every write of the W&B server fails with "
        "error 1290 or 1836: nobody can log a run, and the next migration stops.";
    finding.fix = std::string_view(cause) == "offline-mode" ? as_administrator(facts, "SET GLOBAL offline_mode = OFF;")
                                                            : use_the_writer(facts, scene);
    finding.reproduce = mysql_client(facts, "SELECT @@hostname, @@read_only, @@super_read_only, @@innodb_read_only");
  } else if (!primaries.empty()) {
    finding.status = Status::warn;
    finding.cause = "multi-primary";
    finding.observed = primaries;
    finding.expected = "One primary; the others are replicas.";
    finding.why =
        "W&B supports no multi-primary databases. Locks of one node mean nothing on the others: two pods can migrate "
        "at the same time, and certification conflicts show as deadlocks.";
    finding.fix =
        "Send all of W&B's connections to one node: in MYSQL name that node, or a proxy that writes to one only.";
    finding.reproduce = mysql_client(
        facts, "SHOW STATUS LIKE 'wsrep_cluster_size'; SHOW VARIABLES LIKE 'group_replication_single_primary_mode'");
  } else {
    finding.observed = "read_only, super_read_only, innodb_read_only and offline_mode are off";
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_writable_check() {
  CheckSpec spec;
  spec.id = "mysql.writable";
  spec.probe = "mysql";
  spec.title = "The MySQL server is the primary and takes writes";
  spec.needs = {"mysql.login"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
