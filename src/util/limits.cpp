#include "util/limits.hpp"

#include <sys/resource.h>

#include <atomic>

namespace wbverify {
namespace {

/// A run holds some thirty files open at a time; libraries open more for a moment.
constexpr rlim_t least_files = 96;
/// A stack is 8 MiB of address space for each of some twenty threads, and libraries map their own.
constexpr rlim_t least_memory = rlim_t{1} << 30U;

std::atomic<const char*> noted{nullptr};

}  // namespace

void raise_limits() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= files.rlim_max || files.rlim_cur >= least_files) return;
  files.rlim_cur = files.rlim_max < least_files ? files.rlim_max : least_files;
  [[maybe_unused]] const int done = ::setrlimit(RLIMIT_NOFILE, &files);
}

void note_shortage(const char* of) { noted.store(of); }

std::string shortage() {
  if (const char* const of = noted.load(); of != nullptr) return std::string("This machine had ") + of + " for this process.";
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < least_files) {
    return "This process may open only " + std::to_string(limit.rlim_cur) + " files (ulimit -n); it needs " + std::to_string(least_files) + ".";
  }
  for (const auto& [kind, option] : {std::pair{RLIMIT_AS, "-v"}, std::pair{RLIMIT_DATA, "-d"}}) {
    if (::getrlimit(kind, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < least_memory) {
      return "This process may use only " + std::to_string(limit.rlim_cur >> 20U) + " MiB of memory (ulimit " + option + "); it needs " + std::to_string(least_memory >> 20U) + " MiB.";
    }
  }
  return "";
}

}  // namespace wbverify
