#pragma once
#include "engine/plugin.hpp"

namespace wbverify {
Plugin config_plugin();
}  // namespace wbverify
