#include "config/show.hpp"

#include <algorithm>

#include "config/resolve.hpp"
#include "config/variables.hpp"
#include "core/redactor.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// In the order of the catalogue; what is in no catalogue comes last.
std::vector<const SettingView*> in_order(const Scene& scene) {
  std::vector<const SettingView*> out;
  for (const Variable& variable : variables()) {
    if (const SettingView* view = scene.find(std::string(variable.name))) out.push_back(view);
  }
  for (const auto& [name, view] : scene.settings) {
    if (std::find(out.begin(), out.end(), &view) == out.end()) out.push_back(&view);
  }
  return out;
}

std::string place(const SettingView& view) {
  const std::string origin = origin_text(view);
  const std::string& written = view.alias.empty() ? view.name : view.alias;
  std::string rest = origin.substr(std::min(origin.size(), written.size() + 1));
  return view.alias.empty() ? rest : rest + ", as " + view.alias;
}

std::string pad(const std::string& text, std::size_t width) { return text + std::string(width > text.size() ? width - text.size() : 0, ' '); }

std::string issue_line(const SettingIssue& issue) {
  std::string out = issue.kind;
  if (issue.column > 0) out += " at character " + std::to_string(issue.column);
  out += ": " + issue.observed;
  if (!issue.expected.empty()) out += " Expected: " + issue.expected;
  return out;
}

nlohmann::json to_json(const SettingView& view) {
  nlohmann::json row = {{"name", view.name}, {"value", view.value}, {"kind", view.kind}, {"file", view.file}, {"line", view.line}};
  if (!view.alias.empty()) row["alias"] = view.alias;
  return row;
}

void redact_strings(nlohmann::json& value) {
  if (value.is_string()) {
    value = Redactor::process().redact(value.get_ref<const std::string&>(), Wrote::us);
  } else if (value.is_structured()) {
    for (auto& child : value) redact_strings(child);
  }
}

}  // namespace

std::string render_settings(const Settings& settings) {
  const auto views = in_order(settings.scene);
  constexpr std::size_t widest_value = 72;
  std::size_t name_width = 0, value_width = 0;
  for (const SettingView* view : views) {
    name_width = std::max(name_width, view->name.size());
    if (view->value.size() <= widest_value) value_width = std::max(value_width, view->value.size());
  }
  std::string out;
  std::vector<const SettingIssue*> told;
  for (const SettingView* view : views) {
    out += pad(view->name, name_width) + "  " + pad(view->value.empty() ? "(empty)" : view->value, value_width) + "  " + place(*view) + "\n";
    for (const SettingIssue& issue : settings.issues) {
      if (issue.setting != view->name) continue;
      out += std::string(name_width, ' ') + "  " + issue_line(issue) + "\n";
      told.push_back(&issue);
    }
  }
  if (views.empty()) out += "No setting of an installation was found.\n";
  for (const SettingView& view : settings.own) out += pad(view.name, name_width) + "  " + pad(view.value, value_width) + "  " + place(view) + "\n";
  for (const SettingIssue& issue : settings.issues) {
    if (std::find(told.begin(), told.end(), &issue) == told.end()) out += issue_line(issue) + "\n";
  }
  return Redactor::process().redact(out, Wrote::us);
}

std::string render_settings_json(const Settings& settings) {
  nlohmann::json root = {{"settings", nlohmann::json::array()}, {"own", nlohmann::json::array()}, {"issues", nlohmann::json::array()}};
  for (const SettingView* view : in_order(settings.scene)) root["settings"].push_back(to_json(*view));
  for (const SettingView& view : settings.own) root["own"].push_back(to_json(view));
  for (const SettingIssue& issue : settings.issues) {
    root["issues"].push_back({{"setting", issue.setting}, {"kind", issue.kind}, {"cause", issue.cause}, {"column", issue.column},
                              {"observed", issue.observed}, {"expected", issue.expected}, {"fix", issue.fix}, {"example", issue.example}});
  }
  redact_strings(root);
  return dump_json(root, 2) + "\n";
}

}  // namespace wbverify
