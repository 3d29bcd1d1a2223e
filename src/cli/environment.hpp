#pragma once
#include <map>
#include <string>

namespace wbverify {

/// The environment as it was given, after which what would steer the libraries below us is no longer in it. To be called once,
/// before any library looks and before the process has other threads.
std::map<std::string, std::string> take_environment();

}  // namespace wbverify
