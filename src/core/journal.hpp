#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace wbverify {

/// Something that was, or is about to be, written to somebody's system.
struct JournalEntry {
  std::string kind;    ///< who can undo it: `s3-object`, `mysql-table`
  std::string where;   ///< the system, without a secret: `s3.example.com:443/wandb-files`
  std::string name;    ///< what: an object's key, a table's name; always carries the run id
  bool operator==(const JournalEntry&) const = default;
};

/// The list of what this run wrote. An entry is on disk (fsync) before the write that it announces is made. Thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;
  /// An error when it could not be made durable: then the write must not happen.
  virtual Result<void> announce(const JournalEntry& entry) = 0;
  /// All of them, for one wait for the disk where the journal can do that. After an error none of the writes must happen.
  virtual Result<void> announce_all(std::span<const JournalEntry> entries) {
    for (const auto& entry : entries) {
      if (auto done = announce(entry); !done) return done;
    }
    return {};
  }
  /// The write was answered, or it certainly never left this machine: what a later look does not find will never appear. A write
  /// that was not answered may still arrive, so its absence proves nothing for as long as it may be on its way.
  virtual void answered(const JournalEntry& entry) = 0;
  /// The thing is gone again. An entry whose write was not answered stays open all the same: it may still arrive.
  virtual void settle(const JournalEntry& entry) = 0;
  virtual std::vector<JournalEntry> open() const = 0;
};

/// For work that writes nothing, such as undoing.
class NoJournal final : public Journal {
 public:
  Result<void> announce(const JournalEntry&) override { return {}; }
  void answered(const JournalEntry&) override {}
  void settle(const JournalEntry&) override {}
  std::vector<JournalEntry> open() const override { return {}; }
};

}  // namespace wbverify
