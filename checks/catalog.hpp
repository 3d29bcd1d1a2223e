#pragma once
#include <vector>

#include "engine/plugin.hpp"

namespace wbverify {
/// Every plugin, in the order of the report.
const std::vector<Plugin>& catalog();
}  // namespace wbverify
