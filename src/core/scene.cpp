#include "core/scene.hpp"

#include "util/text.hpp"

namespace wbverify {
namespace {

std::string place(const SettingView& view) {
  return view.file + (view.line > 0 ? " line " + std::to_string(view.line) : "");
}

/// A YAML scalar that reads back as the value, in single quotes, where only the quote itself is special.
std::string yaml_scalar(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

/// Whose environment it is: clients read these names, wbverify among them, and the server does not.
std::string owner(const std::string& name) { return name.starts_with("WANDB_") ? "wbverify" : "the W&B Server"; }

}  // namespace

const SettingView* Scene::find(const std::string& name) const {
  const auto at = settings.find(name);
  return at == settings.end() ? nullptr : &at->second;
}

std::string Scene::origin(const std::string& name) const {
  const SettingView* view = find(name);
  if (view == nullptr) return name + " (not set)";
  const std::string& written = view->alias.empty() ? name : view->alias;
  if (view->kind == "environment") return written + " in the environment";
  if (view->kind == "flag") return written + " on the command line";
  if (view->kind == "default") return name + " (default)";
  return written + " in " + place(*view);
}

std::string Scene::change(const std::string& name, const std::string& value) const {
  const SettingView* view = find(name);
  const std::string& written = view != nullptr && !view->alias.empty() ? view->alias : name;
  const std::string line = written + "=" + value;
  if (view == nullptr || view->kind == "default") {
    if (home.empty() || name.starts_with("WANDB_")) return "Set in the environment of " + owner(name) + ": " + line;
    if (home.ends_with(".yaml") || home.ends_with(".yml")) return "Add to " + home + " under settings: " + written + ": " + yaml_scalar(value);
    return "Add to " + home + " the line: " + line;
  }
  if (view->kind == "key-file") return "Write into " + view->file + ", alone on its line: " + value;
  if (view->kind == "netrc") return "In " + view->file + ", in the entry of line " + std::to_string(view->line) + ", write: password " + value;
  if (view->kind == "environment") return "In the environment of " + owner(name) + " set: " + line;
  if (view->kind == "flag") return "On the command line write: " + written + " " + value;
  if (view->kind == "config-file") return "In " + place(*view) + " write: " + written + ": " + yaml_scalar(value);
  return "In " + place(*view) + " write: " + line;
}

std::string Scene::with_options(std::string_view text) const {
  std::string words;
  for (const auto& option : options) words += " " + shell_quote(option);
  if (words.empty()) return std::string(text);
  std::string out;
  while (!text.empty()) {
    // `wbverify --only …` takes them before its own, a command after its name.
    const std::size_t start = text.find("wbverify ");
    if (start == std::string_view::npos) break;
    std::size_t end = start + std::string_view("wbverify").size();
    const std::string_view rest = text.substr(end);
    const bool begins_word = start == 0 || std::string_view(" \n`'").find(text[start - 1]) != std::string_view::npos;
    const bool cleanup = rest.starts_with(" cleanup") && (rest.size() == 8 || std::string_view(" \n`.,;").find(rest[8]) != std::string_view::npos);
    if (cleanup) end += std::string_view(" cleanup").size();
    out += text.substr(0, end);
    if (begins_word && (cleanup || rest.starts_with(" --"))) out += words;
    text.remove_prefix(end);
  }
  return out.append(text);
}

}  // namespace wbverify
