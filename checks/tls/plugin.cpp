#include "checks/tls/plugin.hpp"

#include "checks/tls/checks.hpp"

namespace wbverify {

Plugin tls_plugin() {
  Plugin plugin;
  plugin.service = "tls";
  plugin.title = "Certificate";
  plugin.probes = {tls_probe()};
  plugin.checks = {tls_handshake_check(), tls_protocol_check(), tls_trusted_check(), tls_name_check(), tls_validity_check(), tls_strength_check()};
  return plugin;
}

}  // namespace wbverify
