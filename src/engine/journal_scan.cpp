#include "engine/journal_scan.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

namespace fs = std::filesystem;

/// A run announces some dozens of things, each below a kilobyte.
constexpr std::size_t most_bytes = std::size_t{512} << 10;
constexpr std::size_t most_lines_told = 3;
constexpr std::string_view extension = ".jsonl";
constexpr std::size_t id_length = 16;
constexpr int safely = O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;

bool is_journal_name(const std::string& name) {
  return name.size() == id_length + extension.size() && name.ends_with(extension) &&
         name.find_first_not_of("0123456789abcdef") == id_length;
}

/// The whole file, or why it is no journal.
struct Content {
  std::string problem, text;
  std::int64_t modified = 0;   ///< Unix ms
};

Content read_content(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return {std::strerror(errno), {}, 0};
  if (!S_ISREG(info.st_mode)) return {"it is no regular file", {}, 0};
  if (info.st_uid != ::geteuid()) return {"it belongs to another user", {}, 0};
  Content out;
  out.modified = std::int64_t{info.st_mtim.tv_sec} * 1000;
  char part[std::size_t{16} << 10];
  for (;;) {
    const ssize_t got = ::pread(fd, part, sizeof part, static_cast<off_t>(out.text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {std::strerror(errno), {}, 0};
    if (got == 0) break;
    out.text.append(part, static_cast<std::size_t>(got));
    if (out.text.size() > most_bytes) return {"it is larger than any journal", {}, 0};
  }
  return out;
}

std::string named(const fs::path& file) { return sanitize(file.string(), 300); }

void look_at(const fs::path& path, JournalScan& scan) {
  const auto no_journal = [&](const std::string& why) { scan.problems.push_back("Not read as a journal: " + named(path) + ": " + why + "."); };
  const Descriptor file(::open(path.c_str(), O_RDONLY | safely));
  if (!file) {
    // Between the listing and now its run may have ended.
    if (errno != ENOENT) no_journal(std::strerror(errno));
    return;
  }
  // Shared, so that it hinders nobody who only looks; a run that makes its journal holds the lock before we can see the name.
  Leftover leftover{path, path.stem().string(), false, {}};
  if (::flock(file.get(), LOCK_SH | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return no_journal(std::string("it cannot be locked: ") + std::strerror(errno));
    leftover.alive = true;
  }
  if (!is_in_place(file.get(), path)) return;
  const Content content = read_content(file.get());
  if (!content.problem.empty()) return no_journal(content.problem);
  JournalText read = read_journal_text(content.text, content.modified);
  for (std::size_t i = 0; i < read.bad_lines.size() && i < most_lines_told; ++i) {
    const bool last = i + 1 == most_lines_told && read.bad_lines.size() > most_lines_told;
    scan.problems.push_back("Skipped in the journal " + named(path) + ": line " + std::to_string(read.bad_lines[i]) +
                            (last ? " and " + std::to_string(read.bad_lines.size() - most_lines_told) + " more" : std::string()) + ", which no version of wbverify writes.");
  }
  leftover.entries = read.open.list();
  scan.leftovers.push_back(std::move(leftover));
}

}  // namespace

JournalScan scan_journals(const fs::path& directory) {
  JournalScan scan;
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator item(directory, error), end; !error && item != end; item.increment(error)) {
    if (is_journal_name(item->path().filename().string())) files.push_back(item->path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) look_at(file, scan);
  return scan;
}

std::optional<HeldJournal> HeldJournal::take(const fs::path& file, JournalDisk& disk) {
  HeldJournal held(file, disk);
  held.file_ = Descriptor(disk.open(file.c_str(), O_RDWR | O_APPEND | safely, 0));
  if (!held.file_ || !lock_exclusively(disk, held.file_.get()) || !is_in_place(held.file_.get(), file)) return std::nullopt;
  const Content content = read_content(held.file_.get());
  if (!content.problem.empty()) return std::nullopt;
  JournalText read = read_journal_text(content.text, content.modified);
  held.open_ = std::move(read.open);
  held.readable_ = read.bad_lines.empty();
  held.torn_at_ = read.whole < content.text.size() ? std::optional(static_cast<off_t>(read.whole)) : std::nullopt;
  if (!held.torn_at_ && !content.text.empty() && content.text.back() != '\n') held.line_end_ = "\n";
  return held;
}

void HeldJournal::settle(const OpenEntry& open) {
  if (torn_at_) static_cast<void>(disk_->truncate(file_.get(), *std::exchange(torn_at_, std::nullopt)));
  const std::int64_t now = journal_now();
  std::string lines = line_end_;
  if (!open.answered) {
    open_.answer(open.entry);
    lines += journal_line("answered", open.entry, now);
  }
  open_.settle(open.entry);
  // When these lines are lost, the entry is looked for once more later: harmless.
  if (append(*disk_, file_.get(), lines + journal_line("settled", open.entry, now))) line_end_.clear();
}

void HeldJournal::remove_when_settled() {
  if (open_.empty() && readable_ && is_in_place(file_.get(), path_)) disk_->unlink(path_.c_str());
}

}  // namespace wbverify
