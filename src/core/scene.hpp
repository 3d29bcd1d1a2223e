#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

/// A setting as checks may see it: where it came from and its value without secrets.
struct SettingView {
  std::string name;      ///< `MYSQL`
  std::string alias;     ///< as it is written there when that is another name, such as `GORILLA_METADATA_STORE`
  std::string kind;      ///< `environment`, `env-file`, `config-file`, `flag`, `default`; of a key also `key-file`, `netrc`
  std::string file;      ///< path of the file, or empty
  int line = 0;          ///< 1-based, 0 when it has none
  std::string value;     ///< redacted
  bool operator==(const SettingView&) const = default;
};

/// All that a check may know besides the facts: the moment and the settings, without a secret. It is recorded with the
/// facts, so that a replay judges the same.
struct Scene {
  std::string run_id;
  std::int64_t started = 0;                     ///< Unix time in milliseconds: the `now` of every check
  std::map<std::string, SettingView> settings;  ///< by name, only those that are set
  std::string home;                             ///< file where a setting that is missing belongs, or empty
  std::vector<std::string> options;             ///< words of the command line that say where the settings are: `--config`, `FILE`
  bool operator==(const Scene&) const = default;

  const SettingView* find(const std::string& name) const;
  /// `MYSQL in /etc/wandb.env line 4`, `MYSQL in the environment`, or `MYSQL (not set)`. An alias stands under its own name.
  std::string origin(const std::string& name) const;
  /// The literal change for the place where the setting is (or belongs): `In /etc/wandb.env line 4 write: NAME=VALUE`,
  /// `Add to /etc/wandb.env the line: NAME=VALUE`. Written for the syntax of the place; one line.
  std::string change(const std::string& name, const std::string& value) const;
  /// The text with these options in every command of our own that needs the settings: `wbverify cleanup --config FILE`.
  std::string with_options(std::string_view text) const;
};

}  // namespace wbverify
