#pragma once
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace wbverify {

/// wbverify's own configuration is wrong or unreadable. `exit_status` is 78 (wrong) or 77 (unreadable); what() names the
/// file, the line and the column, and never a secret.
class ConfigError : public std::runtime_error {
 public:
  ConfigError(int exit_status, const std::string& text) : std::runtime_error(text), exit_status_(exit_status) {}
  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

/// Where settings are looked for. Later sources win over earlier ones: default, configuration file, environment file,
/// environment, flags; different values for one setting become an issue of kind `conflict`.
struct Sources {
  std::map<std::string, std::string> environment;   ///< a copy of the process's own
  std::string config_file;                          ///< --config; empty: the default one when it is there
  std::string default_config_file = "/etc/wbverify/wbverify.yaml";
  std::vector<std::string> env_files;               ///< --env-file, in order
  std::vector<std::string> ca_files;                ///< --ca-file, in order
  std::string dns_server;                           ///< --dns-server
  std::string api_key_file;                         ///< --api-key-file
  std::vector<std::string> entities;                ///< --entity, in order
  bool deep = false;                                ///< --deep
  std::vector<std::string> options;                 ///< the words of all these flags, goes into the scene
  std::string run_id;                               ///< goes into the scene
  std::int64_t started = 0;                         ///< Unix milliseconds, goes into the scene
};

/// Reads and parses everything. Throws ConfigError for wbverify's own configuration only; what is wrong with the
/// installation's settings becomes an issue.
Settings load_settings(const Sources& sources);

}  // namespace wbverify
