#include <algorithm>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

Finding wrong(const std::string& cause, const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  const std::string& bucket = place.address.bucket;
  const S3Answer& answer = place.has_keys ? facts.list : facts.anonymous;
  Finding finding;
  finding.status = Status::fail;
  finding.cause = cause;
  finding.setting = "BUCKET";
  finding.observed = "The store answers " + show(answer) + " for bucket " + bucket + ".";
  finding.reproduce = aws_command(place, "s3api head-bucket --bucket " + shell_quote(bucket));
  finding.why = bucket_words().why;
  if (cause == "no-such-bucket") {
    finding.expected = "A bucket of the name " + bucket + "; W&B does not make it by itself.";
    if (!facts.bucket_names.empty()) finding.observed += " The account has: " + join(facts.bucket_names, ", ").substr(0, 300) + ".";
    const std::string near = nearest(bucket, facts.bucket_names);
    if (!near.empty()) finding.fix = "Probably meant: " + near + ". Correct it in " + scene.origin("BUCKET") + ".\nOr make the bucket:\n";
    finding.fix += bucket_product(facts) == "MinIO" ? "mc mb --region=" + shell_quote(place.address.region) + " ALIAS/" + bucket
                                                   : aws_admin(place, "s3api create-bucket --bucket " + shell_quote(bucket));
    if (place.amazon && place.address.region != "us-east-1") finding.fix += " --create-bucket-configuration LocationConstraint=" + shell_quote(place.address.region);
  } else if (cause == "owned-by-another") {
    finding.observed += " The account of these keys does not own it; it has " + (facts.bucket_names.empty() ? "no bucket" : join(facts.bucket_names, ", ").substr(0, 300)) + ".";
    finding.expected = "A bucket that the account owns, or one whose owner has given it leave.";
    finding.why = "Names of buckets are shared by all accounts of a store: somebody else has this one. " + finding.why;
    finding.fix = "If it is yours, take keys of the account that owns it, or have its owner allow these by a bucket policy. Otherwise make one under another name and write that into " + scene.origin("BUCKET") +
                  ":\n" + aws_admin(place, "s3api create-bucket --bucket NAME");
  } else {
    finding.observed = "Asked for bucket " + bucket + " at " + place.address.authority() + ", the store answers " + (facts.list.ok() ? "with bucket " + facts.listed_bucket : show(answer)) + ".";
    finding.expected = "The endpoint alone as the host, and the bucket after it.";
    finding.why = "The host already holds the bucket's name, so that what follows it is taken for an object: everything would land in a folder of that name.";
    finding.fix = "Take the bucket's name out of the host, in " + scene.origin("BUCKET") + ".";
  }
  return finding;
}

Finding without_keys(const BucketReadFacts& facts, const Scene& scene) {
  const S3Answer& answer = facts.anonymous;
  if (answer.code == "NoSuchBucket") return wrong("no-such-bucket", facts, scene);
  if (answer.ok()) return passed("there, and anybody may list it");
  // Amazon tells a bucket that is not there from one that is closed; other stores do not.
  if (facts.place.amazon && (answer.status == 403 || answer.status == 301)) return passed("there: " + show(answer) + " without keys");
  return skipped("Without keys the store does not tell whether the bucket is there: " + show(answer) + ".");
}

Findings judge(const BucketReadFacts& facts, const Scene& scene) {
  if (!facts.place.has_keys) return {without_keys(facts, scene)};
  const S3Answer& list = facts.list;
  const std::string& bucket = facts.place.address.bucket;
  if (list.ok()) return {is_listing_of(facts.listed_bucket, facts.place) ? passed(bucket) : wrong("endpoint-holds-bucket", facts, scene)};
  if (list.code == "NoSuchBucket") return {wrong("no-such-bucket", facts, scene)};
  if (list.code == "NoSuchKey") return {wrong("endpoint-holds-bucket", facts, scene)};
  if (list.code == "AccessDenied") return {wrong("owned-by-another", facts, scene)};
  Finding finding = no_answer(list, "The listing of bucket " + bucket);
  finding.cause = "refused";
  return {finding};
}

}  // namespace

CheckSpec bucket_exists_check() {
  CheckSpec spec;
  spec.id = "bucket.exists";
  spec.probe = "bucket";
  spec.title = "The bucket exists and belongs to the account";
  spec.needs = {"bucket.credentials"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
