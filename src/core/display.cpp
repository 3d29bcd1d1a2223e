#include "core/display.hpp"

#include <algorithm>

#include "core/redactor.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// An answer may be megabytes long, of which a line is shown. No escape that is known stands for one byte with more than
/// this many, and blanks that are folded are not worth more.
constexpr std::size_t most_bytes_for_one = 12, window_margin = 1024;

}  // namespace

std::string for_display(std::string_view received, std::size_t limit) {
  static constexpr std::string_view ellipsis = "…";
  const std::size_t window = limit * most_bytes_for_one + window_margin;
  if (received.size() <= window) return sanitize(Redactor::process().redact(received), limit);
  // The redactor takes the end of a text for a place where a secret may have been cut.
  std::string text = Redactor::process().redact(received.substr(0, window));
  return sanitize(text.append(ellipsis), limit);
}

}  // namespace wbverify
