#include "util/utf8.hpp"

#include <algorithm>
#include <array>

namespace wbverify {

std::size_t utf8_sequence(std::string_view text, std::uint32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (text.empty()) return 0;
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    code = lead;
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < least[length] || surrogate || code > 0x10FFFF ? 0 : length;
}

std::size_t utf8_fault(std::string_view text) {
  std::uint32_t code = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_sequence(text.substr(i), code);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

int column_of(std::string_view text, std::size_t offset) {
  int column = 1;
  std::uint32_t code = 0;
  for (std::size_t i = 0; i < std::min(offset, text.size()); ++column) {
    i += std::max<std::size_t>(1, utf8_sequence(text.substr(i), code));
  }
  return column;
}

}  // namespace wbverify
