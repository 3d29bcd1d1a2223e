#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts.hpp"

namespace wbverify {
namespace {

Findings judge(const BucketReadFacts& facts, const Scene&) {
  const BucketPlace& place = facts.place;
  if (place.provider.empty()) return {skipped("BUCKET is not set.")};
  const S3Address& address = place.address;
  std::string read = place.provider + ": bucket " + address.bucket;
  if (!place.prefix.empty()) read += ", folder " + place.prefix;
  read += ", at " + address.origin() + (address.path_style ? ", path style" : ", bucket in the host's name");
  read += place.has_keys ? ", key " + place.access_key : ", no keys";
  Finding finding = passed(read);
  finding.setting = "BUCKET";
  return {finding};
}

}  // namespace

CheckSpec bucket_supported_check() {
  CheckSpec spec;
  spec.id = "bucket.supported";
  spec.probe = "bucket";
  spec.title = "The bucket is in a store that wbverify can ask";
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
