#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"

namespace wbverify {
namespace {

/// Our choice. Within one region an answer takes 1 or 2 ms, from the next region 15 and more; W&B's modules keep the
/// database in the server's own network.
constexpr double most_ms = 15;

Findings judge(const MysqlFacts& facts, const Scene&) {
  const MysqlSessionFacts& session = facts.session;
  if (session.answers == 0) return {skipped("Nothing was answered.")};
  Finding finding;
  finding.observed = fmt::format("{:.1f} ms, the quickest of {} answers", session.fastest_ms, session.answers);
  if (session.fastest_ms <= most_ms) return {finding};
  finding.status = Status::warn;
  finding.cause = "slow";
  finding.expected = fmt::format("{:.0f} ms at most, measured where the W&B server runs.", most_ms);
  finding.why =
      "Every page and every upload asks the database many questions one after the other, and the delay adds up: pages "
      "take seconds, uploads queue.";
  finding.fix =
      "When this machine is far from the W&B server, measure from there. Otherwise bring the database into the region "
      "and network of the W&B server, and take proxies out of the way.";
  finding.reproduce = "time " + mysql_client(facts, "SELECT 1");
  return {finding};
}

}  // namespace

CheckSpec mysql_latency_check() {
  CheckSpec spec;
  spec.id = "mysql.latency";
  spec.probe = "mysql";
  spec.title = "MySQL answers quickly";
  spec.needs = {"mysql.login"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
