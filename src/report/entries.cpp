#include "report/entries.hpp"

#include <algorithm>

#include "report/cut.hpp"

namespace wbverify {
namespace {

bool say_the_same(const CheckResult& a, const CheckResult& b) {
  if (a.finding.status != b.finding.status) return false;
  if (was_cut(a) || was_cut(b)) return was_cut(a) && was_cut(b) && a.finding.cause == b.finding.cause;
  switch (a.finding.status) {
    case Status::pass:
      return is_row(a) && a.check == b.check;
    case Status::skip:
      return a.finding.observed == b.finding.observed;
    case Status::blocked:
      return a.blocked_by == b.blocked_by;
    case Status::unknown:
      return a.finding.observed == b.finding.observed && a.finding.blame == b.finding.blame &&
             a.finding.fix == b.finding.fix;
    case Status::warn:
    case Status::fail:
      break;
  }
  return false;
}

}  // namespace

std::vector<Entry> entries_of(const std::vector<CheckResult>& results, const TerminalStyle& style) {
  std::vector<Entry> entries;
  for (const auto& result : results) {
    const Status status = result.finding.status;
    if (style.quiet && (status == Status::pass || status == Status::skip)) continue;
    const auto same = std::find_if(entries.begin(), entries.end(),
                                   [&](const Entry& entry) { return say_the_same(*entry.results.front(), result); });
    if (style.verbose || same == entries.end()) {
      entries.push_back({status, {&result}});
    } else {
      same->results.push_back(&result);
    }
  }
  // What waits for a result of this area stands below it.
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].status != Status::blocked || style.verbose) continue;
    const auto& causes = entries[i].results.front()->blocked_by;
    std::size_t cause = i;
    for (std::size_t j = 0; j < entries.size(); ++j) {
      const bool named =
          std::any_of(entries[j].results.begin(), entries[j].results.end(), [&](const CheckResult* result) {
            return std::find(causes.begin(), causes.end(), result->id) != causes.end();
          });
      if (named) cause = j;
    }
    if (cause + 1 < i) {
      std::rotate(entries.begin() + static_cast<std::ptrdiff_t>(cause) + 1,
                  entries.begin() + static_cast<std::ptrdiff_t>(i),
                  entries.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  return entries;
}

std::vector<std::string> ids_of(const Entry& entry, std::size_t from) {
  std::vector<std::string> ids;
  for (std::size_t i = from; i < entry.results.size(); ++i) ids.push_back(entry.results[i]->id);
  return ids;
}

}  // namespace wbverify
