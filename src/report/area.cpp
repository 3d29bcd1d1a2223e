#include "report/area.hpp"

#include <algorithm>

#include "report/cut.hpp"
#include "report/entries.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "report/telling.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t word_columns = 6;    // `PASS  `
constexpr std::size_t count_columns = 10;  // `999 checks`

/// Where the text of an area that takes one line begins.
std::size_t area_text(const TerminalStyle& style) {
  return word_columns + static_cast<std::size_t>(style.title_width) + count_columns + 2;
}

/// How long the slowest probe of these results took. Probes work side by side: a sum would exceed the run's own time.
double time_of(const std::vector<CheckResult>& results) {
  double longest = 0;
  for (const auto& result : results) longest = std::max(longest, result.duration_ms);
  return longest;
}

/// A text that hangs under the column after the word: `BLKD  7 checks wait for mysql.login: …`.
std::string hanging(Status status, const std::string& text, const TerminalStyle& style) {
  std::string out;
  for (const auto& line : wrap(fit(style, text), static_cast<std::size_t>(style.width) - word_columns)) {
    out += (out.empty() ? paint(style, ink_of(status), word(status)) + "  " : std::string(word_columns, ' ')) + line +
           "\n";
  }
  return out;
}

std::string waits_for(const Entry& entry) {
  return (entry.results.size() == 1 ? "waits for " : "wait for ") + join(entry.results.front()->blocked_by, " and ") +
         ": " + join(ids_of(entry), ", ");
}

std::string render_blocked(const Entry& entry, std::size_t id_width, const TerminalStyle& style) {
  const auto& first = *entry.results.front();
  if (!style.verbose)
    return hanging(Status::blocked, count_of(entry.results.size(), "check") + " " + waits_for(entry), style);
  return render_line(
      {Status::blocked, first.id, fit(style, "waits for " + join(first.blocked_by, " and ")), "", "", true}, id_width,
      style);
}

/// What this machine kept from being found out: nobody has to mend anything here, and the end of the report says what to do.
std::string render_cut(const Entry& entry, std::size_t id_width, const TerminalStyle& style) {
  const auto& first = *entry.results.front();
  if (!style.verbose) return hanging(Status::unknown, count_of(entry.results.size(), "check") + " " + cut_words(first) + ": " + join(ids_of(entry), ", "), style);
  return render_line({Status::unknown, first.id, fit(style, first.finding.observed), "", "", true}, id_width, style);
}

/// `id_width` 0: below a folded area, where ids have no column.
std::string render_skipped(const Entry& entry, std::size_t id_width, const TerminalStyle& style) {
  const auto& first = *entry.results.front();
  if (entry.results.size() > 1) {
    return hanging(Status::skip,
                   count_of(entry.results.size(), "check") + ": " + first.finding.observed + " (" +
                       join(ids_of(entry), ", ") + ")",
                   style);
  }
  if (id_width == 0) return hanging(Status::skip, first.id + ": " + first.finding.observed, style);
  return render_line({Status::skip, first.id, fit(style, first.finding.observed), "", "", true}, id_width, style);
}

std::string without_stop(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string render_passed(const Entry& entry, const Plugin& plugin, const std::vector<CheckResult>& all,
                          std::size_t id_width, const TerminalStyle& style) {
  const auto& first = *entry.results.front();
  std::string id = first.id, sentence = first.finding.title, value = without_stop(first.finding.observed);
  if (is_row(first) && !style.verbose) {
    id = first.check;
    const auto spec = std::find_if(plugin.checks.begin(), plugin.checks.end(),
                                   [&](const CheckSpec& check) { return check.id == id; });
    if (spec != plugin.checks.end()) sentence = spec->title;
    const auto rows = static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const CheckResult& result) { return result.check == id; }));
    if (entry.results.size() > 1 || rows > 1) {
      value = (rows == entry.results.size() ? "all " : std::to_string(entry.results.size()) + " of ") +
              std::to_string(rows);
    }
  }
  return render_line(
      {Status::pass, id, fit(style, sentence), fit(style, value), duration_text(first.duration_ms), style.verbose},
      id_width, style);
}

/// The columns of an area that takes one line: `PASS  MySQL            12 checks  `.
std::string area_columns(Status status, const Plugin& plugin, std::size_t checks, const TerminalStyle& style) {
  std::string count = count_of(checks, "check");
  count.insert(0, count.size() < count_columns ? count_columns - count.size() : 0, ' ');
  const auto columns = static_cast<std::size_t>(style.title_width);
  const std::string title = pad(shorten(fit(style, plugin.title), columns, style.unicode ? "…" : "..."), columns);
  return paint(style, ink_of(status), word(status)) + "  " + paint(style, Ink::strong, title) + count + "  ";
}

/// `PASS  MySQL            12 checks  8.0.36, 41 grants      48 ms`
std::string render_folded(const Plugin& plugin, const std::vector<CheckResult>& results, std::size_t passed,
                          const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  const std::size_t start = area_text(style);
  const std::string time = duration_text(time_of(results));
  const std::string values = telling_values(results, width > start + 10 ? width - start - 10 : 0, style);
  std::string out = area_columns(Status::pass, plugin, passed, style) + values;
  if (!time.empty()) {
    const std::size_t taken = start + display_width(values) + display_width(time);
    out += std::string(taken < width ? width - taken : 1, ' ') + paint(style, Ink::aside, time);
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

/// An area of which one thing is to be said: it waits, or does not apply.
std::string render_whole(const Plugin& plugin, const Entry& entry, const std::string& text,
                         const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  const std::size_t start = area_text(style);
  const bool below = width < start + 40;
  std::string out = area_columns(entry.status, plugin, entry.results.size(), style);
  const auto lines = wrap(fit(style, text), width - (below ? word_columns : start));
  if (below) {
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  for (const auto& line : lines) {
    if (below || &line != &lines.front()) out += std::string(below ? word_columns : start, ' ');
    out += line + "\n";
  }
  return out;
}

}  // namespace

AreaText render_area(const Plugin& plugin, const std::vector<CheckResult>& results, const TerminalStyle& style) {
  if (results.empty()) return {};
  const Counts counts = count_results(results);
  const std::size_t passed = counts[static_cast<std::size_t>(Status::pass)];
  const std::size_t skipped = counts[static_cast<std::size_t>(Status::skip)];
  const std::size_t blocked = counts[static_cast<std::size_t>(Status::blocked)];
  const bool fine = passed + skipped == results.size();
  if (fine && style.quiet) return {};

  const std::vector<Entry> entries = entries_of(results, style);
  AreaText area;
  if (fine && !style.verbose) {
    if (passed > 0) {
      area.text = render_folded(plugin, results, passed, style);
      for (const auto& entry : entries) {
        if (entry.status == Status::skip) area.text += render_skipped(entry, 0, style);
      }
    } else {
      for (const auto& entry : entries)
        area.text += render_whole(plugin, entry, entry.results.front()->finding.observed, style);
    }
    return area;
  }
  if (entries.size() == 1 && was_cut(results.front()) && !style.verbose) {
    area.text = render_whole(plugin, entries.front(), cut_words(results.front()) + ": " + join(ids_of(entries.front()), ", "), style);
    return area;
  }
  if (blocked == results.size() && entries.size() == 1 && !style.verbose) {
    area.text = render_whole(plugin, entries.front(), waits_for(entries.front()), style);
    return area;
  }

  area.opened = true;
  area.text =
      paint(style, Ink::strong, fit(style, plugin.title)) + "  " + paint(style, Ink::aside, counts_text(counts)) + "\n";
  std::size_t id_width = 0;
  for (const auto& entry : entries) {
    const auto& first = *entry.results.front();
    id_width = std::max(id_width, display_width(style.verbose ? first.id : first.check));
  }
  id_width = std::min(id_width, static_cast<std::size_t>(style.width) * 2 / 5);
  bool after_block = false;
  for (const auto& entry : entries) {
    const auto& first = *entry.results.front();
    const bool cut = was_cut(first);
    const bool is_block =
        entry.status == Status::fail || entry.status == Status::warn || (entry.status == Status::unknown && !cut);
    if (after_block && entry.status != Status::blocked) area.text += '\n';
    after_block = is_block || (after_block && entry.status == Status::blocked);
    switch (entry.status) {
      case Status::pass:
        area.text += render_passed(entry, plugin, results, id_width, style);
        break;
      case Status::skip:
        area.text += render_skipped(entry, id_width, style);
        break;
      case Status::blocked:
        area.text += render_blocked(entry, id_width, style);
        break;
      default:
        if (cut) {
          area.text += render_cut(entry, id_width, style);
          break;
        }
        area.text += render_block(first, ids_of(entry, 1), id_width, style);
    }
  }
  return area;
}

}  // namespace wbverify
