#pragma once
// Looking for bytes in long texts.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace wbverify::redaction {

/// A set of bytes, written as in `A-Za-z0-9_-`: a minus between two is a range, at the end itself.
class CharSet {
 public:
  constexpr explicit CharSet(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool range = i + 2 < text.size() && text[i + 1] == '-';
      const auto first = static_cast<std::uint8_t>(text[i]), last = static_cast<std::uint8_t>(text[range ? i + 2 : i]);
      for (std::size_t c = first; c <= last; ++c) has_[c] = true;
      if (range) i += 2;
    }
  }
  constexpr bool has(char c) const { return has_[static_cast<std::uint8_t>(c)]; }

 private:
  std::array<bool, 256> has_{};
};

/// The first place from `from` on where a byte of the set stands, or the text's end.
inline std::size_t end_of(std::string_view text, std::size_t from, const CharSet& stop) {
  while (from < text.size() && !stop.has(text[from])) ++from;
  return std::min(from, text.size());
}

/// The first place from `from` on where no byte of the set stands, or the text's end.
inline std::size_t run_of(std::string_view text, std::size_t from, const CharSet& set) {
  while (from < text.size() && set.has(text[from])) ++from;
  return std::min(from, text.size());
}

inline bool consists_of(std::string_view text, const CharSet& set) { return run_of(text, 0, set) == text.size(); }

/// Finds the next of a few bytes by the C library's search for one, which looks at many at a time.
class Marks {
 public:
  /// At most seven marks.
  Marks(std::string_view text, std::string_view marks) : text_(text), marks_(marks) {
    for (std::size_t i = 0; i < marks_.size(); ++i) next_[i] = find(i, 0);
  }

  /// The first at or after `from`, which never goes back; the text's size when there is none.
  std::size_t next(std::size_t from) {
    std::size_t first = text_.size();
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      if (next_[i] < from) next_[i] = find(i, from);
      first = std::min(first, next_[i]);
    }
    return first;
  }

 private:
  std::size_t find(std::size_t which, std::size_t from) const { return std::min(text_.find(marks_[which], from), text_.size()); }

  std::string_view text_, marks_;
  std::array<std::size_t, 7> next_{};
};

}  // namespace wbverify::redaction
