#include "engine/journal_entries.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// A key of S3 has at most 1,024 bytes, of which each may be escaped as six.
constexpr std::size_t longest_line = std::size_t{16} << 10;

struct Line {
  std::string state;
  JournalEntry entry;
  std::int64_t at = 0;
};

bool take(const nlohmann::json& json, const char* member, std::string& into) {
  const auto found = json.find(member);
  if (found == json.end() || !found->is_string()) return false;
  into = found->get<std::string>();
  return true;
}

std::optional<Line> read_line(std::string_view text, std::int64_t otherwise_at) {
  if (text.size() > longest_line) return std::nullopt;
  const nlohmann::json json = try_parse_json(text);
  Line line;
  if (!json.is_object() || !take(json, "state", line.state) || !take(json, "kind", line.entry.kind) ||
      !take(json, "where", line.entry.where) || !take(json, "name", line.entry.name)) {
    return std::nullopt;
  }
  line.at = otherwise_at;
  if (const auto at = json.find("at"); at != json.end()) {
    if (!at->is_number_integer()) return std::nullopt;
    line.at = at->get<std::int64_t>();
  }
  return line;
}

}  // namespace

void OpenEntries::announce(const JournalEntry& entry, std::int64_t at) { entries_.push_back({entry, false, at}); }

void OpenEntries::answer(const JournalEntry& entry) {
  const auto latest = std::find_if(entries_.rbegin(), entries_.rend(), [&](const OpenEntry& open) { return open.entry == entry && !open.answered; });
  if (latest != entries_.rend()) latest->answered = true;
}

void OpenEntries::settle(const JournalEntry& entry) {
  std::erase_if(entries_, [&](const OpenEntry& open) { return open.entry == entry && open.answered; });
}

std::string journal_line(std::string_view state, const JournalEntry& entry, std::int64_t at) {
  const nlohmann::json json = {{"state", state}, {"kind", entry.kind}, {"where", entry.where}, {"name", entry.name}, {"at", at}};
  return dump_json(json) + "\n";
}

JournalText read_journal_text(std::string_view text, std::int64_t otherwise_at) {
  JournalText out;
  out.whole = text.size();
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    const auto read = read_line(line, otherwise_at);
    if (read && read->state == "announced") {
      out.open.announce(read->entry, read->at);
    } else if (read && read->state == "answered") {
      out.open.answer(read->entry);
    } else if (read && read->state == "settled") {
      out.open.settle(read->entry);
    } else if (end != std::string_view::npos) {
      out.bad_lines.push_back(number);
    } else {
      // It was not durable, so the write that it announces was never made.
      out.whole -= line.size();
    }
  }
  return out;
}

std::int64_t journal_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace wbverify
