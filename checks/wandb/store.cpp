#include <fmt/format.h>

#include "checks/shared/reach.hpp"
#include "checks/shared/tls.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "checks/wandb/plugin_words.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "The address of upload URLs can be reached and is trusted";

ServiceWords words_of(const WandbFiles& files, const WandbPlace& place) {
  const bool other = !place.bucket_origin.empty();
  return {other ? "the object store at " + files.store.origin : "the object store", "BUCKET",
          "Every browser and every training machine sends its files there and takes them from there, none through the "
          "server: without it "
          "uploads hang and pages stay empty."};
}

/// BUCKET names another store, so this one was set elsewhere.
void point_to_team(Finding& finding, const WandbFiles& files, const WandbPlace& place) {
  if (place.bucket_origin.empty() || finding.status == Status::pass || finding.status == Status::skip) return;
  finding.fix +=
      fmt::format("\nThis is not the store of BUCKET, {}: {} is set as the bucket of the team, in the team's settings.",
                  place.bucket_origin, files.store.origin);
}

Finding tls_row(const StoreAddress& store, const ServiceWords& words, bool reachable, const Scene& scene) {
  if (store.origin.starts_with("http://"))
    return skipped("The URLs are http://, without TLS; wandb.https judges that.");
  if (!reachable) return skipped("Not tried: no address accepted a connection.");
  if (!store.handshaken) return interrupted("The store's certificate");
  return judge_tls(store.tls, words, scene).front();
}

Findings rows_of(const WandbFiles& files, const WandbPlace& place, const Scene& scene) {
  const StoreAddress& store = files.store;
  const ServiceWords words = words_of(files, place);
  const bool resolved = store.reach.dns.cause.empty();
  const bool reachable = !store.reach.reachable().empty();
  Findings findings = {
      judge_dns(store.reach, words, scene).front(),
      resolved ? judge_tcp(store.reach, words, scene).front() : skipped("Not tried: the name does not resolve."),
      tls_row(store, words, reachable, scene)};
  constexpr std::pair<const char*, const char*> rows[] = {{"dns", "The store's name resolves"},
                                                          {"tcp", "The store accepts connections"},
                                                          {"tls", "The store proves who it is"}};
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].row = rows[i].first;
    findings[i].title = rows[i].second;
    point_to_team(findings[i], files, place);
  }
  return findings;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun&, const WandbFiles& files) -> Findings {
    const StoreAddress& store = files.store;
    if (store.origin.empty()) return {interrupted("The address of upload URLs")};
    if (store.same_as == "HOST") return {passed(store.origin + " is HOST itself, of which host.* and tls.* tell")};
    if (store.same_as == "BUCKET") return {passed(store.origin + " is the store of BUCKET, of which bucket.* tells")};
    if (store.reach.host.empty()) return {interrupted("The address of upload URLs")};
    return rows_of(files, facts.place, scene);
  });
}

}  // namespace

CheckSpec wandb_store_check() {
  CheckSpec spec;
  spec.id = "wandb.store";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.upload-url"};
  spec.by_part = true;
  spec.explained_by = bucket_checks();
  spec.tags = {"network"};
  spec.rows = {"dns", "tcp", "tls"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
