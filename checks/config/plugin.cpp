#include "checks/config/plugin.hpp"

#include "checks/config/checks.hpp"
#include "checks/config/probe.hpp"

namespace wbverify {

Plugin config_plugin() {
  Plugin plugin;
  plugin.service = "config";
  plugin.title = "Settings";
  plugin.probes = {config_probe()};
  plugin.checks = {config_required(), config_well_formed(), config_placeholders(), config_secrets(), config_conflicts(), config_consistent(), config_license(), config_files()};
  return plugin;
}

}  // namespace wbverify
