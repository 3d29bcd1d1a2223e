#include "toy_suite.hpp"

#include <stdexcept>

#include "util/json_members.hpp"

namespace wbverify::test {

WBVERIFY_JSON(ToyFacts, text, transient)
WBVERIFY_DEFINE_FACTS(ToyFacts)

Findings judge_toy(const ToyFacts& facts, const Scene&) {
  Finding finding = passed(facts.text);
  if (facts.text == "ok") return {finding};
  if (facts.text == "skip") return {skipped("not here")};
  if (facts.text == "throw") throw std::runtime_error("judge\x1b[31m broke");
  if (facts.text == "nothing") return {};
  finding.status = facts.text == "warn" ? Status::warn : Status::fail;
  finding.cause = facts.text;
  finding.setting = "MYSQL";
  if (facts.text.starts_with("row:")) {
    finding.row = facts.text.substr(4);
    Finding fine = passed("fine");
    fine.row = "fine";
    return {fine, finding};
  }
  return {finding};
}

const CheckResult& Ran::result(const std::string& id) const {
  for (const auto& result : outcome.report.results) {
    if (result.id == id) return result;
  }
  throw std::out_of_range(id);
}

Status Ran::status(const std::string& id) const { return result(id).finding.status; }

Ran run_suite(const std::vector<Plugin>& catalog, RunOptions options, const Selection& selection) {
  auto settings = std::make_shared<Settings>();
  settings->scene.run_id = "0123456789abcdef";
  settings->scene.started = 1790000000000;
  SettingView& mysql = settings->scene.settings["MYSQL"];
  mysql.name = "MYSQL";
  mysql.kind = "env-file";
  mysql.file = "/etc/wandb.env";
  mysql.line = 4;
  Ran ran;
  options.journal = std::make_shared<NoJournal>();
  options.events.result = [&](const Plugin&, const CheckResult& result) { ran.order.push_back(result.id); };
  const auto started = std::chrono::steady_clock::now();
  ran.outcome = run_plan(make_plan(catalog, *settings, selection), settings, options);
  ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return ran;
}

}  // namespace wbverify::test
