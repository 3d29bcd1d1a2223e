#include "engine/journal_disk.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

namespace wbverify {

int JournalDisk::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t JournalDisk::write(int fd, const void* bytes, std::size_t size) { return ::write(fd, bytes, size); }
int JournalDisk::truncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int JournalDisk::fsync(int fd) { return ::fsync(fd); }
int JournalDisk::flock(int fd, int operation) { return ::flock(fd, operation); }
int JournalDisk::rename(const char* from, const char* to) { return std::rename(from, to); }
int JournalDisk::unlink(const char* path) { return ::unlink(path); }

JournalDisk& system_disk() {
  static JournalDisk disk;
  return disk;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool append(JournalDisk& disk, int fd, std::string_view bytes) {
  struct stat before {};
  if (::fstat(fd, &before) != 0) return false;
  while (!bytes.empty()) {
    const ssize_t written = disk.write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written == 0 ? ENOSPC : errno;
      // A part of a line would spoil the next one.
      static_cast<void>(disk.truncate(fd, before.st_size));
      errno = error;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool is_in_place(int fd, const std::filesystem::path& path) {
  struct stat open_file {}, named {};
  return ::fstat(fd, &open_file) == 0 && open_file.st_nlink > 0 && ::lstat(path.c_str(), &named) == 0 &&
         open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

bool lock_exclusively(JournalDisk& disk, int fd) {
  constexpr int attempts = 50;
  for (int attempt = 1;; ++attempt) {
    if (disk.flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if ((errno != EWOULDBLOCK && errno != EINTR) || attempt == attempts) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace wbverify
