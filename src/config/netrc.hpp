#pragma once
// The file in which curl, Python and the W&B client keep passwords by machine.
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

struct NetrcMachine {
  std::string name, password;  ///< the password as it is; empty when the entry has none
  int line = 0;                ///< of the word `machine`
};

struct Netrc {
  std::vector<NetrcMachine> machines;  ///< in the order of the file, without `default`
  /// The first line that Python's reader refuses, and what is wrong there, without any word of the file. It then reads
  /// nothing of the file, and with it the W&B client does not; 0 when all is well.
  int fault_line = 0;
  std::string fault;

  Netrc() = default;
  Netrc(Netrc&&) = default;
  Netrc& operator=(Netrc&&) = default;
  ~Netrc();  ///< wipes the passwords

  /// The entry that counts: the last of that name, as in Python's reader. Case does not matter.
  const NetrcMachine* find(std::string_view machine) const;
};

/// Takes any text: `machine`, `default`, `login`, `user`, `password`, `account`, `macdef` up to its empty line, words
/// in double quotes, backslashes before a character, comments from # to the end of the line where a keyword could
/// stand. What is none of these is skipped and remembered as the fault.
Netrc parse_netrc(std::string_view text);

}  // namespace wbverify
