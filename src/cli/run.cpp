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
  std::size_t not_removed = 0;  ///< things written that are still there
};

/// `started` is told the run before its first result.
Attempt run_once(const Arguments& arguments, Context& context, milliseconds timeout, const SignalWatch& watch,
                 bool first, const std::function<void(const RunInfo&)>& started, RunEvents events) {
  const Deadline deadline = Deadline::after(timeout);
  auto settings = std::make_shared<const Settings>(settings_of(arguments, context));
  const Plan plan = plan_of(arguments, *settings);
  RunOptions options;
  options.timeout = timeout;
  if (first && !arguments.read_only && !leftovers(journal_directory(context.environment)).empty()) {
    undo_dead_runs(*settings, context, std::min(longest_undo, timeout / 4));
    options.timeout = std::max(deadline.remaining(), milliseconds(1));
  }
  RunInfo info;
  info.id = settings->scene.run_id;
  info.version = version();
  info.started = settings->scene.started;
  if (const SettingView* host = settings->scene.find("HOST")) info.target = host->value;
  started(info);
  options.stop = watch.token();
  options.journal = open_journal(journal_directory(context.environment), info.id);
  options.events = std::move(events);
  Attempt attempt{run_plan(plan, settings, options), 0};
  attempt.not_removed = options.journal->open().size();
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
  const SignalWatch watch;
  const bool waits = arguments.wait.count() > 0;
  const Deadline end_of_wait = Deadline::after(arguments.wait);
  bool hung = false;
  Attempt attempt;
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

  Report& report = attempt.outcome.report;
  const int signal = watch.caught();
  report.run.interrupted = report.run.interrupted || signal != 0;
  report.run.exit_status = signal != 0 ? 128 + signal : exit_status(report, arguments.fail_on.value_or(FailOn::fail));
  attempt.outcome.record.run = report.run;
  const int status =
      waits ? delivery.deliver(report, &attempt.outcome.record) : delivery.end(report, &attempt.outcome.record);
  if (attempt.not_removed > 0) {
    tell(context, count_of(attempt.not_removed, "thing") +
                      " that this run wrote may still be there; `wbverify cleanup` looks, and removes what is");
  }
  if (signal != 0) die_by(signal);
  // A thread that hangs in a library call cannot be joined; everything is out already.
  if (hung) std::_Exit(status);
  return status;
}

}  // namespace wbverify
