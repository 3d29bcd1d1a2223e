#include "cli/leftovers.hpp"

#include <algorithm>

#include "report/layout.hpp"

namespace wbverify {

std::vector<UndoSummary> summarise(const std::vector<UndoOutcome>& outcomes) {
  std::vector<UndoSummary> out;
  for (const auto& outcome : outcomes) {
    const JournalEntry& entry = outcome.open.entry;
    auto same = std::find_if(out.begin(), out.end(), [&](const auto& summary) { return summary.fate == outcome.fate && summary.kind == entry.kind && summary.where == entry.where; });
    if (same == out.end()) same = out.insert(out.end(), {outcome.fate, entry.kind, entry.where, 0, outcome.error});
    ++same->count;
  }
  return out;
}

std::string in_words(const UndoSummary& summary) {
  const std::string what = count_of(summary.count, summary.kind) + " at " + summary.where;
  switch (summary.fate) {
    case Fate::removed: return "removed " + what + ", left by an earlier run";
    case Fate::absent: return "";
    case Fate::awaited: return what + " had no answer in an earlier run and may still arrive; `wbverify cleanup` looks again";
    case Fate::refused: return "could not remove " + what + ", left by an earlier run: " + summary.error;
    case Fate::unasked: return "could not look for " + what + ", left by an earlier run: " + summary.error;
  }
  return "";
}

std::vector<LeftoverCount> count_left(const std::vector<Leftover>& leftovers, const Undoers& undoers, const Settings& settings, bool ours) {
  std::vector<LeftoverCount> out;
  for (const auto& leftover : leftovers) {
    for (const auto& open : leftover.entries) {
      const JournalEntry& entry = open.entry;
      if (leftover.alive || (undoer_for(entry, undoers, settings) != nullptr) != ours) continue;
      auto same = std::find_if(out.begin(), out.end(), [&](const auto& count) { return count.kind == entry.kind && count.where == entry.where; });
      if (same == out.end()) same = out.insert(out.end(), {entry.kind, entry.where, 0});
      ++same->count;
    }
  }
  return out;
}

}  // namespace wbverify
