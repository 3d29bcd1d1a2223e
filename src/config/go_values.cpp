#include "config/go_values.hpp"

#include <algorithm>
#include <charconv>

namespace wbverify {

std::optional<std::int64_t> go_integer(std::string_view text) {
  std::int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> go_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

bool is_go_duration(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return true;
  if (text.empty()) return false;
  while (!text.empty()) {
    const std::string_view number = text.substr(0, text.find_first_not_of("0123456789."));
    if (number.empty() || number == "." || std::count(number.begin(), number.end(), '.') > 1) return false;
    text.remove_prefix(number.size());
    constexpr std::string_view units[] = {"ns", "us", "µs", "ms", "s", "m", "h"};
    const auto* const unit = std::find_if(std::begin(units), std::end(units), [&](std::string_view u) { return text.starts_with(u); });
    if (unit == std::end(units)) return false;
    text.remove_prefix(unit->size());
  }
  return true;
}

}  // namespace wbverify
