#include "checks/config/plugin_words.hpp"

#include "util/text.hpp"

namespace wbverify {
namespace {

std::string written_name(const std::string& setting, const Scene& scene) {
  const SettingView* view = scene.find(setting);
  return view != nullptr && !view->alias.empty() ? view->alias : setting;
}

}  // namespace

std::string why_setting(std::string_view setting) {
  if (setting == "HOST") return "The server puts HOST into every link, login callback and upload address that it gives out; with a wrong one nobody gets further than the first page.";
  if (setting == "MYSQL") return "Without its database the server does not start: it panics at once, or waits for ever for a connection.";
  if (setting == "BUCKET") return "Files, artifacts and run histories go into the bucket; with a wrong address the server panics at start or every upload fails.";
  if (setting == "BUCKET_QUEUE") return "The server learns from this queue that a file has arrived; with a wrong one uploads succeed and the files never appear.";
  if (setting == "NOTIFICATIONS_QUEUE") return "Run events go to this queue; with a wrong one nothing that listens to them hears anything.";
  if (setting == "REDIS") return "The server keeps its caches and its job queue there; with a wrong address it does not become ready.";
  if (setting == "LICENSE") return "Without a valid licence the server does not start, or serves four users at most and neither single sign-on nor an external database.";
  if (setting == "AZURE_STORAGE_KEY") return "Without its key the server cannot sign an address for any file in the storage account.";
  if (setting.starts_with("OIDC") || setting.starts_with("AUTH0") || setting.starts_with("LOCAL_LDAP")) return "Nobody can log in through the identity provider.";
  if (setting.starts_with("SLACK")) return "Alerts do not reach Slack.";
  if (setting == "GORILLA_EMAIL_SINK") return "Invitations and alerts are not mailed.";
  if (setting == "WANDB_API_KEY" || setting == "WANDB_IDENTITY_TOKEN_FILE") return "Without it wbverify cannot log in, and everything that needs an account stays unverified: runs, files, artifacts, sweeps.";
  return "The server takes the value as it stands, and what depends on it fails later, far from the cause.";
}

std::string show_setting(const std::string& setting, const Scene& scene) {
  const SettingView* view = scene.find(setting);
  const std::string name = written_name(setting, scene);
  if (view == nullptr) {
    return scene.home.empty() ? "env | cut -d= -f1 | grep -x " + name : "grep -n '^" + name + "' " + shell_quote(scene.home) + " | cut -d= -f1";
  }
  if (view->kind == "environment") return "env | cut -d= -f1 | grep -x " + name;
  if (view->kind == "key-file") return "wc -lc " + shell_quote(view->file);
  if (view->kind == "netrc") return "sed -n " + std::to_string(view->line) + "p " + shell_quote(view->file) + " | grep -o 'machine [^ ]*'";
  if (view->line > 0) return "sed -n " + std::to_string(view->line) + "p " + shell_quote(view->file) + " | cut -d= -f1";
  return "";
}

std::string show_character(const std::string& setting, int column, const Scene& scene) {
  const SettingView* view = scene.find(setting);
  if (view == nullptr || column <= 0) return show_setting(setting, scene);
  const std::string cut = " | cut -c" + std::to_string(column) + " | od -c";
  if (view->kind == "environment") return "printenv " + written_name(setting, scene) + cut;
  if (view->kind == "env-file") return "sed -n " + std::to_string(view->line) + "p " + shell_quote(view->file) + " | cut -d= -f2-" + cut;
  if (view->kind == "key-file") return "head -n 1 " + shell_quote(view->file) + cut;
  return show_setting(setting, scene);
}

std::string at_character(std::string text, int column) {
  if (column <= 1) return text;
  if (text.ends_with('.')) text.pop_back();
  return text + ", at character " + std::to_string(column) + ".";
}

std::string change_line(const SettingIssue& issue, const Scene& scene) {
  return issue.example.empty() ? "" : "\n" + scene.change(issue.setting, issue.example);
}

}  // namespace wbverify
