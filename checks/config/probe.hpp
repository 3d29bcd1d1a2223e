#pragma once
#include "checks/config/facts.hpp"

namespace wbverify {

/// Looks at the settings and at the files that they name; sends nothing.
ProbeSpec config_probe();

}  // namespace wbverify
