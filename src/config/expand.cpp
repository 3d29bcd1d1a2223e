#include "config/expand.hpp"

namespace wbverify {
namespace {

constexpr auto npos = std::string_view::npos;
// The chart nests two levels deep; a circle ends here too. The size is that of the longest value that is looked at.
constexpr int deepest = 8;
constexpr std::size_t longest = 65536;
constexpr int most_references = 1000;

using Lookup = std::function<std::optional<std::string>(const std::string&)>;

/// The name of the reference that begins at `at`, or empty.
std::string_view reference_at(std::string_view value, std::size_t at) {
  if (value.substr(at, 2) != "$(") return {};
  const auto close = value.find(')', at);
  return close == npos ? std::string_view() : value.substr(at + 2, close - at - 2);
}

bool has_reference(std::string_view value) {
  for (auto at = value.find("$("); at != npos; at = value.find("$(", at + 1)) {
    if (!reference_at(value, at).empty() && (at == 0 || value[at - 1] != '$')) return true;
  }
  return false;
}

std::string expand(std::string_view value, const Lookup& lookup, int depth, int& budget) {
  if (!has_reference(value)) return std::string(value);
  std::string out;
  for (std::size_t i = 0; i < value.size() && out.size() <= longest;) {
    if (value.substr(i, 2) == "$$") {
      out += '$';
      i += 2;
      continue;
    }
    const std::string_view name = reference_at(value, i);
    const auto known = name.empty() || depth == 0 || budget-- <= 0 ? std::nullopt : lookup(std::string(name));
    if (known) {
      out += expand(*known, lookup, depth - 1, budget);
      i += name.size() + 3;
    } else {
      out += value[i++];
    }
  }
  return out;
}

}  // namespace

std::string expand_references(std::string_view value, const Lookup& lookup) {
  int budget = most_references;
  return expand(value, lookup, deepest, budget);
}

}  // namespace wbverify
