#pragma once
// What dead runs left behind is undone by the undoers of the plugins.
#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/journal_scan.hpp"
#include "engine/plan.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// The longest that a write without an answer may be on its way: proxies and stores give up a request after some minutes.
inline constexpr std::chrono::minutes write_life{15};

using Undoers = std::vector<const UndoSpec*>;
Undoers undoers_of(const std::vector<Plugin>& catalog);
/// Of the services to which the plan writes: a run that does not speak to a service undoes nothing there.
Undoers undoers_of(const std::vector<Plugin>& catalog, const Plan& plan);
/// The one that can undo the entry at the installation of these settings; none when it is of another one, or none of ours.
const UndoSpec* undoer_for(const JournalEntry& entry, const Undoers& undoers, const Settings& settings);

enum class Fate {
  removed,   ///< it was there, and is gone
  absent,    ///< it is not there, and will not appear
  awaited,   ///< its write had no answer and may still arrive: looked for again later
  refused,   ///< it is there, and could not be removed
  unasked    ///< could not be found out: the service is out of reach, or the time was up
};
/// What became of one entry.
struct UndoOutcome {
  std::string run_id;
  OpenEntry open;
  Fate fate = Fate::unasked;
  std::string error;   ///< why, for `refused` and `unasked`
};

/// Undoes what dead runs left and the undoers are for; files whose entries are all gone are removed. Hears the stop between and
/// within entries. A service that cannot be asked is asked only once.
std::vector<UndoOutcome> undo_leftovers(const std::vector<Leftover>& leftovers, const Undoers& undoers, const Settings& settings, Deadline deadline, const std::stop_token& stop);

}  // namespace wbverify
