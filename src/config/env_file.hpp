#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace wbverify {

struct EnvLine {
  std::string name, value;
  int line = 0;
  bool from_environment = false;   ///< the name stood alone and the value is the environment's
};

struct EnvFile {
  std::vector<EnvLine> lines;         ///< in the order of the file, repetitions included
  std::vector<SettingIssue> issues;   ///< what Docker takes and other readers do not; `setting` is the path
};

/// Reads the text as `docker run --env-file` does (pkg/kvfile of the Docker command line): UTF-8, blanks before a name are
/// skipped, lines that begin with # are comments, everything after the first = is the value, quotes and blanks included, a
/// name alone takes its value from the environment. Throws ConfigError (78) with line and column for what Docker refuses:
/// a blank within the name (`export X=1`, `X = 1`), no name, invalid UTF-8, a line of 64 KiB.
EnvFile parse_env_file(std::string_view text, const std::string& path, const std::map<std::string, std::string>& environment);

/// Reads the file. Throws ConfigError: 77 when it cannot be read, 78 when it is larger than 1 MiB or not in the form.
EnvFile read_env_file(const std::string& path, const std::map<std::string, std::string>& environment);

}  // namespace wbverify
