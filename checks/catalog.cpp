#include "checks/catalog.hpp"

#include "checks/bucket/plugin.hpp"
#include "checks/config/plugin.hpp"
#include "checks/host/plugin.hpp"
#include "checks/mysql/plugin.hpp"
#include "checks/tls/plugin.hpp"
#include "checks/wandb/plugin.hpp"

namespace wbverify {

const std::vector<Plugin>& catalog() {
  static const std::vector<Plugin> plugins = {
      config_plugin(),
      host_plugin(),
      tls_plugin(),
      mysql_plugin(),
      bucket_plugin(),
      wandb_plugin(),
  };
  return plugins;
}

}  // namespace wbverify
