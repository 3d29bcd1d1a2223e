#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "engine/journal_file.hpp"
#include "toy_suite.hpp"

namespace wbverify::test {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    char name[] = "/tmp/wbverify-journal-XXXXXX";
    directory_ = fs::path(mkdtemp(name)) / "journal";
  }
  ~JournalTest() override { fs::remove_all(directory_.parent_path()); }
  fs::path directory_;
  const JournalEntry one_{"toy", "here", "wbverify/1/a\n\"b"}, two_{"toy", "here", "wbverify/1/b"};
};

TEST_F(JournalTest, IsOnDiskBeforeTheWriteAndGoneAfterIt) {
  const auto journal = open_journal(directory_, "0123456789abcdef");
  EXPECT_FALSE(fs::exists(directory_));
  ASSERT_TRUE(journal->announce(one_));
  ASSERT_TRUE(journal->announce(two_));
  struct stat info {};
  ASSERT_EQ(stat((directory_ / "0123456789abcdef.jsonl").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  const auto found = leftovers(directory_);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].alive);
  EXPECT_THAT(found[0].entries, testing::ElementsAre(one_, two_));
  journal->settle(one_);
  EXPECT_THAT(leftovers(directory_)[0].entries, testing::ElementsAre(two_));
  journal->settle(two_);
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(JournalTest, SeveralAreAnnouncedTogether) {
  const auto journal = open_journal(directory_, "0123456789abcdef");
  ASSERT_TRUE(journal->announce_all({}));
  EXPECT_FALSE(fs::exists(directory_)) << "nothing to announce, nothing made";
  ASSERT_TRUE(journal->announce_all(std::vector{one_, two_}));
  EXPECT_THAT(leftovers(directory_)[0].entries, testing::ElementsAre(one_, two_));
  EXPECT_THAT(journal->open(), testing::ElementsAre(one_, two_));
  const auto nowhere = open_journal("/proc/no-such-place", "0123456789abcdef");
  EXPECT_EQ(nowhere->announce_all(std::vector{one_, two_}).error().cause, "journal");
  EXPECT_TRUE(nowhere->open().empty());
}

TEST_F(JournalTest, ADeadRunIsUndoneAndALivingOneLeftAlone) {
  { auto dead = open_journal(directory_, "dead"); ASSERT_TRUE(dead->announce(one_)); ASSERT_TRUE(dead->announce(two_)); }
  std::ofstream(directory_ / "dead.jsonl", std::ios::app) << "{\"state\":\"anno";
  const auto alive = open_journal(directory_, "alive");
  ASSERT_TRUE(alive->announce(one_));
  std::vector<std::string> undone;
  bool works = false;
  Plugin plugin;
  plugin.undoers = {{"toy", [](const JournalEntry&, const Settings&) { return true; }, [&](const JournalEntry& entry, const Settings&, Deadline, std::stop_token) -> Result<Undone> {
                       if (!works && entry.name == "wbverify/1/b") return fail({"refused", "down", Blame::target, true});
                       undone.push_back(entry.name);
                       return Undone::removed;
                     }}};
  auto out = undo_leftovers(leftovers(directory_), {plugin}, Settings(), Deadline::after(std::chrono::seconds(1)));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].error, "");
  EXPECT_EQ(out[1].error, "down");
  EXPECT_EQ(leftovers(directory_).size(), 2U);
  works = true;
  out = undo_leftovers(leftovers(directory_), {plugin}, Settings(), Deadline::after(std::chrono::seconds(1)));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_THAT(undone, testing::ElementsAre(one_.name, two_.name));
  ASSERT_EQ(leftovers(directory_).size(), 1U);
  EXPECT_EQ(leftovers(directory_)[0].run_id, "alive");
}

TEST_F(JournalTest, WithoutAJournalNothingMayBeWritten) {
  std::ofstream(directory_) << "a file where the folder should be";
  const auto answer = open_journal(directory_, "x")->announce(one_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().cause, "journal");
}

TEST(JournalDirectory, FollowsSystemdThenXdgThenHome) {
  EXPECT_EQ(journal_directory({{"STATE_DIRECTORY", "/s/a:/s/b"}, {"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}), "/s/a/journal");
  EXPECT_EQ(journal_directory({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}), "/x/wbverify/journal");
  EXPECT_EQ(journal_directory({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}), "/h/.local/state/wbverify/journal");
  EXPECT_EQ(journal_directory({}), "/var/lib/wbverify/journal");
}

}  // namespace
}  // namespace wbverify::test
