#include "engine/run.hpp"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <mutex>
#include <new>
#include <set>
#include <thread>

#include "core/version.hpp"
#include "engine/judging.hpp"
#include "util/limits.hpp"
#include "util/text.hpp"
#include "util/thread.hpp"

namespace wbverify {
namespace {

using Clock = Deadline::Clock;
using std::chrono::milliseconds;

/// How long before the run's deadline probes must be back, so that what they found is judged and not lost.
constexpr milliseconds margin{150};
/// How long probes get to return and clean up when they are asked to stop.
constexpr milliseconds grace{500};
constexpr milliseconds grace_on_signal{1500};
/// First pause before a probe is asked again; each later one is four times as long.
constexpr milliseconds first_pause{250};

/// A pause between two looks at the clock that is that much longer than it should be was none of ours: the process was stopped, the
/// machine asleep or starved. Clients wait for 5 s at least, so that shorter ones harm nothing.
constexpr milliseconds longest_lag{1500};

/// How far the clock that counts a machine's sleep is ahead of the one that does not.
milliseconds time_asleep() {
  timespec with{}, without{};
  ::clock_gettime(CLOCK_BOOTTIME, &with);
  ::clock_gettime(CLOCK_MONOTONIC, &without);
  return milliseconds((with.tv_sec - without.tv_sec) * 1000 + (with.tv_nsec - without.tv_nsec) / 1000000);
}

/// What a probe's thread brings home.
struct Ended {
  const ProbeSpec* spec = nullptr;
  Facts facts;
  ProbeRecord record;
};

/// The one queue between the probes' threads and the runner. Shared, because a thread that was given up may come late.
struct Inbox {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<Ended> ended;
  std::map<std::string, Facts, std::less<>> facts;
};

std::string seconds(milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (const auto rest = time.count() % 1000; rest != 0) text += "." + std::to_string(1000 + rest).substr(1, rest % 100 == 0 ? 1 : 3);
  return text + " s";
}

/// Asks a probe, again while its outcome is transient and there is time. Runs in the probe's own thread.
Ended ask(const ProbeSpec& spec, ProbeContext context, Clock::time_point end, int retries) {
  const auto cut = std::make_shared<std::atomic<bool>>(false);
  const Deadline run_deadline(end, cut);
  Ended ended;
  ended.spec = &spec;
  ended.record.info.id = spec.id;
  const auto started = Clock::now();
  milliseconds pause = first_pause;
  const auto gave_up = [&](const char* cause, std::string reason, Blame blame) {
    ended.facts = {};
    ended.record.facts.clear();
    ended.record.info.outcome = "gave-up";
    ended.record.cause = cause;
    ended.record.reason = std::move(reason);
    ended.record.blame = blame;
  };
  try {
    for (;;) {
      ++ended.record.info.attempts;
      const auto attempt_started = Clock::now();
      context.deadline = run_deadline.within(spec.limit);
      cut->store(false);
      Facts facts = spec.gather(context);
      [[maybe_unused]] const bool over = context.deadline.expired();   // a wait may have ended there, and nobody have looked since
      // What an attempt found out in its own time stands, though the next one was cut.
      if (ended.record.info.attempts > 1 && cut->load()) break;
      ended.facts = std::move(facts);
      ended.record.hindrance = cut->load() ? "run-deadline" : "";
      const bool waited_out = Clock::now() - attempt_started > spec.limit * 3 / 4;
      const bool again = !waited_out && ended.record.info.attempts <= retries && !context.stop.stop_requested() &&
                         run_deadline.remaining() > 2 * pause && spec.transient(ended.facts);
      if (!again) break;
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait_for(lock, context.stop, pause, [] { return false; });
      pause *= 4;
    }
    ended.record.facts = ended.facts.encode();
    ended.record.info.outcome = "done";
  } catch (const std::bad_alloc&) {
    note_shortage("memory");
    gave_up("no-resources", noted_shortage(), Blame::machine);
  } catch (const std::exception& error) {
    gave_up("internal-error", "The probe " + spec.id + " stopped with an error of its own: " + sanitize(error.what()), Blame::tool);
  }
  ended.record.info.duration_ms = elapsed_ms(started);
  ended.record.info.round_trips = context.round_trips->load();
  return ended;
}

class Runner {
 public:
  Runner(const Plan& plan, std::shared_ptr<const Settings> settings, const RunOptions& options)
      : plan_(plan),
        settings_(std::move(settings)),
        options_(options),
        deadline_(Deadline::after(options.timeout)),
        judging_(checks_of(plan), settings_->scene, plan.shown, plan.left_out, plan.needed) {
    for (const auto& check : plan.checks) {
      if (check.wanted) wanted_.push_back(&check);
    }
  }

  ~Runner() {
    // Only after an exception is anybody still at work here: they get the time to remove what they made. A thread that hangs must not
    // hold up the way out.
    stop_probes_.request_stop();
    std::unique_lock lock(inbox_->mutex);
    inbox_->changed.wait_for(lock, grace_on_signal, [&] { return ended_.size() + inbox_->ended.size() >= threads_.size(); });
    lock.unlock();
    for (auto& [id, thread] : threads_) {
      if (thread.joinable()) thread.detach();
    }
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  RunOutcome run();

 private:
  void note_pause();
  static std::vector<const CheckSpec*> checks_of(const Plan& plan) {
    std::vector<const CheckSpec*> specs;
    for (const auto& check : plan.checks) {
      if (check.wanted) specs.push_back(check.spec);
    }
    return specs;
  }

  void end_probe(ProbeRecord record, Facts facts);
  void start_what_can();
  bool start_or_settle(const PlannedProbe& probe);
  void launch(const ProbeSpec& spec);
  void collect(std::unique_lock<std::mutex>& lock);
  void give_up(const std::string& cause, const std::string& reason, Blame blame);
  void emit();

  const Plan& plan_;
  std::shared_ptr<const Settings> settings_;
  const RunOptions& options_;
  const Clock::time_point started_ = Clock::now();
  Deadline deadline_;
  Judging judging_;
  std::vector<const PlannedCheck*> wanted_;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::stop_source stop_probes_;
  std::map<std::string, std::jthread> threads_;
  std::set<std::string> paused_;   ///< probes that were at work while this process was not
  std::map<std::string, Clock::time_point> busy_since_;
  std::set<std::string> ended_;
  std::size_t emitted_ = 0;
  RunOutcome outcome_;
};

void Runner::note_pause() {
  for (const auto& [id, thread] : threads_) {
    if (!ended_.contains(id)) paused_.insert(id);
  }
}

void Runner::end_probe(ProbeRecord record, Facts facts) {
  if (paused_.contains(record.info.id)) record.hindrance = "machine-paused";
  if (const auto began = busy_since_.find(record.info.id); began != busy_since_.end()) {
    record.info.started_ms = std::chrono::duration<double, std::milli>(began->second - started_).count();
  }
  ended_.insert(record.info.id);
  outcome_.record.probes[record.info.id] = record;
  judging_.probe_ended(record, std::move(facts));
}

void Runner::launch(const ProbeSpec& spec) {
  auto facts_of = [inbox = inbox_](std::string_view id) {
    const std::lock_guard lock(inbox->mutex);
    const auto found = inbox->facts.find(id);
    return found == inbox->facts.end() ? Facts() : found->second;
  };
  busy_since_[spec.id] = Clock::now();
  threads_[spec.id];   // from now on it is at work, also when there is no thread for it
  threads_[spec.id] = start_thread([&spec, facts_of, settings = settings_, journal = options_.journal, inbox = inbox_,
                                    stop = stop_probes_.get_token(), retries = options_.retries,
                                    end = deadline_.at() - margin] {
    ProbeContext context{*settings, Deadline(end), stop, settings->scene.run_id, *journal, facts_of,
                         std::make_shared<std::atomic<int>>(0)};
    Ended ended = ask(spec, std::move(context), end, retries);
    if (const std::string lacking = shortage(); !lacking.empty() && spec.touches && ended.record.hindrance.empty()) ended.record.hindrance = "no-resources: " + lacking;
    const std::lock_guard lock(inbox->mutex);
    inbox->facts.insert_or_assign(spec.id, ended.facts);
    inbox->ended.push_back(std::move(ended));
    inbox->changed.notify_all();
  });
}

bool Runner::start_or_settle(const PlannedProbe& probe) {
  const ProbeSpec& spec = *probe.spec;
  if (ended_.contains(spec.id) || threads_.contains(spec.id)) return false;
  ProbeRecord record;
  record.info.id = spec.id;
  if (!probe.skip_reason.empty()) {
    record.info.outcome = "skipped";
    record.cause = "not-applicable";
    record.reason = probe.skip_reason;
    end_probe(record, {});
    return true;
  }
  const NeedState needs = judging_.state(spec.needs);
  if (!needs.blocked_by.empty()) {
    record.info.outcome = "blocked";
    record.cause = "blocked";
    record.blocked_by = needs.blocked_by;
    end_probe(record, {});
    return true;
  }
  if (needs.pending) return false;
  for (const auto& read : spec.reads) {
    if (threads_.contains(read) && !ended_.contains(read)) return false;
    const bool known = std::any_of(plan_.probes.begin(), plan_.probes.end(), [&](const auto& p) { return p.spec->id == read; });
    if (known && !ended_.contains(read)) return false;
  }
  launch(spec);
  return false;
}

void Runner::start_what_can() {
  for (bool progress = true; progress;) {
    progress = false;
    judging_.settle();
    for (const auto& probe : plan_.probes) progress = start_or_settle(probe) || progress;
  }
}

void Runner::collect(std::unique_lock<std::mutex>& lock) {
  std::deque<Ended> ended;
  ended.swap(inbox_->ended);
  lock.unlock();
  for (auto& item : ended) {
    if (const auto thread = threads_.find(item.spec->id); thread != threads_.end() && thread->second.joinable()) thread->second.join();
    end_probe(item.record, std::move(item.facts));
  }
  start_what_can();
  emit();
  lock.lock();
}

void Runner::emit() {
  for (; emitted_ < wanted_.size() && judging_.settled(emitted_); ++emitted_) {
    const auto results = judging_.results(emitted_);
    for (const auto& result : *results) {
      if (options_.events.result) options_.events.result(*wanted_[emitted_]->plugin, result);
      outcome_.report.results.push_back(result);
    }
  }
}

void Runner::give_up(const std::string& cause, const std::string& reason, Blame blame) {
  for (const auto& probe : plan_.probes) {
    const std::string& id = probe.spec->id;
    if (ended_.contains(id)) continue;
    ProbeRecord record;
    record.info.id = id;
    record.info.outcome = "gave-up";
    record.cause = cause;
    record.blame = blame;
    if (const auto thread = threads_.find(id); thread != threads_.end()) {
      record.info.attempts = 1;
      record.info.duration_ms = elapsed_ms(busy_since_[id]);
      record.reason = reason;
      if (thread->second.joinable()) thread->second.detach();
      threads_.erase(thread);
      outcome_.hung = true;
    } else {
      record.reason = reason + " Its probe had not begun.";
    }
    end_probe(record, {});
  }
  judging_.settle();
  judging_.close();
}

RunOutcome Runner::run() {
  const std::stop_callback wake(options_.stop, [inbox = inbox_] {
    const std::lock_guard lock(inbox->mutex);
    inbox->changed.notify_all();
  });
  start_what_can();
  emit();

  std::unique_lock lock(inbox_->mutex);
  bool stopping = false;
  Deadline end = deadline_;
  for (;;) {
    if (!stopping && (options_.stop.stop_requested() || deadline_.expired())) {
      stopping = true;
      outcome_.report.run.interrupted = options_.stop.stop_requested();
      end = Deadline::after(outcome_.report.run.interrupted ? grace_on_signal : grace);
      lock.unlock();
      stop_probes_.request_stop();
      lock.lock();
    }
    const bool working = std::any_of(threads_.begin(), threads_.end(), [&](const auto& t) { return !ended_.contains(t.first); });
    if (!working || (stopping && end.expired())) break;
    // Every verdict is in; who still works may stop, and clean up.
    if (emitted_ == wanted_.size()) {
      lock.unlock();
      stop_probes_.request_stop();
      lock.lock();
    }
    const auto before = Clock::now();
    const milliseconds asleep = time_asleep();
    constexpr milliseconds tick{100};
    inbox_->changed.wait_until(lock, std::min(end.at(), before + tick), [&] {
      return !inbox_->ended.empty() || (!stopping && options_.stop.stop_requested());
    });
    if (Clock::now() - before > tick + longest_lag || time_asleep() - asleep > longest_lag) note_pause();
    if (!inbox_->ended.empty()) {
      if (stopping) {
        std::deque<Ended> ended;
        ended.swap(inbox_->ended);
        lock.unlock();
        for (auto& item : ended) {
          if (threads_[item.spec->id].joinable()) threads_[item.spec->id].join();
          end_probe(item.record, std::move(item.facts));
        }
        judging_.settle();
        emit();
        lock.lock();
      } else {
        collect(lock);
      }
    }
    if (options_.events.progress) {
      std::vector<std::string> busy;
      for (const auto& probe : plan_.probes) {
        if (threads_.contains(probe.spec->id) && !ended_.contains(probe.spec->id)) busy.push_back(probe.spec->id);
      }
      lock.unlock();
      options_.events.progress(judging_.settled_count(), static_cast<int>(wanted_.size()), busy);
      lock.lock();
    }
  }
  lock.unlock();
  if (outcome_.report.run.interrupted) {
    give_up("interrupted", "Stopped by a signal before an answer came.", Blame::machine);
  } else if (stopping) {
    give_up("run-deadline", "The time limit of the run, " + seconds(options_.timeout) + ", ended it before this was done.", Blame::machine);
  } else {
    give_up("internal-error", "The probe could not begin: what it reads never came.", Blame::tool);
  }
  emit();

  Report& report = outcome_.report;
  report.run.id = settings_->scene.run_id;
  report.run.version = version();
  report.run.started = settings_->scene.started;
  report.run.duration_ms = elapsed_ms(started_);
  report.run.deadline_ms = static_cast<double>(options_.timeout.count());
  if (const SettingView* host = settings_->scene.find("HOST")) report.run.target = host->value;
  for (const auto& probe : plan_.probes) report.probes.push_back(outcome_.record.probes[probe.spec->id].info);
  outcome_.record.scene = settings_->scene;
  outcome_.record.run = report.run;
  outcome_.record.shown = plan_.shown;
  outcome_.record.left_out = plan_.left_out;
  outcome_.record.needed = plan_.needed;
  for (const auto& check : plan_.checks) {
    (check.wanted ? outcome_.record.checks : outcome_.record.not_judged).push_back(check.spec->id);
  }
  return std::move(outcome_);
}

}  // namespace

RunOutcome run_plan(const Plan& plan, std::shared_ptr<const Settings> settings, const RunOptions& options) {
  return Runner(plan, std::move(settings), options).run();
}

}  // namespace wbverify
