#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "core/journal.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// Where journals lie: `journal` in $STATE_DIRECTORY (systemd), $XDG_STATE_HOME/wbverify, ~/.local/state/wbverify, or, without
/// any of them, /var/lib/wbverify.
std::filesystem::path journal_directory(const std::map<std::string, std::string>& environment);

/// A journal in its own file (mode 0600), made at the first announcement and removed when everything in it is settled.
std::shared_ptr<Journal> open_journal(const std::filesystem::path& directory, const std::string& run_id);

/// What a journal file of an earlier run still lists.
struct Leftover {
  std::filesystem::path file;
  std::string run_id;
  bool alive = false;   ///< the run that wrote it still holds its lock
  std::vector<JournalEntry> entries;
};
std::vector<Leftover> leftovers(const std::filesystem::path& directory);

/// One entry undone, or why not.
struct UndoOutcome {
  std::string run_id;
  JournalEntry entry;
  std::string error;   ///< empty: gone
};
/// Undoes one thing with the undoer of its kind: why it is still there, or empty.
std::string undo_entry(const JournalEntry& entry, const std::vector<Plugin>& catalog, const Settings& settings, Deadline deadline);
/// Undoes what dead runs left; files whose entries are all gone are removed.
std::vector<UndoOutcome> undo_leftovers(const std::vector<Leftover>& leftovers, const std::vector<Plugin>& catalog, const Settings& settings, Deadline deadline);

}  // namespace wbverify
