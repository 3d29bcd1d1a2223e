#include "checks/wandb/plugin.hpp"

#include "checks/wandb/checks.hpp"
#include "checks/wandb/probe.hpp"

namespace wbverify {

Plugin wandb_plugin() {
  Plugin plugin;
  plugin.service = "wandb";
  plugin.title = "W&B API";
  plugin.probes = {wandb_probe(), wandb_leftovers_probe(), wandb_write_probe()};
  plugin.checks = {
      wandb_api_check(),     wandb_login_check(),    wandb_version_check(),    wandb_clients_check(),    wandb_features_check(), wandb_browser_check(),
      wandb_leftovers_check(), wandb_entity_check(), wandb_run_check(),        wandb_history_check(),    wandb_state_check(),    wandb_console_check(),
      wandb_upload_url_check(), wandb_store_check(), wandb_upload_check(),     wandb_registered_check(), wandb_download_check(), wandb_cors_check(),
      wandb_https_check(),   wandb_artifact_check(), wandb_bodies_check(),     wandb_multipart_check(),  wandb_sweep_check(),    wandb_cleanup_check(),
  };
  plugin.undoers = wandb_undoers();
  plugin.leftovers = wandb_leftovers();
  return plugin;
}

}  // namespace wbverify
