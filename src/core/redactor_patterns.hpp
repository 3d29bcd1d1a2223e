#pragma once
// Finds every known secret in one pass over a text: an automaton (Aho and Corasick 1975) where four bytes promise something.
#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/redactor_views.hpp"

namespace wbverify::redaction {

class Patterns {
 public:
  Patterns();
  ~Patterns();
  Patterns(const Patterns&) = delete;
  Patterns& operator=(const Patterns&) = delete;

  /// The secret in the encodings that cannot be undone in the text: base64 at each alignment, hexadecimal, UTF-16, form
  /// style; its lines and the parts of a JWT one by one. Nothing when it is shorter than 4 bytes. A weak one counts as a whole word only.
  void add_secret(std::string_view secret, bool weak = false);
  /// To be called once, after the last add_secret.
  void link();
  bool empty() const { return patterns_.empty(); }

  /// The parts of the text in which a secret may stand that is escaped. Between them are bytes that no secret has and no escape
  /// can turn into others, or no escape at all.
  Ranges escaped_parts(std::string_view text) const;
  /// Adds the places of all secrets. `ends` says that the text may have been cut at its end: then a beginning of a secret
  /// there is a hit too, and always before an ellipsis; so is one in front of an escape that was cut. True when a beginning of a
  /// secret goes over into blanks that it does not have: without its blanks the text may hold more.
  bool find(std::string_view text, bool ends, Ranges& hits) const;

 private:
  static constexpr std::size_t gram = 4;   ///< bytes looked at together; no pattern is shorter, what is shorter is found by its place only
  struct Pattern {
    std::string bytes;
    bool exact = false;         ///< upper and lower case are told apart
    bool word = false;          ///< counts only where no letter, digit or underscore goes on
    bool widen_left = false;    ///< base64: the neighbour holds a few bits of the secret
    bool widen_right = false;
    std::int32_t next = -1;     ///< another one that is the same when folded
  };
  struct Node {
    std::int32_t child = -1, sibling = -1, fail = 0;
    std::int32_t pattern = -1;   ///< that ends here
    std::int32_t shorter = -1;   ///< nearest node on the way of `fail` where one ends
    std::int32_t depth = 0;
    std::uint8_t byte = 0;
    bool strong = false;         ///< on the way to a pattern that is no weak one's: a beginning tells something
  };
  void add(Pattern pattern);
  void add_base64(std::string_view secret, bool weak);
  std::int32_t child_of(std::int32_t node, std::uint8_t byte) const;
  std::int32_t step(std::int32_t node, char c) const;
  const Node& at(std::int32_t node) const { return nodes_[static_cast<std::size_t>(node)]; }
  std::int32_t depth_at(std::string_view text, std::size_t end) const;
  bool may_be_folded(std::string_view text) const;
  void take(std::string_view text, std::size_t end, std::int32_t node, Ranges& hits) const;
  void find_cut(std::string_view text, std::size_t end, std::int32_t least, Ranges& hits) const;

  std::vector<Pattern> patterns_;
  std::vector<Node> nodes_;
  std::array<std::int32_t, 256> first_{};   ///< children of the root, 0: none
  std::size_t shortest_ = std::string::npos, longest_ = 0;
  std::size_t stride_ = 1;                  ///< every pattern holds a gram of `grams_` that begins at a multiple of it
  std::bitset<std::size_t{1} << 16U> grams_;   ///< hashes of those within the first stride of each pattern
  std::bitset<std::size_t{1} << 16U> inner_;   ///< of all those of the patterns
  bool folds_early_ = false;                ///< a secret has a blank so early that its beginning does not show
  std::array<bool, 256> known_{};           ///< bytes that stand in any pattern
};

}  // namespace wbverify::redaction
