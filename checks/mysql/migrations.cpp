#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

Finding judge_schema(const MysqlFacts& facts) {
  const MysqlSessionFacts& session = facts.session;
  Finding finding;
  if (const auto at = session.failed.find("migrations"); at != session.failed.end())
    return skipped("There is a schema_migrations that says nothing about W&B: " + at->second);
  if (!session.migrated) return passed("not migrated yet: the W&B server does it at its first start");
  finding.observed = "version " + session.migration_version;
  if (session.migration_dirty == "0" || iequals(session.migration_dirty, "false")) return finding;
  finding.status = Status::fail;
  finding.cause = "dirty";
  finding.observed = fmt::format("Migration {} began and did not end.", session.migration_version);
  finding.expected = "dirty = 0";
  finding.why = fmt::format(
      "The W&B server panics at its start: \"Dirty database version {}. Fix and force version.\" A migration was "
      "interrupted: a pod that was killed, a full disk, a lost connection, a missing right.",
      session.migration_version);
  finding.fix =
      "Do not set dirty to 0 by hand: half of the migration's statements have been run, and the server would go on "
      "from there.\n"
      "Find out what stopped it (the first error in the W&B server's log of that start, and MySQL's error log), mend "
      "that, then either restore the backup made before the "
      "upgrade, or send the output of wbverify bundle to W&B support, who know which statements are missing.";
  finding.reproduce = mysql_client(facts, "SELECT version, dirty FROM schema_migrations");
  return finding;
}

Finding judge_lock(const MysqlFacts& facts) {
  const MysqlSessionFacts& session = facts.session;
  if (session.lock == "1") return passed("taken and given back");
  Finding finding;
  const auto at = session.failed.find("lock");
  finding.status = Status::fail;
  finding.cause = "no-lock";
  finding.observed = at != session.failed.end() ? "GET_LOCK fails: " + at->second
                     : session.lock == "0"      ? "GET_LOCK says that a name of our own is taken."
                                                : "GET_LOCK gives NULL.";
  finding.expected = "GET_LOCK gives 1.";
  finding.why =
      "The W&B server's pods use it so that only one migrates at a time. Without it migrations do not run, or two run "
      "at once. Proxies that spread statements over connections, and "
      "Galera clusters, break it.";
  finding.fix =
      "Point MYSQL past the proxy to the primary, or switch the proxy to session pooling (ProxySQL: a query rule for "
      "^SELECT GET_LOCK with multiplex = 0).";
  finding.reproduce = mysql_client(facts, "SELECT GET_LOCK('wbverify-test', 0), RELEASE_LOCK('wbverify-test')");
  return finding;
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  Finding schema = judge_schema(facts);
  schema.row = "schema";
  schema.title = "No migration was interrupted";
  Finding lock = judge_lock(facts);
  lock.row = "lock";
  lock.title = "A migration can lock out the others";
  return {schema, lock};
}

}  // namespace

CheckSpec mysql_migrations_check() {
  CheckSpec spec;
  spec.id = "mysql.migrations";
  spec.probe = "mysql";
  spec.title = "The schema's migrations are whole, and the next one can run";
  spec.needs = {"mysql.login"};
  spec.rows = {"schema", "lock"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
