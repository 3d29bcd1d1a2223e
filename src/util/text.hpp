#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

/// Text made fit to be shown, our own or one whose secrets are removed already (received bytes go through core/display.hpp): invalid UTF-8 becomes U+FFFD, control characters (C0, DEL, C1, bidirectional
/// overrides, private use, whatever has no width) become visible escapes such as `\x1b`, runs of blanks, line ends and tabs become one blank,
/// none at the ends. At most `limit` bytes, with `…` at the cut.
std::string sanitize(std::string_view text, std::size_t limit = 512);

std::string to_lower(std::string_view text);  ///< ASCII only
bool iequals(std::string_view a, std::string_view b);  ///< ASCII case ignored
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// `*` and `?` wildcards; `*` crosses `/` and `.`.
bool glob_match(std::string_view pattern, std::string_view text);
/// The candidate nearest to `word` by edit distance (at most 2, and less than half its length), or empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// Fit to be pasted into a POSIX shell: quoted only when needed.
std::string shell_quote(std::string_view text);
/// The same for an operand: behind `--` where it would be taken for an option.
std::string shell_operand(std::string_view text);
/// A host's name for a text that is quoted otherwise, as a query in double quotes is: `HOST` for what can be no name or address.
std::string host_word(std::string_view host);

}  // namespace wbverify
