#pragma once
// Every variable of an installation that wbverify knows, whichever way the server was deployed.
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

/// What a value may hold that nobody must see.
enum class Sensitivity {
  open,          ///< nothing
  credentials,   ///< a URL with user information
  secret,        ///< the whole value
};

struct Variable {
  std::string_view name;                     ///< the one that the documents use
  std::vector<std::string_view> aliases;     ///< other names under which the same server reads the same value
  Sensitivity sensitivity = Sensitivity::open;
  std::string_view summary;                  ///< what it is, a few words
  std::string_view example;                  ///< a value in the right form, secrets as upper-case words; empty: free text
  std::string_view misprint;                 ///< a name that stands in a document and that no server reads
};

/// In the order in which people think of them.
std::span<const Variable> variables();
/// The variable with this name, alias or misprint; nothing when there is none. Case matters, as it does to the server.
const Variable* find_variable(std::string_view name);
/// Whether the value of a variable of that name is a secret or may hold one.
bool may_hold_secret(std::string_view name);
/// Every name and alias, for hints.
const std::vector<std::string>& variable_names();

}  // namespace wbverify
