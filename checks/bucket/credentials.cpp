#include <algorithm>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "checks/bucket/probe.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) { return std::find(codes.begin(), codes.end(), code) != codes.end(); }

/// Answers to the signed listing that prove that the keys are known and the signature is right.
bool keys_are_accepted(const S3Answer& list) { return list.ok() || is_one_of(list.code, {"NoSuchBucket", "NoSuchKey", "PermanentRedirect", "TemporaryRedirect"}); }

/// The account's own list of buckets came, and this one is not in it: then the refusal is not about the keys' rights.
bool bucket_is_foreign(const BucketReadFacts& facts) {
  constexpr std::size_t all_of_them = 50;
  const auto& names = facts.bucket_names;
  return facts.buckets.ok() && names.size() < all_of_them && std::find(names.begin(), names.end(), facts.place.address.bucket) == names.end();
}

bool authorization_is_dropped(const BucketReadFacts& facts) { return facts.list.code == "AccessDenied" && keys_are_accepted(facts.trial.presigned); }

std::string cause_of(const BucketReadFacts& facts) {
  const S3Answer& list = facts.list;
  const SignatureTrial& trial = facts.trial;
  if (authorization_is_dropped(facts)) return "authorization-dropped";
  if (is_one_of(list.code, {"InvalidAccessKeyId", "InvalidClientTokenId", "NoSuchAccessKey"})) return "unknown-access-key";
  if (list.code == "SignatureDoesNotMatch") {
    if (trial.without_port.status != 0 && trial.without_port.code != "SignatureDoesNotMatch" && trial.without_port.is_s3()) return "port-lost";
    if (trial.old_signature.ok() || is_one_of(trial.old_signature.code, {"NoSuchBucket"})) return "host-rewritten";
    return "signature-mismatch";
  }
  if (is_one_of(list.code, {"ExpiredToken", "TokenRefreshRequired"})) return "expired-token";
  if (is_one_of(list.code, {"InvalidToken", "InvalidTokenId", "InvalidSecurity", "UnrecognizedClientException"})) return "invalid-token";
  if (is_one_of(list.code, {"UserSuspended", "AccountProblem", "NotSignedUp", "AllAccessDisabled"})) return "account-disabled";
  if (speaks_for_itself(list) && list.status < 500) return "refused-by-proxy";
  if (list.status == 403 || list.status == 401) return "access-denied";
  return list.status >= 500 ? "store-error" : "refused";
}

struct Advice {
  std::string expected, why, fix;
};

std::string behind_proxy(const BucketReadFacts& facts) {
  const std::string lower = to_lower(facts.list.server);
  for (const auto* proxy : {"nginx", "envoy", "caddy", "apache", "openresty", "traefik", "haproxy", "cloudflare"}) {
    if (lower.find(proxy) != std::string::npos) return facts.list.server;
  }
  return "";
}

Advice advise_on_signature(const std::string& cause, const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  const std::string authority = place.address.authority();
  if (cause != "signature-mismatch") {
    const std::string proof = cause == "port-lost" ? "Signed for the host without its port, the same request passes." : "Signed in the old way, in which the Host header has no part, the same request passes.";
    return {"The Host header that clients send, " + authority + ", arrives at the store.",
            "The secret is right, but a proxy changes the Host header on the way, and that header is part of the signature. " + proof + " Every signed URL that W&B gives to browsers fails alike.",
            proxy_lines("Host")};
  }
  const std::string proxy = behind_proxy(facts);
  std::string fix = "The secret in " + scene.origin(keys_setting(place)) + " has to be the one that was given out with the key " + place.access_key +
                    ". In a URL / is written %2F, + %2B, @ %40, : %3A, % %25; a raw + or / is the usual reason.";
  if (!proxy.empty()) {
    fix += "\nIf the secret is right: " + proxy + " in front of the store may change the Host header, which is part of the signature. Ask the store itself, past the proxy; when that works:\n" + proxy_lines("Host");
  }
  return {"A signature made with the secret that belongs to the key.", "The store knows the key and computes another signature: the secret is another one, or the request was changed on the way.", fix};
}

Advice advise(const std::string& cause, const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  const std::string where = scene.origin(keys_setting(place));
  const std::string product = bucket_product(facts);
  if (cause == "unknown-access-key") {
    const std::string list = product == "MinIO"      ? "mc admin accesskey info ALIAS " + shell_quote(place.access_key)
                             : product == "Ceph RGW" ? "radosgw-admin user info --access-key " + shell_quote(place.access_key)
                                                     : "aws iam get-access-key-last-used --access-key-id " + shell_quote(place.access_key);
    return {"A key that the store knows.", "The key was deleted, is switched off, belongs to another store or another environment, or is misspelt.",
            "Look for it:\n" + list + "\nThen write a key that exists, with its secret, into " + where + "."};
  }
  if (cause == "port-lost" || cause == "host-rewritten" || cause == "signature-mismatch") return advise_on_signature(cause, facts, scene);
  if (cause == "authorization-dropped") {
    return {"The Authorization header that clients send arrives at the store.",
            "The store answers as it answers strangers: a proxy in front of it takes the Authorization header away. Browsers, with their signed URLs, get on; the W&B server signs in the header and is refused.",
            "In the nginx in front of the store (its server or location block), then nginx -s reload:\n  proxy_set_header Authorization $http_authorization;\n"
            "Any other proxy_set_header Authorization has to go there, and a log-in of the proxy's own (auth_basic, auth_request), which uses up the header.\n"
            "Apache: RequestHeader unset Authorization has to go. HAProxy: http-request del-header Authorization."};
  }
  if (cause == "expired-token" || cause == "invalid-token") {
    return {"A session token that is still good, or keys that need none.", "Temporary credentials end after hours; W&B does not renew those that stand in its settings, and every upload fails from then on.",
            "Give the server keys that last (an IAM user), or none at all and a role: then remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. The token stands in " + scene.origin("AWS_SESSION_TOKEN") + "."};
  }
  if (cause == "account-disabled") {
    return {"An account that is in use.", "The store knows the key and has the account behind it switched off.",
            product == "Ceph RGW" ? "radosgw-admin user enable --uid UID" : "Switch the account on again, or use the keys of another one."};
  }
  if (cause == "refused-by-proxy") {
    return {"An answer of the store itself.", "Something in front of the store refuses signed requests by itself: a firewall for web applications, a login gateway, an allow-list of methods or addresses.",
            "Let all methods and the Authorization header through to the store.\n" + proxy_lines("Host")};
  }
  if (cause == "access-denied") {
    return {"The keys may list the bucket, and read, write and delete what is in it.", "The keys and the signature are right; what they may do is not enough. W&B lists, reads, writes and deletes objects, and fails at the first it may not.",
            give_policy(place, product)};
  }
  return {"A listing.", bucket_words().why, "Look into the store's own log" + (facts.list.request_id.empty() ? std::string(".") : " for the request " + facts.list.request_id + ".")};
}

Findings judge(const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  if (!place.has_keys) return {skipped(std::string(bucket_no_keys))};
  const S3Answer& list = facts.list;
  if (list.status == 0) return {no_answer(list, "The signed listing")};
  const std::string setting = keys_setting(place);
  if (keys_are_accepted(list) || (list.code == "AccessDenied" && bucket_is_foreign(facts) && !authorization_is_dropped(facts))) {
    Finding finding = passed("key " + place.access_key + (list.ok() ? ", it may list the bucket" : ", accepted by the store"));
    finding.setting = setting;
    return {finding};
  }
  Finding finding;
  finding.cause = cause_of(facts);
  finding.status = finding.cause == "store-error" || finding.cause == "refused" ? Status::unknown : Status::fail;
  if (finding.status == Status::unknown) finding.blame = Blame::target;
  finding.observed = "A listing of bucket " + place.address.bucket + ", signed with the key " + place.access_key + ", is refused: " + show(list) + ".";
  if (finding.cause == "authorization-dropped") finding.observed += " Signed in the URL, the same listing passes.";
  const Advice advice = advise(finding.cause, facts, scene);
  finding.expected = advice.expected;
  finding.why = advice.why;
  finding.fix = advice.fix;
  finding.reproduce = aws_command(place, "s3api list-objects-v2 --bucket " + shell_quote(place.address.bucket) + " --max-keys 1");
  finding.setting = setting;
  return {finding};
}

}  // namespace

CheckSpec bucket_credentials_check() {
  CheckSpec spec;
  spec.id = "bucket.credentials";
  spec.probe = "bucket";
  spec.title = "The store accepts the keys";
  spec.needs = {"bucket.clock"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
