#include <fmt/format.h>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool mentions(const S3Answer& answer, std::string_view word) { return to_lower(answer.begin + " " + answer.message).find(word) != std::string::npos; }

/// What speaks there when it is no store. The answers of servers that people put into BUCKET by mistake.
std::string stranger(const S3Answer& answer, bool tls) {
  if (answer.azure_headers) return "azure-endpoint";
  if (!tls && answer.status == 400 && (mentions(answer, "https") || mentions(answer, "ssl-enabled"))) return "https-port";
  if (answer.product == "MinIO Console" || mentions(answer, "minio console")) return "console-port";
  if (answer.status == 502 || answer.status == 503 || answer.status == 504) return "store-down";
  for (const auto* word : {"log in", "login", "sign in", "sso", "authenticat"}) {
    if (answer.kind == "html" && mentions(answer, word)) return "login-page";
  }
  if (answer.status >= 300 && answer.status < 400) return "redirected";
  return answer.kind == "html" ? "web-page" : "not-s3";
}

struct Advice {
  std::string why, fix;
};

Advice advise(const std::string& cause, const BucketPlace& place, const S3Answer& answer, const Scene& scene) {
  const std::string correct = "Correct host and port in " + scene.origin("BUCKET") + ". ";
  if (cause == "https-port") {
    return {"The port speaks HTTPS, and BUCKET lacks tls=true: the server speaks plain HTTP to it and every upload fails.", scene.change("BUCKET", bucket_value(place, true, place.address.region))};
  }
  if (cause == "console-port") {
    BucketPlace api = place;
    api.address.port = 9000;
    return {"This is the port of MinIO's web console. The S3 API has a port of its own, 9000 unless it was changed.",
            scene.change("BUCKET", bucket_value(api, api.address.tls, api.address.region)) +
                "\nBehind an ingress the console and the API need two host names."};
  }
  if (cause == "login-page" || cause == "redirected") {
    return {"Something in front of the store wants people to log in. W&B's server and the browsers come with signed requests and cannot.",
            "Take the store's host name out of the login (oauth2-proxy, an SSO gateway, a captive portal): signed requests have to reach the store as they are." +
                (answer.location.empty() ? "" : "\nIt sends people to " + answer.location)};
  }
  if (cause == "store-down") {
    return {"The proxy in front answers, and the store behind it does not: it is stopped, starting, or the proxy names the wrong port.",
            "Start the store, then ask it without the proxy:\n" + curl_command(place, "-si http://STORE:PORT/" + shell_quote(place.address.bucket))};
  }
  if (cause == "azure-endpoint") return {"Azure Blob Storage does not speak S3.", scene.change("BUCKET", "az://ACCOUNT/CONTAINER")};
  if (cause == "store-error") return {bucket_words().why, "Look into the store's own log for the request" + (answer.request_id.empty() ? std::string(".") : " " + answer.request_id + ".")};
  if (cause == "web-page") {
    return {"A web server answers there, no store. Often it is the W&B server itself, the default page of a proxy, or a console.", correct + "The endpoint is where aws --endpoint-url works."};
  }
  return {bucket_words().why, correct + "It has to be the S3 endpoint of the store (MinIO 9000, Ceph RGW 7480 or 80, both by default)."};
}

Finding wrong(std::string cause, const BucketReadFacts& facts, const Scene& scene) {
  const BucketPlace& place = facts.place;
  const Advice advice = advise(cause, place, facts.anonymous, scene);
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.observed = "A listing of the bucket is answered with " + show(facts.anonymous) + ".";
  finding.expected = "An answer of an S3 store: a listing, or a refusal as an XML document with an S3 error code.";
  finding.why = advice.why;
  finding.fix = advice.fix;
  finding.reproduce = curl_command(place, "-si " + shell_quote(place.address.url("") + "?list-type=2&max-keys=1"));
  finding.setting = "BUCKET";
  return finding;
}

Findings judge(const BucketReadFacts& facts, const Scene& scene) {
  const S3Answer& answer = facts.anonymous;
  if (answer.status == 0) {
    // What breaks off or speaks another language is no store; what keeps silent may be one.
    for (const auto* cause : {"not-http", "closed", "reset", "headers-too-large", "http2-error"}) {
      if (answer.cause == cause) return {wrong(cause, facts, scene)};
    }
    Finding finding = no_answer(answer, "A listing of the bucket at " + facts.place.address.origin());
    finding.why = bucket_words().why;
    finding.reproduce = curl_command(facts.place, "-si -m 10 " + shell_quote(facts.place.address.url("") + "?list-type=2&max-keys=1"));
    finding.fix = "The port accepts connections and no answer follows: look at the store's own log and load, and at whatever proxies it.";
    return {finding};
  }
  // Some stores answer strangers in plain text and those who sign in XML.
  const bool spoken = answer.is_s3() || facts.list.is_s3();
  if (!spoken) return {wrong(stranger(answer, facts.place.address.tls), facts, scene)};
  if (answer.status >= 500 && !facts.list.ok()) return {wrong("store-error", facts, scene)};
  const std::string product = bucket_product(facts);
  return {passed((product.empty() ? "an S3 store" : product) + fmt::format(", {:.0f} ms", answer.duration_ms))};
}

}  // namespace

CheckSpec bucket_endpoint_check() {
  CheckSpec spec;
  spec.id = "bucket.endpoint";
  spec.probe = "bucket";
  spec.title = "An S3 store answers at the endpoint";
  spec.needs = {"bucket.reachable", "bucket.tls"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
