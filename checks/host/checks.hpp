#pragma once
// The checks of the server's address, in the order of the report; each in its own file.
#include "engine/plugin.hpp"

namespace wbverify {

CheckSpec host_dns_check();
CheckSpec host_tcp_check();
CheckSpec host_http_check();
CheckSpec host_healthz_check();
CheckSpec host_ready_check();
CheckSpec host_redirect_check();
CheckSpec host_is_wandb_check();
CheckSpec host_https_check();
CheckSpec host_own_url_check();
CheckSpec host_time_check();

}  // namespace wbverify
