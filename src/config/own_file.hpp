#pragma once
// Files that the user named to wbverify itself.
#include <string>
#include <string_view>

namespace wbverify {

struct OwnFile {
  std::string path, text;
  bool too_large = false;
  std::size_t size = 0;
  unsigned mode = 0;   ///< permission bits of a regular file, 0 for anything else

  /// Throws ConfigError (78) when the file is larger than what was read.
  void require_whole() const;
};

/// At most 1 MiB of the file. Throws ConfigError (77) when it cannot be read: missing, forbidden, a directory, a pipe or a
/// device that gives no end.
OwnFile read_own_file(const std::string& path, std::string_view what);

/// The number of certificates in the text of a PEM file; `fault` says what is wrong with it, with its line, or is empty.
int count_certificates(std::string_view text, std::string& fault);

/// A file of certificate authorities that the user named. Throws ConfigError: 77 when it cannot be read, 78 when it holds
/// no certificate.
void require_ca_file(const std::string& path, const std::string& named_by);

}  // namespace wbverify
