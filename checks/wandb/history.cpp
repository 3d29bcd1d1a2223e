#include <fmt/format.h>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_trouble.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Metrics come back as they were logged";

/// file_stream was not taken. What was sent has metric names beyond ASCII, on which an old database ends the whole
/// request.
Finding refused(const WandbRun& run, const WandbPlace& place, const Scene& scene) {
  Finding finding = trouble(place, run.stream, scene);
  if (finding.cause == "interrupted") return finding;
  finding.observed =
      "The metrics of a run, sent as clients send them (file_stream), are not taken. " + finding.observed;
  finding.why =
      "Clients send metrics, console lines and the end of a run by this one path, and repeat it for days: `finish()` "
      "hangs, and "
      "nothing is shown.";
  if (finding.cause == "database-error" || finding.cause == "server-error") {
    finding.fix =
        "Among the metrics are names beyond ASCII, at which a database that is not utf8mb4 ends the whole request: "
        "wbverify --only "
        "mysql.charset\n" +
        finding.fix;
  } else if (finding.cause == "body-too-large") {
    finding.expected = "Requests of some 15 MB pass.";
    finding.fix =
        "These were a few kilobytes, so the limit is far too low, most often a number without its unit, which counts "
        "bytes. " +
        (run.stream.json ? server_log() : finding.fix);
  } else if (finding.cause == "not-found" && !run.stream.json) {
    finding.fix =
        "Nothing behind HOST takes the path /files: route all paths to the server, this one too.\nkubectl describe "
        "ingress -n "
        "NAMESPACE\n" +
        finding.fix;
  }
  return finding;
}

Findings rows_of(const WandbRun& run, const WandbWriteFacts& facts, const Scene& scene) {
  const std::string workers =
      "The server has taken it with 200 and does not show it: it waits in a queue (Redis, Kafka) that nobody empties, "
      "or the worker that "
      "writes it fails at it.\n" +
      std::string(stream_workers());
  const RunPart history{"The history of 11 steps",
                        "Charts are empty or wrong: what was trained cannot be seen, compared or published.", workers,
                        run.history_ms, run.history};
  const RunPart summary{
      "The summary",
      "Tables of runs, sorting and sweeps go by the summary: they show nothing, or the wrong run as the best.", workers,
      run.summary_ms, run.summary};
  Findings findings;
  for (const auto& [row, part, row_title] :
       {std::tuple{"history", history, "The history comes back, with every step and name"},
        std::tuple{"summary", summary, "The summary comes back"}}) {
    const bool early = part.visible_ms < 0 && !facts.cause.empty();
    findings.push_back(early ? not_written(facts) : judge_part(part, run, facts.place, scene));
    findings.back().row = row;
    findings.back().title = row_title;
  }
  return findings;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles&) -> Findings {
    if (!run.stream.ok()) return {refused(run, facts.place, scene)};
    if (!run.read.ok()) return {trouble(facts.place, run.read, scene)};
    return rows_of(run, facts, scene);
  });
}

}  // namespace

CheckSpec wandb_history_check() {
  CheckSpec spec;
  spec.id = "wandb.history";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.run"};
  spec.by_part = true;
  spec.rows = {"history", "summary"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
