#pragma once
// How software writes a text when it quotes it: percent escapes, backslashes, entities, doubled quotes, folded lines.
// Each has so many dialects that the text is decoded instead of the secret being encoded.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify::redaction {

struct Range {
  std::size_t begin = 0, end = 0;
  bool operator==(const Range&) const = default;
};
using Ranges = std::vector<Range>;

/// A text as it reads after decoding, every byte with the place in the original that it stands for.
struct View {
  std::string bytes;
  std::vector<Range> places;   ///< of each byte; empty: the original itself

  Range origin(Range range) const;
};

/// `layout`: doubled quotes and line breaks, which go at once because they are always the outermost.
enum class Escape { percent, backslash, entity, layout };
inline constexpr Escape every_escape[] = {Escape::percent, Escape::backslash, Escape::entity, Escape::layout};
inline constexpr Escape inline_escapes[] = {Escape::percent, Escape::backslash, Escape::entity};

/// Nothing when the text holds no such escape. Malformed escapes stay as they are.
std::optional<View> decode(Escape escape, const View& view);

}  // namespace wbverify::redaction
