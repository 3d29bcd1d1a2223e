#include "core/redactor_patterns.hpp"

#include <algorithm>
#include <cstring>

#include "core/redactor_scan.hpp"
#include "core/secret.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify::redaction {
namespace {

constexpr std::size_t shortest_folded = 8;      // below, case folding would hit too many ordinary words
constexpr std::size_t longest_encoded = 8192;   // a longer one is looked for as it is only

std::uint8_t fold(char c) { return static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' ||
         c == '_' || c == '=';
}

/// Of the four bytes there, without regard to case.
std::uint16_t hash_of_gram(const char* bytes) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, bytes, sizeof gram);
  return static_cast<std::uint16_t>((gram | 0x20202020U) * 2654435761U >> 16U);
}

/// Whether what stands there is no part of a longer word; `mysql-primary` and `a.b` are words too.
bool is_word(std::string_view text, std::size_t begin, std::size_t end) {
  static constexpr CharSet inside("A-Za-z0-9_"), joint("-.");
  const auto goes_on = [&](std::size_t next, std::size_t beyond) {
    return next < text.size() && (inside.has(text[next]) || (joint.has(text[next]) && beyond < text.size() && inside.has(text[beyond])));
  };
  return !goes_on(end, end + 1) && !goes_on(begin - 1, begin - 2);   // in front of the text both are beyond its size
}

std::string replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

}  // namespace

Patterns::Patterns() : nodes_(1) {}

Patterns::~Patterns() {
  for (auto& pattern : patterns_) wipe(pattern.bytes);
  grams_.reset();
  inner_.reset();
  known_.fill(false);
  wipe(nodes_.data(), nodes_.size() * sizeof(Node));
}

std::int32_t Patterns::child_of(std::int32_t node, std::uint8_t byte) const {
  if (node == 0) return first_[byte] == 0 ? -1 : first_[byte];
  std::int32_t child = nodes_[static_cast<std::size_t>(node)].child;
  while (child >= 0 && nodes_[static_cast<std::size_t>(child)].byte != byte) child = nodes_[static_cast<std::size_t>(child)].sibling;
  return child;
}

void Patterns::add(Pattern pattern) {
  if (pattern.bytes.size() < gram) return;
  shortest_ = std::min(shortest_, pattern.bytes.size());
  longest_ = std::max(longest_, pattern.bytes.size());
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
    nodes_[static_cast<std::size_t>(node)].strong |= !pattern.word;
  }
  auto& end = nodes_[static_cast<std::size_t>(node)];
  pattern.next = end.pattern;
  end.pattern = static_cast<std::int32_t>(patterns_.size());
  patterns_.push_back(std::move(pattern));
}

void Patterns::add_base64(std::string_view secret, bool weak) {
  for (std::size_t before = 0; before < 3; ++before) {
    std::string aligned(before, '\0');
    aligned += secret;
    const std::string encoded = base64_encode(aligned);
    // Only the characters all of whose six bits come from the secret are known.
    const std::size_t first = (8 * before + 5) / 6;
    const std::size_t last = 8 * aligned.size() / 6;
    if (last < first + gram) continue;
    Pattern pattern;
    pattern.bytes = encoded.substr(first, last - first);
    pattern.exact = true;
    pattern.word = weak;
    pattern.widen_left = before > 0;
    pattern.widen_right = 8 * aligned.size() % 6 != 0;
    Pattern url = pattern;
    url.bytes = replaced(replaced(url.bytes, '+', '-'), '/', '_');
    if (url.bytes != pattern.bytes) add(std::move(url));
    add(std::move(pattern));
  }
}

void Patterns::add_secret(std::string_view secret, bool weak) {
  if (secret.size() < gram) return;
  const bool exact = secret.size() < shortest_folded;
  const auto plain = [&](std::string bytes) { add({std::move(bytes), exact, weak, false, false, -1}); };
  plain(std::string(secret));
  if (secret.size() > longest_encoded) return;
  const std::string_view bare = trim(secret);
  if (bare.size() != secret.size()) plain(std::string(bare));
  // Forms write a blank as a plus sign; a reader that takes every value for a form turns a plus sign into a blank.
  if (secret.find(' ') != std::string_view::npos) plain(replaced(std::string(secret), ' ', '+'));
  if (secret.find('+') != std::string_view::npos) plain(replaced(std::string(secret), '+', ' '));
  // Folding changes blanks: such a text is looked through without any.
  std::string solid(secret);
  std::erase_if(solid, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (solid.size() != secret.size() && solid.size() >= shortest_folded) {
    folds_early_ = folds_early_ || secret.find_first_of(" \t\r\n") < gram;
    plain(std::move(solid));
  }
  add({hex_encode(secret), false, weak, false, false, -1});
  std::string wide;
  for (const char c : secret) {
    wide += c;
    wide += '\0';
  }
  wide.pop_back();
  add({std::move(wide), exact, weak, false, false, -1});
  add_base64(secret, weak);
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
  constexpr std::size_t longest_stride = 4;   // each step more fills the set of grams more
  if (!patterns_.empty()) stride_ = std::min(shortest_ - gram + 1, longest_stride);
  for (const auto& pattern : patterns_) {
    for (std::size_t i = 0; i < stride_; ++i) grams_.set(hash_of_gram(pattern.bytes.data() + i));
    for (std::size_t i = 0; i + gram <= pattern.bytes.size(); ++i) inner_.set(hash_of_gram(pattern.bytes.data() + i));
    for (const char c : pattern.bytes) known_[static_cast<std::uint8_t>(c)] = true;
  }
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

Ranges Patterns::escaped_parts(std::string_view text) const {
  static constexpr CharSet marks("%\\&'\"`\r\n#"), blank(" \t");
  // What an escape may swallow, what a hit in base64 takes in besides, what shows that a secret was cut off.
  static constexpr CharSet inside("A-Za-z0-9#;%\\&'\"`\r\n \t+/_=.\xE2\x80\xA6-");
  constexpr std::size_t longest_escape = 24;   // with another one in it
  constexpr std::size_t shortest_hit = 7;      // the least beginning of a secret, and an ellipsis
  const std::size_t least = std::min(shortest_, shortest_hit);
  Ranges out;
  std::size_t begin = 0, free = 0;   // `free`: behind the last mark and the blanks that go with a line break
  bool marked = false;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool end = i == text.size();
    if (!end && marks.has(text[i])) {
      marked = true;
      free = i + 1;
    } else if (!end && blank.has(text[i]) && i == free) {
      free = i + 1;
    } else if (end || (!known_[static_cast<std::uint8_t>(text[i])] && (!inside.has(text[i]) || (blank.has(text[i]) && i >= free + longest_escape)))) {
      if (marked && i - begin >= least) out.push_back({begin, i});
      begin = i + 1;
      marked = false;
    }
  }
  return out;
}

std::int32_t Patterns::step(std::int32_t node, char c) const {
  const std::uint8_t byte = fold(c);
  std::int32_t next = child_of(node, byte);
  while (next < 0 && node > 0) {
    node = at(node).fail;
    next = child_of(node, byte);
  }
  return std::max(next, 0);
}

/// The longest one that ends there holds all the others that do.
void Patterns::take(std::string_view text, std::size_t end, std::int32_t node, Ranges& hits) const {
  bool found = false;
  for (std::int32_t n = at(node).pattern >= 0 ? node : at(node).shorter; n >= 0 && !found; n = at(n).shorter) {
    for (std::int32_t p = at(n).pattern; p >= 0; p = patterns_[static_cast<std::size_t>(p)].next) {
      const Pattern& pattern = patterns_[static_cast<std::size_t>(p)];
      const std::size_t begin = end - pattern.bytes.size();
      if (pattern.exact && text.substr(begin, pattern.bytes.size()) != pattern.bytes) continue;
      if (pattern.word && !is_word(text, begin, end)) continue;
      Range hit{begin, end};
      if (pattern.widen_left && hit.begin > 0 && is_base64(text[hit.begin - 1])) --hit.begin;
      while (pattern.widen_right && hit.end < text.size() && hit.end < end + 3 && is_base64(text[hit.end]) && (hit.end == end || text[hit.end] == '=')) {
        ++hit.end;
      }
      hits.push_back(hit);
      found = true;
    }
  }
}

/// The beginning of a secret, of at least `least` bytes, that was cut off at `end`, and with it perhaps an escape.
void Patterns::find_cut(std::string_view text, std::size_t end, std::int32_t least, Ranges& hits) const {
  const auto look = [&](std::size_t stop) {
    const std::int32_t depth = depth_at(text, stop);
    if (depth >= least) hits.push_back({stop - static_cast<std::size_t>(depth), end});
    return depth >= least;
  };
  if (const std::size_t whole = before_cut_escape(text, end); !look(end) && whole < end) look(whole);
}

std::int32_t Patterns::depth_at(std::string_view text, std::size_t end) const {
  std::int32_t node = 0;
  for (std::size_t i = end - std::min(end, longest_); i < end; ++i) node = step(node, text[i]);
  while (node > 0 && !at(node).strong) node = at(node).fail;
  return at(node).depth;
}

/// Whether a beginning of a secret stands in front of a blank.
bool Patterns::may_be_folded(std::string_view text) const {
  static constexpr CharSet blanks(" \t\r\n\f\v\xC2");
  if (folds_early_) return true;
  for (std::size_t i = gram; i < text.size(); ++i) {
    if (blanks.has(text[i]) && inner_[hash_of_gram(text.data() + i - gram)] && depth_at(text, i) >= static_cast<std::int32_t>(gram)) return true;
  }
  return false;
}

bool Patterns::find(std::string_view text, bool ends, Ranges& hits) const {
  constexpr auto least = static_cast<std::int32_t>(gram);
  for (std::size_t i = 0; i + gram <= text.size();) {
    if (!grams_[hash_of_gram(text.data() + i)]) {
      i += stride_;
      continue;
    }
    // What it is part of may have begun up to a stride before, and is followed until less than a gram of it is left.
    std::int32_t node = 0;
    std::size_t end = i - std::min(i, stride_ - 1);
    while (end < text.size() && (end < i + gram || at(node).depth >= least)) {
      node = step(node, text[end++]);
      take(text, end, node, hits);
    }
    if (end == text.size()) break;
    const std::size_t open = end - static_cast<std::size_t>(at(node).depth);
    i = (open + stride_ - 1) / stride_ * stride_;
  }
  constexpr std::int32_t before_ellipsis = 4, before_end = 7;
  for (const std::string_view sign : {"\xE2\x80\xA6", "..."}) {
    for (auto end = text.find(sign); end != std::string_view::npos; end = text.find(sign, end + 1)) find_cut(text, end, before_ellipsis, hits);
  }
  if (ends) find_cut(text, text.size(), before_end, hits);
  return may_be_folded(text);
}

}  // namespace wbverify::redaction
