#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

/// Who wrote a text.
enum class Wrote {
  others,   ///< received: every secret is removed
  us        ///< our own sentences, with what was received in them redacted already: weak secrets stay, for they are words that we use
};

/// Removes secrets from text that somebody else wrote: server errors, URLs, pages. Knows every Secret of the process in
/// the encodings in which software shows one (plain, percent, base64 at each alignment, base64url, hexadecimal, octal, JSON, HTML,
/// SQL, shell, folded), and the shapes in which credentials stand (user information of a URL, signatures of signed URLs,
/// Authorization headers). Thread-safe.
///
/// A secret is weak when it is shorter than 8 characters or a part of own text. What stands for it would alter ids, commands and
/// sentences, and tell it to whoever knows what stood there. In received text it is removed where it stands as a word of its own.
class Redactor {
 public:
  Redactor();
  ~Redactor();
  /// The one of this process, which every Secret registers with.
  static Redactor& process();

  void add(std::string_view secret);
  /// Text that we write whatever we receive: hosts, users and names of the settings. Case is ignored.
  void know_own(std::string_view text);
  /// The same for texts of the program itself, its ids and pages, which have to outlive the redactor: they are not copied.
  void know_program(std::vector<std::string_view> texts);
  /// The text with every secret replaced by `[redacted]`. Applying it twice changes nothing more.
  std::string redact(std::string_view text, Wrote who = Wrote::others) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wbverify
