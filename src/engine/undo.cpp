#include "engine/undo.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace wbverify {
namespace {

/// A time further ahead than this was written while the clock was wrong.
constexpr std::chrono::hours most_ahead{24};

bool may_still_arrive(const OpenEntry& open) {
  const std::chrono::milliseconds age(journal_now() - open.at);
  return !open.answered && age < write_life && age > -most_ahead;
}

class Undoing {
 public:
  Undoing(const Undoers& undoers, const Settings& settings, Deadline deadline, const std::stop_token& stop)
      : undoers_(undoers), settings_(settings), deadline_(deadline), stop_(stop) {}

  void undo(const Leftover& leftover, std::vector<UndoOutcome>& out) {
    if (leftover.alive || std::none_of(leftover.entries.begin(), leftover.entries.end(), [&](const auto& open) { return concerns(open); })) return;
    if (is_over()) {
      for (const auto& open : leftover.entries) {
        if (concerns(open)) out.push_back({leftover.run_id, open, Fate::unasked, why_over()});
      }
      return;
    }
    auto held = HeldJournal::take(leftover.file);
    if (!held) return;
    std::vector<OpenEntry> entries = held->entries();
    // What one find removes cannot be told from what another write of the same name made: those that were answered come first,
    // so that the others are settled only on their own account.
    std::stable_partition(entries.begin(), entries.end(), [](const auto& open) { return open.answered; });
    for (const auto& open : entries) {
      if (!concerns(open)) continue;
      UndoOutcome outcome{leftover.run_id, open, Fate::unasked, {}};
      if (awaits(entries, open.entry)) {
        outcome.fate = Fate::awaited;
      } else {
        undo(outcome);
      }
      if (outcome.fate == Fate::removed || outcome.fate == Fate::absent) held->settle(open);
      out.push_back(std::move(outcome));
    }
    held->remove_when_settled();
  }

 private:
  bool concerns(const OpenEntry& open) const { return undoer_for(open.entry, undoers_, settings_) != nullptr; }
  /// Whether something may still arrive in the thing of that name.
  bool awaits(const std::vector<OpenEntry>& entries, const JournalEntry& entry) const {
    return std::any_of(entries.begin(), entries.end(), [&](const OpenEntry& open) {
      const UndoSpec* const undoer = undoer_for(open.entry, undoers_, settings_);
      return undoer != nullptr && undoer->holds_late_writes && open.entry.where == entry.where && open.entry.name == entry.name && may_still_arrive(open);
    });
  }
  bool is_over() const { return deadline_.expired() || stop_.stop_requested(); }
  std::string why_over() const { return stop_.stop_requested() ? "It was stopped before." : "There was no time left to look."; }

  void undo(UndoOutcome& outcome) {
    const OpenEntry& open = outcome.open;
    std::string& silent = silent_[{open.entry.kind, open.entry.where}];
    if (silent.empty() && is_over()) silent = why_over();
    if (!silent.empty()) {
      outcome.error = silent;
      return;
    }
    const auto undone = undoer_for(open.entry, undoers_, settings_)->undo(open.entry, settings_, deadline_, stop_);
    if (!undone) {
      outcome.error = undone.error().text;
      outcome.fate = undone.error().cause == "not-undone" ? Fate::refused : Fate::unasked;
      if (outcome.fate == Fate::unasked) silent = outcome.error;
    } else if (*undone == Undone::removed) {
      outcome.fate = Fate::removed;
    } else if (*undone == Undone::emptied) {
      outcome.fate = may_still_arrive(open) ? Fate::awaited : Fate::removed;
    } else {
      outcome.fate = may_still_arrive(open) ? Fate::awaited : Fate::absent;
    }
  }

  const Undoers& undoers_;
  const Settings& settings_;
  Deadline deadline_;
  std::stop_token stop_;
  std::map<std::pair<std::string, std::string>, std::string> silent_;   ///< kind and system: why it could not be asked
};

}  // namespace

Undoers undoers_of(const std::vector<Plugin>& catalog) {
  Undoers out;
  for (const auto& plugin : catalog) {
    for (const auto& undoer : plugin.undoers) out.push_back(&undoer);
  }
  return out;
}

Undoers undoers_of(const std::vector<Plugin>& catalog, const Plan& plan) {
  Undoers out;
  for (const auto& plugin : catalog) {
    const bool writes = std::any_of(plan.probes.begin(), plan.probes.end(), [&](const PlannedProbe& probe) {
      const std::string& id = probe.spec->id;
      return probe.spec->writes && probe.skip_reason.empty() && id.substr(0, id.find('.')) == plugin.service;
    });
    for (const auto& undoer : plugin.undoers) {
      if (writes) out.push_back(&undoer);
    }
  }
  return out;
}

const UndoSpec* undoer_for(const JournalEntry& entry, const Undoers& undoers, const Settings& settings) {
  const auto found = std::find_if(undoers.begin(), undoers.end(), [&](const UndoSpec* undoer) { return undoer->kind == entry.kind && undoer->concerns(entry, settings); });
  return found == undoers.end() ? nullptr : *found;
}

std::vector<UndoOutcome> undo_leftovers(const std::vector<Leftover>& leftovers, const Undoers& undoers, const Settings& settings, Deadline deadline, const std::stop_token& stop) {
  std::vector<UndoOutcome> out;
  Undoing undoing(undoers, settings, deadline, stop);
  for (const auto& leftover : leftovers) undoing.undo(leftover, out);
  return out;
}

}  // namespace wbverify
