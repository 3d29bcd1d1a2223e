#include <algorithm>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct Row {
  const char* name;
  const char* title;
  const char* cause;
  const char* expected;
  const char* why;
};

constexpr Row rows[] = {
    {"tampered", "A changed signature is refused", "signature-not-checked", "403 SignatureDoesNotMatch.",
     "The store does not check signatures: whoever knows or guesses the name of an object can read, replace and delete it, without any key."},
    {"expired", "An expired URL is refused", "expiry-not-checked", "403, the URL has expired.", "A URL that was once copied from a page, a log or a chat is good for ever. W&B counts on an hour for reading and a day for writing."},
    {"other-method", "A URL for reading cannot write or delete", "method-not-checked", "403 SignatureDoesNotMatch.", "Whoever may see an object can replace or delete it: every viewer of a page holds URLs for reading."},
    {"wrong-key", "The URL of one object does not open another", "key-not-checked", "403 SignatureDoesNotMatch.", "Whoever may see one object can read all of them, those of other teams as well."},
    {"anonymous", "Nothing is handed out without a signature", "public-read", "403 AccessDenied.", "The bucket is public: whoever knows the name of an object can read it, without W&B's leave. W&B needs no public access."},
};

bool stored(const BucketAttempt& attempt) { return attempt.after.ok(); }
bool accepted(const BucketAttempt& attempt) { return attempt.answer.ok() || stored(attempt); }
bool refused(const BucketAttempt& attempt) {
  const int status = attempt.answer.status;
  // Cut off in place of an answer, and nothing was stored: that is a refusal too.
  if (status == 0 && attempt.after.status == 404) return true;
  return status == 400 || status == 401 || status == 403 || status == 405 || status == 412;
}

std::string close_public_access(const BucketWriteFacts& facts) {
  const BucketPlace& place = facts.place;
  const std::string bucket = shell_quote(place.address.bucket);
  if (facts.last_list.product == "MinIO") return "mc anonymous set none ALIAS/" + place.address.bucket;
  std::string fix = aws_admin(place, "s3api put-bucket-acl --bucket " + bucket + " --acl private") + "\n" + aws_admin(place, "s3api get-bucket-policy --bucket " + bucket);
  if (place.amazon) fix = aws_admin(place, "s3api put-public-access-block --bucket " + bucket + " --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true");
  return fix + "\nA statement in the bucket's policy with \"Principal\": \"*\" and s3:GetObject has to go as well.";
}

std::string fix_for(const Row& row, const BucketWriteFacts& facts) {
  if (std::string_view(row.name) == "anonymous") return close_public_access(facts);
  return "Something hands requests on with a signature of its own (a gateway with the store's keys, a cache that leaves the query out of its key), or the store does not check at all (s3rver, a test server, "
         "anonymous access). Ask it past every proxy; if it still accepts, use another store: MinIO, Ceph RGW and Amazon S3 check. Until then let nobody but the W&B server reach it.";
}

Finding judge_row(const Row& row, const BucketWriteFacts& facts) {
  const BucketAttempt* bad = nullptr;
  const BucketAttempt* unclear = nullptr;
  std::string refusals;
  for (const auto& attempt : facts.attempts) {
    if (attempt.name != row.name) continue;
    if (accepted(attempt)) {
      if (bad == nullptr) bad = &attempt;
    } else if (!refused(attempt)) {
      unclear = &attempt;
    }
    refusals += (refusals.empty() ? "" : ", ") + attempt.method + " " + (attempt.answer.status == 0 ? "cut off" : std::to_string(attempt.answer.status));
  }
  Finding finding;
  if (bad != nullptr) {
    finding.status = std::string_view(row.name) == "anonymous" ? Status::warn : Status::fail;
    finding.cause = row.cause;
    finding.observed = "The store answers " + show(bad->answer) + " to " + bad->what + (stored(*bad) ? ", and the object is there afterwards" : "") + ".";
    finding.expected = row.expected;
    finding.why = row.why;
    finding.fix = fix_for(row, facts);
    const std::string key = facts.folder + "plain.bin";
    finding.reproduce = std::string_view(row.name) == "anonymous"
                            ? curl_command(facts.place, "-sI " + shell_quote(facts.place.address.url("NAME-OF-AN-OBJECT")))
                            : "URL=$(" + aws_command(facts.place, "s3 presign " + shell_quote("s3://" + facts.place.address.bucket + "/NAME-OF-AN-OBJECT")) + "); " + curl_command(facts.place, "-sI -X GET \"${URL%?}0\"");
    finding.setting = "BUCKET";
  } else if (refusals.empty()) {
    finding = skipped("Not tried: the run ended before.");
  } else if (unclear != nullptr) {
    finding = no_answer(unclear->answer, "The answer to " + unclear->what);
    if (unclear->answer.status != 0) finding.cause = "unclear";
    finding.expected = row.expected;
  } else {
    finding = passed(refusals);
  }
  finding.row = row.name;
  finding.title = row.title;
  return finding;
}

Findings judge(const BucketWriteFacts& facts, const Scene&) {
  if (facts.attempts.empty()) return {skipped("Nothing was tried: " + (facts.text.empty() ? std::string("the run ended before.") : facts.text))};
  Findings findings;
  for (const auto& row : rows) findings.push_back(judge_row(row, facts));
  // Where signatures are not looked at, nothing of what they cover is: one cause, one failure.
  if (findings.front().status == Status::fail) {
    for (std::size_t i = 1; i < findings.size(); ++i) {
      if (findings[i].status == Status::pass) continue;
      Finding skip = skipped("Signatures are not checked at all, see bucket.refuses/tampered.");
      skip.row = findings[i].row;
      skip.title = findings[i].title;
      findings[i] = std::move(skip);
    }
  }
  return findings;
}

}  // namespace

CheckSpec bucket_refuses_check() {
  CheckSpec spec;
  spec.id = "bucket.refuses";
  spec.probe = "bucket.write";
  spec.title = "The store refuses what was not signed for";
  spec.needs = {"bucket.round-trip/put", "bucket.round-trip/get"};
  spec.tags = {"security"};
  for (const auto& row : rows) spec.rows.emplace_back(row.name);
  return make_check<BucketWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
