// The journal of a run: what is on disk when, what a failing disk leaves, and that nobody takes it for a dead run's.
#include "engine/journal_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "engine/journal_scan.hpp"
#include "journal_folder.hpp"

namespace wbverify::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JournalTest : public JournalFolder {};

TEST_F(JournalTest, IsOnDiskBeforeTheWriteAndGoneAfterIt) {
  const auto journal = open_journal(directory_, id_);
  EXPECT_FALSE(fs::exists(directory_));
  ASSERT_TRUE(journal->announce(one_));
  ASSERT_TRUE(journal->announce(two_));
  struct stat info {};
  ASSERT_EQ(stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  const auto found = scan_journals(directory_).leftovers;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].alive);
  EXPECT_THAT(listed(), ElementsAre(one_, two_));
  journal->answered(one_);
  journal->settle(one_);
  EXPECT_THAT(listed(), ElementsAre(two_));
  journal->answered(two_);
  journal->settle(two_);
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(JournalTest, SeveralAreAnnouncedTogether) {
  const auto journal = open_journal(directory_, id_);
  ASSERT_TRUE(journal->announce_all({}));
  EXPECT_FALSE(fs::exists(directory_)) << "nothing to announce, nothing made";
  ASSERT_TRUE(journal->announce_all(std::vector{one_, two_}));
  EXPECT_THAT(listed(), ElementsAre(one_, two_));
  EXPECT_THAT(journal->open(), ElementsAre(one_, two_));
  const auto nowhere = open_journal("/proc/no-such-place", id_);
  EXPECT_EQ(nowhere->announce_all(std::vector{one_, two_}).error().cause, "journal");
  EXPECT_THAT(nowhere->open(), IsEmpty());
}

TEST_F(JournalTest, AWriteWithoutAnAnswerStaysOpenWhateverIsSettled) {
  const auto journal = open_journal(directory_, id_);
  ASSERT_TRUE(journal->announce_all(std::vector{one_, two_}));
  journal->answered(two_);
  journal->settle(one_);
  journal->settle(two_);
  EXPECT_THAT(journal->unanswered(), ElementsAre(one_));
  EXPECT_THAT(journal->open(), ElementsAre(one_));
  EXPECT_THAT(listed(), ElementsAre(one_));
}

TEST_F(JournalTest, IsNotKeptBehindALinkThatAnotherUserMade) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make somebody else's link";
  namespace fs = std::filesystem;
  const fs::path open = directory_.parent_path() / "open", target = directory_.parent_path() / "target";
  fs::create_directories(open);
  fs::create_directories(target);
  fs::permissions(open, fs::perms::all | fs::perms::sticky_bit);
  fs::create_directory_symlink(target, open / "state");
  ASSERT_EQ(::lchown((open / "state").c_str(), 65534, 65534), 0);
  const auto refused = open_journal(open / "state/wbverify/journal", id_)->announce({"s3-object", "s3.example.com/b", "k"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("state belongs to another user"), std::string::npos) << refused.error().text;
  EXPECT_TRUE(fs::is_empty(target));
  ASSERT_EQ(::lchown((open / "state").c_str(), 0, 0), 0);
  EXPECT_TRUE(open_journal(open / "state/wbverify/journal", id_)->announce({"s3-object", "s3.example.com/b", "k"})) << "root's own is followed";
  fs::remove_all(open);
  fs::remove_all(target);
}

TEST_F(JournalTest, EachAttemptWaitsForAnAnswerOfItsOwn) {
  const auto journal = open_journal(directory_, id_);
  ASSERT_TRUE(journal->announce(one_));
  ASSERT_TRUE(journal->announce(one_));
  journal->answered(one_);
  journal->settle(one_);
  EXPECT_THAT(journal->unanswered(), ElementsAre(one_)) << "the first attempt's write may still arrive";
  EXPECT_THAT(listed(), ElementsAre(one_));
}

TEST_F(JournalTest, WithoutAJournalNothingMayBeWritten) {
  fs::create_directories(directory_.parent_path());
  std::ofstream(directory_) << "a file where the folder should be";
  const auto answer = open_journal(directory_, id_)->announce(one_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().cause, "journal");
}

/// Lets one call fail, by its number from 1 on, or that one and all after it.
class FailingDisk : public JournalDisk {
 public:
  FailingDisk(int which, int error, bool for_good) : which_(which), error_(error), for_good_(for_good) {}
  int open(const char* path, int flags, mode_t mode) override { return fails() ? -1 : JournalDisk::open(path, flags, mode); }
  ssize_t write(int fd, const void* bytes, std::size_t size) override {
    if (!fails()) return JournalDisk::write(fd, bytes, size);
    // A full disk takes a part and then nothing.
    if (error_ == ENOSPC && !std::exchange(torn_, true)) {
      --calls_;
      return JournalDisk::write(fd, bytes, size / 2);
    }
    errno = error_;
    return -1;
  }
  int truncate(int fd, off_t size) override { return fails() ? -1 : JournalDisk::truncate(fd, size); }
  int fsync(int fd) override { return fails() ? -1 : JournalDisk::fsync(fd); }
  int flock(int fd, int operation) override { return fails() ? -1 : JournalDisk::flock(fd, operation); }
  int rename(const char* from, const char* to) override { return fails() ? -1 : JournalDisk::rename(from, to); }
  int unlink(const char* path) override { return fails() ? -1 : JournalDisk::unlink(path); }
  int calls() const { return calls_; }

 private:
  bool fails() {
    ++calls_;
    errno = error_;
    return calls_ == which_ || (for_good_ && calls_ > which_);
  }
  int which_, error_;
  bool for_good_, torn_ = false;
  int calls_ = 0;
};

TEST_F(JournalTest, WhateverCallFailsNothingIsLostAndNothingMoreIsAnnounced) {
  int most = 0;
  {
    FailingDisk sound(0, 0, false);
    const auto journal = open_journal(directory_, id_, sound);
    ASSERT_TRUE(journal->announce(one_) && journal->announce(two_));
    journal->answered(one_);
    journal->settle(one_);
    ASSERT_TRUE(journal->announce(three_));
    most = sound.calls();
  }
  fs::remove_all(directory_);
  int refused = 0;
  for (int which = 1; which <= most; ++which) {
    for (const int error : {ENOSPC, EIO, ENOLCK, EWOULDBLOCK}) {
      for (const bool for_good : {false, true}) {
        SCOPED_TRACE(std::to_string(which) + " " + std::strerror(error) + (for_good ? " for good" : ""));
        std::vector<JournalEntry> open;
        {
          FailingDisk disk(which, error, for_good);
          const auto journal = open_journal(directory_, id_, disk);
          bool broken = false;
          const auto announce = [&](const JournalEntry& entry) {
            const bool announced = journal->announce(entry).has_value();
            EXPECT_FALSE(broken && announced) << "after an error nothing can be announced";
            broken = !announced;
            if (announced) open.push_back(entry);
            const auto found = scan_journals(directory_).leftovers;
            EXPECT_TRUE(open.empty() || (found.size() == 1 && found[0].alive)) << "what is announced is locked";
          };
          announce(one_);
          announce(two_);
          journal->answered(one_);
          if (!open.empty()) {
            journal->settle(one_);
            open.erase(open.begin());
          }
          announce(three_);
          refused += broken ? 1 : 0;
          EXPECT_EQ(journal->open(), open);
        }
        const auto left = listed();
        for (const auto& entry : open) EXPECT_THAT(left, testing::Contains(entry));
        for (const auto& leftover : scan_journals(directory_).leftovers) EXPECT_FALSE(leftover.alive);
        fs::remove_all(directory_);
      }
    }
  }
  EXPECT_GT(refused, most) << "the failures reached the announcements";
}

TEST_F(JournalTest, ComesBackWhenItIsRemovedOrReplacedUnderTheRun) {
  const auto journal = open_journal(directory_, id_);
  ASSERT_TRUE(journal->announce(one_));
  fs::remove(file_);
  ASSERT_TRUE(journal->announce(two_));
  EXPECT_THAT(listed(), ElementsAre(one_, two_));
  fs::remove_all(directory_);
  journal->answered(one_);
  EXPECT_THAT(listed(), ElementsAre(one_, two_));
  fs::remove(file_);
  std::ofstream(file_) << "somebody else's\n";
  journal->settle(one_);
  EXPECT_THAT(listed(), ElementsAre(two_));
  EXPECT_TRUE(scan_journals(directory_).leftovers.at(0).alive);
  fs::remove(file_);
  std::ofstream(file_) << "somebody else's\n";
  journal->answered(two_);
  fs::remove(file_);
  std::ofstream(file_) << "somebody else's\n";
  journal->settle(two_);
  EXPECT_TRUE(fs::exists(file_)) << "not ours to remove";
}

/// Sleeps before it locks: the window in which a journal could be taken for a dead run's.
class SlowDisk : public JournalDisk {
 public:
  int flock(int fd, int operation) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return JournalDisk::flock(fd, operation);
  }
  int rename(const char* from, const char* to) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return JournalDisk::rename(from, to);
  }
};

TEST_F(JournalTest, IsNeverTakenForADeadRunsWhileItIsMade) {
  std::jthread cleanup([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (const auto& leftover : scan_journals(directory_).leftovers) {
        if (auto held = HeldJournal::take(leftover.file)) {
          for (const auto& open : held->entries()) held->settle(open);
          held->remove_when_settled();
        }
      }
    }
  });
  SlowDisk disk;
  for (int round = 0; round < 30; ++round) {
    const auto journal = open_journal(directory_, id_, disk);
    ASSERT_TRUE(journal->announce(one_)) << "a look at the folder must not make a run fail";
    ASSERT_TRUE(fs::exists(file_)) << "round " << round;
    ASSERT_THAT(listed(), ElementsAre(one_));
    journal->answered(one_);
    journal->settle(one_);
  }
}

TEST(JournalDirectory, FollowsSystemdThenXdgThenHome) {
  EXPECT_EQ(journal_directory({{"STATE_DIRECTORY", "/s/a:/s/b"}, {"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}), "/s/a/journal");
  EXPECT_EQ(journal_directory({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}), "/x/wbverify/journal");
  EXPECT_EQ(journal_directory({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}), "/h/.local/state/wbverify/journal");
  EXPECT_EQ(journal_directory({}), "/var/lib/wbverify/journal");
}

}  // namespace
}  // namespace wbverify::test
