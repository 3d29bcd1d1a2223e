#pragma once
#include "engine/plugin.hpp"

namespace wbverify {
Plugin mysql_plugin();
}  // namespace wbverify
