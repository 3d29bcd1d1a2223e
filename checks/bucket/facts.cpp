#include "checks/bucket/facts.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(S3Address, tls, host, port, path_style, bucket, region)
WBVERIFY_JSON(S3Answer, cause, text, transient, status, code, message, region, request_id, root, kind, begin, server, product, location, amazon_headers, azure_headers, date, duration_ms)
WBVERIFY_JSON(CorsRule, origins, methods, headers, expose)
WBVERIFY_JSON(BucketPlace, provider, amazon, address, prefix, region_is_set, has_keys, has_token, keys_in_url, access_key, ca_files, page_origin, proxied)
WBVERIFY_JSON(Preflight, method, request_headers, answer, cors)
WBVERIFY_JSON(SignatureTrial, tried, old_signature, without_port, presigned)
WBVERIFY_JSON(BucketReadFacts, place, reach, address, handshaken, tls, asked_at, anonymous, list, listed_bucket, list_cors, head, location, location_value, cors, rules,
              rules_cause, versioning, versioning_value, buckets, bucket_names, preflights, trial, refused_region, right_region)
WBVERIFY_JSON(BucketObject, name, size, put, get, got, same)
WBVERIFY_JSON(BucketAttempt, name, method, what, answer, after)
WBVERIFY_JSON(BucketWriteFacts, place, folder, gate, cause, text, blame, transient, objects, head, head_length, head_size, range, range_header, range_same, deleted, gone, attempts,
              written, cleaned, last_list, left, versions_left, version_refusal)

WBVERIFY_DEFINE_FACTS(BucketReadFacts)
WBVERIFY_DEFINE_FACTS(BucketWriteFacts)

bool is_listing_of(std::string_view listed, const BucketPlace& place) {
  // Some leave the name out; Ceph writes the tenant in front.
  return listed.empty() || listed == place.address.bucket || listed.ends_with(":" + place.address.bucket);
}

}  // namespace wbverify
