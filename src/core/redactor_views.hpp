#pragma once
// How software writes a text when it quotes it: percent escapes, backslashes, entities, doubled quotes, folded lines.
// Each has so many dialects that the text is decoded instead of the secret being encoded.
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify::redaction {

struct Range {
  std::size_t begin = 0, end = 0;
  bool operator==(const Range&) const = default;
};
using Ranges = std::vector<Range>;

/// Bytes of a view that stand in the original in one way.
struct Run {
  std::size_t at = 0;       ///< the first of them; they end where the next run begins
  std::size_t from = 0;     ///< its place in the original
  std::size_t escaped = 0;  ///< 0: byte by byte as they are there; else all of them stand for that many bytes there
};

/// A text as it reads after decoding, and where in the original its bytes come from.
struct View {
  std::string bytes;
  std::vector<Run> runs;  ///< in order; empty: the original itself
  unsigned may_hold = 0;  ///< a bit for each kind of escape; 0: certainly none

  Range origin(Range range) const;
};

/// `backslash`: with a letter, hexadecimal or octal digits, and the `#303` of syslog. `layout`: doubled quotes and line breaks. `blank`: every
/// blank is left out, for texts that were folded, and written in one line again.
enum class Escape { percent, backslash, entity, layout, blank };
inline constexpr Escape every_escape[] = {Escape::percent, Escape::backslash, Escape::entity, Escape::layout};
inline constexpr Escape inline_escapes[] = {Escape::percent, Escape::backslash, Escape::entity};

/// The first `size` bytes of the text without an escape that is cut at their end (`%2`, `\u00`, `&#x2`, `\3`).
std::size_t before_cut_escape(std::string_view text, std::size_t size);

/// False when the text holds no such escape. Malformed escapes stay as they are.
bool decode(Escape escape, const View& view, View& out);

/// A text and everything that it reads as after undoing up to three layers of escapes. Two are common (a JSON string within a
/// log line, a signed URL within a query); a third is seen in Kubernetes events that quote a controller's error.
class Views {
 public:
  /// Calls `look` with each view once.
  template <class Look>
  void look_through(std::string_view text, std::span<const Escape> escapes, const Look& look) {
    begin(text);
    visit(layers, escapes, look);
  }

 private:
  static constexpr int layers = 3;
  struct Seen {
    View view;
    int depth = 0;   ///< how many layers of it have been undone
  };

  void begin(std::string_view text);
  View& next();
  /// Takes in the view of next(). Escapes can mostly be undone in any order, with the same result.
  Seen& take(bool& fresh);

  template <class Look>
  void visit(int depth, std::span<const Escape> escapes, const Look& look) {
    bool fresh = false;
    Seen& seen = take(fresh);
    if (fresh) look(seen.view);
    if (!fresh && seen.depth >= depth) return;
    seen.depth = depth;
    for (const Escape escape : depth > 0 ? escapes : std::span<const Escape>()) {
      if (decode(escape, seen.view, next())) visit(depth - 1, escapes, look);
    }
  }

  std::deque<Seen> pool_;   ///< kept from text to text: making them costs more than filling them
  std::size_t used_ = 0;
};

}  // namespace wbverify::redaction
