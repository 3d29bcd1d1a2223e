#include "checks/wandb/plugin_version.hpp"

#include <fmt/format.h>

#include "checks/policy.hpp"

namespace wbverify {

std::string newest_sdk_for(const Version& server) {
  for (const auto& floor : policy::wandb_floors) {
    if (server < Version{floor.server[0], floor.server[1], floor.server[2]})
      return "wandb<" + std::string(floor.sdk);
  }
  return "";
}

std::string update_server(const std::string& version) {
  const std::string target = version.empty() ? "VERSION" : version;
  return fmt::format(
      "Back up the database first; the new server migrates it when it starts. With Docker:\ndocker pull "
      "wandb/local:{0}\nThen start the "
      "container anew with its present options and this image.\nWith the operator, in the System Console under "
      "Settings, Advanced, Other, or in "
      "the values:\nhelm repo update && kubectl edit weightsandbiases -n NAMESPACE\nWith W&B's Terraform modules: "
      "wandb_version = "
      "\"{0}\"\nMore: https://docs.wandb.ai/platform/hosting/server-upgrade-process",
      target);
}

}  // namespace wbverify
