#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts.hpp"

namespace wbverify {
namespace {

Findings judge(const BucketReadFacts& facts, const Scene& scene) { return judge_tcp(facts.reach, bucket_words(), scene); }

}  // namespace

CheckSpec bucket_reachable_check() {
  CheckSpec spec;
  spec.id = "bucket.reachable";
  spec.probe = "bucket";
  spec.title = "The object store accepts connections";
  spec.needs = {"bucket.dns"};
  spec.tags = {"network"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
