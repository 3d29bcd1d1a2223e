#pragma once
// Which SDK goes with which server, and how the server is updated.
#include <string>

#include "util/version.hpp"

namespace wbverify {

/// The newest SDK that supports this server, as pip takes it: `wandb<0.28.1`; empty when today's does.
std::string newest_sdk_for(const Version& server);
/// How the server is brought to a version, for Docker, the operator and Terraform.
std::string update_server(const std::string& version);

}  // namespace wbverify
