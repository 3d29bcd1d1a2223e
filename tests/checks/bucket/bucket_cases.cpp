#include "bucket_cases.hpp"

#include <algorithm>

#include "util/utf8.hpp"

namespace wbverify::bucket_cases {

Scene scene() {
  Scene scene;
  scene.run_id = "0123456789abcdef";
  scene.started = noon * 1000;
  scene.home = "/etc/wandb.env";
  scene.settings["BUCKET"] = {"BUCKET", "", "env-file", "/etc/wandb.env", 3, "s3://KEY:[redacted]@s3.example.com:9000/wandb-files?tls=true"};
  scene.settings["AWS_REGION"] = {"AWS_REGION", "", "env-file", "/etc/wandb.env", 4, "us-east-1"};
  return scene;
}

BucketPlace own_store() {
  BucketPlace place;
  place.provider = "S3-compatible store";
  place.address = {true, "s3.example.com", 9000, true, "wandb-files", "us-east-1"};
  place.region_is_set = true;
  place.has_keys = true;
  place.keys_in_url = true;
  place.access_key = "WBKEY";
  place.page_origin = page;
  return place;
}

BucketPlace amazon() {
  BucketPlace place = own_store();
  place.provider = "Amazon S3";
  place.amazon = true;
  place.keys_in_url = false;
  place.address = {true, "s3.us-east-1.amazonaws.com", 443, false, "wandb-files", "us-east-1"};
  return place;
}

S3Answer answer(int status, std::string code, std::string message) {
  S3Answer out;
  out.status = status;
  out.date = noon;
  out.duration_ms = 4;
  if (!code.empty()) {
    out.root = "Error";
    out.kind = "xml";
    out.code = std::move(code);
    out.message = std::move(message);
  } else {
    out.kind = "empty";
  }
  return out;
}

S3Answer page_of(int status, std::string title, std::string server) {
  S3Answer out;
  out.status = status;
  out.date = noon;
  out.kind = "html";
  out.begin = std::move(title);
  out.server = std::move(server);
  return out;
}

S3Answer silence(std::string cause, std::string text) {
  S3Answer out;
  out.cause = std::move(cause);
  out.text = std::move(text);
  return out;
}

CorsRule documented_rule() { return {{page}, {"GET", "PUT", "HEAD"}, {"*"}, {"ETag"}}; }

BucketReadFacts healthy_read() {
  BucketReadFacts facts;
  facts.place = own_store();
  facts.reach.host = "s3.example.com";
  facts.reach.port = 9000;
  facts.reach.dns.host = "s3.example.com";
  facts.reach.dns.source = "dns";
  facts.reach.dns.ipv4 = {"192.0.2.7"};
  facts.reach.attempts = {{"192.0.2.7", 9000, "", "", 1.0}};
  facts.address = "192.0.2.7";
  facts.asked_at = noon * 1000;
  facts.anonymous = answer(403, "AccessDenied");
  facts.list = answer(200);
  facts.list.root = "ListBucketResult";
  facts.list.kind = "xml";
  facts.list.product = "Ceph RGW";
  facts.listed_bucket = "wandb-files";
  facts.list_cors = {{page}, {"GET"}, {}, {"ETag"}, false};
  facts.head = answer(200);
  facts.location = answer(200);
  facts.location_value = "us-east-1";
  facts.cors = answer(200);
  facts.rules = {documented_rule()};
  facts.versioning = answer(200);
  facts.buckets = answer(200);
  facts.bucket_names = {"wandb-files", "logs"};
  for (const char* method : {"GET", "PUT", "HEAD"}) {
    Preflight preflight;
    preflight.method = method;
    if (preflight.method == "PUT") preflight.request_headers = "content-md5,content-type";
    preflight.answer = answer(200);
    preflight.cors = {{page}, {method}, {"content-md5", "content-type"}, {"ETag"}, false};
    facts.preflights.push_back(preflight);
  }
  return facts;
}

BucketWriteFacts healthy_write() {
  BucketWriteFacts facts;
  facts.place = own_store();
  facts.folder = "wbverify/0123456789abcdef/";
  for (const char* name : {"plain.bin", "empty.bin", "large.bin", "a b.bin", "a+b.bin"}) {
    BucketObject object;
    object.name = name;
    object.size = object.got = object.name == "empty.bin" ? 0 : object.name == "large.bin" ? 1048577 : 197;
    object.put = object.get = answer(200);
    object.same = true;
    facts.objects.push_back(object);
  }
  facts.head = answer(200);
  facts.head_length = facts.head_size = 197;
  facts.range = answer(206);
  facts.range_header = "bytes 10-19/197";
  facts.range_same = true;
  facts.deleted = answer(204);
  facts.gone = answer(404);
  for (const auto& [name, method] : {std::pair("tampered", "PUT"), {"expired", "PUT"}, {"other-method", "PUT"}, {"tampered", "GET"}, {"expired", "GET"}, {"other-method", "DELETE"}, {"wrong-key", "GET"},
                                     {"anonymous", "GET"}}) {
    BucketAttempt attempt{name, method, "an attempt", answer(403, "SignatureDoesNotMatch"), {}};
    if (attempt.method == "PUT") attempt.after = answer(404, "NoSuchKey");
    facts.attempts.push_back(attempt);
  }
  facts.written = 9;
  facts.cleaned = true;
  facts.last_list = answer(200);
  return facts;
}

BucketAttempt& attempt(BucketWriteFacts& facts, std::string_view name, std::string_view method) {
  return *std::find_if(facts.attempts.begin(), facts.attempts.end(), [&](const BucketAttempt& a) { return a.name == name && a.method == method; });
}

Finding row(const Findings& findings, std::string_view name) {
  const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.row == name; });
  if (at != findings.end()) return *at;
  ADD_FAILURE() << "no row " << name;
  return {};
}

void expect_complete(const Finding& finding) {
  for (const std::string* text : {&finding.cause, &finding.observed, &finding.expected, &finding.why, &finding.fix, &finding.reproduce, &finding.setting}) EXPECT_FALSE(text->empty()) << finding.cause;
  EXPECT_TRUE(finding.observed.ends_with('.')) << finding.observed;
  EXPECT_TRUE(finding.expected.ends_with('.')) << finding.expected;
  EXPECT_EQ(finding.observed.find(".."), std::string::npos) << finding.observed;
  EXPECT_EQ(finding.fix.find("{}"), std::string::npos) << finding.fix;
  EXPECT_EQ(finding.why.find('!'), std::string::npos);
  EXPECT_EQ(utf8_fault(finding.fix), std::string::npos);
}

}  // namespace wbverify::bucket_cases
