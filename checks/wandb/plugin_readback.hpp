#pragma once
// What was written to a run against what came back.
#include <string>
#include <string_view>
#include <vector>

#include "checks/wandb/plugin_words.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// One part of a run: what is said of it.
struct RunPart {
  std::string_view what;   ///< `The history`; singular
  std::string_view why;    ///< what users miss when it does not come back
  std::string_view lost;   ///< where to look when it does not come back
  double visible_ms = -1;  ///< until it was seen as it should be; -1: never
  const std::vector<WandbDifference>& differences;
};

/// It came back as it was written, soon. Causes: lost characters-lost keys-changed numbers-changed differs; late (a
/// warning).
Finding judge_part(const RunPart& part, const WandbRun& run, const WandbPlace& place, const Scene& scene);

/// Milliseconds from the end of the run until it was asked for the last time.
double waited_ms(const WandbRun& run);
/// `40 ms`, `12.5 s`.
std::string spoken_ms(double ms);
/// curl that asks for these members of a run; ours is gone when the report is read, so NAME stands in its place.
std::string ask_for_run(const WandbPlace& place, const WandbRun& run, std::string_view members);

/// The same trouble as with the metrics of the run (file_stream), which wandb.history tells.
bool as_metrics(const ApiAnswer& answer, const WandbRun& run, const WandbPlace& place, const Scene& scene);

/// The workers that write what file_stream brings, for Kubernetes and Docker.
std::string_view stream_workers();

}  // namespace wbverify
