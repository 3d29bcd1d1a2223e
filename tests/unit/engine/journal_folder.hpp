#pragma once
// A folder for journals of its own, and entries to put in.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/journal_scan.hpp"

namespace wbverify::test {

namespace fs = std::filesystem;

class JournalFolder : public testing::Test {
 protected:
  JournalFolder() {
    std::string name = (fs::temp_directory_path() / "wbverify-journal-XXXXXX").string();
    directory_ = fs::path(mkdtemp(name.data())) / "journal";
    file_ = directory_ / (id_ + ".jsonl");
  }
  ~JournalFolder() override { fs::remove_all(directory_.parent_path()); }

  /// What all journals in the folder leave open.
  std::vector<JournalEntry> listed() const {
    std::vector<JournalEntry> out;
    for (const auto& leftover : scan_journals(directory_).leftovers) {
      for (const auto& open : leftover.entries) out.push_back(open.entry);
    }
    return out;
  }

  const std::string id_ = "0123456789abcdef";
  fs::path directory_, file_;
  const JournalEntry one_{"toy", "here", "wbverify/1/a\n\"b"}, two_{"toy", "here", "wbverify/1/b"}, three_{"toy", "here", "wbverify/1/c"};
};

}  // namespace wbverify::test
