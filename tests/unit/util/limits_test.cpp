#include "util/limits.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace wbverify::test {
namespace {

/// Limits and what was noted belong to the process: each case has one of its own, which says what it found on standard error.
void tells(const std::function<std::string()>& find, const std::string& pattern) {
  EXPECT_EXIT(
      {
        ::close_range(3, ~0U, 0);   // what the test program has open
        const std::string said = "[" + find() + "]";
        [[maybe_unused]] const auto written = ::write(2, said.data(), said.size());
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), pattern);
}

void limit(int kind, rlim_t to, rlim_t most = RLIM_INFINITY) {
  rlimit now{};
  ::getrlimit(static_cast<__rlimit_resource_t>(kind), &now);
  now.rlim_cur = to;
  now.rlim_max = std::min(now.rlim_max, most);
  if (::setrlimit(static_cast<__rlimit_resource_t>(kind), &now) != 0) std::_Exit(9);
}

constexpr rlim_t mebibyte = 1U << 20U;

TEST(Limits, AUsualMachineLacksNothing) {
  tells([] { return shortage() + noted_shortage() + too_little_memory(); }, "^\\[\\]$");
}

TEST(Limits, AFewFilesAreToldWithTheirNumber) {
  tells(
      [] {
        limit(RLIMIT_NOFILE, 40, 40);
        raise_limits();
        return shortage() + too_little_memory();
      },
      "may open only 40 files \\(ulimit -n\\); it needs 96\\.\\]$");
  tells(
      [] {
        limit(RLIMIT_NOFILE, 96, 96);
        raise_limits();
        return shortage();
      },
      "^\\[\\]$");
}

TEST(Limits, FilesAreRaisedToWhatIsAllowed) {
  tells(
      [] {
        limit(RLIMIT_NOFILE, 20, 500);
        raise_limits();
        rlimit now{};
        ::getrlimit(RLIMIT_NOFILE, &now);
        return shortage() + (now.rlim_cur >= 96 ? "raised" : "not raised");
      },
      "^\\[raised\\]$");
}

TEST(Limits, FilesThatWereOpenBeforeAreNotThere) {
  tells(
      [] {
        for (int i = 0; i < 40; ++i) {
          if (::open("/dev/null", O_RDONLY) < 0) return std::string("cannot open");
        }
        limit(RLIMIT_NOFILE, 120, 120);
        raise_limits();
        return shortage();
      },
      "may open only 120 files \\(ulimit -n\\), and was started with 40 open; it needs 96");
}

TEST(Limits, LittleMemoryIsToldWithItsNumber) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes terabytes of address space";
#endif
  tells(
      [] {
        limit(RLIMIT_DATA, 200 * mebibyte);
        return shortage() + too_little_memory();
      },
      "^\\[This process may use only 200 MiB of memory \\(ulimit -d\\); it needs 256 MiB\\.\\]$");
  tells(
      [] {
        limit(RLIMIT_AS, 200 * mebibyte);
        return shortage() + too_little_memory();
      },
      "^\\[This process may use only 200 MiB of memory \\(ulimit -v\\); it needs 256 MiB\\.\\]$");
  tells(
      [] {
        limit(RLIMIT_DATA, 70 * mebibyte);
        return too_little_memory();
      },
      "only 70 MiB of memory \\(ulimit -d\\)");
  tells(
      [] {
        limit(RLIMIT_AS, 120 * mebibyte);
        return too_little_memory();
      },
      "only 120 MiB of memory \\(ulimit -v\\)");
  tells(
      [] {
        limit(RLIMIT_DATA, 256 * mebibyte);
        return shortage();
      },
      "^\\[\\]$");
}

TEST(Limits, WhatIsNotedIsASentence) {
  tells(
      [] {
        note_shortage("thread");
        return shortage();
      },
      "^\\[This machine had no thread for this process \\(ulimit -u\\)\\.\\]$");
  for (const int error : {EMFILE, ENFILE}) {
    tells(
        [error] {
          note_shortage(error);
          return noted_shortage();
        },
        "^\\[This machine had no file descriptor for this process\\.\\]$");
  }
  for (const int error : {ENOMEM, ENOBUFS}) {
    tells(
        [error] {
          note_shortage(error);
          return noted_shortage();
        },
        "^\\[This machine had no memory for this process\\.\\]$");
  }
  for (const int error : {0, ENOENT, EACCES, ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EINTR}) {
    tells(
        [error] {
          note_shortage(error);
          return shortage();
        },
        "^\\[\\]$");
  }
}

TEST(Limits, WhatIsNotedNamesTheLimitBehindIt) {
  tells(
      [] {
        limit(RLIMIT_NOFILE, 30, 30);
        note_shortage(EMFILE);
        return shortage();
      },
      "no file descriptor for this process\\. This process may open only 30 files \\(ulimit -n\\)");
}

TEST(Limits, ThreadsGetAStackOfTwoMebibytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "what a sanitizer adds to a stack is not known";
#endif
  tells(
      [] {
        raise_limits();
        pthread_attr_t usual{};
        std::size_t size = 0;
        ::pthread_getattr_default_np(&usual);
        ::pthread_attr_getstacksize(&usual, &size);
        return std::to_string(size >> 20U);
      },
      "^\\[2\\]$");
}

}  // namespace
}  // namespace wbverify::test
