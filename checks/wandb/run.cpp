#include <fmt/format.h>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_trouble.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "A run can be made and comes back as it was made";
constexpr const char* why = "Users find runs without the settings that they were made with, or with wrong ones.";

Finding vanished(const WandbRun& run, const WandbPlace& place) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = "run-vanished";
  finding.observed =
      fmt::format("The server says that it has made the run {}, and does not have it {} later, asked {} times.",
                  run.name, spoken_ms(waited_ms(run)), run.polls);
  finding.expected = "A run that was made a moment ago.";
  finding.why = "Users' runs vanish in the same way: they train for hours and nothing is kept.";
  finding.fix =
      "Writing and reading go to different databases: several servers behind the balancer that each have their own, or "
      "a "
      "replica that lags or stands still. See that all parts name the same one:\nkubectl get pods -n NAMESPACE -o name "
      "| grep wandb | "
      "xargs -I{} kubectl exec -n NAMESPACE {} -- sh -c 'env | grep -E \"^(MYSQL|GORILLA_[A-Z_]*STORE)=\" | sed "
      "s/:[^:@]*@/:…@/'\n"
      "A replica's lag, in MySQL:\nSHOW REPLICA STATUS\\G";
  finding.reproduce = ask_for_run(place, run, "id state");
  finding.setting = "HOST";
  return finding;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles&) -> Findings {
    if (!run.create.ok()) return {trouble(facts.place, run.create, scene)};
    if (!run.read.asked) return {interrupted("The question for the run")};
    const bool answered = run.read.ok() || (run.read.json && run.read.message.empty());
    if (!answered) return {trouble(facts.place, run.read, scene)};
    if (!run.found) return {facts.cause.empty() ? vanished(run, facts.place) : not_written(facts)};
    if (run.config_ms < 0 && !facts.cause.empty()) return {not_written(facts)};
    const std::string lost =
        "The run is there and its configuration is not: the server writes it apart, and that failed. Its log says "
        "why. " +
        server_log();
    Finding finding = judge_part({"The configuration", why, lost, run.config_ms, run.config}, run, facts.place, scene);
    if (finding.status == Status::pass) {
      finding.observed =
          fmt::format("{}/{}/{}, its configuration {}", run.entity, run.project, run.name, finding.observed);
    }
    return {finding};
  });
}

}  // namespace

CheckSpec wandb_run_check() {
  CheckSpec spec;
  spec.id = "wandb.run";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.entity"};
  spec.by_part = true;
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
