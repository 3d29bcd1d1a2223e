#pragma once
// What a journal says, without the file it stands in: lines of JSON, and what they leave open.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal.hpp"

namespace wbverify {

/// Something announced that is not settled.
struct OpenEntry {
  JournalEntry entry;
  bool answered = false;   ///< its write had an answer, or never left the machine
  std::int64_t at = 0;     ///< when it was announced, Unix ms
};

/// Keeps account of announcements. The same entry can be announced again by a later attempt of the same run; then each
/// announcement waits for an answer of its own.
class OpenEntries {
 public:
  void announce(const JournalEntry& entry, std::int64_t at);
  /// The latest of them that had none yet.
  void answer(const JournalEntry& entry);
  /// All of them that were answered.
  void settle(const JournalEntry& entry);
  const std::vector<OpenEntry>& list() const { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<OpenEntry> entries_;
};

/// One line of a journal. `state` is `announced`, `answered` or `settled`; `at` Unix ms.
std::string journal_line(std::string_view state, const JournalEntry& entry, std::int64_t at);

/// What the text of a journal leaves open. A journal is foreign input: anybody may have written into it.
struct JournalText {
  OpenEntries open;
  std::vector<std::size_t> bad_lines;   ///< numbers from 1 on of those that no journal has; they are skipped
  std::size_t whole = 0;                ///< bytes before a last line that was torn by a crash
};
/// `otherwise_at` stands for the time of lines without one, which earlier versions wrote.
JournalText read_journal_text(std::string_view text, std::int64_t otherwise_at);

/// This machine's clock, Unix ms.
std::int64_t journal_now();

}  // namespace wbverify
