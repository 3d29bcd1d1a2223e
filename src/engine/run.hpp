#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

#include "core/report.hpp"
#include "engine/plan.hpp"
#include "engine/record.hpp"

namespace wbverify {

/// What happens while a run goes on. Called from the thread of run_plan.
struct RunEvents {
  std::function<void(const Plugin&, const CheckResult&)> result;   ///< in catalogue order, each once
  /// `settled` of `total` shown checks have a result; `busy` are the probes at work.
  std::function<void(int settled, int total, const std::vector<std::string>& busy)> progress;   ///< at least every 100 ms
};

struct RunOptions {
  std::chrono::milliseconds timeout{60000};   ///< the run's deadline: the report is complete at most one second later
  int retries = 2;                            ///< how often a probe with a transient outcome is asked again
  std::stop_token stop;                       ///< asked to stop: the report is partial, what had no result is `unknown`
  std::shared_ptr<Journal> journal;
  RunEvents events;
};

struct RunOutcome {
  Report report;
  Record record;
  bool hung = false;   ///< a probe was given up and its thread still hangs: leave with _Exit after output
};

/// Runs probes side by side as their needs allow, judges as facts come in. `settings` is shared because a probe that was
/// given up may still look at it.
RunOutcome run_plan(const Plan& plan, std::shared_ptr<const Settings> settings, const RunOptions& options);

}  // namespace wbverify
