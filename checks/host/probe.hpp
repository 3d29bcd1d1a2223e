#pragma once
#include "engine/plugin.hpp"

namespace wbverify {

/// Resolves HOST and connects to each of its addresses.
ProbeSpec host_network_probe();
/// Asks HOST for its page, its health and its front end's configuration, and http:// of it for a redirect.
ProbeSpec host_http_probe();

}  // namespace wbverify
