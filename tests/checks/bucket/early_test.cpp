// Everything up to the endpoint and its clock.
#include "bucket_cases.hpp"

namespace wbverify {
namespace {

using namespace bucket_cases;
using testing::HasSubstr;
using testing::Not;

TEST(BucketSupported, SaysHowItWasRead) {
  const Finding finding = one(bucket_supported_check(), healthy_read());
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.observed, "S3-compatible store: bucket wandb-files, at https://s3.example.com:9000, path style, key WBKEY");
  BucketReadFacts facts = healthy_read();
  facts.place = amazon();
  facts.place.has_keys = false;
  facts.place.prefix = "team/a";
  EXPECT_EQ(one(bucket_supported_check(), facts).observed,
            "Amazon S3: bucket wandb-files, folder team/a, at https://wandb-files.s3.us-east-1.amazonaws.com, bucket in the host's name, no keys");
}

TEST(BucketSupported, NothingSet) { EXPECT_THAT(one(bucket_supported_check(), BucketReadFacts()), Is(Status::skip, "not-applicable")); }

TEST(BucketDns, JudgesTheStoresName) {
  EXPECT_EQ(one(bucket_dns_check(), healthy_read()).status, Status::pass);
  BucketReadFacts facts = healthy_read();
  facts.reach.dns.ipv4.clear();
  facts.reach.dns.cause = "nxdomain";
  const Finding finding = one(bucket_dns_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "nxdomain"));
  EXPECT_EQ(finding.setting, "BUCKET");
}

TEST(BucketReachable, JudgesTheStoresPort) {
  EXPECT_EQ(one(bucket_reachable_check(), healthy_read()).status, Status::pass);
  BucketReadFacts facts = healthy_read();
  facts.reach.attempts.front().cause = "refused";
  EXPECT_THAT(one(bucket_reachable_check(), facts), Is(Status::fail, "refused"));
}

TEST(BucketTls, IsSkippedWithoutTls) {
  BucketReadFacts facts = healthy_read();
  facts.place.address.tls = false;
  Finding finding = one(bucket_tls_check(), facts);
  EXPECT_THAT(finding, Is(Status::skip, "not-applicable"));
  EXPECT_THAT(finding.observed, HasSubstr("config.consistent"));
  facts.place.proxied = true;
  EXPECT_THAT(one(bucket_tls_check(), facts).observed, Not(HasSubstr("config.consistent")));
}

TEST(BucketTls, JudgesTheHandshake) {
  BucketReadFacts facts = healthy_read();
  EXPECT_THAT(one(bucket_tls_check(), facts), Is(Status::unknown, "interrupted"));
  facts.handshaken = true;
  facts.tls.cause = "timed-out";
  facts.tls.text = "no answer";
  EXPECT_THAT(one(bucket_tls_check(), facts), Is(Status::unknown, "timed-out"));
}

struct EndpointCase {
  const char* name;
  S3Answer anonymous;
  bool tls;
  Status status;
  const char* cause;
};
struct Endpoint : testing::TestWithParam<EndpointCase> {};

TEST_P(Endpoint, IsNamed) {
  BucketReadFacts facts = healthy_read();
  facts.list = S3Answer();
  facts.place.address.tls = GetParam().tls;
  facts.anonymous = GetParam().anonymous;
  const Finding finding = one(bucket_endpoint_check(), facts);
  EXPECT_THAT(finding, Is(GetParam().status, GetParam().cause));
  if (finding.status == Status::fail) expect_complete(finding);
}

S3Answer with_product(S3Answer answer, const char* product) {
  answer.product = product;
  return answer;
}
S3Answer plain(int status, std::string text) {
  S3Answer out = answer(status);
  out.kind = "other";
  out.begin = std::move(text);
  return out;
}
S3Answer redirect(std::string to) {
  S3Answer out = answer(302);
  out.location = std::move(to);
  return out;
}
S3Answer azure() {
  S3Answer out = answer(400, "InvalidUri");
  out.azure_headers = true;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Bucket, Endpoint,
    testing::Values(EndpointCase{"refusal", answer(403, "AccessDenied"), true, Status::pass, ""}, EndpointCase{"missing_bucket", answer(404, "NoSuchBucket"), true, Status::pass, ""},
                    EndpointCase{"https_port_of_nginx", page_of(400, "400 The plain HTTP request was sent to HTTPS port"), false, Status::fail, "https-port"},
                    EndpointCase{"https_port_of_go", plain(400, "Client sent an HTTP request to an HTTPS server."), false, Status::fail, "https-port"},
                    EndpointCase{"bad_request_over_tls", page_of(400, "Request to HTTPS port"), true, Status::fail, "web-page"},
                    EndpointCase{"console", page_of(200, "MinIO Console"), true, Status::fail, "console-port"},
                    EndpointCase{"console_by_header", with_product(page_of(404), "MinIO Console"), true, Status::fail, "console-port"},
                    EndpointCase{"login", page_of(200, "Sign in to your account"), true, Status::fail, "login-page"},
                    EndpointCase{"redirect", redirect("https://sso.example.com/"), true, Status::fail, "redirected"},
                    EndpointCase{"wandb", page_of(200, "Weights & Biases"), true, Status::fail, "web-page"}, EndpointCase{"azure", azure(), true, Status::fail, "azure-endpoint"},
                    EndpointCase{"other", plain(200, "ok"), true, Status::fail, "not-s3"}, EndpointCase{"bad_gateway", page_of(502, "502 Bad Gateway"), true, Status::fail, "store-down"},
                    EndpointCase{"unavailable", plain(503, "no healthy upstream"), true, Status::fail, "store-down"},
                    EndpointCase{"store_in_trouble", answer(503, "ServiceUnavailable"), true, Status::fail, "store-error"},
                    EndpointCase{"not_http", silence("not-http", "the answer is not HTTP"), true, Status::fail, "not-http"}, EndpointCase{"closed", silence("closed"), true, Status::fail, "closed"},
                    EndpointCase{"reset", silence("reset"), true, Status::fail, "reset"}, EndpointCase{"headers", silence("headers-too-large"), true, Status::fail, "headers-too-large"},
                    EndpointCase{"silent", silence("timed-out"), true, Status::unknown, "timed-out"}, EndpointCase{"stopped", silence("stopped"), true, Status::unknown, "stopped"}),
    [](const auto& endpoint) { return std::string(endpoint.param.name); });

TEST(BucketEndpoint, AStoreThatAnswersStrangersInPlainText) {
  BucketReadFacts facts = healthy_read();
  facts.anonymous = plain(412, "Precondition Failed");
  EXPECT_EQ(one(bucket_endpoint_check(), facts).status, Status::pass);
  facts.anonymous = answer(503, "SlowDown");
  EXPECT_EQ(one(bucket_endpoint_check(), facts).status, Status::pass) << "the signed listing came";
}

TEST(BucketEndpoint, TheFixIsWrittenForTheSetting) {
  BucketReadFacts facts = healthy_read();
  facts.list = S3Answer();
  facts.place.address.tls = false;
  facts.anonymous = page_of(400, "400 The plain HTTP request was sent to HTTPS port");
  EXPECT_EQ(one(bucket_endpoint_check(), facts).fix, "In /etc/wandb.env line 3 write: BUCKET=s3://KEY:SECRET@s3.example.com:9000/wandb-files?tls=true&region=us-east-1");
  facts.place.address.tls = true;
  facts.place.address.port = 9001;
  facts.anonymous = page_of(200, "MinIO Console");
  EXPECT_THAT(one(bucket_endpoint_check(), facts).fix, HasSubstr("BUCKET=s3://KEY:SECRET@s3.example.com:9000/wandb-files?tls=true&region=us-east-1"));
}

struct ClockCase {
  std::int64_t offset;
  Status status;
  const char* cause;
  const char* says;
};
struct Clock : testing::TestWithParam<ClockCase> {};

TEST_P(Clock, IsCompared) {
  BucketReadFacts facts = healthy_read();
  facts.list.date = noon + GetParam().offset;
  const Finding finding = one(bucket_clock_check(), facts);
  EXPECT_THAT(finding, Is(GetParam().status, GetParam().cause));
  EXPECT_THAT(finding.observed, HasSubstr(GetParam().says));
  if (finding.status != Status::pass) expect_complete(finding);
}

INSTANTIATE_TEST_SUITE_P(Bucket, Clock,
                         testing::Values(ClockCase{0, Status::pass, "", "the same time"}, ClockCase{1, Status::pass, "", "the same time"}, ClockCase{-40, Status::pass, "", "40 s behind"},
                                         ClockCase{300, Status::pass, "", "5 min ahead"}, ClockCase{301, Status::warn, "clock-drift", "5 min ahead"},
                                         ClockCase{-900, Status::warn, "clock-drift", "15 min behind"}, ClockCase{901, Status::fail, "clock-skew", "15 min ahead"},
                                         ClockCase{-12000, Status::fail, "clock-skew", "3 h 20 min behind"}, ClockCase{400000, Status::fail, "clock-skew", "4 days ahead"}));

TEST(BucketClock, TheStoreRefusesTheTime) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
  Finding finding = one(bucket_clock_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "clock-skew"));
  EXPECT_THAT(finding.observed, HasSubstr("a proxy's"));
  expect_complete(finding);
  facts.list.date = facts.anonymous.date = 0;
  EXPECT_THAT(one(bucket_clock_check(), facts), Is(Status::fail, "clock-skew"));
}

TEST(BucketClock, NoDateHeader) {
  BucketReadFacts facts = healthy_read();
  facts.list.date = facts.anonymous.date = 0;
  EXPECT_EQ(one(bucket_clock_check(), facts).status, Status::skip);
}

TEST(BucketClock, WithoutKeysTheOtherAnswerCounts) {
  BucketReadFacts facts = healthy_read();
  facts.list = S3Answer();
  facts.anonymous.date = noon + 1000;
  EXPECT_THAT(one(bucket_clock_check(), facts), Is(Status::fail, "clock-skew"));
}

}  // namespace
}  // namespace wbverify
