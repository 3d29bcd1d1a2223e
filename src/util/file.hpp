#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace wbverify {

/// What reading a file came to.
struct FileText {
  enum class Outcome { read, missing, denied, directory, silent, failed };
  Outcome outcome = Outcome::read;
  std::string text;         ///< at most `limit` bytes
  bool too_large = false;   ///< there was more
  std::size_t size = 0;     ///< bytes of the whole as far as it is known
  std::string error;        ///< why it was not read: `no such file`, `permission denied`; empty when it was
  unsigned mode = 0;        ///< permission bits of a regular file, 0 for anything else
  unsigned owner = 0;       ///< user id of its owner
};

/// Reads a file that somebody named, whatever it turns out to be: never more than `limit` bytes and never waiting longer
/// than `patience` for a pipe or a device.
FileText read_file(const std::string& path, std::size_t limit, std::chrono::milliseconds patience = std::chrono::seconds(2));

/// `path` as seen from the folder in which `base` stands; absolute paths stay.
std::string beside(const std::string& base, const std::string& path);

}  // namespace wbverify
