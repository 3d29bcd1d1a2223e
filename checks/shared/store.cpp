#include "checks/shared/store.hpp"

#include <algorithm>
#include <initializer_list>

#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool speaks_of_kms(const StoreRefusal& refusal) {
  return to_lower(refusal.code + " " + refusal.message).find("kms") != std::string::npos;
}

std::string partition(const std::string& region) {
  return region.starts_with("cn-") ? "aws-cn" : region.starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

}  // namespace

std::string_view word(StoreVerb verb) {
  return verb == StoreVerb::put ? "put" : verb == StoreVerb::remove ? "delete" : "get";
}

std::string_view action(StoreVerb verb) {
  return verb == StoreVerb::put ? "s3:PutObject" : verb == StoreVerb::remove ? "s3:DeleteObject" : "s3:GetObject";
}

std::string store_cause(const StoreRefusal& refusal) {
  const int status = refusal.status;
  const std::string& code = refusal.code;
  if (status == 413 || code == "EntityTooLarge") return "body-too-large";
  if (status == 411 || code == "MissingContentLength") return "length-required";
  if (speaks_of_kms(refusal)) return "key-management";
  if (status == 507 || is_one_of(code, {"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage",
                                        "InsufficientCapacity", "XMinioStorageQuota"})) {
    return "store-full";
  }
  if (is_one_of(code, {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"})) return "checksum-refused";
  if (is_one_of(code, {"SignatureDoesNotMatch", "AuthorizationQueryParametersError", "InvalidArgument",
                       "AuthorizationHeaderMalformed"})) {
    return "signed-url-refused";
  }
  if (is_one_of(code, {"SlowDown", "ServiceUnavailable", "RequestTimeout", "XMinioServerNotInitialized"}))
    return "store-busy";
  if (status >= 500) return "store-error";
  if (refusal.stranger || status == 405 || (status >= 300 && status < 400)) return "refused-by-proxy";
  if (status == 404) return refusal.verb == StoreVerb::put ? "refused" : "not-stored";
  if (status == 403 || status == 401) return std::string(word(refusal.verb)) + "-denied";
  return "refused";
}

StoreAdvice advise_on_store(const std::string& cause, const StoreRefusal& refusal) {
  if (cause == "body-too-large") {
    return {
        "A body of any size passes.",
        "A proxy in front of the store limits the size of a request, nginx to 1 MB unless told otherwise. Small files "
        "upload, artifacts and checkpoints fail with 413.",
        proxy_lines("client_max_body_size")};
  }
  if (cause == "length-required") {
    return {"The body's length arrives at the store.",
            "A proxy passes the body on in pieces of unknown length, and the store wants to know it beforehand.",
            proxy_lines("proxy_request_buffering")};
  }
  if (cause == "refused-by-proxy") {
    return {
        "An answer of the store itself.",
        "Something in front of the store refuses the method by itself, before the store sees the request: a firewall "
        "for web applications, limit_except, an allow-list.",
        "Let GET, HEAD, PUT, POST, DELETE and OPTIONS through to the store, without a login.\n" + proxy_lines("Host")};
  }
  if (cause.ends_with("-denied")) {
    const std::string verb(word(refusal.verb));
    return {"The keys may " + verb + " objects: " + std::string(action(refusal.verb)) + ".",
            "The keys may look at the bucket, and may not " + verb +
                " what is in it. A policy that names the bucket alone, without /*, does that; a bucket policy, a wrong "
                "owner or an object lock as well.",
            ""};
  }
  if (cause == "signed-url-refused") {
    return {
        "The store takes signed URLs of Signature Version 4.",
        "Signed requests of the server pass and signed URLs do not. W&B gives nothing but signed URLs to browsers and "
        "clients.",
        "Look for what changes path or query on the way: a rewrite in the proxy, a firewall for web applications, an "
        "Authorization header that it adds.\n" +
            proxy_lines("Host")};
  }
  if (cause == "store-full") {
    const std::string bucket = refusal.bucket.empty() ? "BUCKET" : refusal.bucket;
    return {"Room.", "The store takes nothing more: every upload of every run fails.",
            "Make room, or raise the quota of the bucket" +
                (refusal.product == "MinIO" ? ":\nmc quota info ALIAS/" + bucket + "\nmc admin info ALIAS"
                                            : std::string("."))};
  }
  if (cause == "key-management") {
    return {
        "The keys may use the bucket's KMS key.",
        "The bucket encrypts with a KMS key. To write kms:GenerateDataKey is needed, to read and for uploads in parts "
        "kms:Decrypt.",
        "Add to the policy of the keys, with the ARN of the KMS key:\n"
        "{\"Effect\":\"Allow\",\"Action\":[\"kms:Encrypt\",\"kms:Decrypt\",\"kms:ReEncrypt*\",\"kms:GenerateDataKey*\","
        "\"kms:DescribeKey\"],\"Resource\":\"KEY-ARN\"}"};
  }
  if (cause == "not-stored") {
    return {
        "The object that was just uploaded.",
        "The store acknowledged the upload with 200 and does not have the object: what W&B uploads is lost without an "
        "error.",
        "Look into the store's own log and at its disks. Behind a balancer, each of its servers has to hold the same "
        "data."};
  }
  if (cause == "checksum-refused") {
    return {"The bytes that were sent arrive.", "The store computes another checksum: the body was changed on the way.",
            "Look for what changes bodies: a proxy that compresses, a virus scanner, a firewall.\n" +
                proxy_lines("proxy_request_buffering")};
  }
  if (cause == "store-busy") {
    return {
        "An answer of success.",
        "The store has more to do than it can, or limits how much it takes. Clients wait and try again, and uploads "
        "take that much longer.",
        "Run wbverify again in a minute. If it stays so, see what limits it.\nMinIO: mc admin info ALIAS; mc admin "
        "config get ALIAS api (requests_max)\nCeph: ceph health detail; radosgw-admin global ratelimit get\nAmazon "
        "takes 3,500 writes a second for each prefix of names."};
  }
  if (cause == "store-error") {
    const std::string request = refusal.request_id.empty() ? "" : " for the request " + refusal.request_id;
    return {"An answer of success.",
            "The store fails by itself: a disk, a node or its own database. Clients do not give up at that: they try "
            "again up to twenty "
            "times, with pauses of up to a minute, and runs hang at their end.",
            "Look into the store's log" + request +
                " and at its health.\nMinIO: mc admin info ALIAS; mc admin logs ALIAS\nCeph: ceph health detail; "
                "journalctl -u 'ceph-radosgw@*' -n 100\nA cloud's own: the provider's status page."};
  }
  return {"An answer of success.", "W&B tries again a few times, then the upload or download fails.",
          "Look into the store's own log" +
              (refusal.request_id.empty() ? std::string(".") : " for the request " + refusal.request_id + ".")};
}

std::string bucket_policy(const std::string& bucket, const std::string& region) {
  const std::string arn = "arn:" + partition(region) + ":s3:::" + bucket;
  const nlohmann::json policy = {
      {"Version", "2012-10-17"},
      {"Statement",
       {{{"Effect", "Allow"},
         {"Action",
          {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation",
           "s3:GetBucketCORS", "s3:GetBucketVersioning"}},
         {"Resource", arn}},
        {{"Effect", "Allow"},
         {"Action",
          {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"}},
         {"Resource", arn + "/*"}}}}};
  return dump_json(policy);
}

std::string proxy_lines(std::string_view first) {
  std::string out = "In the nginx in front of the store (its server or location block), then nginx -s reload:\n";
  for (const std::string_view line :
       {"proxy_set_header Host $http_host;", "client_max_body_size 0;", "proxy_request_buffering off;"}) {
    if (line.find(first) != std::string_view::npos) {
      out.insert(out.find('\n') + 1, "  " + std::string(line) + "\n");
    } else {
      out += "  " + std::string(line) + "\n";
    }
  }
  return out + "ingress-nginx: the annotation nginx.ingress.kubernetes.io/proxy-body-size: \"0\".";
}

}  // namespace wbverify
