#pragma once
#include <string_view>

namespace wbverify {
/// The program's version, from src/VERSION.
std::string_view version();
}  // namespace wbverify
