// What any question to the API can meet.
#include "checks/wandb/plugin_hop.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

Finding told(const ApiAnswer& answer) {
  const Finding finding = trouble(place(), answer, scene());
  expect_complete(finding);
  return finding;
}

TEST(WandbTrouble, TellsASilenceByWhoIsToBlame) {
  const struct {
    const char* cause;
    Blame blame;
    Status status;
    const char* fix;
  } cases[] = {{"timed-out", Blame::target, Status::fail, "waits for its database"},
               {"timed-out", Blame::path, Status::unknown, "steady connection"},
               {"refused", Blame::target, Status::fail, "docker ps"},
               {"closed", Blame::target, Status::fail, "crashes"},
               {"tls-untrusted", Blame::target, Status::fail, "tls.*"},
               {"dns-failed", Blame::path, Status::unknown, "steady connection"},
               {"stopped", Blame::machine, Status::unknown, ""}};
  for (const auto& c : cases) {
    const Finding finding = told(silence(c.cause, c.blame));
    EXPECT_THAT(finding, Is(c.status, c.cause));
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_EQ(finding.observed, "Viewer, POST https://wandb.example.com/graphql: words of it.");
  }
  EXPECT_THAT(told(ApiAnswer()), Is(Status::unknown, "interrupted"));
  EXPECT_EQ(told(ApiAnswer()).blame, Blame::machine);
}

TEST(WandbTrouble, TellsWhoStandsInFront) {
  const struct {
    int status;
    const char* body;
    ReceivedHeaders headers;
    const char* cause;
    const char* fix;
  } cases[] = {
      {200,
       "<html><head><title>Sign in</title></head><form id=\"kc-form-login\"></form></html>",
       {},
       "login-page",
       "Keycloak"},
      {302,
       "",
       {{"Location", "https://login.example.com/x"}},
       "login-page",
       "It sends people to https://login.example.com."},
      {401, "", {{"Server", "nginx"}, {"WWW-Authenticate", "Basic"}}, "login-required", "nginx"},
      {407, "", {{"Server", "squid"}}, "proxy-login-required", "NO_PROXY=wandb.example.com"},
      {511, "", {}, "captive-portal", "Log it in"},
      {200, "<html><title>Captive Portal</title></html>", {}, "captive-portal", "Log it in"},
      {403, "<html>Zscaler</html>", {}, "filter-page", "Zscaler"},
      {403,
       "<html><title>Attention Required! | Cloudflare</title></html>",
       {{"CF-RAY", "1"}},
       "cdn-error-page",
       "Cloudflare"},
      {301, "", {{"Location", "https://other.example.com/graphql"}}, "redirected", "HOST=https://other.example.com"},
      {308, "", {{"Location", "/graphql/"}}, "redirected", "strip a slash"},
      {403, "<html>no</html>", {{"Server", "nginx"}}, "forbidden", "nginx refuses it"},
      {404, "<html><title>404</title></html>", {{"Server", "nginx"}}, "not-found", "The path /graphql has to reach"},
      {405, "", {{"Server", "nginx"}}, "not-found", "kubectl describe ingress"},
      {429, "slow down", {}, "rate-limited", "limit-rps"},
      {502, "<html>Bad Gateway</html>", {{"Server", "nginx"}}, "bad-gateway", "proxy_pass"},
      {503, "no server is available to handle this request", {}, "unavailable", "docker ps"},
      {504, "", {{"Server", "awselb/2.0"}}, "gateway-timeout", "gives up"},
      {500, "oops", {}, "server-error", "docker logs"},
      {200, "<html><head><title>Weights &amp; Biases</title></head></html>", {}, "html-page", "The page is W&B's own"},
      {200, "<html><title>It works</title></html>", {}, "html-page", "location /"},
      {200, "ok", {}, "not-json", "Something else than the API"},
      {413, "<html><title>413</title></html>", {{"Server", "nginx"}}, "body-too-large", "client_max_body_size 0;"},
  };
  for (const auto& c : cases) {
    const Finding finding = told(page_of(c.status, c.body, c.headers));
    EXPECT_EQ(finding.cause, c.cause) << c.status << " " << c.body;
    EXPECT_EQ(finding.status, std::string_view(c.cause) == "rate-limited" ? Status::unknown : Status::fail);
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_THAT(finding.reproduce, HasSubstr("-u \"api:$WANDB_API_KEY\""));
  }
  for (const char* cause : {"json-too-deep", "answer-too-large"}) {
    ApiAnswer answer = page_of(200, "[[[[[[");
    answer.code = cause;
    EXPECT_THAT(told(answer), Is(Status::fail, cause));
    answer.code.clear();
    answer.http.cause = cause;
    EXPECT_THAT(told(answer), Is(Status::fail, cause));
  }
}

TEST(WandbTrouble, TellsWhomTheServerDoesNotReach) {
  const Finding name = told(refused(500, "dial tcp: lookup api.wandb.ai on 10.0.0.10:53: no such host"));
  EXPECT_EQ(name.expected, "The server reaches api.wandb.ai.");
  EXPECT_THAT(name.fix, HasSubstr("docker exec wandb-local getent hosts api.wandb.ai\n"));
  const Finding address = told(refused(500, "dial tcp [2001:db8::1]:443: connect: network is unreachable"));
  EXPECT_THAT(address.fix, HasSubstr("telnet://[2001:db8::1]:443"));
}

TEST(WandbTrouble, TellsWhatTheServerSays) {
  const struct {
    int status;
    const char* message;
    const char* code;
    const char* cause;
  } cases[] = {
      {403, "permission denied", "PERMISSION_ERROR", "permission-denied"},
      {200, "permission denied", "PERMISSION_ERROR", "permission-denied"},
      {401, "user is not logged in", "", "key-refused"},
      {200, "request origin not allowed: http://127.0.0.1:8080", "", "origin-refused"},
      {403, "License expired", "", "licence-refused"},
      {400, "Cannot query field \"x\" on type \"Run\".", "", "old-server"},
      {500, "internal database error", "", "database-error"},
      {500, "OOM command not allowed when used memory > 'maxmemory'", "", "redis-error"},
      {500, "dial tcp 127.0.0.1:3306: connect: connection refused", "", "database-error"},
      {500, "Error 1366 (HY000): Incorrect string value: 'x' for column 'key' at row 1", "", "database-error"},
      {500, "dial tcp 10.0.0.7:6379: i/o timeout", "", "redis-error"},
      {500, "Post \"https://api.wandb.ai/license\": dial tcp: lookup api.wandb.ai on 10.0.0.10:53: no such host", "",
       "server-cannot-connect"},
      {500, "dial tcp [2001:db8::1]:443: connect: network is unreachable", "", "server-cannot-connect"},
      {413, "request body too large", "", "body-too-large"},
      {429, "rate limit exceeded", "", "rate-limited"},
      {404, "run not found", "", "not-found"},
      {500, "an error without a text", "", "server-error"},
      {200, "internal error", "", "server-error"},
      {400, "run config cannot exceed 15 MB", "", "refused"}};
  for (const auto& c : cases) {
    const Finding finding = told(refused(c.status, c.message, c.code));
    EXPECT_EQ(finding.cause, c.cause) << c.message;
    EXPECT_THAT(finding.observed, HasSubstr(c.message));
  }
  EXPECT_EQ(told(refused(400, "Unknown type \"Q\".")).status, Status::warn);
  EXPECT_EQ(told(refused(401, "no")).setting, "WANDB_API_KEY");
  EXPECT_EQ(told(refused(200, "bad license")).setting, "LICENSE");
  const Finding finding = told(empty("upsertBucket.bucket"));
  EXPECT_EQ(finding.cause, "unexpected-answer");
  EXPECT_THAT(finding.observed, HasSubstr("upsertBucket.bucket is missing or of a wrong type."));
}

TEST(WandbTrouble, TellsWhoseLimitABodyMet) {
  EXPECT_THAT(body_limit(page_of(413, "", {{"CF-RAY", "1"}})).fix, HasSubstr("Cloudflare takes 100 MB"));
  EXPECT_THAT(body_limit(page_of(413, "", {{"Server", "Apache/2.4"}})).fix, HasSubstr("LimitRequestBody 0"));
  EXPECT_THAT(body_limit(page_of(413, "", {{"Server", "istio-envoy"}})).fix, HasSubstr("max_request_bytes"));
  EXPECT_THAT(body_limit(refused(413, "too large")).fix, HasSubstr("server itself"));
}

TEST(WandbWords, NameEachEntityWhenThereAreSeveral) {
  const EntityJudge judge = [](const WandbRun& run, const WandbFiles& files) {
    EXPECT_EQ(run.entity, files.entity);
    Finding finding = passed("40 ms");
    finding.row = run.entity == "team-b" ? "direct" : "";
    return Findings{finding};
  };
  const Findings alone = each_entity(written(), "It works", judge);
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone[0], passed("40 ms"));
  const Findings both = each_entity(written({"team-a", "team-b"}), "It works", judge);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].row, "team-a");
  EXPECT_EQ(both[0].title, "It works (team-a)");
  EXPECT_EQ(both[1].row, "team-b/direct");
  EXPECT_EQ(both[1].observed, "In team-b: 40 ms");

  WandbWriteFacts facts;
  EXPECT_THAT(each_entity(facts, "It works", judge), testing::ElementsAre(Is(Status::unknown, "interrupted")));
  facts.cause = "journal-failed";
  facts.text = "The journal cannot be written";
  facts.blame = "machine";
  const Finding finding = each_entity(facts, "It works", judge).front();
  EXPECT_THAT(finding, Is(Status::unknown, "journal-failed"));
  EXPECT_EQ(finding.observed, "The journal cannot be written.");
  facts.runs.resize(1);
  EXPECT_THAT(each_entity(facts, "It works", judge), testing::ElementsAre(Is(Status::unknown, "journal-failed")))
      << "given up before the first question";
}

TEST(WandbWords, WriteCommandsThatHoldNoSecret) {
  EXPECT_EQ(curl_graphql(place(), "{ viewer { id } }"),
            "curl -sS -i --max-time 30 --cacert /etc/wandb/ca.pem -u \"api:$WANDB_API_KEY\" -H 'Content-Type: "
            "application/json' -d "
            "'{\"query\":\"{ viewer { id } }\"}' https://wandb.example.com/graphql");
  WandbPlace federated = place();
  federated.access = "identity-token";
  EXPECT_THAT(
      curl_graphql(federated, "query Q($x:Int){a}", "{\"x\":1}"),
      AllOf(HasSubstr("-H \"Authorization: Bearer $WANDB_ACCESS_TOKEN\""), HasSubstr("\"variables\":{\"x\":1}")));
  federated.access.clear();
  EXPECT_THAT(curl_graphql(federated, "{a}"), Not(HasSubstr("Authorization")));
  EXPECT_THAT(nginx_lines("client_max_body_size"), HasSubstr(":\n  client_max_body_size 0;\n  proxy_set_header Host"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
