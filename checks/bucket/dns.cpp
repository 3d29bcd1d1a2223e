#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts.hpp"

namespace wbverify {
namespace {

Findings judge(const BucketReadFacts& facts, const Scene& scene) { return judge_dns(facts.reach, bucket_words(), scene); }

}  // namespace

CheckSpec bucket_dns_check() {
  CheckSpec spec;
  spec.id = "bucket.dns";
  spec.probe = "bucket";
  spec.title = "The name of the object store resolves";
  spec.tags = {"network"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
