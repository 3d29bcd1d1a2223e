#include "config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "config/apply.hpp"
#include "config/config_file.hpp"
#include "config/env_file.hpp"
#include "config/own_file.hpp"
#include "config/resolve.hpp"
#include "config/wandb_access.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

SettingView view(std::string name, std::string kind, std::string file, int line, std::string value = "") {
  SettingView out;
  out.name = std::move(name);
  out.kind = std::move(kind);
  out.file = std::move(file);
  out.line = line;
  out.value = std::move(value);
  return out;
}

/// Some shells export HOST with the machine's name, which has nothing to do with the server.
bool is_machine_name(std::string_view value, const std::map<std::string, std::string>& environment) {
  if (value.find("://") != std::string_view::npos) return false;
  const auto told = environment.find("HOSTNAME");
  if (told != environment.end() && iequals(value, told->second)) return true;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return false;
  const std::string_view whole(name.data());
  return iequals(value, whole) || iequals(value, whole.substr(0, whole.find('.')));
}

class Loader {
 public:
  explicit Loader(const Sources& sources) : sources_(sources) {}

  Settings load() {
    settings_.scene.run_id = sources_.run_id;
    settings_.scene.started = sources_.started;
    settings_.scene.options = sources_.options;
    read_configuration();
    for (const auto& file : file_.env_files) read_environment_file(file.value, view("env_file", "config-file", config_path_, file.line, file.value));
    for (const auto& path : sources_.env_files) read_environment_file(path, view("--env-file", "flag", "", 0, path));
    read_environment();
    read_own();
    read_api_key();
    read_place();
    if (!settings_.env_files.empty()) {
      settings_.scene.home = settings_.env_files.back();
    } else if (!file_.settings.empty()) {
      settings_.scene.home = config_path_;
    }
    apply_all(resolver_, settings_);
    add_ca_files_of_the_installation();
    return std::move(settings_);
  }

 private:
  void read_configuration() {
    config_path_ = sources_.config_file;
    if (config_path_.empty()) {
      if (read_file(sources_.default_config_file, 1).outcome == FileText::Outcome::missing) return;
      config_path_ = sources_.default_config_file;
    }
    file_ = read_config_file(config_path_, sources_.environment);
    settings_.issues.insert(settings_.issues.end(), file_.issues.begin(), file_.issues.end());
    for (const FileValue& setting : file_.settings) {
      resolver_.add(setting.name, {view(setting.name, "config-file", config_path_, setting.line), setting.value});
    }
  }

  void read_environment_file(const std::string& path, SettingView named) {
    EnvFile file = read_env_file(path, sources_.environment);
    for (EnvLine& line : file.lines) resolver_.add(line.name, {view(line.name, "env-file", path, line.line), std::move(line.value)});
    settings_.issues.insert(settings_.issues.end(), file.issues.begin(), file.issues.end());
    settings_.env_files.push_back(path);
    settings_.own.push_back(std::move(named));
  }

  void read_environment() {
    for (const auto& [name, value] : sources_.environment) {
      // To clients an empty variable is one that is not set.
      if (value.empty() && name.starts_with("WANDB_")) continue;
      if (find_variable(name) == nullptr || (name == "HOST" && is_machine_name(value, sources_.environment))) continue;
      resolver_.add(name, {view(name, "environment", "", 0), value});
    }
  }

  /// Settings of wbverify itself.
  void read_own() {
    for (const FileValue& file : file_.ca_files) {
      require_ca_file(file.value, "ca_file in " + config_path_ + " line " + std::to_string(file.line));
      add_ca_file(file.value);
      settings_.own.push_back(view("ca_file", "config-file", config_path_, file.line, file.value));
    }
    for (const auto& path : sources_.ca_files) {
      require_ca_file(path, "--ca-file");
      add_ca_file(path);
      settings_.own.push_back(view("--ca-file", "flag", "", 0, path));
    }
    if (!sources_.dns_server.empty()) {
      settings_.dns_server = dns_address(sources_.dns_server);
      if (settings_.dns_server.empty()) {
        throw ConfigError(78, "--dns-server " + sanitize(sources_.dns_server, 60) + ": must be an address, with a port when it is not 53, such as 10.0.0.2 or 10.0.0.2:5353.");
      }
      settings_.own.push_back(view("--dns-server", "flag", "", 0, settings_.dns_server));
    } else if (!file_.dns_server.value.empty()) {
      settings_.dns_server = file_.dns_server.value;
      settings_.own.push_back(view("dns_server", "config-file", config_path_, file_.dns_server.line, settings_.dns_server));
    }
    if (file_.http_port > 0) {
      settings_.http_port = static_cast<std::uint16_t>(file_.http_port);
      settings_.own.push_back(view("http_port", "config-file", config_path_, file_.http_port_line, std::to_string(file_.http_port)));
    }
  }

  /// With which wbverify logs in.
  void read_api_key() {
    const FileValue& configured = file_.api_key_file;
    if (!sources_.api_key_file.empty()) {
      resolver_.add("WANDB_API_KEY", read_api_key_file(sources_.api_key_file, "--api-key-file", sources_.environment, settings_));
      settings_.own.push_back(view("--api-key-file", "flag", "", 0, sources_.api_key_file));
    } else if (!configured.value.empty()) {
      const std::string named_by = "api_key_file in " + config_path_ + " line " + std::to_string(configured.line);
      resolver_.add("WANDB_API_KEY", read_api_key_file(configured.value, named_by, sources_.environment, settings_));
      settings_.own.push_back(view("api_key_file", "config-file", config_path_, configured.line, configured.value));
    }
    find_login(sources_.environment, resolver_, settings_);
  }

  /// Where in the W&B API it works, and how much it sends there.
  void read_place() {
    WandbAccess& wandb = settings_.wandb;
    const auto add = [&](const std::string& name, SettingView named) {
      if (std::find(wandb.entities.begin(), wandb.entities.end(), name) != wandb.entities.end()) return;
      wandb.entities.push_back(name);
      settings_.own.push_back(std::move(named));
    };
    for (const auto& name : sources_.entities) add(name, view("--entity", "flag", "", 0, name));
    if (wandb.entities.empty()) {
      for (const FileValue& entity : file_.entities) add(entity.value, view("entities", "config-file", config_path_, entity.line, entity.value));
    }
    wandb.deep = sources_.deep || file_.deep;
    if (sources_.deep) {
      settings_.own.push_back(view("--deep", "flag", "", 0, "true"));
    } else if (file_.deep_line > 0) {
      settings_.own.push_back(view("deep", "config-file", config_path_, file_.deep_line, file_.deep ? "true" : "false"));
    }
  }

  void add_ca_file(const std::string& path) {
    auto& files = settings_.ca_files;
    if (std::find(files.begin(), files.end(), path) == files.end()) files.push_back(path);
  }

  /// A CA that MYSQL or REDIS names vouches for that service alone (MysqlTarget::ca_file, RedisTarget::ca_file), as in the W&B server.
  /// The path is one within the server's container: what is not here under the same path cannot be used.
  void add_ca_files_of_the_installation() {
    std::vector<std::string> paths;
    if (const auto at = sources_.environment.find("SSL_CERT_FILE"); at != sources_.environment.end()) paths.push_back(at->second);
    for (const auto& path : paths) {
      constexpr std::size_t enough = 1U << 20;
      const FileText file = read_file(path, enough);
      std::string fault;
      if (file.outcome == FileText::Outcome::read && count_certificates(file.text, fault) > 0) add_ca_file(path);
    }
  }

  const Sources& sources_;
  Settings settings_;
  Resolver resolver_;
  ConfigFile file_;
  std::string config_path_;
};

}  // namespace

Settings load_settings(const Sources& sources) { return Loader(sources).load(); }

}  // namespace wbverify
