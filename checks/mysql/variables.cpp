#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "checks/mysql/plugin_variables.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

Finding not_reported(const VariableRule& rule, const MysqlFacts& facts) {
  // MySQL has announced the end of this variable: from then on it only logs rows.
  const auto version = parse_mysql_version(mysql_version_text(facts));
  if (std::string_view(rule.name) == "binlog_format" && version && (*version)[0] >= 9) {
    return passed("the server has no such variable any more and logs rows only");
  }
  // sql_require_primary_key came with 8.0.13, max_execution_time with 5.7.8.
  if (!rule.lasting) return skipped("This server has no such variable.");
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = "not-reported";
  finding.blame = Blame::target;
  finding.observed = "The server shows no such variable.";
  finding.expected = rule.title;
  finding.why = "A proxy that answers SHOW VARIABLES by itself, or a server that is no full MySQL.";
  finding.fix = "Ask the server itself, past the proxy.";
  return finding;
}

/// A value that is right now and will not be after the next restart.
void judge_lasting(const VariableRule& rule, const MysqlFacts& facts, const MysqlVariable& variable, Finding& finding) {
  if (!rule.lasting || finding.status != Status::pass || !mysql_flavour(facts).self_run()) return;
  std::string later;
  if (variable.persisted && !iequals(*variable.persisted, variable.value)) {
    MysqlFacts after = facts;
    after.session.variables[rule.name].value = *variable.persisted;
    if (rule.judge(after, *variable.persisted).status == Status::pass) return;
    later = "mysqld-auto.cnf gives it " + *variable.persisted + " at the next start";
    finding.cause = "changes-at-restart";
  } else if (variable.source == "DYNAMIC" && !variable.persisted) {
    later = "it was set with SET GLOBAL and stands in no file";
    finding.cause = "lost-at-restart";
  } else {
    return;
  }
  finding.status = Status::warn;
  finding.observed = fmt::format("{}, but {}", variable.value, later);
  finding.expected = "A value that survives a restart.";
  finding.why = "The next restart of MySQL brings the trouble back, long after everybody has forgotten it.";
  finding.fix = set_variable(facts, {rule.name, variable.value});
}

Findings judge(const MysqlFacts& facts, const Scene&) {
  Findings findings;
  if (facts.session.variables.empty()) {
    Finding finding;
    finding.status = Status::unknown;
    finding.cause = "not-reported";
    finding.blame = Blame::target;
    const auto at = facts.session.failed.find("variables");
    finding.observed =
        "The server did not show its variables: " + (at == facts.session.failed.end() ? "no answer" : at->second);
    finding.reproduce = mysql_client(facts, "SHOW GLOBAL VARIABLES LIKE 'binlog%'");
    return {finding};
  }
  for (const VariableRule& rule : variable_rules()) {
    const auto at = facts.session.variables.find(rule.name);
    Finding finding;
    if (at == facts.session.variables.end()) {
      finding = not_reported(rule, facts);
    } else {
      finding = rule.judge(facts, at->second.value);
      judge_lasting(rule, facts, at->second, finding);
    }
    finding.row = rule.name;
    finding.title = rule.title;
    if (finding.status != Status::pass && finding.status != Status::skip)
      finding.reproduce = mysql_client(facts, fmt::format("SELECT @@GLOBAL.{}", rule.name));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

CheckSpec mysql_variables_check() {
  CheckSpec spec;
  spec.id = "mysql.variables";
  spec.probe = "mysql";
  spec.title = "The server's variables are as W&B needs them";
  spec.needs = {"mysql.login"};
  for (const VariableRule& rule : variable_rules()) spec.rows.emplace_back(rule.name);
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
