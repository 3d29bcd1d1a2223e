#include "engine/run.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "cli/commands.hpp"
#include "cli/delivery.hpp"
#include "cli/signals.hpp"
#include "core/version.hpp"
#include "engine/journal_file.hpp"
#include "report/layout.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The longest that undoing what dead runs left may take of a run's own time.
constexpr milliseconds longest_undo{10000};
/// An attempt of --wait with less time than this is not worth beginning.
constexpr milliseconds least_attempt{1000};

struct Attempt {
  RunOutcome outcome;
  std::size_t not_removed = 0;  ///< things written that may still be there
  std::size_t unanswered = 0;   ///< writes that may still arrive
};

/// `started` is told the run before its first result.
Attempt run_once(const Arguments& arguments, Context& context, milliseconds timeout, SignalWatch& watch,
                 bool first, const std::function<void(const RunInfo&)>& started, RunEvents events) {
  const Deadline deadline = Deadline::after(timeout);
  auto settings = std::make_shared<const Settings>(settings_of(arguments, context));
  const Plan plan = plan_of(arguments, *settings);
  RunOptions options;
  options.timeout = timeout;
  watch.defer(true);
  if (first) {
    undo_dead_runs(plan, *settings, context, Deadline::after(std::min(longest_undo, timeout / 4)), watch.token());
    options.timeout = std::max(deadline.remaining(), milliseconds(1));
  }
  RunInfo info;
  info.id = settings->scene.run_id;
  info.version = version();
  info.started = settings->scene.started;
  if (const SettingView* host = settings->scene.find("HOST")) info.target = host->value;
  started(info);
  options.stop = watch.token();
  const auto journal = open_journal(journal_directory(context.environment), info.id);
  options.journal = journal;
  options.events = std::move(events);
  Attempt attempt{run_plan(plan, settings, options), 0, 0};
  // What undoing took is part of the run's time, as its user gave it.
  attempt.outcome.report.run.deadline_ms = attempt.outcome.record.run.deadline_ms = static_cast<double>(timeout.count());
  attempt.unanswered = journal->unanswered().size();
  attempt.not_removed = journal->open().size() - attempt.unanswered;
  return attempt;
}

void sleep_for(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
}

std::string in_seconds(milliseconds time) { return std::to_string(std::chrono::ceil<seconds>(time).count()) + " s"; }

}  // namespace

int run_command(const Arguments& arguments, Context& context) {
  Delivery delivery(arguments, context);
  SignalWatch watch;
  const bool waits = arguments.wait.count() > 0;
  const Deadline end_of_wait = Deadline::after(arguments.wait);
  bool hung = false;
  Attempt attempt;
  std::size_t not_removed = 0, unanswered = 0;
  milliseconds pause{2000};
  for (int number = 1;; ++number) {
    RunEvents events;
    events.progress = [&](int settled, int total, const std::vector<std::string>& busy) {
      delivery.progress(settled, total, busy);
    };
    // With --wait nobody knows yet whether this is the report that counts.
    if (!waits)
      events.result = [&](const Plugin& plugin, const CheckResult& result) { delivery.result(plugin, result); };
    const milliseconds timeout =
        waits ? std::min(arguments.timeout, std::max(end_of_wait.remaining(), least_attempt)) : arguments.timeout;
    attempt = run_once(
        arguments, context, timeout, watch, number == 1,
        [&](const RunInfo& run) {
          if (!waits) delivery.begin(run);
        },
        std::move(events));
    delivery.erase_progress();
    not_removed += attempt.not_removed;
    unanswered += attempt.unanswered;
    attempt.outcome.report.run.attempts = number;
    hung = hung || attempt.outcome.hung;
    const Report& report = attempt.outcome.report;
    const milliseconds left = end_of_wait.remaining();
    if (!waits || watch.caught() != 0 || exit_status(report, FailOn::fail) == 0 || left < pause + least_attempt) break;
    const CheckResult* first = first_to_fix(report);
    tell(context, "attempt " + std::to_string(number) + ": " + counts_text(count_results(report.results)) +
                      (first == nullptr ? "" : "; first " + first->id) + ". Next in " + in_seconds(pause) + ", " +
                      in_seconds(left) + " left");
    sleep_for(pause, watch.token());
    pause = std::min(pause * 2, milliseconds(10000));
    if (watch.caught() != 0) break;
  }

  watch.defer(false);
  Report& report = attempt.outcome.report;
  const int signal = watch.caught();
  report.run.interrupted = report.run.interrupted || signal != 0;
  report.run.exit_status = signal != 0 ? 128 + signal : exit_status(report, arguments.fail_on.value_or(FailOn::fail));
  attempt.outcome.record.run = report.run;
  const int status =
      waits ? delivery.deliver(report, &attempt.outcome.record) : delivery.end(report, &attempt.outcome.record);
  const std::string cleanup = attempt.outcome.record.scene.with_options("`wbverify cleanup`");
  if (not_removed > 0) tell(context, count_of(not_removed, "thing") + " created by this run may not have been removed; run " + cleanup);
  if (unanswered > 0) tell(context, count_of(unanswered, "write") + " of this run had no answer and may still arrive; " + cleanup + " looks again");
  if (signal != 0) die_by(signal);
  // A thread that hangs in a library call cannot be joined; everything is out already.
  if (hung) std::_Exit(status);
  return status;
}

}  // namespace wbverify
