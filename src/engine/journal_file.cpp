#include "engine/journal_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/journal_entries.hpp"
#include "util/links.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

namespace fs = std::filesystem;

class JournalFile : public RunJournal {
 public:
  JournalFile(const fs::path& directory, const std::string& run_id, JournalDisk& disk)
      : path_(directory / (run_id + ".jsonl")), unnamed_(directory / ("." + run_id + ".new")), disk_(disk) {}

  Result<void> announce(const JournalEntry& entry) override { return announce_all({&entry, 1}); }

  Result<void> announce_all(std::span<const JournalEntry> entries) override {
    if (entries.empty()) return {};
    const std::lock_guard lock(mutex_);
    if (broken_) return fail(*broken_);
    const std::int64_t now = journal_now();
    std::string lines;
    for (const auto& entry : entries) lines += journal_line("announced", entry, now);
    put(lines, true);
    if (broken_) return fail(*broken_);
    for (const auto& entry : entries) open_.announce(entry, now);
    return {};
  }

  void answered(const JournalEntry& entry) override {
    const std::lock_guard lock(mutex_);
    open_.answer(entry);
    // When this line is lost, the entry is looked for longer than it had to be: harmless.
    if (file_) put(journal_line("answered", entry, journal_now()), false);
  }

  void settle(const JournalEntry& entry) override {
    const std::lock_guard lock(mutex_);
    open_.settle(entry);
    if (!file_) return;
    if (!open_.empty()) {
      // When this line is lost, the entry is undone once more later: harmless.
      put(journal_line("settled", entry, journal_now()), false);
    } else {
      if (is_in_place(file_.get(), path_)) disk_.unlink(path_.c_str());
      file_ = Descriptor();
    }
  }

  std::vector<JournalEntry> open() const override {
    return entries([](const OpenEntry&) { return true; });
  }
  std::vector<JournalEntry> unanswered() const override {
    return entries([](const OpenEntry& entry) { return !entry.answered; });
  }

 private:
  template <class Wanted>
  std::vector<JournalEntry> entries(Wanted wanted) const {
    const std::lock_guard lock(mutex_);
    std::vector<JournalEntry> out;
    for (const auto& open : open_.list()) {
      if (wanted(open)) out.push_back(open.entry);
    }
    return out;
  }

  /// Adds lines to the file, or makes it when there is none, or none any more: somebody may have removed or replaced it.
  void put(const std::string& lines, bool durably) {
    if (!file_ || !is_in_place(file_.get(), path_)) return create(lines);
    if (!append(disk_, file_.get(), lines) || (durably && disk_.fsync(file_.get()) != 0)) break_down("write");
  }

  /// Everything that is open, and these lines. The file gets its name when it is complete and locked: nobody ever takes a journal
  /// that is being made for one whose run is dead.
  void create(const std::string& lines) {
    if (const std::string planted = follow_links(path_.parent_path()).planted; !planted.empty()) {
      return break_down("open", "the link " + planted + " belongs to another user");
    }
    std::error_code ignored;
    fs::create_directories(path_.parent_path(), ignored);
    fs::permissions(path_.parent_path(), fs::perms::owner_all, ignored);
    std::string text;
    for (const auto& open : open_.list()) {
      text += journal_line("announced", open.entry, open.at);
      if (open.answered) text += journal_line("answered", open.entry, open.at);
    }
    disk_.unlink(unnamed_.c_str());
    Descriptor file(disk_.open(unnamed_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file || disk_.flock(file.get(), LOCK_EX | LOCK_NB) != 0) return give_up_file("open");
    if (!append(disk_, file.get(), text + lines) || disk_.fsync(file.get()) != 0) return give_up_file("write");
    if (disk_.rename(unnamed_.c_str(), path_.c_str()) != 0) return give_up_file("open");
    file_ = std::move(file);
    // The name must be durable too, else a crash leaves objects that no journal lists.
    const Descriptor folder(disk_.open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
    if (folder && disk_.fsync(folder.get()) == 0) return;
    break_down("open");
    if (open_.empty()) disk_.unlink(path_.c_str());
  }

  void give_up_file(const char* what) {
    break_down(what);
    disk_.unlink(unnamed_.c_str());
  }

  /// From here on nothing is announced: nobody knows what the disk has kept.
  void break_down(const char* what, const std::string& why = std::strerror(errno)) {
    if (broken_) return;
    broken_ = Error{"journal", std::string("Cannot ") + what + " the journal " + path_.string() + ": " + why +
                                   ". Nothing is written to a service that could not be undone after a crash. Point XDG_STATE_HOME to a "
                                   "folder that this user may write to, or leave these checks out with --read-only.",
                    Blame::machine, false};
  }

  fs::path path_, unnamed_;
  JournalDisk& disk_;
  mutable std::mutex mutex_;
  Descriptor file_;
  OpenEntries open_;
  std::optional<Error> broken_;
};

}  // namespace

fs::path journal_directory(const std::map<std::string, std::string>& environment) {
  const auto get = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  // systemd may list several folders; the first is the service's own. XDG: a path that is not absolute is ignored.
  if (const std::string state = split(get("STATE_DIRECTORY"), ':').front(); state.starts_with('/')) return fs::path(state) / "journal";
  if (const std::string state = get("XDG_STATE_HOME"); state.starts_with('/')) return fs::path(state) / "wbverify/journal";
  if (const std::string home = get("HOME"); home.starts_with('/')) return fs::path(home) / ".local/state/wbverify/journal";
  return "/var/lib/wbverify/journal";
}

std::shared_ptr<RunJournal> open_journal(const fs::path& directory, const std::string& run_id, JournalDisk& disk) {
  return std::make_shared<JournalFile>(directory, run_id, disk);
}

}  // namespace wbverify
