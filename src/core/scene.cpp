#include "core/scene.hpp"

namespace wbverify {

const SettingView* Scene::find(const std::string& name) const {
  const auto at = settings.find(name);
  return at == settings.end() ? nullptr : &at->second;
}

std::string Scene::origin(const std::string& name) const {
  const SettingView* view = find(name);
  if (view == nullptr) return name + " (not set)";
  if (view->kind == "environment") return name + " in the environment";
  if (view->kind == "flag") return name + " on the command line";
  if (view->kind == "default") return name + " (default)";
  return name + " in " + view->file + (view->line > 0 ? " line " + std::to_string(view->line) : "");
}

std::string Scene::change(const std::string& name, const std::string& value) const {
  const SettingView* view = find(name);
  if (view == nullptr) return "Set in the server's environment: " + name + "=" + value;
  if (view->kind == "environment") return "In the environment: " + name + "=" + value;
  if (view->kind == "env-file") {
    return "In " + view->file + " line " + std::to_string(view->line) + " write: " + name + "=" + value;
  }
  if (view->kind == "config-file") {
    return "In " + view->file + " line " + std::to_string(view->line) + " write: " + name + ": \"" + value + "\"";
  }
  return name + "=" + value;
}

}  // namespace wbverify
