#pragma once
#include <optional>

#include "config/issues.hpp"

namespace wbverify {

/// HOST: `http(s)://NAME[:PORT]`. Nothing when an issue makes it unusable.
std::optional<HostTarget> parse_host_url(IssueList& issues);

}  // namespace wbverify
