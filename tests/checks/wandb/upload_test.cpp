#include "checks/wandb/plugin_store.hpp"
#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

Transfer answered(int status, const std::string& code = "", const std::string& message = "",
                  const std::string& url = "https://s3.example.com/wandb-files/ada/x") {
  Transfer transfer;
  transfer.tried = true;
  transfer.answer = make_answer(
      url, HttpResponse{status, "HTTP/1.1", {}, code.empty() ? "" : "<Error/>", false, "192.0.2.9:443", 3, 3},
      noon * 1000);
  transfer.answer.method = "PUT";
  transfer.code = code;
  transfer.message = message;
  return transfer;
}

Transfer page(int status, const std::string& body, const ReceivedHeaders& headers = {{"Server", "nginx/1.22.1"}},
              const std::string& url = "https://s3.example.com/wandb-files/x") {
  Transfer transfer;
  transfer.tried = true;
  transfer.answer =
      make_answer(url, HttpResponse{status, "HTTP/1.1", headers, body, false, "192.0.2.9:443", 3, 3}, noon * 1000);
  transfer.answer.method = "PUT";
  return transfer;
}

Transfer silent(const std::string& cause, Blame blame = Blame::target) {
  Transfer transfer;
  transfer.tried = true;
  transfer.answer =
      make_answer("https://s3.example.com/wandb-files/x", fail({cause, "words of it", blame, true}), noon * 1000);
  transfer.answer.method = "PUT";
  return transfer;
}

Finding with_put(const Transfer& put) {
  WandbWriteFacts facts = written();
  facts.files[0].files[0].put = put;
  return one(wandb_upload_check(), facts);
}

TEST(WandbUpload, Passes) {
  EXPECT_EQ(one(wandb_upload_check(), written()).observed, "2 files with 1048774 bytes to Amazon S3, 4 ms at most");
}

struct PutCase {
  const char* name;
  Transfer put;
  Status status;
  const char* cause;
  const char* fix;
};
struct WandbUploadPut : testing::TestWithParam<PutCase> {};

TEST_P(WandbUploadPut, IsTold) {
  const Finding finding = with_put(GetParam().put);
  EXPECT_THAT(finding, Is(GetParam().status, GetParam().cause));
  EXPECT_THAT(finding.fix, HasSubstr(GetParam().fix));
  EXPECT_THAT(finding.observed, HasSubstr("The upload of wbverify.bin fails. PUT https://s3.example.com/"));
  EXPECT_THAT(finding.reproduce, AllOf(HasSubstr("-T /etc/os-release"), HasSubstr("createRunFiles"),
                                       HasSubstr("--cacert /etc/wandb/ca.pem")));
  EXPECT_EQ(finding.setting, "BUCKET");
}

const std::string nginx_page = "<html><head><title>error</title></head><body><center>nginx</center></body></html>";

INSTANTIATE_TEST_SUITE_P(
    All, WandbUploadPut,
    testing::Values(
        PutCase{"denied", answered(403, "AccessDenied", "Access Denied"), Status::fail, "put-denied", "s3:PutObject"},
        PutCase{"mismatch", answered(403, "SignatureDoesNotMatch"), Status::fail, "signature-mismatch",
                "bucket.credentials"},
        PutCase{"azure_mismatch", answered(403, "AuthenticationFailed"), Status::fail, "signature-mismatch",
                "restart it"},
        PutCase{"key", answered(403, "InvalidAccessKeyId"), Status::fail, "unknown-access-key", "restart the server"},
        PutCase{"skew",
                answered(403, "RequestTimeTooSkewed",
                         "The difference between the request time and the server's time is too large."),
                Status::fail, "clock-skew", "chronyc makestep"},
        PutCase{"not_yet", answered(403, "AccessDenied", "Request is not valid yet"), Status::fail, "clock-skew",
                "bucket.clock"},
        PutCase{"expired", answered(403, "AccessDenied", "Request has expired"), Status::fail, "url-expired",
                "host.time"},
        PutCase{"gcs_expired",
                answered(400, "ExpiredToken", "The provided token has expired. Request signature expired at: …"),
                Status::fail, "url-expired", "timedatectl"},
        PutCase{"azure_expired",
                answered(403, "AuthenticationFailed", "Signature not valid in the specified time frame"), Status::fail,
                "url-expired", "clock"},
        PutCase{"token", answered(400, "ExpiredToken", "The provided token has expired."), Status::fail,
                "expired-token", "AWS_SESSION_TOKEN"},
        PutCase{"region",
                answered(400, "AuthorizationQueryParametersError",
                         "the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
                Status::fail, "wrong-region", "AWS_REGION=REGION"},
        PutCase{"two_credentials", answered(400, "InvalidArgument", "Only one auth mechanism allowed"), Status::fail,
                "two-credentials", "Authorization \"\""},
        PutCase{"no_bucket", answered(404, "NoSuchBucket"), Status::fail, "no-such-bucket",
                "Make the bucket wandb-files"},
        PutCase{"kms", answered(403, "AccessDenied", "not authorized to perform: kms:GenerateDataKey"), Status::fail,
                "key-management", "kms:GenerateDataKey"},
        PutCase{"too_large", page(413, nginx_page), Status::fail, "body-too-large", "client_max_body_size 0;"},
        PutCase{"full", answered(507, "XMinioStorageFull"), Status::fail, "store-full", "Make room"},
        PutCase{"disk", page(507, ""), Status::fail, "store-full", "Make room"},
        PutCase{"length", answered(411, "MissingContentLength"), Status::fail, "length-required",
                "proxy_request_buffering off;"},
        PutCase{"digest", answered(400, "BadDigest"), Status::fail, "checksum-refused", "compress"},
        PutCase{"busy", answered(503, "SlowDown"), Status::unknown, "store-busy", "requests_max"},
        PutCase{"error", answered(500, "InternalError"), Status::fail, "store-error", "log"},
        PutCase{"firewall", page(403, nginx_page), Status::fail, "refused-by-proxy", "proxy_set_header Host"},
        PutCase{"method", page(405, nginx_page), Status::fail, "not-found", "PUT"},
        PutCase{"gateway", page(502, nginx_page), Status::fail, "bad-gateway", "nginx/1.22.1 does not reach the store"},
        PutCase{"unavailable", page(503, ""), Status::fail, "unavailable", "error.log"},
        PutCase{"slow_gateway", page(504, nginx_page), Status::fail, "gateway-timeout", "address and port"},
        PutCase{"front_end", page(200, nginx_page), Status::fail, "html-page", "front end"},
        PutCase{"redirect", page(301, "", {{"Location", "https://s3.example.com/x"}}), Status::fail, "redirected",
                "X-Forwarded-Proto"},
        PutCase{"odd", answered(400, "InvalidRequest"), Status::fail, "refused", "log"},
        PutCase{"reset", silent("reset"), Status::fail, "reset", "client_max_body_size"},
        PutCase{"closed", silent("closed"), Status::fail, "closed", "crashes"},
        PutCase{"timed_out", silent("timed-out"), Status::fail, "timed-out", "curl -sS -o /dev/null -m 10"},
        PutCase{"on_the_way", silent("timed-out", Blame::path), Status::unknown, "timed-out", ""},
        PutCase{"untrusted", silent("tls-untrusted"), Status::fail, "tls-untrusted", "wandb.store"},
        PutCase{"refuses", silent("refused"), Status::fail, "refused", "bucket.*"},
        PutCase{"stopped", silent("stopped", Blame::machine), Status::unknown, "stopped", ""}),
    [](const auto& put) { return std::string(put.param.name); });

TEST(WandbUpload, TheHostIsRewritten) {
  Transfer put = answered(403, "SignatureDoesNotMatch", "", "https://s3.example.com:9000/wandb-files/x");
  put.seen_host = "minio:9000";
  const Finding rewritten = with_put(put);
  EXPECT_THAT(rewritten, Is(Status::fail, "host-rewritten"));
  EXPECT_THAT(rewritten.why, HasSubstr("minio:9000"));
  EXPECT_THAT(rewritten.fix, AllOf(HasSubstr("proxy_set_header Host $http_host;"), HasSubstr("SSH tunnel")));
  put.seen_host = "s3.example.com";
  EXPECT_THAT(with_put(put), Is(Status::fail, "port-lost"));
  put.seen_host = "S3.example.com:9000";
  EXPECT_THAT(with_put(put), Is(Status::fail, "signature-mismatch"));
}

TEST(WandbUpload, AStoreThatDoesNotSayThatTheUrlHasExpired) {
  const auto cause = [](std::int64_t signed_at, std::int64_t expires, const ReceivedHeaders& headers = {}) {
    WandbWriteFacts facts = written();
    WandbFile& file = facts.files[0].files[0];
    file.upload.signed_at = signed_at;
    file.upload.expires = expires;
    file.put = page(403, "<Error/>", headers);
    file.put.code = "AccessDenied";
    return one(wandb_upload_check(), facts).cause;
  };
  EXPECT_EQ(cause(noon - 5, 86400), "put-denied");
  EXPECT_EQ(cause(0, 1), "put-denied");
  EXPECT_EQ(cause(noon - 100000, 86400), "url-expired");
  EXPECT_EQ(cause(noon - 4000, 86400), "clock-skew");
  EXPECT_EQ(cause(noon + 4000, 86400), "clock-skew");
  // By the store's clock, where it tells it: 2026-11-27.
  EXPECT_EQ(cause(noon - 5, 86400, {{"Date", "Fri, 27 Nov 2026 12:00:00 GMT"}}), "url-expired");
}

TEST(WandbUpload, HostTakesTheFilesItself) {
  const std::string url = std::string(base) + "/bucket/ada/x";
  const Finding wrong_mode = with_put(page(405, nginx_page, {{"Server", "nginx"}}, url));
  EXPECT_THAT(wrong_mode, Is(Status::fail, "not-found"));
  EXPECT_EQ(wrong_mode.setting, "HOST");
  EXPECT_THAT(wrong_mode.fix, HasSubstr("BUCKET_PROXY=false"));
  EXPECT_THAT(with_put(page(413, nginx_page, {}, url)).fix, HasSubstr("in front of W&B"));
  Transfer put = answered(403, "SignatureDoesNotMatch", "", url);
  put.seen_host = "wandb-local:8080";
  EXPECT_THAT(with_put(put).fix, HasSubstr("in front of W&B"));
  EXPECT_THAT(with_put(page(502, nginx_page, {}, url)).fix, HasSubstr("docker logs"));
  EXPECT_THAT(with_put(page(200, nginx_page, {}, url)).fix, HasSubstr("BUCKET_PROXY"));
}

TEST(WandbUpload, OnlyTheUnusualNameFails) {
  WandbWriteFacts facts = written();
  facts.files[0].files[1].put = answered(403, "SignatureDoesNotMatch");
  const Finding finding = one(wandb_upload_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "name-changed-on-the-way"));
  EXPECT_THAT(finding.fix, HasSubstr("merge_slashes off;"));
  EXPECT_THAT(finding.reproduce, HasSubstr("by hand é.txt"));
  facts.files[0].files[1].put = answered(405, "MethodNotAllowed");
  EXPECT_THAT(one(wandb_upload_check(), facts), Is(Status::fail, "name-changed-on-the-way"));
  facts.files[0].files[1].put = answered(507, "XMinioStorageFull");
  EXPECT_THAT(one(wandb_upload_check(), facts), Is(Status::fail, "store-full"));
  facts.files[0].files[0].put = facts.files[0].files[1].put = answered(403, "SignatureDoesNotMatch");
  EXPECT_THAT(one(wandb_upload_check(), facts), Is(Status::fail, "signature-mismatch"));
}

TEST(WandbUpload, TheRemedyKnowsTheStore) {
  const auto fix = [](const std::string& url, const ReceivedHeaders& headers = {}) {
    Transfer put = page(403, "<Error/>", headers, url);
    put.code = "AccessDenied";
    return with_put(put).fix;
  };
  EXPECT_THAT(fix("https://wandb-files.s3.eu-west-1.amazonaws.com/x"),
              AllOf(HasSubstr("aws iam put-role-policy"), HasSubstr("arn:aws:s3:::wandb-files/*")));
  EXPECT_THAT(fix("https://wandb-files.s3.cn-north-1.amazonaws.com.cn/x"), HasSubstr("arn:aws-cn:s3:::wandb-files"));
  EXPECT_THAT(fix("https://storage.googleapis.com/wandb-files/x"),
              HasSubstr("add-iam-policy-binding gs://wandb-files"));
  EXPECT_THAT(fix("https://wandb-files.storage.googleapis.com/x"), HasSubstr("gs://wandb-files"));
  EXPECT_THAT(fix("https://account.blob.core.windows.net/files/x"), HasSubstr("Storage Blob Data Contributor"));
  EXPECT_THAT(fix("https://s3.example.com:9000/wandb-files/x", {{"Server", "MinIO"}}),
              HasSubstr("wbverify --only 'bucket.*'"));
}

TEST(WandbUpload, NotTried) {
  WandbWriteFacts facts = written();
  facts.files[0].files[1].put = Transfer();
  EXPECT_THAT(one(wandb_upload_check(), facts), Is(Status::unknown, "interrupted"));
  facts.files[0].files.clear();
  EXPECT_THAT(one(wandb_upload_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbUpload, EachTeamsBucket) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.files[1].files[0].put = answered(403, "AccessDenied");
  const Findings findings = judge(wandb_upload_check(), facts);
  EXPECT_EQ(row(findings, "ada").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a"), Is(Status::fail, "put-denied"));
  EXPECT_THAT(row(findings, "team-a").reproduce, HasSubstr("entityName:\\\"team-a\\\""));
}

TEST(WandbStoreView, NeverShowsAQuery) {
  Transfer put = answered(403, "AccessDenied", "", "https://s3.example.com/wandb-files/x");
  EXPECT_THAT(describe(put), Not(HasSubstr("?")));
  EXPECT_EQ(describe(put), "PUT https://s3.example.com/wandb-files/x: 403 Forbidden after 3 ms, AccessDenied");
  EXPECT_EQ(store_of(put.answer, place()).bucket, "wandb-files");
  EXPECT_FALSE(store_of(put.answer, place()).on_host);
}

}  // namespace
}  // namespace wbverify::wandb_cases
