#include "checks/host/plugin.hpp"

#include "checks/host/checks.hpp"
#include "checks/host/probe.hpp"

namespace wbverify {

Plugin host_plugin() {
  Plugin plugin;
  plugin.service = "host";
  plugin.title = "Server address";
  plugin.probes = {host_network_probe(), host_http_probe()};
  plugin.checks = {
      host_dns_check(),      host_tcp_check(),      host_http_check(),  host_healthz_check(), host_ready_check(),
      host_redirect_check(), host_is_wandb_check(), host_https_check(), host_own_url_check(), host_time_check(),
  };
  return plugin;
}

}  // namespace wbverify
