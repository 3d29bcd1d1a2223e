#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace wbverify {

/// Major, minor and patch; compares as versions do.
using Version = std::array<int, 3>;
/// The version at the start of a text: `8.0.31-google` is 8.0.31, `v0.83` is 0.83.0. Nothing when there is none.
std::optional<Version> parse_version(std::string_view text);
/// `8.0.31`.
std::string show(const Version& version);

}  // namespace wbverify
