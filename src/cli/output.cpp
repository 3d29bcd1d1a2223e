#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <utility>

#include "cli/context.hpp"
#include "core/redactor.hpp"
#include "util/encoding.hpp"
#include "util/limits.hpp"
#include "util/links.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

namespace fs = std::filesystem;

/// How long a pipe or a device may take no byte of a report.
constexpr int patience_ms = 5000;

/// 0, or errno. Waits for ever when `patience` is negative.
int write_all(int fd, std::string_view text, int patience) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody else made this pipe non-blocking; it is shared.
      pollfd wait{fd, POLLOUT, 0};
      if (::poll(&wait, 1, patience) == 0) return ETIMEDOUT;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

/// Opens what is no regular file, or -1 and errno. A pipe that nobody reads from is waited for, for a while.
int open_special(const fs::path& target) {
  constexpr int pause_ms = 20;
  for (int waited = 0;; waited += pause_ms) {
    const int fd = ::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd >= 0 || errno != ENXIO || waited >= patience_ms) return fd;
    ::poll(nullptr, 0, pause_ms);
  }
}

[[noreturn]] void cannot_write(const std::string& path, int error) {
  note_shortage(error);
  throw OutputError("cannot write " + path + ": " + to_lower(std::strerror(error)));
}

/// Where the bytes really go: a link stays a link. Throws when somebody else's link leads there.
fs::path target_of(const std::string& path) {
  LinkTarget target = follow_links(path);
  if (!target.planted.empty()) throw OutputError("cannot write " + path + ": " + target.planted + " is a link that belongs to another user");
  return std::move(target.path);
}

bool written_in_place(const fs::path& target) {
  struct stat info {};
  return ::stat(target.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

}  // namespace

Output::Buffer::int_type Output::Buffer::overflow(int_type c) {
  if (c != traits_type::eof()) pending += traits_type::to_char_type(c);
  return traits_type::not_eof(c);
}

std::streamsize Output::Buffer::xsputn(const char* text, std::streamsize size) {
  try {
    pending.append(text, static_cast<std::size_t>(size));
  } catch (const std::bad_alloc&) {
    // The stream would swallow it, and the report be lost without a word.
    note_shortage("memory");
    if (error == 0) error = ENOMEM;
  }
  return size;
}

int Output::Buffer::sync() {
  const std::string text = std::exchange(pending, {});
  if (error == 0) error = write_all(fd, text, -1);
  return 0;
}

void tell(Context& context, std::string_view text) {
  const std::string line = "wbverify: " + sanitize(Redactor::process().redact(text, Wrote::us), 4096) + "\n";
  context.err << line << std::flush;
}

void expect_writable(const std::string& path) {
  const fs::path target = target_of(path);
  struct stat info {};
  if (::stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) cannot_write(path, EISDIR);
    if (!S_ISREG(info.st_mode)) {
      if (::access(target.c_str(), W_OK) != 0) cannot_write(path, errno);
      return;
    }
  }
  const fs::path folder = target.has_parent_path() ? target.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) cannot_write(path, errno);
}

void write_file(const std::string& path, std::string_view text) {
  const fs::path target = target_of(path);
  if (written_in_place(target)) {
    const int fd = open_special(target);
    if (fd < 0 && errno == ENXIO) throw OutputError("cannot write " + path + ": nobody reads from this pipe");
    if (fd < 0) cannot_write(path, errno);
    const int error = write_all(fd, text, patience_ms);
    ::close(fd);
    if (error != 0) cannot_write(path, error);
    return;
  }
  std::array<char, 8> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) cannot_write(path, errno);
  const std::string temporary = target.string() + "." + hex_encode({random.data(), random.size()}) + ".tmp";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) cannot_write(path, errno);
  int error = write_all(fd, text, patience_ms);
  // What was there keeps its permissions and, as far as this user may give it, its owner.
  if (struct stat before {}; error == 0 && ::stat(target.c_str(), &before) == 0) {
    [[maybe_unused]] const int owner = ::fchown(fd, before.st_uid, before.st_gid);
    if (::fchmod(fd, before.st_mode & 0777) != 0) error = errno;
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  // Some file systems report a full disk only here.
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    cannot_write(path, error);
  }
}

}  // namespace wbverify
