#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace wbverify {

/// A value of the configuration file with its line.
struct FileValue {
  std::string name, value;
  int line = 0;
};

/// wbverify's own configuration file:
///     env_file: wandb.env            # or a list; relative to this file
///     ca_file: [corporate-ca.pem]    # or one
///     dns_server: 10.0.0.2           # ADDRESS or ADDRESS:PORT
///     http_port: 80
///     api_key_file: api-key          # relative to this file; the key alone, on one line
///     entities: [team-a, team-b]     # or one; where runs are made, each in turn
///     deep: true
///     settings: {HOST: https://wandb.example.com}
struct ConfigFile {
  std::vector<FileValue> env_files, ca_files;   ///< paths as they are to be opened
  FileValue dns_server;                         ///< ADDRESS:PORT, empty when not given
  int http_port = 0;                            ///< 0 when not given
  int http_port_line = 0;
  FileValue api_key_file;                       ///< the path as it is to be opened, empty when not given
  std::vector<FileValue> entities;
  bool deep = false;
  int deep_line = 0;                            ///< 0 when not given
  std::vector<FileValue> settings;              ///< variables of the installation, in the order of the file
  std::vector<SettingIssue> issues;             ///< of its permissions; `setting` is the path
};

/// Throws ConfigError (78) with file, line and column for anything that is not exactly this: another key (with the nearest
/// known one), another kind of value, a key given twice.
ConfigFile parse_config_file(const std::string& text, const std::string& path);
/// Also throws ConfigError: 77 when it cannot be read, 78 when it is larger than 1 MiB.
ConfigFile read_config_file(const std::string& path, const std::map<std::string, std::string>& environment);

/// `10.0.0.2`, `10.0.0.2:5353`, `2001:db8::5`, `[2001:db8::5]:53` as ADDRESS:PORT; empty when it is none of these.
std::string dns_address(std::string_view text);

/// In so many entities runs are made at most, one beside the other.
inline constexpr std::size_t most_entities = 32;
/// Whether the text may be the name of a team or a user, as it stands in the server's addresses.
bool is_entity_name(std::string_view text);

}  // namespace wbverify
