#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace wbverify {

/// Removes secrets from text that somebody else wrote: server errors, URLs, pages. Knows every Secret of the process in
/// the encodings in which software shows one (plain, percent, base64 at each alignment, base64url, hexadecimal, JSON, HTML,
/// SQL, shell), and the shapes in which credentials stand (user information of a URL, signatures of signed URLs,
/// Authorization headers). Thread-safe.
class Redactor {
 public:
  Redactor();
  ~Redactor();
  /// The one of this process, which every Secret registers with.
  static Redactor& process();

  void add(std::string_view secret);
  /// The text with every secret replaced by `[redacted]`. Applying it twice changes nothing more.
  std::string redact(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wbverify
