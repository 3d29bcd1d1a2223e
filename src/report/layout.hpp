#pragma once
// Text on a terminal: how wide it is, where its lines break, what may be printed.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

/// Terminal columns of valid UTF-8: combining marks take none, East Asian wide characters and emoji two.
std::size_t display_width(std::string_view text);

/// Lines of at most `width` columns, broken at blanks. A word that is longer stays whole, and so does `a command in
/// backquotes`: what somebody may want to paste is never broken. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// At most `width` columns; what is left out at the end is marked with the ellipsis.
std::string shorten(std::string_view text, std::size_t width, std::string_view ellipsis = "…");

/// Filled up with blanks to `width` columns.
std::string pad(std::string_view text, std::size_t width);

/// sanitize() for texts of several lines: line ends and runs of blanks stay, so that commands can be pasted. Lines beyond
/// `limit` bytes in total are left out, with a last line `…`.
std::string clean_lines(std::string_view text, std::size_t limit = 16384);

/// For terminals that do not show UTF-8: typographic characters become their ASCII likeness, all others `\u{20ac}`.
std::string to_ascii(std::string_view text);

/// `<1 ms`, `48 ms`, `1.2 s`, `2 min 5 s`; empty for 0.
std::string duration_text(double milliseconds);

/// `2026-11-25T03:01:20.123Z` (RFC 3339) of Unix milliseconds.
std::string rfc3339(std::int64_t unix_ms);

/// The first sentence of a text, without its full stop.
std::string first_sentence(std::string_view text);

/// `1 check`, `12 checks`.
std::string count_of(std::size_t number, std::string_view thing);

}  // namespace wbverify
