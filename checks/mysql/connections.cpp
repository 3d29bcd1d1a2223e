#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "checks/policy.hpp"

namespace wbverify {
namespace {

std::optional<std::uint64_t> counter(const MysqlSessionFacts& session, const std::string& name) {
  const auto at = session.status.find(name);
  return at == session.status.end() ? std::nullopt : parse_number(at->second);
}

std::optional<std::uint64_t> limit(const MysqlSessionFacts& session) {
  const auto at = session.variables.find("max_connections");
  return at == session.variables.end() ? std::nullopt : parse_number(at->second.value);
}

/// More than nine tenths of the limit.
bool nearly(std::uint64_t used, std::uint64_t most) {
  return static_cast<long double>(used) > 0.9L * static_cast<long double>(most);
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  const MysqlSessionFacts& session = facts.session;
  const auto most = limit(session);
  Finding finding;
  if (!most || *most == 0) {
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    finding.observed = "The server does not tell its limit of connections.";
    return {finding};
  }
  const std::uint64_t now = counter(session, "Threads_connected").value_or(0);
  const std::uint64_t peak = counter(session, "Max_used_connections").value_or(now);
  const std::uint64_t refused = counter(session, "Connection_errors_max_connections").value_or(0);
  const auto own = parse_number(session.session_max_user_connections);
  finding.observed = fmt::format("{} of {} in use, {} at most since the start", now, *most, peak);
  if (refused > 0) finding.observed += fmt::format(", {} turned away", refused);
  const std::string wanted = std::to_string(policy::mysql_connections);
  const std::uint64_t raised = std::max<std::uint64_t>(2 * *most, 2 * policy::mysql_connections);
  if (nearly(now, *most) || nearly(peak, *most)) {
    finding.status = Status::fail;
    finding.cause = "nearly-exhausted";
    finding.expected = "Less than 90 % of max_connections in use, now and at the busiest time.";
    finding.why =
        "When the limit is reached, requests of users fail with error 1040, pods fail their health checks and restart, "
        "and their new connections make it worse.";
    finding.fix = set_variable(facts, {"max_connections", std::to_string(raised)});
    if (!nearly(now, *most)) finding.fix += "\nThe busiest time is remembered until a restart or FLUSH STATUS.";
  } else if (own && *own > 0 && *own < policy::mysql_connections) {
    finding.status = Status::warn;
    finding.cause = "account-limit";
    finding.observed += fmt::format("; the account itself may have {}", *own);
    finding.expected = "No limit for the account, or " + wanted + " at least.";
    finding.why = "The W&B server's pods share one account, and each opens up to a hundred connections.";
    finding.fix =
        as_administrator(facts, fmt::format("ALTER USER {} WITH MAX_USER_CONNECTIONS 0;", mysql_account(facts)));
  } else if (*most < policy::mysql_connections) {
    finding.status = Status::warn;
    finding.cause = "low-limit";
    finding.expected = "max_connections of " + wanted + " at least.";
    finding.why =
        "The pods of W&B's smallest production size may open 500 connections together: two for the API and two for "
        "Parquet with 100 each, and one that updates runs. MySQL's default is 151.";
    finding.fix = set_variable(facts, {"max_connections", std::to_string(raised)});
  }
  if (finding.status != Status::pass) {
    finding.reproduce =
        mysql_client(facts,
                     "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Max_used_connections', "
                     "'Connection_errors_max_connections'); SELECT @@max_connections");
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_connections_check() {
  CheckSpec spec;
  spec.id = "mysql.connections";
  spec.probe = "mysql";
  spec.title = "There are connections to spare";
  spec.needs = {"mysql.login"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
