#pragma once
// The journals of other runs, looked at. They are foreign input.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/journal_disk.hpp"
#include "engine/journal_entries.hpp"

namespace wbverify {

/// What a journal file of an earlier run still lists.
struct Leftover {
  std::filesystem::path file;
  std::string run_id;
  bool alive = false;   ///< somebody holds its lock: the run that writes it, or a cleanup at work
  std::vector<OpenEntry> entries;
};

struct JournalScan {
  std::vector<Leftover> leftovers;      ///< by file name
  std::vector<std::string> problems;    ///< a sentence for each file that is no journal and each line that no journal has
};

/// Looks at all of them without keeping anybody from working, and without a change to any file.
JournalScan scan_journals(const std::filesystem::path& directory);

/// A dead run's journal in our hands: nobody else looks after it until this is gone.
class HeldJournal {
 public:
  /// Nothing when a run or another cleanup holds it, when it is gone, or when it is no journal.
  static std::optional<HeldJournal> take(const std::filesystem::path& file, JournalDisk& disk = system_disk());
  /// As they stand in the file now that it is locked.
  const std::vector<OpenEntry>& entries() const { return open_.list(); }
  /// One of the entries is gone, whatever became of its write.
  void settle(const OpenEntry& open);
  /// Removes the file when it has nothing open and every line of it could be read.
  void remove_when_settled();

 private:
  HeldJournal(std::filesystem::path path, JournalDisk& disk) : path_(std::move(path)), disk_(&disk) {}

  std::filesystem::path path_;
  JournalDisk* disk_;
  Descriptor file_;
  OpenEntries open_;
  std::optional<off_t> torn_at_;   ///< where a line begins that a crash has torn; it is cut off before anything is added
  std::string line_end_;           ///< what a last line without its end lacks
  bool readable_ = true;
};

}  // namespace wbverify
