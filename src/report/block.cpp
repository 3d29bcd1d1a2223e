#include <algorithm>
#include <cctype>

#include "report/area.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// Below this width the labels move to the left, to leave room for the text.
constexpr int narrow = 72;
constexpr std::size_t word_columns = 6;    // `FAIL  `
constexpr std::size_t label_columns = 11;  // `Reproduce  `

std::string_view to_blame(Blame blame) {
  switch (blame) {
    case Blame::target:
      return "the service that was asked";
    case Blame::path:
      return "something between this machine and the service";
    case Blame::machine:
      return "this machine";
    case Blame::tool:
      return "wbverify itself: a bug worth reporting";
    case Blame::none:
      break;
  }
  return {};
}

/// Whether a line of a remedy is told to a person. Everything else is a command, a statement or a value: it is printed
/// as it is, so that it can be pasted.
bool is_prose(std::string_view line) {
  const auto is = [&](std::size_t i, int (*kind)(int)) {
    return i < line.size() && kind(static_cast<unsigned char>(line[i])) != 0;
  };
  if (!is(0, std::isupper)) return false;
  return is(1, std::islower) || (is(1, std::isspace) && is(2, std::islower));
}

/// Where the value begins that an instruction ends with, behind a colon; the line's length when there is none.
std::size_t value_of(std::string_view line) {
  if (line.ends_with('.')) return line.size();
  for (auto colon = line.find(": "); colon != std::string_view::npos; colon = line.find(": ", colon + 2)) {
    const std::string_view rest = line.substr(colon + 2);
    if (rest.find(". ") == std::string_view::npos) return colon + 2;
  }
  return line.size();
}

class Block {
 public:
  Block(std::string& out, const TerminalStyle& style)
      : out_(out), style_(style), indent_(style.width < narrow ? 2 : word_columns) {}

  void sentence(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    begin(label);
    for (const auto& line : wrap(fit(style_, text), room())) put(line);
  }

  /// Instructions and commands: only the former are wrapped.
  void remedy(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    begin(label);
    for (const auto& line : split(fit_lines(style_, text), '\n')) {
      if (!is_prose(line)) {
        put(line);
        continue;
      }
      // `In /etc/wandb.env line 4 write: MYSQL=…`: the value gets a line of its own.
      const std::size_t value = value_of(line);
      for (const auto& part : wrap(std::string_view(line).substr(0, value), room())) put(part);
      if (value < line.size()) put(line.substr(value));
    }
  }

  void verbatim(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    begin(label);
    for (const auto& line : split(fit_lines(style_, text), '\n')) put(line);
  }

 private:
  std::size_t room() const { return static_cast<std::size_t>(style_.width) - indent_ - label_columns; }
  void begin(std::string_view label) { label_ = label; }
  void put(std::string_view text) {
    if (text.empty()) {
      out_ += '\n';
      return;
    }
    out_ +=
        std::string(indent_, ' ') + paint(style_, Ink::aside, label_) + std::string(label_columns - label_.size(), ' ');
    out_ += std::string(text) + '\n';
    label_ = {};
  }

  std::string& out_;
  const TerminalStyle& style_;
  std::size_t indent_;
  std::string_view label_;
};

/// What a line says beside its id.
std::vector<std::string> sentence_lines(const Line& line, std::size_t room, const TerminalStyle& style) {
  constexpr std::size_t least_of_a_sentence = 16;
  const std::string_view ellipsis = style.unicode ? "…" : "...";
  const std::string both = line.sentence + (line.sentence.empty() || line.value.empty() ? "" : ": ") + line.value;
  if (line.whole || display_width(both) <= room) return wrap(both, room);
  const std::size_t value = display_width(line.value) + 2;
  if (line.value.empty()) return {shorten(line.sentence, room, ellipsis)};
  if (value + least_of_a_sentence <= room) return {shorten(line.sentence, room - value, ellipsis) + ": " + line.value};
  return {shorten(line.value, room, ellipsis)};
}

}  // namespace

std::string render_line(const Line& line, std::size_t id_width, const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  const std::string id = fit(style, line.id);
  const bool loud = line.status == Status::fail || line.status == Status::warn || line.status == Status::unknown;
  std::string out =
      paint(style, ink_of(line.status), word(line.status)) + "  " + (loud ? paint(style, Ink::strong, id) : id);
  std::size_t used = word_columns + display_width(id);
  std::size_t column = word_columns + id_width + 2;
  const std::size_t time_columns = line.time.empty() ? 0 : display_width(line.time) + 2;
  const std::string time = line.time.empty() ? std::string() : paint(style, Ink::aside, line.time);
  const auto end_with_time = [&] {
    if (!time.empty())
      out += std::string(width > used + time_columns ? width - used - time_columns + 2 : 2, ' ') + time;
    out += '\n';
  };

  // No room beside the id: the sentence goes below it.
  const bool below = used + 2 > column || column + 30 + time_columns > width;
  if (below) {
    end_with_time();
    column = word_columns;
  }
  const std::size_t room = width - column - (below ? 0 : std::max<std::size_t>(time_columns, 9));
  const auto lines = sentence_lines(line, room, style);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) {
      if (i == 0 && !below) end_with_time();
      continue;
    }
    if (i == 0 && !below) {
      out += std::string(column - used, ' ') + lines[i];
      used = column + display_width(lines[i]);
      end_with_time();
    } else {
      out += std::string(column, ' ') + lines[i] + '\n';
    }
  }
  return out;
}

std::string render_block(const CheckResult& result, const std::vector<std::string>& likewise, std::size_t id_width,
                         const TerminalStyle& style) {
  const Finding& finding = result.finding;
  std::string out =
      render_line({finding.status, result.id, fit(style, finding.title), "", duration_text(result.duration_ms), true},
                  id_width, style);
  Block block(out, style);
  block.sentence("Observed", finding.observed);
  block.sentence("Expected", finding.expected);
  block.sentence("Why", finding.why);
  if (finding.status == Status::unknown) block.sentence("To blame", std::string(to_blame(finding.blame)));
  block.remedy("Fix", finding.fix);
  block.verbatim("Reproduce", finding.reproduce);
  block.sentence("Setting", result.origin);
  block.sentence("Likewise", join(likewise, ", "));
  block.verbatim("More", result.more);
  return out;
}

}  // namespace wbverify
