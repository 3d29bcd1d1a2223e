#pragma once
#include "engine/plugin.hpp"

namespace wbverify {
Plugin bucket_plugin();
}  // namespace wbverify
