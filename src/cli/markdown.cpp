#include "cli/markdown.hpp"

#include <algorithm>
#include <cctype>
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
        const std::string_view label = text.substr(i + 1, middle - i - 1), address = text.substr(middle + 2, end - middle - 2);
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
      } else if (line.starts_with('|')) {
        flush();
        std::vector<std::string> rows;
        for (; i < lines.size() && lines[i].starts_with('|'); ++i) rows.push_back(lines[i]);
        --i;
        table(rows);
      } else if (line.starts_with('#')) {
        flush();
        gap();
        put(paint(style_, Ink::strong, fit(style_, inline_text(trim(std::string_view(line).substr(line.find_first_not_of('#')))))));
        if (line.starts_with("# ")) gap();
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
    for (const auto& line : lines) put((&line == &lines.front() && !first_.empty() ? first_ : std::string(indent_, ' ')) + with_code(line, style_));
    paragraph_.clear();
    first_.clear();
    indent_ = 0;
  }
  std::size_t width() const { return static_cast<std::size_t>(style_.width); }

  /// Columns as wide as they must be; the last one wraps in what is left.
  void table(const std::vector<std::string>& rows) {
    std::vector<std::vector<std::string>> cells;
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
      if (row.find_first_not_of("|-: ") == std::string::npos) continue;
      std::vector<std::string> line;
      std::string_view rest = trim(row);
      rest.remove_prefix(1);
      if (rest.ends_with('|')) rest.remove_suffix(1);
      for (const auto& cell : split(rest, '|')) line.push_back(fit(style_, inline_text(trim(cell))));
      widths.resize(std::max(widths.size(), line.size()));
      for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
      cells.push_back(std::move(line));
    }
    std::size_t before_last = 0;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
    const std::size_t room = before_last + 24 <= width() ? width() - before_last : 0;
    gap();
    for (const auto& line : cells) {
      std::string start;
      for (std::size_t i = 0; i + 1 < line.size(); ++i) start += room > 0 ? pad(line[i], widths[i] + 2) : line[i] + ": ";
      const auto last = wrap(line.empty() ? "" : line.back(), room > 0 ? room : width() - 4);
      if (room == 0) put(with_code(start, style_));
      for (const auto& part : last) {
        const bool beside = room > 0 && &part == &last.front();
        put(with_code((beside ? start : std::string(room > 0 ? before_last : 4, ' ')) + part, style_));
      }
    }
    gap();
  }

  const TerminalStyle& style_;
  std::string out_, paragraph_, first_;
  std::size_t indent_ = 0;
};

}  // namespace

std::string render_markdown(std::string_view markdown, const TerminalStyle& style) { return Page(style).render(markdown); }

}  // namespace wbverify
