#include <fmt/format.h>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

Findings judge(const BucketWriteFacts& facts, const Scene&) {
  const BucketPlace& place = facts.place;
  if (facts.written == 0) return {skipped("Nothing was written.")};
  Finding finding;
  finding.setting = "BUCKET";
  finding.expected = "Nothing under " + facts.folder + ".";
  finding.why = "wbverify leaves nothing behind; what stays here takes a few kilobytes and disturbs nobody, but W&B's own deletions fail in the same way.";
  if (!facts.left.empty()) {
    finding.status = Status::fail;
    finding.cause = "left-behind";
    finding.observed = fmt::format("{} of {} objects under {} are {}there after they were deleted: {}.", facts.left.size(), facts.written, facts.folder, facts.cleaned ? "still " : "perhaps ",
                                   for_display(join(facts.left, ", "), 200));
    if (!facts.cleaned) finding.observed += " The last listing: " + show(facts.last_list) + ".";
    finding.fix = "wbverify cleanup\nOr by hand: " + aws_command(place, "s3 rm --recursive " + shell_quote("s3://" + place.address.bucket + "/" + facts.folder));
    finding.reproduce = aws_command(place, "s3api list-objects-v2 --bucket " + shell_quote(place.address.bucket) + " --prefix " + shell_quote(facts.folder));
    return {finding};
  }
  if (facts.versions_left > 0) {
    finding.status = Status::warn;
    finding.cause = "versions-left";
    finding.observed = fmt::format("The bucket keeps versions, and {} of those that this run made cannot be removed: {}.", facts.versions_left, show(facts.version_refusal));
    finding.fix = "The keys lack s3:DeleteObjectVersion and s3:ListBucketVersions, or a retention holds the versions. The bucket's owner removes them, or a lifecycle rule does:\n" +
                  aws_admin(place, "s3api list-object-versions --bucket " + shell_quote(place.address.bucket) + " --prefix " + shell_quote(facts.folder));
    finding.reproduce = aws_command(place, "s3api list-object-versions --bucket " + shell_quote(place.address.bucket) + " --prefix " + shell_quote(facts.folder));
    return {finding};
  }
  return {passed(fmt::format("{} objects, all gone", facts.written))};
}

}  // namespace

CheckSpec bucket_cleanup_check() {
  CheckSpec spec;
  spec.id = "bucket.cleanup";
  spec.probe = "bucket.write";
  spec.title = "What was written for the test is gone again";
  spec.needs = {"bucket.round-trip/delete"};
  return make_check<BucketWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
