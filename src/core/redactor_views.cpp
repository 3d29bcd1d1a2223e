#include "core/redactor_views.hpp"

#include <array>
#include <utility>

namespace wbverify::redaction {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The number of exactly `digits` hexadecimal digits at `at`, or nothing.
std::optional<std::uint32_t> hex_number(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int value = hex_value(text[at + i]);
    if (value < 0) return std::nullopt;
    number = number << 4 | static_cast<std::uint32_t>(value);
  }
  return number;
}

std::string utf8(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000) return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
  return {byte(0xF0 | (code >> 18 & 0x07)), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
          byte(0x80 | (code & 0x3F))};
}

/// An escape at some place: how long it is there and what it stands for. Length 0: none.
struct Piece {
  std::size_t length = 0;
  std::string meaning;
};

Piece percent_at(std::string_view text, std::size_t at) {
  if (text[at] != '%') return {};
  const auto code = hex_number(text, at + 1, 2);
  if (!code) return {};
  return {3, std::string(1, static_cast<char>(*code))};
}

Piece backslash_at(std::string_view text, std::size_t at) {
  if (text[at] != '\\' || at + 1 >= text.size()) return {};
  const char kind = text[at + 1];
  if (kind == 'u') {
    auto code = hex_number(text, at + 2, 4);
    if (code && *code >= 0xD800 && *code < 0xDC00 && text.substr(at + 6, 2) == "\\u") {
      const auto low = hex_number(text, at + 8, 4);
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        return {12, utf8(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00))};
      }
    }
    if (code) return {6, utf8(*code)};
  }
  if (kind == 'x') {
    const auto code = hex_number(text, at + 2, 2);
    if (code) return {4, std::string(1, static_cast<char>(*code))};
  }
  constexpr std::array<std::pair<char, char>, 8> letters = {
      {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'f', '\f'}, {'v', '\v'}, {'0', '\0'}, {'Z', '\x1a'}}};
  for (const auto& [letter, meaning] : letters) {
    if (kind == letter) return {2, std::string(1, meaning)};
  }
  return {2, std::string(1, kind)};
}

Piece entity_at(std::string_view text, std::size_t at) {
  if (text[at] != '&') return {};
  const std::string_view rest = text.substr(at, 12);
  constexpr std::array<std::pair<std::string_view, char>, 6> names = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}}};
  for (const auto& [name, meaning] : names) {
    if (rest.starts_with(name)) return {name.size(), std::string(1, meaning)};
  }
  if (!rest.starts_with("&#")) return {};
  const bool hex = rest.size() > 2 && (rest[2] == 'x' || rest[2] == 'X');
  std::uint32_t code = 0;
  std::size_t i = hex ? 3 : 2;
  const std::size_t first = i;
  for (; i < rest.size() && code < 0x110000; ++i) {
    const int digit = hex_value(rest[i]);
    if (digit < 0 || (!hex && digit > 9)) break;
    code = code * (hex ? 16U : 10U) + static_cast<std::uint32_t>(digit);
  }
  if (i == first || i >= rest.size() || rest[i] != ';' || code >= 0x110000) return {};
  return {i + 1, utf8(code)};
}

/// SQL and CSV double a quote, the shell leaves the quoted string for it; long lines are folded.
Piece layout_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\n' || c == '\r') {
    const auto end = text.find_first_not_of("\r\n \t", at);
    return {(end == std::string_view::npos ? text.size() : end) - at, ""};
  }
  for (const std::string_view way : {std::string_view("'\\''"), std::string_view("'\"'\"'")}) {
    if (text.substr(at, way.size()) == way) return {way.size(), "'"};
  }
  if (at + 1 < text.size() && text[at + 1] == c) return {2, std::string(1, c)};
  return {};
}

}  // namespace

Range View::origin(Range range) const {
  if (places.empty() || range.begin >= range.end) return range;
  return {places[range.begin].begin, places[range.end - 1].end};
}

std::optional<View> decode(Escape escape, const View& view) {
  constexpr std::array<std::string_view, 4> marks = {"%", "\\", "&", "'\"`\r\n"};
  constexpr std::array<Piece (*)(std::string_view, std::size_t), 4> readers = {percent_at, backslash_at, entity_at, layout_at};
  const std::string_view text = view.bytes;
  const auto which = static_cast<std::size_t>(escape);
  View out;
  std::size_t copied = 0;
  const auto copy_up_to = [&](std::size_t end) {
    out.bytes.append(text.substr(copied, end - copied));
    for (std::size_t i = copied; i < end; ++i) out.places.push_back(view.places.empty() ? Range{i, i + 1} : view.places[i]);
  };
  std::array<bool, 256> marked{};
  for (const char c : marks[which]) marked[static_cast<std::uint8_t>(c)] = true;
  for (std::size_t at = 0; at < text.size();) {
    if (!marked[static_cast<std::uint8_t>(text[at])]) {
      ++at;
      continue;
    }
    const Piece piece = readers[which](text, at);
    if (piece.length == 0) {
      ++at;
      continue;
    }
    // Most texts hold no escape: nothing is copied before the first one.
    if (out.bytes.capacity() < text.size()) {
      out.bytes.reserve(text.size());
      out.places.reserve(text.size());
    }
    copy_up_to(at);
    out.bytes += piece.meaning;
    out.places.resize(out.bytes.size(), view.origin({at, at + piece.length}));
    at += piece.length;
    copied = at;
  }
  if (copied == 0) return std::nullopt;
  copy_up_to(text.size());
  return out;
}

}  // namespace wbverify::redaction
