#include "engine/journal_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>
#include <utility>

#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

namespace fs = std::filesystem;

/// A file descriptor that closes itself, and with it gives up the lock it holds.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string line(const char* state, const JournalEntry& entry) {
  const nlohmann::json json = {{"state", state}, {"kind", entry.kind}, {"where", entry.where}, {"name", entry.name}};
  return dump_json(json) + "\n";
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::vector<JournalEntry> read_open(const fs::path& file) {
  std::vector<JournalEntry> open;
  std::ifstream in(file);
  for (std::string text; std::getline(in, text);) {
    // A torn last line was not durable, so the write that it announces was never made.
    const nlohmann::json json = try_parse_json(text);
    if (!json.is_object()) continue;
    const JournalEntry entry{json.value("kind", ""), json.value("where", ""), json.value("name", "")};
    if (json.value("state", "") == "answered") continue;
    if (json.value("state", "") == "settled") {
      std::erase(open, entry);
    } else {
      open.push_back(entry);
    }
  }
  return open;
}

class JournalFile : public Journal {
 public:
  JournalFile(fs::path directory, const std::string& run_id) : path_(std::move(directory) / (run_id + ".jsonl")) {}

  Result<void> announce(const JournalEntry& entry) override { return announce_all({&entry, 1}); }

  Result<void> announce_all(std::span<const JournalEntry> entries) override {
    if (entries.empty()) return {};
    const std::lock_guard lock(mutex_);
    if (!file_) {
      if (auto made = create(); !made) return made;
    }
    std::string lines;
    for (const auto& entry : entries) lines += line("announced", entry);
    if (!write_all(file_.get(), lines) || ::fsync(file_.get()) != 0) return failed("write");
    open_.insert(open_.end(), entries.begin(), entries.end());
    return {};
  }

  void answered(const JournalEntry& entry) override {
    const std::lock_guard lock(mutex_);
    // When this line is lost, the entry is looked for longer than it had to be: harmless.
    if (file_) write_all(file_.get(), line("answered", entry));
  }

  void settle(const JournalEntry& entry) override {
    const std::lock_guard lock(mutex_);
    std::erase(open_, entry);
    if (!file_) return;
    if (open_.empty()) {
      ::unlink(path_.c_str());
      file_ = Descriptor();
    } else {
      // When this line is lost, the entry is undone once more later: harmless.
      write_all(file_.get(), line("settled", entry));
    }
  }

  std::vector<JournalEntry> open() const override {
    const std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  Result<void> create() {
    std::error_code error;
    fs::create_directories(path_.parent_path(), error);
    fs::permissions(path_.parent_path(), fs::perms::owner_all, error);
    file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_ || ::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) return failed("open");
    // The name must be durable too, else a crash leaves objects that no journal lists.
    const Descriptor folder(::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return failed("open");
    return {};
  }

  tl::unexpected<Error> failed(const char* what) const {
    return fail({"journal", std::string("Cannot ") + what + " the journal " + path_.string() + ": " + std::strerror(errno) +
                                ". Nothing is written to a service that could not be undone after a crash. Point XDG_STATE_HOME to a "
                                "folder that this user may write to, or leave these checks out with --read-only.",
                 Blame::machine, false});
  }

  fs::path path_;
  mutable std::mutex mutex_;
  Descriptor file_;
  std::vector<JournalEntry> open_;
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

std::shared_ptr<Journal> open_journal(const fs::path& directory, const std::string& run_id) {
  return std::make_shared<JournalFile>(directory, run_id);
}

std::vector<Leftover> leftovers(const fs::path& directory) {
  std::vector<Leftover> found;
  std::error_code error;
  for (const auto& item : fs::directory_iterator(directory, error)) {
    if (item.path().extension() != ".jsonl") continue;
    const Descriptor file(::open(item.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) continue;
    Leftover leftover{item.path(), item.path().stem(), ::flock(file.get(), LOCK_EX | LOCK_NB) != 0, read_open(item.path())};
    found.push_back(std::move(leftover));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return found;
}

std::string undo_entry(const JournalEntry& entry, const std::vector<Plugin>& catalog, const Settings& settings, Deadline deadline) {
  for (const auto& plugin : catalog) {
    for (const auto& undoer : plugin.undoers) {
      if (undoer.kind != entry.kind) continue;
      if (!undoer.concerns(entry, settings)) return "It is not of the installation that these settings describe.";
      const auto result = undoer.undo(entry, settings, deadline, {});
      return result ? std::string() : result.error().text;
    }
  }
  return "No plugin of this version knows how to undo a " + sanitize(entry.kind, 40) + ".";
}

std::vector<UndoOutcome> undo_leftovers(const std::vector<Leftover>& leftovers, const std::vector<Plugin>& catalog,
                                   const Settings& settings, Deadline deadline) {
  std::vector<UndoOutcome> out;
  for (const auto& leftover : leftovers) {
    if (leftover.alive) continue;
    const Descriptor file(::open(leftover.file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) continue;
    // The file may end in the middle of a line.
    write_all(file.get(), "\n");
    bool all_gone = true;
    for (const auto& entry : leftover.entries) {
      UndoOutcome undone{leftover.run_id, entry, undo_entry(entry, catalog, settings, deadline)};
      all_gone = all_gone && undone.error.empty();
      if (undone.error.empty()) write_all(file.get(), line("settled", entry));
      out.push_back(std::move(undone));
    }
    if (all_gone) ::unlink(leftover.file.c_str());
  }
  return out;
}

}  // namespace wbverify
