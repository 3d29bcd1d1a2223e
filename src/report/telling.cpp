#include "report/telling.hpp"

#include <algorithm>
#include <regex>

#include "report/entries.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"

namespace wbverify {
namespace {

struct Value {
  std::size_t place = 0;
  std::string text;
  int worth = 0;
};

/// Versions, dates and measurements tell something about this installation; addresses are known beforehand.
int worth_of(const std::string& text) {
  static const std::regex date("[0-9]{4}-[0-9]{2}-[0-9]{2}"), address("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+|::"),
      version("[0-9]\\.[0-9]"), amount("[0-9] ?(ms|s|days|MiB|GiB)\\b");
  if (std::regex_search(text, address)) return 1;
  if (std::regex_search(text, date) || std::regex_search(text, version) || std::regex_search(text, amount)) return 3;
  return 2;
}

/// Up to the first comma, semicolon or full stop: what follows is detail.
std::string first_clause(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = text[i] == ',' || text[i] == ';' || text[i] == '.';
    if (mark && (i + 1 == text.size() || text[i + 1] == ' ')) return text.substr(0, i);
  }
  return text;
}

bool says_nothing(const std::string& text) {
  static constexpr std::string_view beginnings[] = {"none", "no ", "nothing", "all ", "the same"};
  if (text.find_first_of("0123456789") == std::string::npos) return true;
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [&](std::string_view word) { return text.starts_with(word); });
}

}  // namespace

std::string telling_values(const std::vector<CheckResult>& results, std::size_t room, const TerminalStyle& style) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].finding.status != Status::pass || is_row(results[i])) continue;
    std::string text = first_clause(fit(style, results[i].finding.observed));
    if (says_nothing(text)) continue;
    const int worth = worth_of(text);
    values.push_back({i, std::move(text), worth});
  }
  std::stable_sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
    return a.worth != b.worth ? a.worth > b.worth : display_width(a.text) < display_width(b.text);
  });
  std::vector<Value> chosen;
  std::size_t used = 0;
  for (const auto& value : values) {
    const bool said = std::any_of(chosen.begin(), chosen.end(),
                                  [&](const Value& other) { return value.text.find(other.text) != std::string::npos; });
    const std::size_t columns = display_width(value.text) + (chosen.empty() ? 0 : 2);
    if (said || used + columns > room) continue;
    used += columns;
    chosen.push_back(value);
  }
  std::sort(chosen.begin(), chosen.end(), [](const Value& a, const Value& b) { return a.place < b.place; });
  std::string out;
  for (const auto& value : chosen) out += (out.empty() ? "" : ", ") + value.text;
  return out;
}

}  // namespace wbverify
