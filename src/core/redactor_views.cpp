#include "core/redactor_views.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/redactor_scan.hpp"

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

/// An escape at some place: how long it is there and what it stands for. Length 0: none.
struct Piece {
  std::size_t length = 0;
  std::array<char, 4> bytes{};
  std::size_t size = 0;

  std::string_view meaning() const { return {bytes.data(), size}; }
};

Piece piece_of(std::size_t length, char meaning) { return {length, {meaning}, 1}; }

/// A code point, written in UTF-8.
Piece piece_of_code(std::size_t length, std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return piece_of(length, byte(code));
  if (code < 0x800) return {length, {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))}, 2};
  if (code < 0x10000) return {length, {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))}, 3};
  return {length, {byte(0xF0 | (code >> 18 & 0x07)), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))}, 4};
}

Piece percent_at(std::string_view text, std::size_t at) {
  const auto code = hex_number(text, at + 1, 2);
  return code ? piece_of(3, static_cast<char>(*code)) : Piece{};
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// Three octal digits, as printf, Git, MySQL's client and, behind a `#`, syslog write a byte.
Piece octal_at(std::string_view text, std::size_t at) {
  if (at + 4 > text.size() || text[at + 1] > '3' || !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, text.begin() + static_cast<std::ptrdiff_t>(at) + 4, is_octal)) return {};
  return piece_of(4, static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0')));
}

Piece backslash_at(std::string_view text, std::size_t at) {
  if (const Piece octal = octal_at(text, at); octal.length > 0) return octal;
  if (text[at] == '#' || at + 1 >= text.size()) return {};
  const char kind = text[at + 1];
  if (kind == 'u') {
    auto code = hex_number(text, at + 2, 4);
    if (code && *code >= 0xD800 && *code < 0xDC00 && text.substr(at + 6, 2) == "\\u") {
      const auto low = hex_number(text, at + 8, 4);
      if (low && *low >= 0xDC00 && *low < 0xE000) return piece_of_code(12, 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00));
    }
    if (code) return piece_of_code(6, *code);
  }
  if (kind == 'x') {
    if (const auto code = hex_number(text, at + 2, 2)) return piece_of(4, static_cast<char>(*code));
  }
  // Of an escape that was cut nothing is made: whoever looks for beginnings of secrets knows it as it is.
  const std::size_t digits = std::min(text.find_first_not_of("01234567", at + 1), text.size());
  if (kind == 'u' || kind == 'x' || (digits > at + 1 && (digits == text.size() || text.substr(digits).starts_with("\xE2\x80\xA6") || text.substr(digits).starts_with("...")))) return {};
  constexpr std::array<std::pair<char, char>, 8> letters = {
      {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'f', '\f'}, {'v', '\v'}, {'0', '\0'}, {'Z', '\x1a'}}};
  for (const auto& [letter, meaning] : letters) {
    if (kind == letter) return piece_of(2, meaning);
  }
  return piece_of(2, kind);
}

Piece entity_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at, 12);
  constexpr std::array<std::pair<std::string_view, char>, 6> names = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}}};
  for (const auto& [name, meaning] : names) {
    if (rest.starts_with(name)) return piece_of(name.size(), meaning);
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
  return piece_of_code(i + 1, code);
}

/// SQL and CSV double a quote, the shell leaves the quoted string for it; long lines are folded.
Piece layout_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\n' || c == '\r') {
    const auto end = text.find_first_not_of("\r\n \t", at);
    return {(end == std::string_view::npos ? text.size() : end) - at, {}, 0};
  }
  for (const std::string_view way : {std::string_view("'\\''"), std::string_view("'\"'\"'")}) {
    if (text.substr(at, way.size()) == way) return piece_of(way.size(), '\'');
  }
  return at + 1 < text.size() && text[at + 1] == c ? piece_of(2, c) : Piece{};
}

/// The length of the blank at `at`, a no-break space among them; 0: none.
std::size_t blank_length(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v') return 1;
  return text.substr(at, 2) == "\xC2\xA0" ? 2 : 0;
}

Piece blank_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  for (std::size_t length = 0; end < text.size() && (length = blank_length(text, end)) > 0;) end += length;
  return {end - at, {}, 0};
}

struct Dialect {
  std::string_view marks;   ///< what an escape begins with
  Piece (*read)(std::string_view text, std::size_t at);
};
constexpr std::array<Dialect, 5> dialects = {
    {{"%", percent_at}, {"\\#", backslash_at}, {"&", entity_at}, {"'\"`\r\n", layout_at}, {" \t\r\n\f\v\xC2", blank_at}}};

constexpr unsigned bit(std::size_t escape) { return 1U << escape; }

/// The escapes that begin with a byte, as bits.
constexpr std::array<std::uint8_t, 256> kinds = [] {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    for (const char c : dialects[i].marks) out[static_cast<std::uint8_t>(c)] = static_cast<std::uint8_t>(out[static_cast<std::uint8_t>(c)] | bit(i));
  }
  return out;
}();

unsigned kinds_in(std::string_view text) {
  unsigned all = 0;
  for (const char c : text) all |= kinds[static_cast<std::uint8_t>(c)];
  return all;
}

/// Writes a view of a view, from front to back. It is never longer.
class Writer {
 public:
  Writer(const View& from, View& to) : from_(from), to_(to) {
    to_.bytes.resize(from.bytes.size());
    to_.runs.clear();
    to_.may_hold = 0;
  }

  /// Everything up to `end` as it is.
  void copy(std::size_t end) {
    if (done_ == end) return;
    const std::size_t begin = size_;
    append({from_.bytes.data() + done_, end - done_});
    if (from_.runs.empty()) {
      to_.runs.push_back({begin, done_, 0});
    } else {
      seek(done_);
      const Run& first = from_.runs[run_];
      to_.runs.push_back({begin, first.escaped > 0 ? first.from : first.from + (done_ - first.at), first.escaped});
      while (run_ + 1 < from_.runs.size() && from_.runs[run_ + 1].at < end) {
        const Run& run = from_.runs[++run_];
        to_.runs.push_back({begin + (run.at - done_), run.from, run.escaped});
      }
    }
    done_ = end;
  }

  /// What stands for the next `length` bytes.
  void put(std::size_t length, std::string_view meaning) {
    if (!meaning.empty()) {
      const std::size_t begin = place(done_).begin, end = place(done_ + length - 1).end;
      to_.runs.push_back({size_, begin, end - begin});
      append(meaning);
      to_.may_hold |= kinds_in(meaning);
    }
    done_ += length;
  }

  void end(unsigned may_hold) {
    copy(from_.bytes.size());
    to_.bytes.resize(size_);
    to_.may_hold |= may_hold;
  }

 private:
  void append(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), to_.bytes.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  void seek(std::size_t at) {
    while (run_ + 1 < from_.runs.size() && from_.runs[run_ + 1].at <= at) ++run_;
  }
  Range place(std::size_t at) {
    if (from_.runs.empty()) return {at, at + 1};
    seek(at);
    const Run& run = from_.runs[run_];
    return run.escaped > 0 ? Range{run.from, run.from + run.escaped} : Range{run.from + (at - run.at), run.from + (at - run.at) + 1};
  }

  const View& from_;
  View& to_;
  std::size_t size_ = 0;   ///< bytes written
  std::size_t done_ = 0;   ///< bytes of `from_` dealt with
  std::size_t run_ = 0;    ///< the run that they end in
};

}  // namespace

Range View::origin(Range range) const {
  if (runs.empty() || range.begin >= range.end) return range;
  const auto run_of = [&](std::size_t at) -> const Run& {
    return *std::prev(std::upper_bound(runs.begin(), runs.end(), at, [](std::size_t place, const Run& run) { return place < run.at; }));
  };
  const Run &first = run_of(range.begin), &last = run_of(range.end - 1);
  return {first.escaped > 0 ? first.from : first.from + (range.begin - first.at),
          last.escaped > 0 ? last.from + last.escaped : last.from + (range.end - last.at)};
}

std::size_t before_cut_escape(std::string_view text, std::size_t size) {
  constexpr std::size_t longest = 9;   // &#x1F600
  constexpr std::string_view hex = "0123456789abcdefABCDEF", octal = "01234567", letters = "abcdefghijklmnopqrstuvwxyz";
  const std::size_t first = size - std::min(size, longest);
  text = text.substr(0, size);
  for (std::size_t begin = size; begin-- > first;) {
    const std::string_view rest = text.substr(begin + 1);
    const auto of = [&](std::size_t from, std::string_view characters) { return rest.find_first_not_of(characters, from) == std::string_view::npos; };
    bool cut = false;
    switch (text[begin]) {
      case '%': cut = rest.size() < 2 && of(0, hex); break;
      case '#': cut = rest.size() < 3 && of(0, octal) && (begin == 0 || text[begin - 1] != '&'); break;
      case '&': cut = rest.starts_with("#x") || rest.starts_with("#X") ? of(2, hex) : rest.starts_with('#') ? of(1, "0123456789") : rest.size() < 6 && of(0, letters); break;
      case '\\': cut = (rest.starts_with('u') && rest.size() < 5 && of(1, hex)) || (rest.starts_with('x') && rest.size() < 3 && of(1, hex)) || (rest.size() < 3 && of(0, octal)); break;
      default: continue;
    }
    if (cut) return begin;
  }
  return size;
}

bool decode(Escape escape, const View& view, View& out) {
  const auto which = static_cast<std::size_t>(escape);
  if ((view.may_hold & bit(which)) == 0) return false;
  const Dialect& dialect = dialects[which];
  const std::string_view text = view.bytes;
  Marks marks(text, dialect.marks);
  std::optional<Writer> writer;   // nothing is copied before the first escape
  bool lone = false;
  for (std::size_t at = marks.next(0); at < text.size();) {
    const Piece piece = dialect.read(text, at);
    if (piece.length == 0) {
      lone = true;
      at = marks.next(at + 1);
      continue;
    }
    if (!writer) writer.emplace(view, out);
    writer->copy(at);
    writer->put(piece.length, piece.meaning());
    at = marks.next(at + piece.length);
  }
  if (writer) writer->end(lone ? view.may_hold : view.may_hold & ~bit(which));
  return writer.has_value();
}

void Views::begin(std::string_view text) {
  used_ = 0;
  View& whole = next();
  whole.bytes.assign(text);
  whole.runs.clear();
  whole.may_hold = kinds_in(text);
}

View& Views::next() {
  if (used_ == pool_.size()) pool_.emplace_back();
  return pool_[used_].view;
}

Views::Seen& Views::take(bool& fresh) {
  for (std::size_t i = 0; i < used_; ++i) {
    if (pool_[i].view.bytes == pool_[used_].view.bytes) return pool_[i];
  }
  fresh = true;
  return pool_[used_++];
}

}  // namespace wbverify::redaction
