#include "util/thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

namespace wbverify::test {
namespace {

/// What is noted belongs to the process: each case has one of its own.
void tells(std::string (*find)(), const std::string& pattern) {
  EXPECT_EXIT(
      {
        const std::string said = "[" + find() + "]";
        [[maybe_unused]] const auto written = ::write(2, said.data(), said.size());
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), pattern);
}

/// From here on there is room for no further stack: not for a new one, and those that earlier threads left behind are too small.
void leave_no_room() {
  pthread_attr_t large{};
  ::pthread_attr_init(&large);
  ::pthread_attr_setstacksize(&large, std::size_t{64} << 20U);
  ::pthread_setattr_default_np(&large);
  long pages = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  rlimit space{};
  ::getrlimit(RLIMIT_AS, &space);
  space.rlim_cur = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (rlim_t{1} << 20U);
  if (pages == 0 || ::setrlimit(RLIMIT_AS, &space) != 0) std::_Exit(9);
}

TEST(Thread, WorksBesideItsMaker) {
  tells(
      [] {
        std::atomic<bool> beside = false;
        const auto maker = std::this_thread::get_id();
        auto thread = start_thread([&] { beside = std::this_thread::get_id() != maker; });
        const bool joinable = thread.joinable();
        thread.join();
        return std::string(joinable && beside ? "beside" : "not beside") + noted_shortage();
      },
      "^\\[beside\\]$");
}

TEST(Thread, WorksAtOnceWhenThereIsNoneToHave) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes terabytes of address space";
#endif
  tells(
      [] {
        leave_no_room();
        int done = 0;
        const auto maker = std::this_thread::get_id();
        const auto thread = start_thread([&] { done = std::this_thread::get_id() == maker ? 1 : 2; });
        return std::string(done == 1 && !thread.joinable() ? "at once. " : "otherwise. ") + noted_shortage();
      },
      "^\\[at once\\. This machine had no thread for this process");
}

TEST(Thread, LetsNothingEscapeThatItsWorkThrows) {
  tells(
      [] {
        start_thread([] { throw std::bad_alloc(); }).join();
        return noted_shortage();
      },
      "no memory for this process");
  tells(
      [] {
        start_thread([] { throw std::runtime_error("boom"); }).join();
        return noted_shortage();
      },
      "no way to finish a part of the work for this process");
}

TEST(Thread, LetsNothingEscapeFromWorkThatIsDoneAtOnce) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes terabytes of address space";
#endif
  tells(
      [] {
        leave_no_room();
        const auto thread = start_thread([] { throw std::bad_alloc(); });
        return std::string(thread.joinable() ? "a thread. " : "no thread. ") + noted_shortage();
      },
      "^\\[no thread\\. This machine had no memory for this process");
}

}  // namespace
}  // namespace wbverify::test
