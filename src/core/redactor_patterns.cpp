#include "core/redactor_patterns.hpp"

#include <algorithm>

#include "core/secret.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify::redaction {
namespace {

constexpr std::size_t shortest = 4;             // a shorter one is found by its place only
constexpr std::size_t shortest_folded = 8;      // below, case folding would hit too many ordinary words
constexpr std::size_t longest_encoded = 8192;   // a longer one is looked for as it is only

std::uint8_t fold(char c) { return static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' ||
         c == '_' || c == '=';
}

std::string replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

}  // namespace

Patterns::Patterns() : nodes_(1) {}

Patterns::~Patterns() {
  for (auto& pattern : patterns_) wipe(pattern.bytes);
  wipe(nodes_.data(), nodes_.size() * sizeof(Node));
}

std::int32_t Patterns::child_of(std::int32_t node, std::uint8_t byte) const {
  if (node == 0) return first_[byte] == 0 ? -1 : first_[byte];
  std::int32_t child = nodes_[static_cast<std::size_t>(node)].child;
  while (child >= 0 && nodes_[static_cast<std::size_t>(child)].byte != byte) child = nodes_[static_cast<std::size_t>(child)].sibling;
  return child;
}

void Patterns::add(Pattern pattern) {
  if (pattern.bytes.size() < shortest) return;
  std::int32_t node = 0;
  for (const char c : pattern.bytes) {
    const std::uint8_t byte = fold(c);
    std::int32_t next = child_of(node, byte);
    if (next < 0) {
      next = static_cast<std::int32_t>(nodes_.size());
      Node fresh;
      fresh.byte = byte;
      fresh.depth = nodes_[static_cast<std::size_t>(node)].depth + 1;
      if (node == 0) {
        first_[byte] = next;
      } else {
        fresh.sibling = nodes_[static_cast<std::size_t>(node)].child;
        nodes_[static_cast<std::size_t>(node)].child = next;
      }
      nodes_.push_back(fresh);
    }
    node = next;
  }
  auto& end = nodes_[static_cast<std::size_t>(node)];
  pattern.next = end.pattern;
  end.pattern = static_cast<std::int32_t>(patterns_.size());
  patterns_.push_back(std::move(pattern));
}

void Patterns::add_base64(std::string_view secret) {
  for (std::size_t before = 0; before < 3; ++before) {
    std::string aligned(before, '\0');
    aligned += secret;
    const std::string encoded = base64_encode(aligned);
    // Only the characters all of whose six bits come from the secret are known.
    const std::size_t first = (8 * before + 5) / 6;
    const std::size_t last = 8 * aligned.size() / 6;
    if (last < first + shortest) continue;
    Pattern pattern;
    pattern.bytes = encoded.substr(first, last - first);
    pattern.exact = true;
    pattern.widen_left = before > 0;
    pattern.widen_right = 8 * aligned.size() % 6 != 0;
    Pattern url = pattern;
    url.bytes = replaced(replaced(url.bytes, '+', '-'), '/', '_');
    if (url.bytes != pattern.bytes) add(std::move(url));
    add(std::move(pattern));
  }
}

void Patterns::add_secret(std::string_view secret) {
  if (secret.size() < shortest) return;
  const bool exact = secret.size() < shortest_folded;
  const auto plain = [&](std::string bytes) { add({std::move(bytes), exact, false, false, -1}); };
  plain(std::string(secret));
  if (secret.size() > longest_encoded) return;
  const std::string_view bare = trim(secret);
  if (bare.size() != secret.size()) plain(std::string(bare));
  // Forms write a blank as a plus sign; a reader that takes every value for a form turns a plus sign into a blank.
  if (secret.find(' ') != std::string_view::npos) plain(replaced(std::string(secret), ' ', '+'));
  if (secret.find('+') != std::string_view::npos) plain(replaced(std::string(secret), '+', ' '));
  add({hex_encode(secret), false, false, false, -1});
  std::string wide;
  for (const char c : secret) {
    wide += c;
    wide += '\0';
  }
  wide.pop_back();
  add({std::move(wide), exact, false, false, -1});
  add_base64(secret);
  // A log shows a PEM key line by line and a token part by part; the first part of a JWT is the same for everybody.
  constexpr std::size_t telling = 16;   // a shorter piece may be any word
  const bool token = secret.starts_with("eyJ");
  const std::vector<std::string> parts = split(secret, token ? '.' : '\n');
  for (std::size_t i = token ? 1 : 0; i < parts.size() && parts.size() > 1; ++i) {
    const std::string_view piece = trim(parts[i]);
    if (piece.size() >= telling && !piece.starts_with("-----")) plain(std::string(piece));
  }
}

void Patterns::link() {
  std::vector<std::int32_t> order;
  order.reserve(nodes_.size());
  for (const std::int32_t node : first_) {
    if (node > 0) order.push_back(node);
  }
  // Breadth first: a node's way back is shorter than itself and therefore already known.
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto node = static_cast<std::size_t>(order[i]);
    for (std::int32_t child = nodes_[node].child; child >= 0; child = nodes_[static_cast<std::size_t>(child)].sibling) {
      auto& below = nodes_[static_cast<std::size_t>(child)];
      std::int32_t back = nodes_[node].fail;
      std::int32_t next = child_of(back, below.byte);
      while (next < 0 && back > 0) {
        back = nodes_[static_cast<std::size_t>(back)].fail;
        next = child_of(back, below.byte);
      }
      below.fail = std::max(next, 0);
      const auto& target = nodes_[static_cast<std::size_t>(below.fail)];
      below.shorter = target.pattern >= 0 ? below.fail : target.shorter;
      order.push_back(child);
    }
  }
}

void Patterns::find(std::string_view text, bool ends, Ranges& hits) const {
  constexpr std::int32_t before_ellipsis = 4;
  constexpr std::int32_t before_end = 8;
  std::int32_t node = 0;
  const auto cut = [&](std::size_t at, std::int32_t least) {
    const auto depth = nodes_[static_cast<std::size_t>(node)].depth;
    if (depth >= least) hits.push_back({at - static_cast<std::size_t>(depth), at});
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (node > 0 && ((text[i] == '\xE2' && text.substr(i, 3) == "…") || (text[i] == '.' && text.substr(i, 3) == "..."))) {
      cut(i, before_ellipsis);
    }
    const std::uint8_t byte = fold(text[i]);
    std::int32_t next = child_of(node, byte);
    while (next < 0 && node > 0) {
      node = nodes_[static_cast<std::size_t>(node)].fail;
      next = child_of(node, byte);
    }
    node = std::max(next, 0);
    const auto& here = nodes_[static_cast<std::size_t>(node)];
    // The longest one that ends here holds all the others that do.
    bool found = false;
    for (std::int32_t at = here.pattern >= 0 ? node : here.shorter; at >= 0 && !found;
         at = nodes_[static_cast<std::size_t>(at)].shorter) {
      for (std::int32_t p = nodes_[static_cast<std::size_t>(at)].pattern; p >= 0; p = patterns_[static_cast<std::size_t>(p)].next) {
        const auto& pattern = patterns_[static_cast<std::size_t>(p)];
        const std::size_t begin = i + 1 - pattern.bytes.size();
        if (pattern.exact && text.substr(begin, pattern.bytes.size()) != pattern.bytes) continue;
        Range hit{begin, i + 1};
        if (pattern.widen_left && hit.begin > 0 && is_base64(text[hit.begin - 1])) --hit.begin;
        while (pattern.widen_right && hit.end < text.size() && hit.end < i + 4 && is_base64(text[hit.end]) &&
               (hit.end == i + 1 || text[hit.end] == '=')) {
          ++hit.end;
        }
        hits.push_back(hit);
        found = true;
      }
    }
  }
  if (ends) cut(text.size(), before_end);
}

}  // namespace wbverify::redaction
