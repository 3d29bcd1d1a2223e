#include "report/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify {
namespace {

/// The code point at the start of a text, with its length in bytes.
struct CodePoint {
  char32_t code = 0;
  std::size_t length = 1;
};

CodePoint code_point(std::string_view text) {
  std::uint32_t code = 0;
  const std::size_t length = utf8_sequence(text, code);
  return length == 0 ? CodePoint{0xFFFD, 1} : CodePoint{code, length};
}

struct Block {
  char32_t first, last;
};
// Unicode 15, East_Asian_Width W and F, by block; and general category Mn and Cf of the scripts met in host names and
// paths.
constexpr std::array<Block, 14> wide = {{{0x1100, 0x115F},
                                         {0x231A, 0x231B},
                                         {0x23E9, 0x23F3},
                                         {0x2E80, 0x303E},
                                         {0x3041, 0x33FF},
                                         {0x3400, 0x4DBF},
                                         {0x4E00, 0x9FFF},
                                         {0xA000, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF00, 0xFF60},
                                         {0x1F300, 0x1FAFF},
                                         {0x20000, 0x3FFFD}}};
constexpr std::array<Block, 10> narrowest = {{{0x0300, 0x036F},
                                              {0x0483, 0x0489},
                                              {0x0591, 0x05BD},
                                              {0x0610, 0x061A},
                                              {0x064B, 0x065F},
                                              {0x200B, 0x200D},
                                              {0x2060, 0x2064},
                                              {0x20D0, 0x20F0},
                                              {0xFE00, 0xFE0F},
                                              {0xE0100, 0xE01EF}}};

template <std::size_t N>
bool in(const std::array<Block, N>& blocks, char32_t code) {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const Block& block) { return code >= block.first && code <= block.last; });
}

std::size_t width_of(char32_t code) {
  if (code < 0x300) return 1;
  return in(narrowest, code) ? 0 : in(wide, code) ? 2 : 1;
}

/// Words, where a piece in backquotes is one word however many blanks it holds.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '`') quoted = !quoted && text.find('`', i + 1) != std::string_view::npos;
    if (i < text.size() && (text[i] != ' ' || quoted)) continue;
    if (i > start) words.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return words;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = code_point(text);
    width += width_of(point.code);
    text.remove_prefix(point.length);
  }
  return width;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  for (const std::string_view word : words_of(text)) {
    const std::size_t word_width = display_width(word);
    if (used > 0 && used + 1 + word_width > width) {
      lines.emplace_back();
      used = 0;
    }
    if (used > 0) lines.back() += ' ';
    lines.back() += word;
    used += word_width + (used > 0 ? 1 : 0);
  }
  return lines;
}

std::string shorten(std::string_view text, std::size_t width, std::string_view ellipsis) {
  if (display_width(text) <= width) return std::string(text);
  std::string out;
  std::size_t used = display_width(ellipsis);
  while (!text.empty()) {
    const CodePoint point = code_point(text);
    used += width_of(point.code);
    if (used > width) break;
    out += text.substr(0, point.length);
    text.remove_prefix(point.length);
  }
  while (out.ends_with(' ') || out.ends_with(',')) out.pop_back();
  return out.append(ellipsis);
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string clean_lines(std::string_view text, std::size_t limit) {
  std::string out;
  for (const auto& line : split(text, '\n')) {
    if (out.size() + line.size() > limit) {
      out += "…";
      break;
    }
    std::string_view rest = line;
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    std::string kept;
    while (!rest.empty()) {
      const std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
      for (const char blank : rest.substr(0, blanks)) kept += blank == '\t' ? "    " : " ";
      rest.remove_prefix(blanks);
      const std::size_t word = std::min(rest.find_first_of(" \t"), rest.size());
      kept += sanitize(rest.substr(0, word), limit);
      rest.remove_prefix(word);
    }
    kept.erase(kept.find_last_not_of(' ') + 1);
    out += kept + "\n";
  }
  out.erase(out.find_last_not_of('\n') + 1);
  return out;
}

std::string to_ascii(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = code_point(text);
    text.remove_prefix(point.length);
    switch (point.code) {
      case 0x2026:
        out += "...";
        break;
      case 0x2010:
      case 0x2011:
      case 0x2012:
      case 0x2013:
      case 0x2014:
      case 0x2212:
      case 0x00B7:
        out += '-';
        break;
      case 0x2018:
      case 0x2019:
        out += '\'';
        break;
      case 0x201C:
      case 0x201D:
        out += '"';
        break;
      case 0x00A0:
        out += ' ';
        break;
      case 0x2192:
        out += "->";
        break;
      case 0x00D7:
        out += 'x';
        break;
      case 0x2264:
        out += "<=";
        break;
      case 0x2265:
        out += ">=";
        break;
      case 0x00A7:
        out += "section ";
        break;
      default:
        if (point.code < 0x80) {
          out += static_cast<char>(point.code);
        } else {
          out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(point.code));
        }
    }
  }
  return out;
}

std::string duration_text(double milliseconds) {
  if (milliseconds <= 0) return {};
  if (milliseconds < 1) return "<1 ms";
  if (milliseconds < 999.5) return fmt::format("{:.0f} ms", milliseconds);
  if (milliseconds < 59950) return fmt::format("{:.1f} s", milliseconds / 1000);
  const auto seconds = static_cast<std::int64_t>(milliseconds / 1000 + 0.5);
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string rfc3339(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds(unix_ms)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string first_sentence(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = text[i] == '.' || text[i] == ';';
    // `e.g. x` and `mysql.example.com` are no ends: a sentence goes on with a capital letter.
    const bool ends =
        i + 1 == text.size() ||
        (text[i] == '.' && i + 2 < text.size() && text[i + 1] == ' ' && text[i + 2] >= 'A' && text[i + 2] <= 'Z') ||
        text[i + 1] == '\n';
    if (mark && ends) return std::string(text.substr(0, i));
  }
  return std::string(text);
}

std::string count_of(std::size_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace wbverify
