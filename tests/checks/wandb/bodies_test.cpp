// Large bodies on each of the three ways.
#include "healthy.hpp"

namespace wbverify {
namespace {

using namespace wandb_cases;

constexpr const char* nginx_413 = "<html><head><title>413 Request Entity Too Large</title></head></html>";

Findings judged(const WandbWriteFacts& facts) { return judge(wandb_bodies_check(), facts); }

WandbWriteFacts deep() {
  WandbWriteFacts facts = written();
  facts.place.deep = true;
  WandbBody store{"store", 67108864, good("PUT"), 0, 0, 700};
  store.answer.json = false;
  store.answer.http = http_answer("/wandb-files/large.bin", 200, "", {{"Server", "AmazonS3"}});
  store.answer.http.url = "https://s3.example.com/wandb-files/large.bin?X-Amz-Signature=abc";
  facts.bodies.push_back(store);
  return facts;
}

TEST(WandbBodies, Pass) {
  const Findings findings = judged(written());
  EXPECT_EQ(row(findings, "graphql").observed, "10 MB in 90 ms");
  EXPECT_EQ(row(findings, "file-stream").observed, "10 MiB in 90 ms");
  EXPECT_THAT(row(findings, "store"), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(row(findings, "store").observed, HasSubstr("--deep"));
  EXPECT_EQ(row(judged(deep()), "store").observed, "64 MiB in 700 ms");
}

struct Case {
  const char* name;
  ApiAnswer answer;
  Status status;
  const char* cause;
  const char* fix;
};
struct Refusal : testing::TestWithParam<Case> {};

TEST_P(Refusal, IsNamed) {
  for (const std::size_t i : {0U, 1U}) {
    WandbWriteFacts facts = written();
    facts.bodies[i].answer = GetParam().answer;
    const Finding finding = row(judged(facts), facts.bodies[i].path);
    EXPECT_THAT(finding, Is(GetParam().status, GetParam().cause));
    if (finding.status != Status::fail) continue;
    EXPECT_THAT(finding.fix, HasSubstr(GetParam().fix));
    EXPECT_THAT(finding.observed, HasSubstr(i == 0 ? "10 MB" : "10 MiB"));
    EXPECT_THAT(finding.reproduce, AllOf(HasSubstr(i == 0 ? "head -c 10000000" : "head -c 10485760"),
                                         HasSubstr("--cacert"), HasSubstr("$WANDB_API_KEY")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Wandb, Refusal,
    testing::Values(
        Case{"nginx", page_of(413, nginx_413), Status::fail, "body-too-large", "client_max_body_size 0;"},
        Case{"cloudflare", page_of(413, nginx_413, {{"Server", "cloudflare"}, {"CF-Ray", "8a"}}), Status::fail,
             "body-too-large", "Cloudflare"},
        Case{"iis", page_of(404, "<html><title>404</title></html>", {{"Server", "Microsoft-IIS/10.0"}}), Status::fail,
             "body-too-large", "maxAllowedContentLength"},
        Case{"itself", refused(413, "request body too large"), Status::fail, "body-too-large", "server itself"},
        Case{"words", refused(400, "http: request body too large"), Status::fail, "body-too-large", ""},
        Case{"reset", silence("reset"), Status::fail, "reset", "client_max_body_size"},
        Case{"closed", silence("closed"), Status::fail, "closed", "firewall"},
        Case{"slow", page_of(408, "<html><title>408 Request Time-out</title></html>"), Status::fail, "request-timeout",
             "client_body_timeout"},
        Case{"firewall", page_of(403, "<html><title>403 Forbidden</title></html>"), Status::fail, "forbidden", ""},
        Case{"gateway", page_of(502, "<html><title>502 Bad Gateway</title></html>"), Status::fail, "bad-gateway", ""},
        Case{"breaks", refused(500, "internal database error"), Status::fail, "database-error", ""},
        Case{"silent", silence("timed-out"), Status::fail, "timed-out", ""},
        Case{"way", silence("unreachable", Blame::path), Status::unknown, "unreachable", ""},
        Case{"busy", refused(429, "slow down"), Status::unknown, "rate-limited", ""}),
    [](const auto& refusal) { return std::string(refusal.param.name); });

TEST(WandbBodies, AnErrorOfTheServerProvesThatTheBodyCame) {
  WandbWriteFacts facts = written();
  facts.bodies[0].answer = refused(400, "Unknown argument \"desc\" on field \"run\" of type \"Project\".");
  facts.bodies[1].answer = refused(404, "run not found");
  EXPECT_THAT(row(judged(facts), "graphql"), Is(Status::pass, ""));
  EXPECT_THAT(row(judged(facts), "file-stream"), Is(Status::pass, ""));
}

TEST(WandbBodies, APageWithStatus200IsNoPass) {
  WandbWriteFacts facts = written();
  facts.bodies[0].answer = page_of(200, "<!doctype html><html><title>Sign in</title></html>");
  EXPECT_THAT(row(judged(facts), "graphql"), Is(Status::fail, "html-page"));
  facts.bodies[0].answer = page_of(200, "OK");
  EXPECT_THAT(row(judged(facts), "graphql"), Is(Status::fail, "not-json"));
}

TEST(WandbBodies, TheLimitIsToldAndRecognised) {
  WandbWriteFacts facts = deep();
  facts.bodies[0].answer = page_of(413, nginx_413);
  facts.bodies[0].passed = 1048576;
  facts.bodies[0].refused = 1048577;
  EXPECT_THAT(row(judged(facts), "graphql").observed,
              AllOf(HasSubstr("1 MiB pass, 1048577 bytes do not"), HasSubstr("as it is with nginx unless told otherwise")));
  facts.bodies[0].passed = 4000000;
  facts.bodies[0].refused = 5000000;
  EXPECT_THAT(row(judged(facts), "graphql").observed,
              AllOf(HasSubstr("4 MB pass, 5 MB do not"), Not(HasSubstr("unless told otherwise"))));
  facts.bodies[0] = written().bodies[0];
  facts.bodies[0].passed = 67108864;
  EXPECT_EQ(row(judged(facts), "graphql").observed, "10 MB in 90 ms; 64 MiB pass as well");
  facts.bodies[0].refused = 134217728;
  EXPECT_THAT(row(judged(facts), "graphql").observed,
              HasSubstr("128 MiB do not, as it is with Cloudflare unless told otherwise"));
}

TEST(WandbBodies, SmallOnesAreRefusedAlike) {
  WandbWriteFacts facts = written();
  facts.runs[0].stream = refused(500, "boom", "", "file_stream");
  for (auto& body : facts.bodies) body.answer = refused(500, "boom");
  EXPECT_THAT(row(judge(wandb_bodies_check(), facts), "file-stream"), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(row(judge(wandb_bodies_check(), facts), "graphql"), Is(Status::fail, "server-error"));
  facts.runs[0].stream = good("file_stream");
  EXPECT_THAT(row(judge(wandb_bodies_check(), facts), "file-stream"), Is(Status::fail, "server-error"));
}

TEST(WandbBodies, TheStoreRefuses) {
  WandbWriteFacts facts = deep();
  WandbBody& store = facts.bodies.back();
  store.answer.usable = false;
  const auto refuse = [&](int status, const std::string& body, const std::string& code) {
    const std::string url = store.answer.http.url;
    store.answer.http = http_answer("", status, body, {{"Server", "nginx"}});
    store.answer.http.url = url;
    store.answer.code = code;
    return row(judged(facts), "store");
  };
  Finding finding = refuse(413, nginx_413, "");
  EXPECT_THAT(finding, Is(Status::fail, "body-too-large"));
  EXPECT_EQ(finding.setting, "BUCKET");
  EXPECT_THAT(finding.reproduce,
              AllOf(HasSubstr("head -c 67108864"), HasSubstr("https://s3.example.com/wandb-files/large.bin"),
                    Not(HasSubstr("Signature")), Not(HasSubstr("API_KEY"))));
  EXPECT_THAT(refuse(400, "", "EntityTooLarge"), Is(Status::fail, "body-too-large"));
  EXPECT_THAT(refuse(507, "", "XMinioStorageFull"), Is(Status::fail, "store-full"));
  EXPECT_THAT(refuse(403, "", "AccessDenied"), Is(Status::fail, "put-denied"));
  EXPECT_THAT(refuse(200, "<!doctype html><html><title>Sign in</title></html>", "").status, Status::fail);
}

TEST(WandbBodies, ThereIsNoStoreToSendTo) {
  WandbWriteFacts facts = deep();
  facts.bodies.back().answer = refused(403, "permission denied", "PERMISSION_ERROR", "CreateRunFiles");
  EXPECT_THAT(row(judged(facts), "store"), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(row(judged(facts), "store").observed, HasSubstr("permission denied"));
  facts.bodies.back().answer = good("CreateRunFiles");
  EXPECT_THAT(row(judged(facts), "store"), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(row(judged(facts), "store").observed, HasSubstr("wandb.store"));
}

TEST(WandbBodies, WhatWasNotSent) {
  WandbWriteFacts facts = written();
  facts.bodies.clear();
  for (const char* name : {"graphql", "file-stream"})
    EXPECT_THAT(row(judged(facts), name), Is(Status::unknown, "interrupted")) << name;
  facts.runs[0].create = refused(403, "permission denied", "PERMISSION_ERROR");
  for (const char* name : {"graphql", "file-stream"})
    EXPECT_THAT(row(judged(facts), name), Is(Status::skip, "not-applicable")) << name;
  facts.runs.clear();
  facts.cause = "no-entity";
  for (const char* name : {"graphql", "file-stream"})
    EXPECT_THAT(row(judged(facts), name).observed, HasSubstr("wandb.entity")) << name;
  facts = deep();
  facts.bodies.pop_back();
  EXPECT_THAT(row(judged(facts), "store"), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.bodies[0].answer = ApiAnswer();
  EXPECT_THAT(row(judged(facts), "graphql"), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.bodies.clear();
  facts.cause = "stopped";
  facts.text = "Stopped by a signal.";
  facts.blame = "machine";
  EXPECT_THAT(row(judged(facts), "graphql"), Is(Status::unknown, "stopped"));
}

}  // namespace
}  // namespace wbverify
