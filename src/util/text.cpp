#include "util/text.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <utility>

#include "util/utf8.hpp"

namespace wbverify {
namespace {

struct CodeRange {
  std::uint32_t first, last;
};
/// What moves the cursor, has no width or no agreed shape: general categories Cc, Cf, Zl, Zp, Co and noncharacters, and what is
/// Default_Ignorable_Code_Point (Unicode 15.0, DerivedGeneralCategory.txt and DerivedCoreProperties.txt).
constexpr CodeRange unseen[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},   {0x061C, 0x061C},   {0x06DD, 0x06DD},
    {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
    {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},   {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF}};

bool is_unseen(std::uint32_t code) {
  const auto* const range = std::lower_bound(std::begin(unseen), std::end(unseen), code, [](const CodeRange& one, std::uint32_t value) { return one.last < value; });
  return range != std::end(unseen) && range->first <= code;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string sanitize(std::string_view text, std::size_t limit) {
  static constexpr std::string_view digits = "0123456789abcdef";
  static constexpr std::string_view ellipsis = "…";
  std::string out;
  // The text may be endless; what comes after the limit is not even looked at. An escape is at most 8 bytes long.
  out.reserve(std::min(text.size(), limit));
  std::size_t room_for_ellipsis = 0;   // the longest whole pieces after which the ellipsis still fits
  bool blank = true;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    const std::size_t length = utf8_sequence(text.substr(i), code);
    std::string escape;
    std::string_view piece;
    if (length == 0) {
      piece = "\xEF\xBF\xBD";
      i += 1;
    } else if (code == '\n' || code == '\r' || code == '\t' || code == ' ') {
      i += 1;
      if (blank) continue;
      piece = " ";
    } else if (is_unseen(code)) {
      i += length;
      escape = code <= 0xFF ? "\\x" : code <= 0xFFFF ? "\\u" : "\\U";
      for (int shift = code <= 0xFF ? 4 : code <= 0xFFFF ? 12 : 28; shift >= 0; shift -= 4) escape += digits[code >> shift & 0xF];
      piece = escape;
    } else {
      piece = text.substr(i, length);
      i += length;
    }
    if (out.size() + piece.size() > limit) {
      if (piece == " " && trim(text.substr(i)).empty()) break;
      out.resize(room_for_ellipsis);
      return limit < ellipsis.size() ? out : out.append(ellipsis);
    }
    blank = piece == " ";
    out += piece;
    if (out.size() + ellipsis.size() <= limit) room_for_ellipsis = out.size();
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t start = 0;;) {
    const auto end = text.find(separator, start);
    parts.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

bool glob_match(std::string_view pattern, std::string_view text) {
  // Greedy with one point of return, the last star: linear space, no recursion.
  std::size_t p = 0, t = 0, mark = 0;
  std::size_t star = std::string_view::npos;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::min<std::size_t>(3, (word.size() + 1) / 2);
  for (const auto& candidate : candidates) {
    if (std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size()) >= best_distance) continue;
    // Optimal string alignment: two letters that changed places count as one step.
    std::vector<std::size_t> before(candidate.size() + 1), last(candidate.size() + 1), row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      before.swap(last);
      last.swap(row);
      row[0] = i + 1;
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const auto same = [&](std::size_t a, std::size_t b) { return lower(word[a]) == lower(candidate[b]); };
        row[j + 1] = std::min({last[j] + (same(i, j) ? 0 : 1), last[j + 1] + 1, row[j] + 1});
        if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

std::string shell_quote(std::string_view text) {
  constexpr std::string_view safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,";
  if (!text.empty() && text.find_first_not_of(safe) == std::string_view::npos) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string shell_operand(std::string_view text) { return (text.starts_with('-') ? "-- " : "") + shell_quote(text); }

std::string host_word(std::string_view host) {
  constexpr std::string_view known = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:*";
  const bool fits = !host.empty() && host.front() != '-' && host.find_first_not_of(known) == std::string_view::npos;
  return fits ? std::string(host) : "HOST";
}

}  // namespace wbverify
