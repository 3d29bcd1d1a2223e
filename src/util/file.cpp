#include "util/file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "util/limits.hpp"

namespace wbverify {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

FileText refused(int code) {
  FileText out;
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      out.outcome = FileText::Outcome::missing;
      out.error = "no such file";
      break;
    case EACCES:
    case EPERM:
      out.outcome = FileText::Outcome::denied;
      out.error = "permission denied";
      break;
    case EISDIR:
      out.outcome = FileText::Outcome::directory;
      out.error = "it is a directory";
      break;
    default:
      out.outcome = FileText::Outcome::failed;
      out.error = std::generic_category().message(code);
      note_shortage(code);
  }
  return out;
}

FileText silent(std::chrono::milliseconds patience) {
  FileText out;
  out.outcome = FileText::Outcome::silent;
  out.error = "it is a pipe or a device that gave no end within " + std::to_string(patience.count()) + " ms";
  return out;
}

}  // namespace

FileText read_file(const std::string& path, std::size_t limit, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  if (path.empty() || path.find('\0') != std::string::npos) return refused(ENOENT);
  // Non-blocking: opening a pipe that nobody writes to would otherwise wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.number() < 0) return refused(errno);
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) return refused(errno);
  if (S_ISDIR(info.st_mode)) return refused(EISDIR);

  FileText out;
  if (S_ISREG(info.st_mode)) out.mode = info.st_mode & 07777U;
  out.owner = info.st_uid;
  const auto give_up = Clock::now() + patience;
  std::array<char, 65536> block{};
  while (out.text.size() <= limit) {
    if (!S_ISREG(info.st_mode)) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - Clock::now());
      pollfd wait{file.number(), POLLIN, 0};
      const int ready = left.count() > 0 ? ::poll(&wait, 1, static_cast<int>(left.count())) : 0;
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return silent(patience);
    }
    const ssize_t count = ::read(file.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      // Some files of the kernel call themselves regular, and have nothing to read for ever.
      constexpr int pause_ms = 20;
      if (Clock::now() < give_up) {
        ::poll(nullptr, 0, pause_ms);
        continue;
      }
      return silent(patience);
    }
    if (count < 0) return refused(errno);
    if (count == 0) break;
    out.text.append(block.data(), static_cast<std::size_t>(count));
  }
  out.size = S_ISREG(info.st_mode) ? std::max(out.text.size(), static_cast<std::size_t>(info.st_size)) : out.text.size();
  if (out.text.size() > limit) {
    out.too_large = true;
    out.text.resize(limit);
  }
  return out;
}

std::string beside(const std::string& base, const std::string& path) {
  const std::filesystem::path named(path);
  if (named.is_absolute()) return path;
  return (std::filesystem::path(base).parent_path() / named).lexically_normal().string();
}

}  // namespace wbverify
