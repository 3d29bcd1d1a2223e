#pragma once
#include <string>
#include <vector>

namespace wbverify {

/// The server variables that the session asks for, in one question.
const std::vector<std::string>& mysql_variable_names();
/// The counters that it asks for.
const std::vector<std::string>& mysql_status_names();

}  // namespace wbverify
