#pragma once
#include <optional>

#include "config/issues.hpp"

namespace wbverify {

/// LICENSE: a compact JSON web token. It is read, not verified: the keys are within the server. Nothing when an issue makes
/// it unusable.
std::optional<License> parse_license(IssueList& issues);

}  // namespace wbverify
