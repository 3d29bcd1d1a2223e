#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace wbverify {

/// The system calls of the journal. Results and errno are those of the calls themselves, which tests let fail one by one.
class JournalDisk {
 public:
  virtual ~JournalDisk() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t write(int fd, const void* bytes, std::size_t size);
  virtual int truncate(int fd, off_t size);
  virtual int fsync(int fd);
  virtual int flock(int fd, int operation);
  virtual int rename(const char* from, const char* to);
  virtual int unlink(const char* path);
};
JournalDisk& system_disk();

/// A file descriptor that closes itself, and with it gives up the lock it holds.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// Adds them at the end of the file, which was opened for that: all or nothing, as far as the disk can still do that. False with errno.
bool append(JournalDisk& disk, int fd, std::string_view bytes);
/// Whether the open file is the one that has this name now: neither removed nor replaced.
bool is_in_place(int fd, const std::filesystem::path& path);
/// The lock without waiting for it; while somebody only looks at the file, tried again for half a second. False with errno.
bool lock_exclusively(JournalDisk& disk, int fd);

}  // namespace wbverify
