#include <fmt/format.h>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_trouble.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "A run that has ended is shown as finished";

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles&) -> Findings {
    if (!run.finish.ok()) {
      Finding finding = trouble(facts.place, run.finish, scene);
      if (as_metrics(run.finish, run, facts.place, scene)) {
        return {skipped("The end was not taken for the same reason as the metrics, as wandb.history says.")};
      }
      if (finding.cause != "interrupted")
        finding.observed = "The end of a run (file_stream with `complete`) is not taken. " + finding.observed;
      return {finding};
    }
    if (!run.read.ok()) return {trouble(facts.place, run.read, scene)};
    const bool finished = run.state == "finished";
    if (finished && run.state_ms <= policy::wandb_late_ms) {
      return {passed(run.state_ms < 0 ? "finished" : fmt::format("finished after {}", spoken_ms(run.state_ms)))};
    }
    if (!finished && !facts.cause.empty()) return {not_written(facts)};
    Finding finding;
    finding.setting = "HOST";
    finding.reproduce = ask_for_run(facts.place, run, "state heartbeatAt");
    if (finished) {
      finding.status = Status::warn;
      finding.cause = "late";
      finding.observed = fmt::format("The run was shown as finished {} after it had ended.", spoken_ms(run.state_ms));
      finding.expected = fmt::format("Within {}.", spoken_ms(policy::wandb_late_ms));
      finding.why = "Whoever waits for the end of a run, a pipeline or an alert, waits that much longer.";
      finding.fix = "The workers that write it are behind their work.\n" + std::string(stream_workers());
      return {finding};
    }
    finding.status = Status::fail;
    finding.cause = run.state == "running" ? "still-running" : run.state.empty() ? "no-state" : "wrong-state";
    finding.observed =
        fmt::format("The run has ended with exit code 0, and {} later the server {}.", spoken_ms(waited_ms(run)),
                    run.state.empty() ? "gives no state for it" : "says that it is " + run.state);
    finding.expected = "finished.";
    finding.why =
        "Runs that have ended go on spinning, and minutes later count as crashed: alerts go out, and sweeps and "
        "pipelines wait for "
        "them.";
    finding.fix = run.state == "running"
                      ? "The server has taken the message with 200 and has not acted on it: the worker that does it is "
                        "dead or behind.\n" +
                            std::string(stream_workers())
                      : "The server decided so although the run told its end; its log says why. " + server_log();
    return {finding};
  });
}

}  // namespace

CheckSpec wandb_state_check() {
  CheckSpec spec;
  spec.id = "wandb.state";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.run"};
  spec.by_part = true;
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
