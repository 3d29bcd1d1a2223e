#pragma once
#include "engine/plugin.hpp"

namespace wbverify {
Plugin tls_plugin();
}  // namespace wbverify
