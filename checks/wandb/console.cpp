#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_trouble.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "What a run writes to its console comes back";

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles&) -> Findings {
    if (run.stream.asked && !run.stream.ok()) return {skipped("The lines were not taken, as wandb.history says.")};
    if (!run.read.ok()) return {trouble(facts.place, run.read, scene)};
    if (!run.console_known) {
      Finding finding =
          skipped("This server is older than the question for console lines; its pages show them from a file.");
      finding.cause = "old-server";
      return {finding};
    }
    if (run.console_ms < 0 && !facts.cause.empty()) return {not_written(facts)};
    const std::string lost =
        "The server has taken the lines with 200 and does not show them: they wait in a queue that nobody empties, or "
        "the "
        "worker that writes them fails.\n" +
        std::string(stream_workers());
    const RunPart part{
        "The console",
        "The log of a run is empty, incomplete or unreadable on its page: nobody sees why a training died.", lost,
        run.console_ms, run.console};
    return {judge_part(part, run, facts.place, scene)};
  });
}

}  // namespace

CheckSpec wandb_console_check() {
  CheckSpec spec;
  spec.id = "wandb.console";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.run"};
  spec.by_part = true;
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
