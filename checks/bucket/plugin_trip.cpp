#include "checks/bucket/plugin_trip.hpp"

#include <fmt/format.h>

#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify::trip {
namespace {

StoreVerb verb(Step step) { return step == Step::put || step == Step::large ? StoreVerb::put : step == Step::remove ? StoreVerb::remove : StoreVerb::get; }

std::string product_of(const BucketWriteFacts& facts) {
  if (!facts.last_list.product.empty()) return facts.last_list.product;
  for (const auto& object : facts.objects) {
    if (!object.put.product.empty()) return object.put.product;
  }
  return facts.place.amazon ? "Amazon S3" : "";
}

StoreRefusal refusal_of(Step step, const S3Answer& answer, const BucketWriteFacts& facts) {
  return {verb(step), answer.status, answer.code, answer.message, speaks_for_itself(answer), product_of(facts), facts.place.address.bucket, answer.request_id};
}

}  // namespace

Finding wrong(std::string cause, const BucketWriteFacts& facts) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.setting = "BUCKET";
  const std::string uri = shell_quote("s3://" + facts.place.address.bucket + "/" + (facts.place.prefix.empty() ? "" : facts.place.prefix + "/") + "wbverify-by-hand.bin");
  finding.reproduce = "head -c 1048577 /dev/urandom > /tmp/wbverify.bin; " + aws_command(facts.place, "s3 cp /tmp/wbverify.bin " + uri);
  return finding;
}

Finding refused(Step step, const S3Answer& answer, std::string what, const BucketWriteFacts& facts) {
  const bool cut = answer.status == 0 && (answer.cause == "closed" || answer.cause == "reset");
  if (answer.status == 0 && !cut) return no_answer(answer, std::move(what));
  const StoreRefusal refusal = refusal_of(step, answer, facts);
  Finding finding = wrong(cut ? answer.cause : store_cause(refusal), facts);
  if (finding.cause == "store-busy") {
    finding.status = Status::unknown;
    finding.blame = Blame::target;
  }
  finding.observed = std::move(what) + (cut ? " is cut off: " : " is answered with ") + show(answer) + ".";
  const StoreAdvice advice = advise_on_store(cut && step == Step::large ? "body-too-large" : finding.cause, refusal);
  finding.expected = advice.expected;
  finding.why = advice.why;
  finding.fix = finding.cause.ends_with("-denied") ? give_policy(facts.place, product_of(facts)) : advice.fix;
  const std::string uri = shell_quote("s3://" + facts.place.address.bucket + "/" + facts.folder + "plain.bin");
  if (step == Step::remove) finding.reproduce = aws_command(facts.place, "s3 rm " + uri);
  return finding;
}

Finding differs(const BucketObject& object, const BucketWriteFacts& facts) {
  Finding finding = wrong("bytes-differ", facts);
  finding.observed = fmt::format("{} was uploaded with {} bytes, and {} came back{}.", object.name, object.size, object.got, object.size == object.got ? ", not the same" : "");
  finding.expected = "Every byte as it was sent.";
  finding.why = "Files are corrupted without any error. Artifacts fail when their checksum is compared; everything else is simply wrong.";
  finding.fix = "Ask the store past every proxy, cache and scanner. If the bytes differ there as well, look at its disks and its log; a store that keeps the framing of chunked uploads in the object does it too.";
  return finding;
}

}  // namespace wbverify::trip
