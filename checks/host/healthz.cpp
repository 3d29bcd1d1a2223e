#include "checks/host/checks.hpp"
#include "checks/host/plugin_health.hpp"

namespace wbverify {
namespace {

Findings judge(const HostHttpFacts& facts, const Scene&) {
  static const HealthWords words{
      "/healthz",
      "200 OK, as load balancers expect.",
      "Load balancers and Kubernetes ask here whether the server lives. Any answer but 200 makes them take it out of service or start it anew, again and again.",
      "unhealthy",
      "The server runs and says itself that it is not well. Its log says why. With Docker:\ndocker logs --tail 100 wandb-local\nWith Kubernetes:\n"
      "kubectl logs -n NAMESPACE deploy/wandb-app --tail 100",
      false};
  return judge_health(facts, facts.healthz, words);
}

}  // namespace

CheckSpec host_healthz_check() {
  CheckSpec spec;
  spec.id = "host.healthz";
  spec.probe = "host.http";
  spec.title = "The server says that it lives (/healthz)";
  spec.needs = {"host.http", "host.https", "host.is-wandb"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
