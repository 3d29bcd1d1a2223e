// Rules and preflights.
#include "bucket_cases.hpp"
#include "checks/bucket/facts_cors.hpp"

namespace wbverify {
namespace {

using namespace bucket_cases;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> none;

TEST(CorsRules, AreMatchedAsS3DoesIt) {
  const std::vector<CorsRule> rules = {{{"https://a.example", "https://*.b.example"}, {"GET"}, {}, {}}, {{"*"}, {"HEAD"}, {"x-amz-*", "Content-MD5"}, {}}};
  EXPECT_EQ(judge_rules({}, page, "GET", none), RuleVerdict::no_rule);
  EXPECT_EQ(judge_rules(rules, "https://a.example", "GET", none), RuleVerdict::allowed);
  EXPECT_EQ(judge_rules(rules, "https://x.b.example", "GET", none), RuleVerdict::allowed);
  EXPECT_EQ(judge_rules(rules, "https://b.example", "GET", none), RuleVerdict::other_method) << "the star's rule has HEAD alone";
  EXPECT_EQ(judge_rules({rules.front()}, "https://b.example", "GET", none), RuleVerdict::other_origin);
  EXPECT_EQ(judge_rules({rules.front()}, "https://A.example", "GET", none), RuleVerdict::other_origin);
  EXPECT_EQ(judge_rules({rules.front()}, "https://a.example/", "GET", none), RuleVerdict::other_origin);
  EXPECT_EQ(judge_rules({rules.front()}, "https://a.example", "PUT", none), RuleVerdict::other_method);
  EXPECT_EQ(judge_rules({rules.front()}, "https://a.example", "GET", {"range"}), RuleVerdict::headers_missing);
  EXPECT_EQ(judge_rules(rules, page, "HEAD", {"X-Amz-Date", "content-md5"}), RuleVerdict::allowed);
  EXPECT_EQ(judge_rules(rules, page, "HEAD", {"content-type"}), RuleVerdict::headers_missing);
}

TEST(CorsRules, OneRuleHasToHoldAll) {
  const std::vector<CorsRule> rules = {{{page}, {"GET"}, {"*"}, {}}, {{"https://other.example"}, {"PUT"}, {"*"}, {}}};
  EXPECT_EQ(judge_rules(rules, page, "PUT", none), RuleVerdict::other_method);
}

/// Without the preflights' yes, which would outweigh the rules.
BucketReadFacts with_rules(std::vector<CorsRule> rules) {
  BucketReadFacts facts = healthy_read();
  facts.rules = std::move(rules);
  for (auto& preflight : facts.preflights) {
    preflight.answer = answer(403, "AccessDenied");
    preflight.cors = {};
  }
  return facts;
}

TEST(BucketCorsRules, Passes) {
  EXPECT_EQ(one(bucket_cors_rules_check(), with_rules({documented_rule()})).observed, "GET, PUT and HEAD from https://wandb.example.com");
  CorsRule open = documented_rule();
  open.origins = {"*"};
  open.expose = {"*"};
  const Finding finding = one(bucket_cors_rules_check(), with_rules({open}));
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_THAT(finding.observed, HasSubstr("from everywhere else (*)"));
}

struct RulesCase {
  const char* name;
  std::vector<CorsRule> rules;
  Status status;
  const char* cause;
  const char* says;
};
struct Rules : testing::TestWithParam<RulesCase> {};

TEST_P(Rules, AreJudged) {
  const Finding finding = one(bucket_cors_rules_check(), with_rules(GetParam().rules));
  EXPECT_THAT(finding, Is(GetParam().status, GetParam().cause));
  EXPECT_THAT(finding.observed, HasSubstr(GetParam().says));
  EXPECT_THAT(finding.fix, HasSubstr("aws s3api put-bucket-cors --bucket wandb-files --cors-configuration '{\"CORSRules\":[{\"AllowedHeaders\":[\"*\"],\"AllowedMethods\":[\"GET\",\"PUT\",\"HEAD\"],"
                                     "\"AllowedOrigins\":[\"https://wandb.example.com\"],\"ExposeHeaders\":[\"ETag\"],\"MaxAgeSeconds\":3000}"));
  EXPECT_THAT(finding.fix, HasSubstr(" --endpoint-url https://s3.example.com:9000 --region us-east-1"));
  expect_complete(finding);
}

CorsRule rule(std::vector<std::string> origins, std::vector<std::string> methods, std::vector<std::string> headers = {"*"}, std::vector<std::string> expose = {"ETag"}) {
  return {std::move(origins), std::move(methods), std::move(headers), std::move(expose)};
}

INSTANTIATE_TEST_SUITE_P(
    Bucket, Rules,
    testing::Values(RulesCase{"none", {}, Status::fail, "no-cors-rules", "has no CORS rules"},
                    RulesCase{"other", {rule({"https://other.example"}, {"GET", "PUT", "HEAD"})}, Status::fail, "origin-not-allowed", "the rules allow https://other.example."},
                    RulesCase{"scheme", {rule({"http://wandb.example.com"}, {"GET", "PUT", "HEAD"})}, Status::fail, "origin-not-allowed", "differs in its scheme"},
                    RulesCase{"port", {rule({"https://wandb.example.com:8443"}, {"GET", "PUT", "HEAD"})}, Status::fail, "origin-not-allowed", "differs in its port"},
                    RulesCase{"slash", {rule({"https://wandb.example.com/"}, {"GET", "PUT", "HEAD"})}, Status::fail, "origin-not-allowed", "an origin has none"},
                    RulesCase{"no_scheme", {rule({"wandb.example.com"}, {"GET", "PUT", "HEAD"})}, Status::fail, "origin-not-allowed", "lacks its scheme"},
                    RulesCase{"capitals", {rule({"https://WANDB.example.com"}, {"GET", "PUT", "HEAD"})}, Status::fail, "origin-not-allowed", "lower case"},
                    RulesCase{"get", {rule({page}, {"PUT", "HEAD"})}, Status::fail, "no-get-rule", "No rule allows GET"},
                    RulesCase{"put", {rule({page}, {"GET", "HEAD"})}, Status::fail, "no-put-rule", "No rule allows PUT"},
                    RulesCase{"head", {rule({page}, {"GET", "PUT"})}, Status::warn, "no-head-rule", "No rule allows HEAD"},
                    RulesCase{"headers", {rule({page}, {"GET", "PUT", "HEAD"}, {})}, Status::fail, "headers-not-allowed", "content-md5 and content-type"},
                    RulesCase{"etag", {rule({page}, {"GET", "PUT", "HEAD"}, {"*"}, {})}, Status::warn, "etag-not-exposed", "do not expose"}),
    [](const auto& rules) { return std::string(rules.param.name); });

TEST(BucketCorsRules, WhatIsThereStaysInTheCommand) {
  const Finding finding = one(bucket_cors_rules_check(), with_rules({rule({"https://o'hara.example"}, {"GET"})}));
  EXPECT_THAT(finding.fix, HasSubstr("https://o'\\''hara.example")) << finding.fix;
  EXPECT_THAT(finding.fix, HasSubstr("those that are there stand in it again"));
}

TEST(BucketCorsRules, AProxyThatAddsTheHeadersIsEnough) {
  BucketReadFacts facts = healthy_read();
  facts.rules.clear();
  facts.cors = answer(404, "NoSuchCORSConfiguration");
  const Finding finding = one(bucket_cors_rules_check(), facts);
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_THAT(finding.observed, HasSubstr("in front of the bucket"));
  facts.preflights[1].answer = answer(403);
  EXPECT_THAT(one(bucket_cors_rules_check(), facts), Is(Status::fail, "no-cors-rules"));
}

TEST(BucketCorsRules, CannotBeRead) {
  BucketReadFacts facts = healthy_read();
  facts.rules.clear();
  facts.cors = answer(403, "AccessDenied");
  EXPECT_THAT(one(bucket_cors_rules_check(), facts), Is(Status::warn, "not-readable"));
  facts.cors = answer(501, "NotImplemented");
  EXPECT_EQ(one(bucket_cors_rules_check(), facts).status, Status::skip);
  facts.cors = answer(200);
  facts.rules_cause = "unexpected-document";
  EXPECT_EQ(one(bucket_cors_rules_check(), facts).status, Status::skip);
  facts.cors = silence("timed-out");
  EXPECT_THAT(one(bucket_cors_rules_check(), facts), Is(Status::unknown, "timed-out"));
}

TEST(BucketCorsRules, MinioHasNone) {
  BucketReadFacts facts = with_rules({});
  facts.cors = answer(404, "NoSuchCORSConfiguration");
  facts.list.product = facts.anonymous.product = "MinIO";
  EXPECT_EQ(one(bucket_cors_rules_check(), facts).status, Status::skip);
  EXPECT_THAT(one(bucket_cors_rules_check(), facts).observed, HasSubstr("bucket.preflight"));
}

TEST(BucketCorsRules, DoNotApply) {
  for (void (*spoil)(BucketReadFacts&) : {+[](BucketReadFacts& f) { f.place.proxied = true; }, +[](BucketReadFacts& f) { f.place.page_origin.clear(); }, +[](BucketReadFacts& f) { f.place.has_keys = false; }}) {
    BucketReadFacts facts = healthy_read();
    spoil(facts);
    EXPECT_EQ(one(bucket_cors_rules_check(), facts).status, Status::skip);
  }
}

TEST(BucketPreflight, Passes) {
  const Findings findings = judge(bucket_preflight_check(), healthy_read());
  ASSERT_EQ(findings.size(), 3U);
  for (const auto& finding : findings) EXPECT_EQ(finding.status, Status::pass) << finding.row;
  BucketReadFacts facts = healthy_read();
  facts.preflights[0].cors.allow_origin = facts.list_cors.allow_origin = {"*"};
  facts.preflights[0].cors.allow_methods.clear();
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "GET").observed, "allowed, from everywhere (*)");
}

struct PreflightCase {
  const char* name;
  void (*spoil)(Preflight&);
  const char* cause;
};
struct Preflights : testing::TestWithParam<PreflightCase> {};

TEST_P(Preflights, OfAnUpload) {
  BucketReadFacts facts = healthy_read();
  GetParam().spoil(facts.preflights[1]);
  const Findings findings = judge(bucket_preflight_check(), facts);
  const Finding put = row(findings, "PUT");
  EXPECT_THAT(put, Is(Status::fail, GetParam().cause));
  EXPECT_THAT(put.reproduce, HasSubstr("curl -i -X OPTIONS -H 'Origin: https://wandb.example.com' -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-md5,content-type' "
                                       "https://s3.example.com:9000/wandb-files/preflight.bin"));
  expect_complete(put);
  EXPECT_EQ(row(findings, "GET").status, Status::pass);
}

INSTANTIATE_TEST_SUITE_P(
    Bucket, Preflights,
    testing::Values(PreflightCase{"refused", [](Preflight& p) { p.answer = answer(403, "AccessDenied"); p.cors = {}; }, "refused"},
                    PreflightCase{"not_allowed", [](Preflight& p) { p.answer = page_of(405, "405 Not Allowed"); p.cors = {}; }, "refused"},
                    PreflightCase{"redirected", [](Preflight& p) { p.answer = answer(302); p.cors = {}; }, "redirected"},
                    PreflightCase{"swallowed", [](Preflight& p) { p.answer = answer(204); p.cors = {}; }, "options-swallowed"},
                    PreflightCase{"two", [](Preflight& p) { p.cors.allow_origin.push_back("*"); }, "two-origins"},
                    PreflightCase{"two_in_one", [](Preflight& p) { p.cors.allow_origin = {"*, https://wandb.example.com"}; }, "two-origins"},
                    PreflightCase{"other", [](Preflight& p) { p.cors.allow_origin = {"https://other.example"}; }, "other-origin"},
                    PreflightCase{"method", [](Preflight& p) { p.cors.allow_methods = {"GET"}; }, "method-not-listed"},
                    PreflightCase{"headers", [](Preflight& p) { p.cors.allow_headers = {"content-type"}; }, "headers-not-listed"}),
    [](const auto& preflight) { return std::string(preflight.param.name); });

TEST(BucketPreflight, AStarIsEnoughForMethodsAndHeaders) {
  BucketReadFacts facts = healthy_read();
  facts.preflights[1].cors.allow_methods = facts.preflights[1].cors.allow_headers = {"*"};
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "PUT").status, Status::pass);
  facts.preflights[1].cors.allow_headers = {"Content-MD5", "Content-Type"};
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "PUT").status, Status::pass);
}

TEST(BucketPreflight, OneCauseForAllIsOneFinding) {
  BucketReadFacts facts = healthy_read();
  facts.list.product = "MinIO";
  facts.cors = answer(404, "NoSuchCORSConfiguration");
  facts.rules.clear();
  facts.list_cors = {};
  for (auto& preflight : facts.preflights) {
    preflight.answer = answer(204);
    preflight.cors = {};
  }
  const Finding finding = one(bucket_preflight_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "origin-not-allowed"));
  EXPECT_THAT(finding.fix, HasSubstr("mc admin config set ALIAS api cors_allow_origin=https://wandb.example.com"));
  EXPECT_THAT(finding.fix, Not(HasSubstr("put-bucket-cors")));
  expect_complete(finding);
  facts.list.product = "";
  EXPECT_THAT(one(bucket_preflight_check(), facts), Is(Status::fail, "no-cors-headers"));
  facts.list_cors = {{page}, {}, {}, {"ETag"}, false};
  EXPECT_THAT(one(bucket_preflight_check(), facts), Is(Status::fail, "options-swallowed"));
}

TEST(BucketPreflight, TheAnswerItselfCountsToo) {
  BucketReadFacts facts = healthy_read();
  facts.list_cors = {};
  const Finding get = row(judge(bucket_preflight_check(), facts), "GET");
  EXPECT_THAT(get, Is(Status::fail, "missing-on-answer"));
  expect_complete(get);
  facts.list_cors.allow_origin = {page, "*"};
  EXPECT_THAT(row(judge(bucket_preflight_check(), facts), "GET"), Is(Status::fail, "two-origins"));
  facts.list = S3Answer();   // without keys there is none
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "GET").status, Status::pass);
}

TEST(BucketPreflight, HeadOnlyWarns) {
  BucketReadFacts facts = healthy_read();
  facts.preflights[2].answer = answer(403, "AccessDenied");
  facts.preflights[2].cors = {};
  EXPECT_THAT(row(judge(bucket_preflight_check(), facts), "HEAD"), Is(Status::warn, "refused"));
  facts.rules.front().methods = {"GET", "PUT"};
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "HEAD").status, Status::skip) << "bucket.cors-rules says it";
}

TEST(BucketPreflight, TheETagWhereRulesCannotBeRead) {
  BucketReadFacts facts = healthy_read();
  facts.cors = answer(403, "AccessDenied");
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "GET").status, Status::pass);
  facts.list_cors.expose_headers = {"Date"};
  EXPECT_THAT(row(judge(bucket_preflight_check(), facts), "GET"), Is(Status::warn, "etag-not-exposed"));
  facts.list_cors.expose_headers = {"*"};
  EXPECT_EQ(row(judge(bucket_preflight_check(), facts), "GET").status, Status::pass);
}

TEST(BucketPreflight, Silence) {
  BucketReadFacts facts = healthy_read();
  for (auto& preflight : facts.preflights) preflight.answer = silence("timed-out");
  EXPECT_THAT(one(bucket_preflight_check(), facts), Is(Status::unknown, "timed-out"));
}

TEST(BucketPreflight, DoesNotApply) {
  BucketReadFacts facts = healthy_read();
  facts.place.proxied = true;
  EXPECT_EQ(one(bucket_preflight_check(), facts).status, Status::skip);
  facts = healthy_read();
  facts.preflights.clear();
  EXPECT_EQ(one(bucket_preflight_check(), facts).status, Status::skip);
}

}  // namespace
}  // namespace wbverify
