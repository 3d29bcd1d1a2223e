// Journals of other runs: read as foreign input, and undone.
#include "engine/undo.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>

#include "engine/journal_file.hpp"
#include "journal_folder.hpp"

namespace wbverify::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t minute = 60000;

class UndoTest : public JournalFolder {
 protected:
  UndoTest() {
    fs::create_directories(directory_);
    plugin_.service = "toy";
    plugin_.undoers = {{"toy", [](const JournalEntry& entry, const Settings&) { return entry.where == "here"; },
                        [this](const JournalEntry& entry, const Settings&, Deadline, std::stop_token stop) { return undo_(entry, stop); }}};
  }

  void write(const std::string& text) { std::ofstream(file_, std::ios::app) << text; }
  void write(const char* state, const JournalEntry& entry, std::int64_t age = 0) { write(journal_line(state, entry, journal_now() - age)); }

  std::vector<UndoOutcome> undo(Deadline deadline = Deadline::after(std::chrono::seconds(5)), const std::stop_token& stop = {}) {
    return undo_leftovers(scan_journals(directory_).leftovers, undoers_of(catalog_()), Settings(), deadline, stop);
  }
  std::vector<Fate> fates() {
    std::vector<Fate> out;
    for (const auto& outcome : undo()) out.push_back(outcome.fate);
    return out;
  }
  const std::vector<Plugin>& catalog_() {
    catalog_plugins_ = {plugin_};
    return catalog_plugins_;
  }
  std::string text() const {
    std::ifstream in(file_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::vector<std::string> asked_;
  /// What the service answers.
  std::function<Result<Undone>(const JournalEntry&, const std::stop_token&)> undo_ = [this](const JournalEntry& entry, const std::stop_token&) -> Result<Undone> {
    asked_.push_back(entry.name);
    return Undone::absent;
  };
  Plugin plugin_;
  std::vector<Plugin> catalog_plugins_;
};

TEST_F(UndoTest, ADeadRunIsUndoneAndALivingOneLeftAlone) {
  write("announced", one_);
  write("announced", two_);
  write("{\"state\":\"anno");
  const auto alive = open_journal(directory_, "fedcba9876543210");
  ASSERT_TRUE(alive->announce(three_));
  undo_ = [&](const JournalEntry& entry, const std::stop_token&) -> Result<Undone> {
    if (entry == two_) return fail({"not-undone", "no", Blame::target, false});
    return Undone::removed;
  };
  EXPECT_THAT(fates(), ElementsAre(Fate::removed, Fate::refused));
  EXPECT_THAT(listed(), ElementsAre(two_, three_));
  undo_ = [&](const JournalEntry&, const std::stop_token&) -> Result<Undone> { return Undone::removed; };
  EXPECT_THAT(fates(), ElementsAre(Fate::removed));
  EXPECT_THAT(listed(), ElementsAre(three_));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(UndoTest, WhatHadNoAnswerIsAwaitedAsLongAsAWriteMayLive) {
  write("announced", one_, 14 * minute);
  write("announced", two_);
  write("answered", two_);
  write("announced", three_, 16 * minute);
  EXPECT_THAT(fates(), ElementsAre(Fate::absent, Fate::awaited, Fate::absent)) << "what was answered comes first";
  EXPECT_THAT(listed(), ElementsAre(one_));
  EXPECT_THAT(fates(), ElementsAre(Fate::awaited));
  const std::string before = text();
  EXPECT_THAT(fates(), ElementsAre(Fate::awaited));
  EXPECT_EQ(text(), before) << "looking adds nothing";
  undo_ = [](const JournalEntry&, const std::stop_token&) -> Result<Undone> { return Undone::removed; };
  EXPECT_THAT(fates(), ElementsAre(Fate::removed)) << "it has arrived";
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(UndoTest, AContainerWaitsUntilNothingCanArriveInIt) {
  UndoSpec uploads = plugin_.undoers[0];
  uploads.kind = "upload";
  uploads.holds_late_writes = true;
  plugin_.undoers.push_back(uploads);
  const JournalEntry upload{"upload", one_.where, one_.name}, elsewhere{"upload", two_.where, "of another name"};
  write("announced", one_);
  write("answered", one_);
  write("announced", upload);
  write("announced", elsewhere);
  EXPECT_THAT(fates(), ElementsAre(Fate::awaited, Fate::awaited, Fate::awaited));
  EXPECT_THAT(asked_, IsEmpty());
  write("answered", upload);
  EXPECT_THAT(fates(), ElementsAre(Fate::absent, Fate::absent, Fate::awaited));
  EXPECT_THAT(listed(), ElementsAre(elsewhere));
  fs::remove(file_);
  write("announced", upload, 16 * minute);
  write("announced", one_, 16 * minute);
  EXPECT_THAT(fates(), ElementsAre(Fate::absent, Fate::absent));
}

TEST_F(UndoTest, AClockThatWasWrongKeepsNothingOpenForYears) {
  write("announced", one_, -24 * 60 * minute * 365);
  write("announced", two_, 24 * 60 * minute * 365);
  write("announced", three_, -5 * minute);
  EXPECT_THAT(fates(), ElementsAre(Fate::absent, Fate::absent, Fate::awaited));
}

TEST_F(UndoTest, AnAnsweredWriteOfTheSameNameSettlesNoOther) {
  write("announced", one_);
  write("announced", one_);
  write("answered", one_);
  bool there = true;
  undo_ = [&](const JournalEntry&, const std::stop_token&) -> Result<Undone> { return std::exchange(there, false) ? Undone::removed : Undone::absent; };
  EXPECT_THAT(fates(), ElementsAre(Fate::removed, Fate::awaited));
  EXPECT_THAT(listed(), ElementsAre(one_));
}

TEST_F(UndoTest, JournalsOfOtherInstallationsStayByteForByte) {
  write("announced", {"toy", "elsewhere", "x"});
  write("announced", {"unknown-kind", "here", "x"});
  const std::string before = text();
  struct stat was {}, is {};
  ASSERT_EQ(stat(file_.c_str(), &was), 0);
  EXPECT_THAT(undo(), IsEmpty());
  ASSERT_EQ(stat(file_.c_str(), &is), 0);
  EXPECT_EQ(text(), before);
  EXPECT_EQ(was.st_mtim.tv_nsec, is.st_mtim.tv_nsec);
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(UndoTest, ASilentServiceIsAskedOnceAndAStopIsHeard) {
  for (const auto& entry : {one_, two_, three_}) write("announced", entry);
  int asked = 0;
  undo_ = [&](const JournalEntry&, const std::stop_token&) -> Result<Undone> {
    ++asked;
    return fail({"timed-out", "no answer", Blame::target, true});
  };
  EXPECT_THAT(fates(), ElementsAre(Fate::unasked, Fate::unasked, Fate::unasked));
  EXPECT_EQ(asked, 1);
  std::stop_source stop;
  undo_ = [&](const JournalEntry&, const std::stop_token& token) -> Result<Undone> {
    ++asked;
    EXPECT_FALSE(token.stop_requested());
    stop.request_stop();
    return token.stop_requested() ? Result<Undone>(fail({"stopped", "stopped", Blame::machine, true})) : Undone::absent;
  };
  EXPECT_EQ(undo(Deadline::after(std::chrono::seconds(5)), stop.get_token()).size(), 3U);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(undo(Deadline::after(std::chrono::seconds(-1))).size(), 3U);
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(listed(), ElementsAre(one_, two_, three_));
}

TEST_F(UndoTest, AThousandDeadJournalsOfASilentServiceTakeNoTime) {
  constexpr int runs = 1000;
  for (int i = 0; i < runs; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "%016x.jsonl", static_cast<unsigned>(i));
    file_ = directory_ / name;
    write("announced", one_);
  }
  undo_ = [](const JournalEntry&, const std::stop_token&) -> Result<Undone> { return fail({"refused", "connection refused", Blame::target, true}); };
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(undo().size(), 1000U);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
}

// ---- foreign input

struct Line {
  const char* name;
  std::string text;
};
class BadLine : public UndoTest, public testing::WithParamInterface<Line> {};

TEST_P(BadLine, IsNamedAndSkippedAndItsFileKept) {
  write("announced", one_);
  write(GetParam().text + "\n");
  write("announced", two_);
  const auto scan = scan_journals(directory_);
  ASSERT_THAT(scan.problems, testing::SizeIs(1));
  EXPECT_THAT(scan.problems[0], testing::AllOf(HasSubstr(file_.string()), HasSubstr("line 2")));
  EXPECT_THAT(listed(), ElementsAre(one_, two_));
  undo_ = [](const JournalEntry&, const std::stop_token&) -> Result<Undone> { return Undone::removed; };
  EXPECT_THAT(fates(), ElementsAre(Fate::removed, Fate::removed));
  EXPECT_TRUE(fs::exists(file_)) << "what cannot be read is never unlinked";
}

INSTANTIATE_TEST_SUITE_P(All, BadLine,
                         testing::Values(Line{"kind", R"({"state":"announced","kind":1,"where":"here","name":"y"})"}, Line{"where", R"({"state":"announced","kind":"toy","where":null,"name":"y"})"},
                                         Line{"name", R"({"state":"announced","kind":"toy","where":"here","name":["y"]})"}, Line{"noname", R"({"state":"announced","kind":"toy","where":"here"})"},
                                         Line{"state", R"({"state":true,"kind":"toy","where":"here","name":"y"})"}, Line{"unknown", R"({"state":"planned","kind":"toy","where":"here","name":"y"})"},
                                         Line{"at", R"({"state":"announced","kind":"toy","where":"here","name":"y","at":"now"})"}, Line{"fraction", R"({"state":"announced","kind":"toy","where":"here","name":"y","at":1.5})"},
                                         Line{"large", R"({"state":"announced","kind":"toy","where":"here","name":"y","at":1e300})"}, Line{"array", "[]"}, Line{"number", "7"}, Line{"text", "hello"},
                                         Line{"deep", std::string(15000, '[')}, Line{"long", R"({"state":"announced","kind":"toy","where":"here","name":")" + std::string(20000, 'n') + "\"}"},
                                         Line{"nul", std::string("\0\0", 2)}, Line{"utf8", "{\"state\":\"announced\",\"kind\":\"toy\",\"where\":\"here\",\"name\":\"\xff\"}"}),
                         [](const auto& line) { return line.param.name; });

struct Odd {
  const char* name;
  std::function<void(const fs::path&)> make;
};
class OddFile : public UndoTest, public testing::WithParamInterface<Odd> {};

TEST_P(OddFile, IsNamedAndSkipped) {
  GetParam().make(file_);
  const auto started = std::chrono::steady_clock::now();
  const auto scan = scan_journals(directory_);
  EXPECT_THAT(scan.leftovers, IsEmpty());
  ASSERT_THAT(scan.problems, testing::SizeIs(1));
  EXPECT_THAT(scan.problems[0], HasSubstr(file_.string()));
  EXPECT_FALSE(HeldJournal::take(file_));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(2));
}

INSTANTIATE_TEST_SUITE_P(All, OddFile,
                         testing::Values(Odd{"fifo", [](const fs::path& path) { ASSERT_EQ(mkfifo(path.c_str(), 0600), 0); }}, Odd{"folder", [](const fs::path& path) { fs::create_directory(path); }},
                                         Odd{"link", [](const fs::path& path) { fs::create_symlink("/proc/self/environ", path); }}, Odd{"dangling", [](const fs::path& path) { fs::create_symlink("/no/such", path); }},
                                         Odd{"huge", [](const fs::path& path) {
                                               std::ofstream(path) << "{";
                                               fs::resize_file(path, std::uintmax_t{200} << 20);
                                             }},
                                         Odd{"stranger", [](const fs::path& path) {
                                               std::ofstream(path) << "\n";
                                               if (chown(path.c_str(), 12345, 12345) != 0) fs::resize_file(path, std::uintmax_t{200} << 20);
                                             }}),
                         [](const auto& odd) { return odd.param.name; });

TEST_F(UndoTest, OtherNamesAreNoJournals) {
  for (const char* name : {"dead.jsonl", "0123456789ABCDEF.jsonl", "0123456789abcdef.json", "0123456789abcdef0.jsonl", ".0123456789abcdef.new", "0123456789abcdef.jsonl.bak"}) {
    std::ofstream(directory_ / name) << journal_line("announced", one_, 0);
  }
  EXPECT_THAT(scan_journals(directory_).leftovers, IsEmpty());
}

TEST_F(UndoTest, JournalsOfEarlierVersionsAreRead) {
  write(R"({"kind":"toy","name":"wbverify/1/b","state":"announced","where":"here"})" "\n");
  EXPECT_THAT(listed(), ElementsAre(two_));
  fs::last_write_time(file_, fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_THAT(fates(), ElementsAre(Fate::absent));
}

TEST_F(UndoTest, OnlyServicesThatAreWrittenToAreUndone) {
  ProbeSpec probe;
  probe.id = "toy.write";
  probe.writes = true;
  Plan plan;
  plan.probes = {{&probe, "", true}};
  EXPECT_EQ(undoers_of(catalog_(), plan).size(), 1U);
  plan.probes[0].skip_reason = "Left out by --skip.";
  EXPECT_THAT(undoers_of(catalog_(), plan), IsEmpty());
  plan.probes[0].skip_reason.clear();
  probe.writes = false;
  EXPECT_THAT(undoers_of(catalog_(), plan), IsEmpty());
  probe.writes = true;
  probe.id = "toys.write";
  EXPECT_THAT(undoers_of(catalog_(), plan), IsEmpty());
}

}  // namespace
}  // namespace wbverify::test
