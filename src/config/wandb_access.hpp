#pragma once
// Where the log-in to the W&B API stands. The settings of the user's own W&B client (~/.config/wandb) are not read:
// they belong to the last server that he used, whichever that was.
#include <map>
#include <string>

#include "config/resolve.hpp"
#include "config/settings.hpp"

namespace wbverify {

/// The key in a file that was named, without the line ends behind it. `named_by` is `--api-key-file`, or the place in
/// the configuration file. Throws ConfigError: 77 when it cannot be read, 78 when it is empty or larger than 1 MiB. A
/// file that others may read is an issue.
Candidate read_api_key_file(const std::string& path, const std::string& named_by,
                            const std::map<std::string, std::string>& environment, Settings& settings);

/// Decides what wbverify logs in with: an API key of any source that `resolver` has, else an identity token, else the
/// key that the netrc has for HOST, which is added to `resolver`. Reads these files and registers what it finds with
/// the redactor; the grammar of a key is applied with that of the other settings. Throws ConfigError (77) when the file
/// that WANDB_IDENTITY_TOKEN_FILE names in the environment or the configuration file cannot be read.
void find_login(const std::map<std::string, std::string>& environment, Resolver& resolver, Settings& settings);

}  // namespace wbverify
