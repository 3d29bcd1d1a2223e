#pragma once
#include "engine/plugin.hpp"

namespace wbverify {
Plugin host_plugin();
}  // namespace wbverify
