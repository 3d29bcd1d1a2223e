#include "checks/wandb/plugin_cors.hpp"
#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

struct WandbCors : testing::Test {
  WandbWriteFacts facts = written();
  WandbFiles& files = facts.files[0];
  WandbFile& file = files.files[0];

  Findings all() const { return judge(wandb_cors_check(), facts); }
  /// The store lets nobody in: 403 to both questions, no header on any answer.
  void close_store() {
    for (StorePreflight* preflight : {&files.put_preflight, &files.get_preflight}) {
      preflight->answer.status = 403;
      preflight->allow_origin.clear();
    }
    file.put.allow_origin.clear();
    file.by_direct.allow_origin.clear();
  }
};

TEST_F(WandbCors, Passes) {
  const Findings findings = all();
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(row(findings, "upload-preflight").observed, "allowed from https://wandb.example.com");
  EXPECT_EQ(row(findings, "upload").observed, "let in, ETag exposed");
  EXPECT_EQ(row(findings, "download-preflight").status, Status::pass);
  EXPECT_EQ(row(findings, "download").observed, "let in");
  for (const auto& finding : findings) EXPECT_FALSE(finding.title.empty());
  files.put_preflight.allow_origin = {"*"};
  EXPECT_THAT(row(all(), "upload-preflight").observed, HasSubstr("from everywhere (*)"));
}

TEST_F(WandbCors, AClosedStoreIsOneFailure) {
  close_store();
  const Finding finding = one(wandb_cors_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "refused"));
  EXPECT_EQ(finding.row, "");
  EXPECT_THAT(finding.observed,
              HasSubstr("for PUT at https://s3.example.com: The preflight is answered with 403 Forbidden."));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("aws s3api put-bucket-cors --bucket wandb-files"),
                                 HasSubstr("https://wandb.example.com"), HasSubstr("ETag")));
  EXPECT_THAT(finding.reproduce, AllOf(HasSubstr("curl -sS --cacert /etc/wandb/ca.pem -i -X OPTIONS"),
                                       HasSubstr("Access-Control-Request-Method: PUT")));
  EXPECT_THAT(finding.reproduce, Not(HasSubstr("Signature")));
}

struct PreflightCase {
  const char* name;
  void (*spoil)(StorePreflight&);
  const char* cause;
  const char* observed;
};
struct WandbCorsQuestion : testing::TestWithParam<PreflightCase> {};

TEST_P(WandbCorsQuestion, IsJudged) {
  WandbWriteFacts facts = written();
  GetParam().spoil(facts.files[0].put_preflight);
  const Findings findings = judge(wandb_cors_check(), facts);
  const Finding finding = row(findings, "upload-preflight");
  EXPECT_THAT(finding, Is(Status::fail, GetParam().cause));
  EXPECT_THAT(finding.observed, HasSubstr(GetParam().observed));
  EXPECT_EQ(row(findings, "download-preflight").status, Status::pass);
}

INSTANTIATE_TEST_SUITE_P(
    All, WandbCorsQuestion,
    testing::Values(PreflightCase{"other", [](StorePreflight& p) { p.allow_origin = {"https://other.example"}; },
                                  "other-origin", "https://other.example"},
                    PreflightCase{"two",
                                  [](StorePreflight& p) {
                                    p.allow_origin = {base, "*"};
                                  },
                                  "two-origins", "more than one"},
                    PreflightCase{"method", [](StorePreflight& p) { p.allow_methods = {"GET"}; }, "method-not-listed",
                                  "allows GET"},
                    PreflightCase{"headers", [](StorePreflight& p) { p.allow_headers.clear(); }, "headers-not-listed",
                                  "content-md5"},
                    PreflightCase{"redirect", [](StorePreflight& p) { p.answer.status = 301; }, "redirected", "301"},
                    PreflightCase{"swallowed", [](StorePreflight& p) { p.allow_origin.clear(); }, "options-swallowed",
                                  "without any"}),
    [](const auto& question) { return std::string(question.param.name); });

TEST_F(WandbCors, NoHeaderAnywhere) {
  for (StorePreflight* preflight : {&files.put_preflight, &files.get_preflight}) preflight->allow_origin.clear();
  file.put.allow_origin.clear();
  file.by_direct.allow_origin.clear();
  EXPECT_THAT(one(wandb_cors_check(), facts), Is(Status::fail, "no-cors-headers"));
}

TEST_F(WandbCors, AUrlThatTheStoreRefusesIsToldByItsTransfer) {
  files.put_preflight.answer.status = file.put.answer.status = 403;
  files.put_preflight.allow_origin.clear();
  EXPECT_THAT(row(all(), "upload-preflight"), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(row(all(), "upload").observed, HasSubstr("wandb.upload"));
  file.put.answer.status = 500;
  EXPECT_THAT(row(all(), "upload-preflight"), Is(Status::fail, "refused"));
}

TEST_F(WandbCors, AProxyAnswersTheQuestion) {
  files.get_preflight.answer =
      make_answer("https://s3.example.com/x",
                  HttpResponse{405, "HTTP/1.1", {{"Server", "nginx"}}, "<html></html>", false, "", 3, 3}, noon * 1000);
  const Finding finding = row(all(), "download-preflight");
  EXPECT_THAT(finding, Is(Status::fail, "refused"));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("answers OPTIONS by itself"), HasSubstr("put-bucket-cors")));
}

TEST_F(WandbCors, TheAnswerItselfLacksIt) {
  file.put.allow_origin.clear();
  const Finding missing = row(all(), "upload");
  EXPECT_THAT(missing, Is(Status::fail, "missing-on-answer"));
  EXPECT_THAT(missing.observed, HasSubstr("to the PUT itself"));
  file.put.allow_origin = {base, base};
  const Finding two = row(all(), "upload");
  EXPECT_THAT(two, Is(Status::fail, "two-origins"));
  EXPECT_THAT(two.fix, HasSubstr("Take it out of the proxy"));
  file.by_direct.allow_origin = {"https://other.example"};
  EXPECT_THAT(row(all(), "download"), Is(Status::fail, "other-origin"));
}

TEST_F(WandbCors, EtagHidden) {
  file.put.expose_headers = {"Content-Length"};
  const Finding finding = row(all(), "upload");
  EXPECT_THAT(finding, Is(Status::warn, "etag-not-exposed"));
  EXPECT_THAT(finding.why, HasSubstr("upload in parts"));
  file.put.expose_headers = {"*"};
  EXPECT_EQ(row(all(), "upload").status, Status::pass);
}

TEST_F(WandbCors, FilesThroughHostNeedNoLeave) {
  for (SignedUrl* url : {&file.upload, &file.direct}) {
    url->host = "wandb.example.com";
    url->url = std::string(base) + "/bucket/x";
  }
  EXPECT_EQ(one(wandb_cors_check(), facts).status, Status::skip);
  file.direct = SignedUrl();
  for (const auto& finding : all()) EXPECT_EQ(finding.status, Status::skip) << finding.row;
}

TEST_F(WandbCors, AFileThatIsNotListedWasNotAskedFor) {
  files.get_preflight = StorePreflight();
  file.by_direct = Transfer();
  EXPECT_THAT(row(all(), "download-preflight"), Is(Status::unknown, "interrupted"));
  file.registered = false;
  EXPECT_EQ(row(all(), "download-preflight").status, Status::skip);
  EXPECT_EQ(row(all(), "download").status, Status::skip);
}

TEST_F(WandbCors, NotTriedOrNotAnswered) {
  files.put_preflight = StorePreflight();
  EXPECT_THAT(row(all(), "upload-preflight"), Is(Status::unknown, "interrupted"));
  file.put.with_origin = false;
  EXPECT_EQ(row(all(), "upload").status, Status::skip);
  file.by_direct.answer.status = 403;
  EXPECT_THAT(row(all(), "download").observed, HasSubstr("wandb.download"));
  file.by_direct = Transfer();
  EXPECT_THAT(row(all(), "download"), Is(Status::unknown, "interrupted"));
  files.get_preflight.answer =
      make_answer("https://s3.example.com/x", fail({"timed-out", "no answer", Blame::target, true}), noon * 1000);
  EXPECT_THAT(row(all(), "download-preflight"), Is(Status::fail, "timed-out"));
  files.get_preflight.answer.blame = "path";
  EXPECT_THAT(row(all(), "download-preflight"), Is(Status::unknown, "timed-out"));
  files.files.clear();
  EXPECT_THAT(one(wandb_cors_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST_F(WandbCors, TheRemedyKnowsTheStore) {
  const auto fix = [](const std::string& product) {
    return let_pages_in({"https://s3.example.com:9000", "wandb-files", product, false}, base);
  };
  EXPECT_THAT(fix(""), HasSubstr("--endpoint-url https://s3.example.com:9000"));
  EXPECT_THAT(fix("Amazon S3"), Not(HasSubstr("--endpoint-url")));
  EXPECT_THAT(fix("MinIO"), HasSubstr("mc admin config set ALIAS api cors_allow_origin=https://wandb.example.com"));
  EXPECT_THAT(fix("Google Cloud Storage"),
              HasSubstr("printf '%s' "
                        "'[{\"maxAgeSeconds\":3000,\"method\":[\"GET\",\"PUT\",\"HEAD\"],\"origin\":[\"https://"
                        "wandb.example.com\"],\"responseHeader\":[\"*\"]}]' > "
                        "cors.json\ngcloud storage buckets update gs://wandb-files --cors-file=cors.json"));
  EXPECT_THAT(
      fix("Azure Blob Storage"),
      HasSubstr("az storage cors add --services b --methods GET PUT HEAD OPTIONS --origins https://wandb.example.com"));
}

TEST_F(WandbCors, EachTeamsBucket) {
  facts = written({"ada", "team-a"});
  facts.files[1].put_preflight.allow_origin = {"https://other.example"};
  const Findings findings = judge(wandb_cors_check(), facts);
  EXPECT_EQ(findings.size(), 8U);
  EXPECT_EQ(row(findings, "ada/upload-preflight").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a/upload-preflight"), Is(Status::fail, "other-origin"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
