#pragma once
// Files that the user named to wbverify itself.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace wbverify {

struct OwnFile {
  std::string path, text;
  bool too_large = false;
  std::size_t size = 0;
  unsigned mode = 0;   ///< permission bits of a regular file, 0 for anything else
  bool of_another = false;   ///< owned by somebody who is neither this user nor root; never set for root, who reads the files of others on purpose

  /// Throws ConfigError (78) when the file is larger than what was read.
  void require_whole() const;
};

/// At most 1 MiB of the file. Throws ConfigError (77) when it cannot be read: missing, forbidden, a directory, a pipe or a
/// device that gives no end.
OwnFile read_own_file(const std::string& path, std::string_view what);

/// Adds an issue of kind `permissions` when others may change the file (`writable-by-others`, `owned-by-another`), or everybody may read it and it
/// `holds_secrets` (`readable-by-others`). Files that a container or Kubernetes mounts as secrets are left out.
void check_permissions(const OwnFile& file, bool holds_secrets, const std::map<std::string, std::string>& environment, std::vector<SettingIssue>& issues);
/// Whether the file is one that a container or Kubernetes mounts as a secret: mostly readable by all within, and nobody else is there.
bool is_mounted_secret(const std::string& path, const std::map<std::string, std::string>& environment);
/// `0640`
std::string mode_text(unsigned mode);

/// The number of certificates in the text of a PEM file; `fault` says what is wrong with it, with its line, or is empty.
int count_certificates(std::string_view text, std::string& fault);

/// A file of certificate authorities that the user named. Throws ConfigError: 77 when it cannot be read, 78 when it holds
/// no certificate.
void require_ca_file(const std::string& path, const std::string& named_by);

}  // namespace wbverify
