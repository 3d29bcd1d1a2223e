#pragma once
#include <string>
#include <vector>

#include "core/report.hpp"
#include "report/reporters.hpp"

namespace wbverify {

/// The measured values that tell most about a service that passes, for its one line: `8.0.36, TLSv1.3, 0.4 ms`. As many
/// as `room` columns hold, in the order of the results.
std::string telling_values(const std::vector<CheckResult>& results, std::size_t room, const TerminalStyle& style);

}  // namespace wbverify
