#pragma once
// What earlier runs left, in words.
#include <cstddef>
#include <string>
#include <vector>

#include "engine/undo.hpp"

namespace wbverify {

/// Things of one kind at one system with the same fate.
struct UndoSummary {
  Fate fate = Fate::removed;
  std::string kind, where;
  std::size_t count = 0;
  std::string error;   ///< the first, where there are several
};
std::vector<UndoSummary> summarise(const std::vector<UndoOutcome>& outcomes);

/// `removed 13 s3-objects at …, left by an earlier run`. Nothing to say of what was already gone: empty.
std::string in_words(const UndoSummary& summary);

/// What is counted for one system: `3 s3-objects at s3.example.com/wandb-files`.
struct LeftoverCount {
  std::string kind, where;
  std::size_t count = 0;
};
/// Of the entries of dead runs those that these undoers can undo, or the others.
std::vector<LeftoverCount> count_left(const std::vector<Leftover>& leftovers, const Undoers& undoers, const Settings& settings, bool ours);

}  // namespace wbverify
