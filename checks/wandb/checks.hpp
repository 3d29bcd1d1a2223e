#pragma once
// The checks of the W&B API, in the order of the report; each in its own file.
#include "engine/plugin.hpp"

namespace wbverify {

CheckSpec wandb_api_check();
CheckSpec wandb_login_check();
CheckSpec wandb_version_check();
CheckSpec wandb_clients_check();
CheckSpec wandb_features_check();
CheckSpec wandb_browser_check();
CheckSpec wandb_leftovers_check();
CheckSpec wandb_entity_check();
CheckSpec wandb_run_check();
CheckSpec wandb_history_check();
CheckSpec wandb_state_check();
CheckSpec wandb_console_check();
CheckSpec wandb_upload_url_check();
CheckSpec wandb_store_check();
CheckSpec wandb_upload_check();
CheckSpec wandb_registered_check();
CheckSpec wandb_download_check();
CheckSpec wandb_cors_check();
CheckSpec wandb_https_check();
CheckSpec wandb_artifact_check();
CheckSpec wandb_bodies_check();
CheckSpec wandb_multipart_check();
CheckSpec wandb_sweep_check();
CheckSpec wandb_cleanup_check();

}  // namespace wbverify
