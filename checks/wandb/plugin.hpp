#pragma once
#include "engine/plugin.hpp"

namespace wbverify {
Plugin wandb_plugin();
}  // namespace wbverify
