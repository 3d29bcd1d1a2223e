#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts.hpp"
#include "checks/shared/tls.hpp"

namespace wbverify {
namespace {

Findings judge(const BucketReadFacts& facts, const Scene& scene) {
  if (!facts.place.address.tls) {
    std::string reason = "BUCKET asks for no TLS (no tls=true), so files and signed URLs travel in clear text.";
    if (facts.place.page_origin.starts_with("https://") && !facts.place.proxied) reason += " Browsers refuse that on a page of HTTPS: config.consistent judges it.";
    return {skipped(reason)};
  }
  if (!facts.handshaken) {
    Finding finding;
    finding.status = Status::unknown;
    finding.cause = "interrupted";
    finding.observed = "The run was stopped before the handshake.";
    finding.blame = Blame::machine;
    return {finding};
  }
  return judge_tls(facts.tls, bucket_words(), scene);
}

}  // namespace

CheckSpec bucket_tls_check() {
  CheckSpec spec;
  spec.id = "bucket.tls";
  spec.probe = "bucket";
  spec.title = "The object store proves who it is";
  spec.needs = {"bucket.reachable"};
  spec.tags = {"security"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
