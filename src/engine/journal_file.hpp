#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/journal.hpp"
#include "engine/journal_disk.hpp"

namespace wbverify {

/// Where journals lie: `journal` in $STATE_DIRECTORY (systemd), $XDG_STATE_HOME/wbverify, ~/.local/state/wbverify, or, without
/// any of them, /var/lib/wbverify.
std::filesystem::path journal_directory(const std::map<std::string, std::string>& environment);

/// The journal of a run.
class RunJournal : public Journal {
 public:
  /// Of the open entries those whose write had no answer.
  virtual std::vector<JournalEntry> unanswered() const = 0;
};

/// A journal in its own file (mode 0600): made at the first announcement, locked before it has its name, and removed when
/// everything in it is settled. When the disk fails once, nothing can be announced any more; what was announced stays on record.
std::shared_ptr<RunJournal> open_journal(const std::filesystem::path& directory, const std::string& run_id, JournalDisk& disk = system_disk());

}  // namespace wbverify
