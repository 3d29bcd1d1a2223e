#include "report/paint.hpp"

#include <array>

#include "core/redactor.hpp"
#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {
/// The longest sentence printed; what a server says is bounded long before.
constexpr std::size_t longest_sentence = 4096;
}  // namespace

Ink ink_of(Status status) {
  switch (status) {
    case Status::pass:
      return Ink::pass;
    case Status::warn:
      return Ink::warn;
    case Status::fail:
      return Ink::fail;
    case Status::unknown:
      return Ink::unknown;
    case Status::skip:
    case Status::blocked:
      break;
  }
  return Ink::aside;
}

std::string paint(const TerminalStyle& style, Ink ink, std::string_view text) {
  if (!style.colour || text.empty()) return std::string(text);
  // Of the 16 colours of the terminal's own palette, so that they stay readable on light and dark backgrounds.
  static constexpr std::array<std::string_view, 6> codes = {"32", "33", "1;31", "35", "2", "1"};
  return "\x1b[" + std::string(codes[static_cast<std::size_t>(ink)]) + "m" + std::string(text) + "\x1b[0m";
}

std::string fit(const TerminalStyle& style, std::string_view text) {
  const std::string shown = sanitize(Redactor::process().redact(text, Wrote::us), longest_sentence);
  return style.unicode ? shown : to_ascii(shown);
}

std::string fit_lines(const TerminalStyle& style, std::string_view text) {
  const std::string shown = clean_lines(Redactor::process().redact(text, Wrote::us));
  return style.unicode ? shown : to_ascii(shown);
}

}  // namespace wbverify
