#include "checks/bucket/plugin_trip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify::trip {
namespace {

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) { return std::find(codes.begin(), codes.end(), code) != codes.end(); }

std::string verb(Step step) {
  switch (step) {
    case Step::put:
    case Step::large: return "put";
    case Step::remove: return "delete";
    default: return "get";
  }
}

std::string action(Step step) { return step == Step::remove ? "s3:DeleteObject" : verb(step) == "put" ? "s3:PutObject" : "s3:GetObject"; }

bool speaks_of_kms(const S3Answer& answer) { return to_lower(answer.code + " " + answer.message).find("kms") != std::string::npos; }

std::string cause_of(Step step, const S3Answer& answer) {
  if (answer.status == 413 || answer.code == "EntityTooLarge") return "body-too-large";
  if (answer.status == 411 || answer.code == "MissingContentLength") return "length-required";
  if (speaks_of_kms(answer)) return "key-management";
  if (is_one_of(answer.code, {"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage", "InsufficientCapacity", "XMinioStorageQuota"}) || answer.status == 507) return "store-full";
  if (is_one_of(answer.code, {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"})) return "checksum-refused";
  if (is_one_of(answer.code, {"SignatureDoesNotMatch", "AuthorizationQueryParametersError", "InvalidArgument", "AuthorizationHeaderMalformed"})) return "signed-url-refused";
  if (is_one_of(answer.code, {"SlowDown", "ServiceUnavailable", "RequestTimeout", "XMinioServerNotInitialized"})) return "store-busy";
  if (answer.status >= 500) return "store-error";
  if (speaks_for_itself(answer) || answer.status == 405 || (answer.status >= 300 && answer.status < 400)) return "refused-by-proxy";
  if (answer.status == 404) return step == Step::put || step == Step::large ? "refused" : "not-stored";
  if (answer.status == 403 || answer.status == 401) return verb(step) + "-denied";
  return "refused";
}

std::string product_of(const BucketWriteFacts& facts) {
  if (!facts.last_list.product.empty()) return facts.last_list.product;
  for (const auto& object : facts.objects) {
    if (!object.put.product.empty()) return object.put.product;
  }
  return facts.place.amazon ? "Amazon S3" : "";
}

struct Advice {
  std::string expected, why, fix;
};

Advice advise(const std::string& cause, Step step, const S3Answer& answer, const BucketWriteFacts& facts) {
  const BucketPlace& place = facts.place;
  if (cause == "body-too-large") {
    return {"A body of any size passes.", "A proxy in front of the store limits the size of a request, nginx to 1 MB unless told otherwise. Small files upload, artifacts and checkpoints fail with 413.",
            proxy_lines("client_max_body_size")};
  }
  if (cause == "length-required") return {"The body's length arrives at the store.", "A proxy passes the body on in pieces of unknown length, and the store wants to know it beforehand.", proxy_lines("proxy_request_buffering")};
  if (cause == "refused-by-proxy") {
    return {"An answer of the store itself.", "Something in front of the store refuses the method by itself, before the store sees the request: a firewall for web applications, limit_except, an allow-list.",
            "Let GET, HEAD, PUT, POST, DELETE and OPTIONS through to the store, without a login.\n" + proxy_lines("Host")};
  }
  if (cause.ends_with("-denied")) {
    return {"The keys may " + verb(step) + " objects: " + action(step) + ".",
            "The keys may look at the bucket, and may not " + verb(step) + " what is in it. A policy that names the bucket alone, without /*, does that; a bucket policy, a wrong owner or an object lock as well.",
            give_policy(place, product_of(facts))};
  }
  if (cause == "signed-url-refused") {
    return {"The store takes signed URLs of Signature Version 4.", "Signed requests of the server pass and signed URLs do not. W&B gives nothing but signed URLs to browsers and clients.",
            "Look for what changes path or query on the way: a rewrite in the proxy, a firewall for web applications, an Authorization header that it adds.\n" + proxy_lines("Host")};
  }
  if (cause == "store-full") return {"Room.", "The store takes nothing more: every upload of every run fails.", "Make room, or raise the quota of the bucket" + std::string(product_of(facts) == "MinIO" ? ":\nmc quota info ALIAS/" + place.address.bucket + "\nmc admin info ALIAS" : ".")};
  if (cause == "key-management") {
    return {"The keys may use the bucket's KMS key.", "The bucket encrypts with a KMS key. To write kms:GenerateDataKey is needed, to read and for uploads in parts kms:Decrypt.",
            "Add to the policy of the keys, with the ARN of the KMS key:\n{\"Effect\":\"Allow\",\"Action\":[\"kms:Encrypt\",\"kms:Decrypt\",\"kms:ReEncrypt*\",\"kms:GenerateDataKey*\",\"kms:DescribeKey\"],\"Resource\":\"KEY-ARN\"}"};
  }
  if (cause == "not-stored") {
    return {"The object that was just uploaded.", "The store acknowledged the upload with 200 and does not have the object: what W&B uploads is lost without an error.",
            "Look into the store's own log and at its disks. Behind a balancer, each of its servers has to hold the same data."};
  }
  if (cause == "checksum-refused") return {"The bytes that were sent arrive.", "The store computes another checksum: the body was changed on the way.", "Look for what changes bodies: a proxy that compresses, a virus scanner, a firewall.\n" + proxy_lines("proxy_request_buffering")};
  return {"An answer of success.", "W&B tries again a few times, then the upload or download fails.", "Look into the store's own log" + (answer.request_id.empty() ? std::string(".") : " for the request " + answer.request_id + ".")};
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
  Finding finding = wrong(cut ? answer.cause : cause_of(step, answer), facts);
  if (finding.cause == "store-busy") {
    finding.status = Status::unknown;
    finding.blame = Blame::target;
  }
  finding.observed = std::move(what) + (cut ? " is cut off: " : " is answered with ") + show(answer) + ".";
  const Advice advice = cut && step == Step::large ? advise("body-too-large", step, answer, facts) : advise(finding.cause, step, answer, facts);
  finding.expected = advice.expected;
  finding.why = advice.why;
  finding.fix = advice.fix;
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
