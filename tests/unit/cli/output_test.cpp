#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "cli/context.hpp"
#include "cli/signals.hpp"

namespace wbverify {
namespace {

namespace fs = std::filesystem;
using Environment = std::map<std::string, std::string>;

TEST(Colour, Precedence) {
  const Environment term = {{"TERM", "xterm"}};
  const auto with = [&](Environment more) {
    more.insert(term.begin(), term.end());
    return more;
  };
  const auto automatic = [](const Environment& environment, bool terminal) {
    return wants_colour(ColourChoice::automatic, environment, terminal);
  };
  EXPECT_TRUE(automatic(term, true));
  EXPECT_FALSE(automatic(term, false));
  EXPECT_FALSE(automatic({}, true));
  EXPECT_FALSE(automatic({{"TERM", "dumb"}}, true));
  EXPECT_FALSE(automatic(with({{"NO_COLOR", "1"}}), true));
  EXPECT_TRUE(automatic(with({{"NO_COLOR", ""}}), true));
  EXPECT_TRUE(automatic(with({{"CLICOLOR_FORCE", "1"}}), false));
  EXPECT_FALSE(automatic(with({{"CLICOLOR_FORCE", "0"}}), false));
  EXPECT_FALSE(automatic(with({{"CLICOLOR", "0"}}), true));
  EXPECT_TRUE(automatic(with({{"CLICOLOR", "0"}, {"CLICOLOR_FORCE", "1"}}), true));
  EXPECT_FALSE(automatic(with({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}), true));
  EXPECT_TRUE(wants_colour(ColourChoice::always, with({{"NO_COLOR", "1"}}), false));
  EXPECT_FALSE(wants_colour(ColourChoice::never, with({{"CLICOLOR_FORCE", "1"}}), true));
}

TEST(Colour, OneLineIsRedrawnOnlyWhereTheCursorMoves) {
  EXPECT_TRUE(can_redraw({{"TERM", "xterm"}, {"NO_COLOR", "1"}}, true));
  EXPECT_FALSE(can_redraw({{"TERM", "xterm"}}, false));
  EXPECT_FALSE(can_redraw({{"TERM", "dumb"}}, true));
  EXPECT_FALSE(can_redraw({}, true));
}

TEST(Locale, Utf8) {
  EXPECT_FALSE(wants_unicode({}));
  EXPECT_FALSE(wants_unicode({{"LANG", "C"}}));
  EXPECT_TRUE(wants_unicode({{"LANG", "de_DE.UTF-8"}}));
  EXPECT_TRUE(wants_unicode({{"LANG", "en_US.utf8"}}));
  EXPECT_FALSE(wants_unicode({{"LANG", "de_DE.UTF-8"}, {"LC_ALL", "C"}}));
  EXPECT_TRUE(wants_unicode({{"LANG", "C"}, {"LC_CTYPE", "C.UTF-8"}}));
  EXPECT_FALSE(wants_unicode({{"LANG", "no_such.LOCALE"}}));
}

TEST(Width, FromColumnsWithinBounds) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  EXPECT_EQ(columns({}, ends[1]), 80);
  EXPECT_EQ(columns({{"COLUMNS", "100"}}, ends[1]), 100);
  EXPECT_EQ(columns({{"COLUMNS", "20"}}, ends[1]), 60);
  EXPECT_EQ(columns({{"COLUMNS", "500"}}, ends[1]), 120);
  EXPECT_EQ(columns({{"COLUMNS", "wide"}}, ends[1]), 80);
  close(ends[0]);
  close(ends[1]);
}

TEST(OutputStream, RemembersWhyItCouldNotWrite) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  {
    Output out(full);
    out << "text" << std::flush;
    EXPECT_EQ(out.error(), ENOSPC);
  }
  close(full);
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  close(ends[0]);
  Output out(ends[1]);
  out << "text" << std::flush;
  EXPECT_EQ(out.error(), EPIPE);
  close(ends[1]);
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "wbverify-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string text_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t count() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {})); }
  fs::path folder_;
};

TEST_F(Files, AreWrittenWholeAndPrivate) {
  const mode_t before = umask(0);
  write_file(path("a"), "one");
  write_file(path("a"), "two");
  umask(before);
  EXPECT_EQ(text_of(path("a")), "two");
  struct stat info {};
  ASSERT_EQ(stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(count(), 1U);
}

TEST_F(Files, ALinkStaysALink) {
  write_file(path("real"), "one");
  fs::create_symlink("real", path("link"));
  write_file(path("link"), "two");
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(text_of(path("real")), "two");
}

TEST_F(Files, DevicesAreNotReplaced) {
  write_file("/dev/null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_THROW(write_file("/dev/full", "text"), OutputError);
}

TEST_F(Files, WhatCannotBeWrittenIsSaidBeforehand) {
  EXPECT_NO_THROW(expect_writable(path("new")));
  EXPECT_THROW(expect_writable(folder_.string()), OutputError);
  EXPECT_THROW(expect_writable(path("no/such/folder")), OutputError);
  EXPECT_THROW(write_file(path("no/such/folder"), "text"), OutputError);
  EXPECT_THROW(write_file(folder_.string(), "text"), OutputError);
  EXPECT_EQ(count(), 0U);
}

TEST(Signals, TheFirstAsksForAStop) {
  SignalWatch watch;
  watch.defer(true);
  EXPECT_EQ(watch.caught(), 0);
  kill(getpid(), SIGTERM);
  for (int i = 0; i < 500 && !watch.token().stop_requested(); ++i) usleep(10000);
  EXPECT_TRUE(watch.token().stop_requested());
  EXPECT_EQ(watch.caught(), SIGTERM);
}

TEST(SignalsDeathTest, TheSecondEndsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        SignalWatch watch;
        watch.defer(true);
        kill(getpid(), SIGINT);
        while (watch.caught() == 0) usleep(1000);
        kill(getpid(), SIGINT);
        sleep(10);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(SignalsDeathTest, TheFirstEndsAtOnceWhenNothingHasToBeUndone) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        SignalWatch watch;
        watch.defer(true);
        watch.defer(false);
        kill(getpid(), SIGTERM);
        sleep(10);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace wbverify
