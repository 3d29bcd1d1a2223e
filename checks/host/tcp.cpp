#include "checks/host/checks.hpp"
#include "checks/host/plugin_words.hpp"

namespace wbverify {
namespace {

Findings judge(const HostNetworkFacts& facts, const Scene& scene) { return judge_tcp(facts.reach, host_words(), scene); }

}  // namespace

CheckSpec host_tcp_check() {
  CheckSpec spec;
  spec.id = "host.tcp";
  spec.probe = "host.network";
  spec.title = "HOST accepts connections at each of its addresses";
  spec.needs = {"host.dns"};
  spec.tags = {"network"};
  return make_check<HostNetworkFacts>(std::move(spec), judge);
}

}  // namespace wbverify
