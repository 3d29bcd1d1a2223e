#include "cli/markdown.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// Inline marks taken away: `**strong**`, `[text](address)`. Code keeps its backquotes while lines are broken.
std::string inline_text(std::string_view text) {
  std::string out;
  bool code = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') code = !code;
    if (!code && text.substr(i).starts_with("**")) {
      ++i;
      continue;
    }
    if (!code && text[i] == '[') {
      const auto middle = text.find("](", i), end = text.find(')', i);
      if (middle != std::string_view::npos && end != std::string_view::npos && middle < end) {
        const std::string_view label = text.substr(i + 1, middle - i - 1),
                               address = text.substr(middle + 2, end - middle - 2);
        out += std::string(label) + (label == address ? "" : " <" + std::string(address) + ">");
        i = end;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

/// Backquotes become weight where there is colour, and stay where there is none.
std::string with_code(const std::string& line, const TerminalStyle& style) {
  if (!style.colour) return line;
  const auto parts = split(line, '`');
  if (parts.size() % 2 == 0) return line;
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += i % 2 == 1 ? paint(style, Ink::strong, parts[i]) : parts[i];
  return out;
}

/// The cells of `| a | b |`; `\\|` is no border.
std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> cells(1);
  row = trim(row);
  if (row.starts_with('|')) row.remove_prefix(1);
  if (row.ends_with('|') && !row.ends_with("\\|")) row.remove_suffix(1);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') {
      cells.back() += row[++i];
    } else if (row[i] == '|') {
      cells.emplace_back();
    } else {
      cells.back() += row[i];
    }
  }
  for (auto& cell : cells) cell = std::string(trim(cell));
  return cells;
}

class Page {
 public:
  explicit Page(const TerminalStyle& style) : style_(style) {}

  std::string render(std::string_view markdown) {
    const auto lines = split(markdown, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      if (line.starts_with("```")) {
        flush();
        gap();
        for (++i; i < lines.size() && !lines[i].starts_with("```"); ++i) put("    " + fit_lines(style_, lines[i]));
        gap();
      } else if (paragraph_.empty() && line.starts_with("    ")) {
        put(fit_lines(style_, line));
      } else if (line.starts_with('|')) {
        flush();
        std::vector<std::string> rows;
        for (; i < lines.size() && lines[i].starts_with('|'); ++i) rows.push_back(lines[i]);
        --i;
        table(rows);
      } else if (line.starts_with('#')) {
        flush();
        gap();
        heading(line);
      } else if (trim(line).empty()) {
        flush();
        gap();
      } else if (const std::size_t mark = list_mark(line); mark > 0) {
        flush();
        indent_ = mark;
        first_ = line.substr(0, mark);
        paragraph_ = line.substr(mark);
      } else {
        paragraph_ += (paragraph_.empty() ? "" : " ") + std::string(trim(line));
      }
    }
    flush();
    out_.erase(out_.find_last_not_of('\n') + 1);
    return out_ + "\n";
  }

 private:
  /// Columns of `- `, `* ` or `1. ` with its indentation, 0 when the line begins no item.
  static std::size_t list_mark(std::string_view line) {
    const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
    std::size_t end = start;
    if (end < line.size() && (line[end] == '-' || line[end] == '*')) {
      ++end;
    } else {
      while (end < line.size() && std::isdigit(static_cast<unsigned char>(line[end])) != 0) ++end;
      if (end == start || end >= line.size() || line[end] != '.') return 0;
      ++end;
    }
    return end < line.size() && line[end] == ' ' ? end + 1 : 0;
  }

  void put(const std::string& line) { out_ += line + "\n"; }
  void gap() {
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  }
  void flush() {
    if (paragraph_.empty()) return;
    const auto lines = wrap(fit(style_, inline_text(paragraph_)), width() - indent_);
    for (const auto& line : lines)
      put((&line == &lines.front() && !first_.empty() ? first_ : std::string(indent_, ' ')) + with_code(line, style_));
    paragraph_.clear();
    first_.clear();
    indent_ = 0;
  }
  std::size_t width() const { return static_cast<std::size_t>(style_.width); }

  void heading(std::string_view line) {
    const bool first = line.starts_with("# ");
    const std::string text = fit(style_, inline_text(trim(line.substr(line.find_first_not_of('#')))));
    put(paint(style_, Ink::strong, text));
    if (!style_.colour) put(std::string(display_width(text), first ? '=' : '-'));
    if (first) gap();
  }

  /// Every column as wide as it must be, or, where that is too much, the widest made narrower until they fit.
  void table(const std::vector<std::string>& rows) {
    std::vector<std::vector<std::string>> cells;
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
      if (row.find_first_not_of("|-: ") == std::string::npos) continue;
      std::vector<std::string> line;
      for (const auto& cell : cells_of(row)) line.push_back(fit(style_, inline_text(cell)));
      widths.resize(std::max(widths.size(), line.size()));
      for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
      cells.push_back(std::move(line));
    }
    if (widths.empty()) return;
    while (std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1)) > width()) {
      auto widest = std::max_element(widths.begin(), widths.end());
      if (*widest <= 12) break;
      --*widest;
    }
    gap();
    for (const auto& line : cells) {
      table_row(line, widths);
      if (&line != &cells.front()) continue;
      std::vector<std::string> rules;
      rules.reserve(widths.size());
      for (std::size_t i = 0; i < line.size(); ++i)
        rules.emplace_back(std::min(widths[i], display_width(line[i])), '-');
      table_row(rules, widths);
    }
    gap();
  }

  void table_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::vector<std::vector<std::string>> wrapped;
    std::size_t height = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      wrapped.push_back(wrap(cells[i], widths[i]));
      height = std::max(height, wrapped.back().size());
    }
    for (std::size_t i = 0; i < height; ++i) {
      std::string out;
      std::size_t used = 0, column = 0;
      for (std::size_t j = 0; j < wrapped.size(); ++j) {
        const std::string text = i < wrapped[j].size() ? wrapped[j][i] : "";
        if (!text.empty()) {
          // Code that is wider than its column pushes the next cell to a line of its own.
          if (used > column) {
            put(out);
            out.clear();
            used = 0;
          }
          out += std::string(column - used, ' ') + with_code(text, style_);
          used = column + display_width(text) -
                 (style_.colour ? static_cast<std::size_t>(std::count(text.begin(), text.end(), '`')) : 0);
        }
        column += widths[j] + 2;
      }
      put(out);
    }
  }

  const TerminalStyle& style_;
  std::string out_, paragraph_, first_;
  std::size_t indent_ = 0;
};

}  // namespace

std::string render_markdown(std::string_view markdown, const TerminalStyle& style) {
  return Page(style).render(markdown);
}

}  // namespace wbverify
