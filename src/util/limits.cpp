#include "util/limits.hpp"

#include <dirent.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string_view>
#include <tuple>

namespace wbverify {
namespace {

/// A run holds some thirty files open at a time; libraries open more for a moment.
constexpr rlim_t least_files = 96;
/// A run takes some 70 MiB of address space: libraries, the heap, and a stack for each of some twelve threads. `--deep` takes 20 more.
constexpr rlim_t least_memory = rlim_t{256} << 20U;
/// Below this a run cannot finish, and the libraries are not all made for a machine that has no memory.
constexpr rlim_t least_space = rlim_t{128} << 20U, least_data = rlim_t{80} << 20U;
/// Four times of what the deepest call takes. By itself each thread would have 8 MiB.
constexpr std::size_t stack_size = std::size_t{2} << 20U;

std::atomic<const char*> noted{nullptr};
/// Files that whoever started this process left open in it.
rlim_t taken_files = 0;

rlim_t count_open_files() {
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  rlim_t count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  // `.`, `..`, the folder itself, and the three standard streams that everybody has.
  return count > 6 ? count - 6 : 0;
}

std::string mebibytes(rlim_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

/// The first of the limits on memory that is below what is needed.
std::string memory_limit(rlim_t space, rlim_t data) {
  rlimit limit{};
  for (const auto& [kind, least, option] : {std::tuple{RLIMIT_AS, space, "-v"}, std::tuple{RLIMIT_DATA, data, "-d"}}) {
    if (::getrlimit(kind, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < least) {
      return "This process may use only " + mebibytes(limit.rlim_cur) + " of memory (ulimit " + option + "); it needs " + mebibytes(least_memory) + ".";
    }
  }
  return "";
}

std::string file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= least_files + taken_files) return "";
  return "This process may open only " + std::to_string(limit.rlim_cur) + " files (ulimit -n)" +
         (taken_files == 0 ? "" : ", and was started with " + std::to_string(taken_files) + " open") + "; it needs " + std::to_string(least_files) + ".";
}

}  // namespace

void raise_limits() {
  taken_files = count_open_files();
  const rlim_t wanted = least_files + taken_files;
  if (rlimit files{}; ::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < std::min(files.rlim_max, wanted)) {
    files.rlim_cur = std::min(files.rlim_max, wanted);
    [[maybe_unused]] const int done = ::setrlimit(RLIMIT_NOFILE, &files);
  }
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  pthread_attr_t usual{};
  std::size_t size = 0;
  if (::pthread_getattr_default_np(&usual) != 0) return;
  if (::pthread_attr_getstacksize(&usual, &size) == 0 && size > stack_size && ::pthread_attr_setstacksize(&usual, stack_size) == 0) {
    [[maybe_unused]] const int done = ::pthread_setattr_default_np(&usual);
  }
  ::pthread_attr_destroy(&usual);
#endif
}

void note_shortage(const char* of) { noted.store(of); }

void note_shortage(int error) {
  if (error == EMFILE || error == ENFILE) note_shortage("file descriptor");
  if (error == ENOMEM || error == ENOBUFS) note_shortage("memory");
}

std::string noted_shortage() {
  const char* const of = noted.load();
  if (of == nullptr) return "";
  const std::string_view what = of;
  const std::string limit = what == "memory" ? memory_limit(least_memory, least_memory) : what == "file descriptor" ? file_limit() : "";
  return "This machine had no " + std::string(what) + " for this process" + (what == "thread" ? " (ulimit -u)." : ".") + (limit.empty() ? "" : " ") + limit;
}

std::string shortage() {
  if (std::string text = noted_shortage(); !text.empty()) return text;
  if (std::string text = file_limit(); !text.empty()) return text;
  return memory_limit(least_memory, least_memory);
}

std::string too_little_memory() { return memory_limit(least_space, least_data); }

}  // namespace wbverify
