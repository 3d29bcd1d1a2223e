#include "checks/host/checks.hpp"
#include "checks/host/plugin_health.hpp"

namespace wbverify {
namespace {

Findings judge(const HostHttpFacts& facts, const Scene&) {
  static const HealthWords words{
      "/ready",
      "200 OK: the database is migrated and the stores can be reached.",
      "The server answers, but does not yet do its work: pages stay at \"Loading\", and the SDK gets errors and waits.",
      "not-ready",
      "After a start or an update the migrations of the database can take ten minutes: ask again with wbverify --wait 10m. If it stays so, the server's log "
      "names what it waits for (database, bucket, migrations, licence). With Docker:\ndocker logs --tail 100 wandb-local\nWith Kubernetes:\n"
      "kubectl logs -n NAMESPACE deploy/wandb-app --tail 100",
      true};
  return judge_health(facts, facts.ready, words);
}

}  // namespace

CheckSpec host_ready_check() {
  CheckSpec spec;
  spec.id = "host.ready";
  spec.probe = "host.http";
  spec.title = "The server is ready to work (/ready)";
  spec.needs = {"host.http", "host.https", "host.is-wandb", "host.healthz"};
  return make_check<HostHttpFacts>(std::move(spec), judge);
}

}  // namespace wbverify
