#include <algorithm>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct Row {
  const Plugin* plugin;
  const CheckSpec* check;
  bool writes;
};

bool named(const Row& row, const std::string& pattern) {
  return pattern == row.plugin->service || glob_match(pattern, row.check->id) ||
         std::find(row.check->tags.begin(), row.check->tags.end(), pattern) != row.check->tags.end();
}

std::vector<Row> rows_of(const std::vector<std::string>& patterns) {
  std::vector<Row> all;
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) {
      const auto probe = std::find_if(plugin.probes.begin(), plugin.probes.end(),
                                      [&](const ProbeSpec& spec) { return spec.id == check.probe; });
      all.push_back({&plugin, &check, probe != plugin.probes.end() && probe->writes});
    }
  }
  std::vector<std::string> words;
  for (const Row& row : all) {
    words.insert(words.end(), {row.check->id, row.plugin->service});
    words.insert(words.end(), row.check->tags.begin(), row.check->tags.end());
  }
  for (const auto& pattern : patterns) {
    if (std::any_of(all.begin(), all.end(), [&](const Row& row) { return named(row, pattern); })) continue;
    const std::string near = nearest(pattern, words);
    throw UsageError("no check, service or tag is named " + sanitize(pattern, 100) +
                     (near.empty() ? "" : "; nearest is " + near));
  }
  std::vector<Row> rows;
  for (const Row& row : all) {
    const bool wanted = patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                                        [&](const auto& pattern) { return named(row, pattern); });
    if (wanted) rows.push_back(row);
  }
  return rows;
}

std::string as_json(const std::vector<Row>& rows) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    checks.push_back({{"id", row.check->id},
                      {"title", row.check->title},
                      {"service", row.plugin->service},
                      {"probe", row.check->probe},
                      {"needs", row.check->needs},
                      {"explained_by", row.check->explained_by},
                      {"tags", row.check->tags},
                      {"rows", row.check->rows},
                      {"writes", row.writes}});
  }
  return dump_json(nlohmann::ordered_json({{"schema", "wbverify-checks/1"}, {"checks", std::move(checks)}}), 2) + "\n";
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string as_markdown(const std::vector<Row>& rows) {
  std::string out = "| check | true when it passes | needs |\n|---|---|---|\n";
  for (const Row& row : rows) {
    std::vector<std::string> needs;
    needs.reserve(row.check->needs.size());
    for (const auto& need : row.check->needs) needs.push_back("`" + cell(need) + "`");
    out += "| `" + row.check->id + "`" + (row.writes ? " (writes)" : "") + " | " + cell(row.check->title) + " | " +
           join(needs, ", ") + " |\n";
  }
  return out;
}

std::string as_table(const std::vector<Row>& rows, const TerminalStyle& style) {
  std::size_t id_width = 0;
  for (const Row& row : rows) id_width = std::max(id_width, row.check->id.size());
  const std::size_t column = id_width + 2;
  const std::size_t room = std::max<std::size_t>(
      static_cast<std::size_t>(style.width) - std::min(column, static_cast<std::size_t>(style.width) - 20), 20);
  std::string out;
  const Plugin* plugin = nullptr;
  for (const Row& row : rows) {
    if (row.plugin != plugin)
      out += (plugin == nullptr ? "" : "\n") + paint(style, Ink::strong, row.plugin->title) + "\n";
    plugin = row.plugin;
    std::string title = row.check->title;
    if (!row.check->rows.empty()) title += " (" + count_of(row.check->rows.size(), "row") + ")";
    if (row.writes) title += " (writes)";
    const auto lines = wrap(fit(style, title), room);
    for (const auto& line : lines) out += pad(&line == &lines.front() ? row.check->id : "", column) + line + "\n";
  }
  return out + "\n" + count_of(rows.size(), "check") + ". More about one: wbverify explain ID\n";
}

}  // namespace

int list_command(const Arguments& arguments, Context& context) {
  const auto rows = rows_of(arguments.patterns);
  switch (arguments.format) {
    case Format::json:
      context.out << as_json(rows);
      break;
    case Format::markdown:
      context.out << as_markdown(rows);
      break;
    case Format::terminal:
      context.out << as_table(rows, style_of(arguments, context, context.out));
      break;
  }
  return 0;
}

}  // namespace wbverify
