#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wbverify {

/// Length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7) and its code point; 0 when there
/// is none.
std::size_t utf8_sequence(std::string_view text, std::uint32_t& code);
/// Offset of the first byte that is not part of well-formed UTF-8, npos when there is none.
std::size_t utf8_fault(std::string_view text);
/// The 1-based number of the character at `offset`; a byte that is not UTF-8 counts as one.
int column_of(std::string_view text, std::size_t offset);

}  // namespace wbverify
