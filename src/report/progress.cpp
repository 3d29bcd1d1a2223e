#include "report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

void write_to(int fd, std::string_view text) {
  // What does not fit into a terminal's buffer now is not worth waiting for.
  [[maybe_unused]] const auto written = ::write(fd, text.data(), text.size());
}

}  // namespace

std::string progress_text(int settled, int total, const std::vector<std::pair<std::string, std::chrono::seconds>>& busy,
                          int width, bool unicode) {
  std::string text = fmt::format("{:>3} of {}", settled, total);
  for (const auto& [probe, time] : busy) {
    text += &probe == &busy.front().first ? "  waiting for " : ", ";
    text += probe;
    if (time.count() >= 1) text += fmt::format(" ({} s)", time.count());
  }
  // One column stays free: some terminals wrap as soon as the last one is filled.
  return shorten(text, static_cast<std::size_t>(std::max(width - 1, 10)), unicode ? "…" : "...");
}

void Progress::update(int settled, int total, const std::vector<std::string>& busy) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::pair<std::string, std::chrono::seconds>> times;
  for (const auto& probe : busy) {
    const auto since = since_.try_emplace(probe, now).first->second;
    times.emplace_back(sanitize(probe, 60), std::chrono::duration_cast<std::chrono::seconds>(now - since));
  }
  std::erase_if(since_,
                [&](const auto& item) { return std::find(busy.begin(), busy.end(), item.first) == busy.end(); });
  std::string text = progress_text(settled, total, times, width_, unicode_);
  if (text == shown_) return;
  // EL erases to the end of the line (ECMA-48, 8.3.41).
  write_to(fd_, "\r" + text + "\x1b[K");
  shown_ = std::move(text);
}

void Progress::erase() {
  if (shown_.empty()) return;
  write_to(fd_, "\r\x1b[K");
  shown_.clear();
}

}  // namespace wbverify
