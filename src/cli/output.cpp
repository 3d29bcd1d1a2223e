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
#include <utility>

#include "cli/context.hpp"
#include "core/redactor.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

namespace fs = std::filesystem;

/// 0, or errno.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody else made this pipe non-blocking; it is shared.
      pollfd wait{fd, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

[[noreturn]] void cannot_write(const std::string& path, int error) {
  throw OutputError("cannot write " + path + ": " + to_lower(std::strerror(error)));
}

/// Where the bytes really go: a link stays a link.
fs::path target_of(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? fs::path(path) : real;
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
  pending.append(text, static_cast<std::size_t>(size));
  return size;
}

int Output::Buffer::sync() {
  const std::string text = std::exchange(pending, {});
  if (error == 0) error = write_all(fd, text);
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
    const int fd = ::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) cannot_write(path, errno);
    const int error = write_all(fd, text);
    ::close(fd);
    if (error != 0) cannot_write(path, error);
    return;
  }
  std::array<char, 8> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) cannot_write(path, errno);
  const std::string temporary = target.string() + "." + hex_encode({random.data(), random.size()}) + ".tmp";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) cannot_write(path, errno);
  int error = write_all(fd, text);
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
