#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// Names that Amazon gives its two oldest regions in GetBucketLocation.
std::string located(const BucketReadFacts& facts) {
  if (!facts.location.ok()) return "";
  if (!facts.place.amazon) return facts.location_value;
  return facts.location_value.empty() ? "us-east-1" : facts.location_value == "EU" ? "eu-west-1" : facts.location_value;
}

Finding wrong(const std::string& right, const S3Answer& refusal, const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  const SettingView* setting = scene.find("AWS_REGION");
  const bool in_url = place.region_is_set && (setting == nullptr || setting->value != place.address.region);
  Finding finding;
  finding.status = Status::fail;
  finding.cause = "wrong-region";
  finding.setting = in_url ? "BUCKET" : "AWS_REGION";
  finding.observed = "Signed for region " + place.address.region + (place.region_is_set ? "" : " (the default, none is set)") + ", the listing is answered with " + show(refusal) + "; the bucket is in " + right + ".";
  finding.expected = right + ".";
  finding.why = "The region is part of every signature. The W&B server signs for the wrong one as well, and browsers show the refusal as an error of CORS.";
  finding.fix = in_url ? scene.change("BUCKET", bucket_value(place, place.address.tls, right)) : scene.change("AWS_REGION", right);
  finding.reproduce = aws_command(place, "s3api get-bucket-location --bucket " + shell_quote(place.address.bucket));
  return finding;
}

Findings judge(const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  if (!facts.right_region.empty()) return {wrong(facts.right_region, facts.refused_region, facts, scene)};
  const std::string& said = facts.anonymous.region;
  if (!place.has_keys) {
    if (!place.amazon || said.empty()) return {skipped("Without keys the store does not tell its region.")};
    return {said == place.address.region ? passed(said) : wrong(said, facts.anonymous, facts, scene)};
  }
  const std::string location = located(facts);
  if (place.amazon && !location.empty() && location != place.address.region) return {wrong(location, facts.list, facts, scene)};
  // Most stores take any region; what they say about themselves is of no consequence then.
  std::string observed = place.address.region + (place.region_is_set ? "" : " (not set; S3's default)");
  if (!location.empty() && location != place.address.region) observed += "; the store calls itself " + location + " and takes this";
  return {passed(observed)};
}

}  // namespace

CheckSpec bucket_region_check() {
  CheckSpec spec;
  spec.id = "bucket.region";
  spec.probe = "bucket";
  spec.title = "Requests are signed for the bucket's region";
  spec.needs = {"bucket.exists"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
