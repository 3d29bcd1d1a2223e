// Who answers, how it is, and what it believes: facts in, findings out.
#include "answers.hpp"

namespace wbverify {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(HostHealth, PassesOn200) {
  EXPECT_EQ(judge(host_healthz_check(), healthy()).observed, "200 OK after 3 ms");
  EXPECT_EQ(judge(host_ready_check(), healthy()).observed, "200 OK after 3 ms");
  HostHttpFacts facts = healthy();
  facts.healthz = facts.ready = answer("/x", 200, "");
  EXPECT_EQ(judge(host_healthz_check(), facts).status, Status::pass) << "an empty body is a body";
  EXPECT_EQ(judge(host_ready_check(), facts).status, Status::pass);
}

TEST(HostHealth, NamesEveryOtherAnswer) {
  const struct {
    int status;
    std::string body;
    ReceivedHeaders headers;
    const char *healthz, *ready;
    Status when_ready = Status::fail;
  } cases[] = {
      {500, "{\"status\":\"failing\"}", {}, "unhealthy", "not-ready"},
      {503, "{\"reason\":\"migrations pending\"}", {}, "unhealthy", "not-ready"},
      {503, "<html><body>no healthy upstream</body></html>", {}, "unavailable", "unavailable"},
      {500, "<html></html>", {}, "unhealthy", "not-ready"},
      {502, "", {}, "bad-gateway", "bad-gateway"},
      {504, "", {}, "gateway-timeout", "gateway-timeout"},
      {302, "", {{"Location", "https://login.example.com"}}, "redirected", "redirected"},
      {401, "", {}, "forbidden", "forbidden"},
      {403, "", {}, "forbidden", "forbidden"},
      {404, "", {}, "not-found", "not-found", Status::warn},
      {405, "", {}, "not-found", "not-found", Status::warn},
      {200, page(), {}, "html-page", "html-page", Status::warn},
      {204, "", {}, "unexpected-status", "unexpected-status"},
      {429, "", {}, "unexpected-status", "unexpected-status"},
  };
  for (const auto& c : cases) {
    HostHttpFacts facts = healthy();
    facts.healthz = answer("/healthz", c.status, c.body, c.headers);
    facts.ready = answer("/ready", c.status, c.body, c.headers);
    const Finding healthz = judge(host_healthz_check(), facts), ready = judge(host_ready_check(), facts);
    EXPECT_EQ(healthz.cause, c.healthz) << c.status;
    EXPECT_EQ(healthz.status, Status::fail) << c.status;
    EXPECT_EQ(ready.cause, c.ready) << c.status;
    EXPECT_EQ(ready.status, c.when_ready) << c.status;
    EXPECT_THAT(healthz.reproduce, HasSubstr("https://wandb.example.com/healthz"));
  }
}

TEST(HostHealth, TheServersWordsAreTold) {
  HostHttpFacts facts = healthy();
  facts.ready = answer("/ready", 503, "{\"status\": \"not ready\", \"reason\": \"migrations pending\"}", {});
  EXPECT_THAT(judge(host_ready_check(), facts).observed, HasSubstr("migrations pending"));
  EXPECT_THAT(judge(host_ready_check(), facts).fix, HasSubstr("wbverify --wait 10m"));
}

TEST(HostHealth, SilenceOfOnePathFails) {
  HostHttpFacts facts = healthy();
  for (const char* cause : {"timed-out", "closed", "reset"}) {
    facts.ready = no_answer("/ready", cause);
    EXPECT_EQ(judge(host_ready_check(), facts).cause, cause);
    EXPECT_EQ(judge(host_ready_check(), facts).status, Status::fail);
  }
  facts.ready = no_answer("/ready", "stopped");
  EXPECT_EQ(judge(host_ready_check(), facts).status, Status::unknown);
}

std::string who(const HostHttpFacts& facts, Status status = Status::fail) {
  const Finding finding = judge(host_is_wandb_check(), facts);
  EXPECT_EQ(finding.status, status) << finding.observed;
  return finding.cause;
}

TEST(HostIsWandb, KnowsWandb) {
  EXPECT_EQ(judge(host_is_wandb_check(), healthy()).observed, "env.js is that of W&B, behind nginx/1.22.1");
  HostHttpFacts facts = healthy();
  facts.env = answer("/env.js", 404, "404 page not found");
  EXPECT_EQ(judge(host_is_wandb_check(), facts).observed, "the page is that of W&B, behind nginx/1.22.1");
  facts.root = answer("/", 200, "<html><title>wandb</title>Loading your local environment</html>");
  EXPECT_THAT(judge(host_is_wandb_check(), facts).observed, HasSubstr("still starting"));
  facts = healthy();
  facts.root = answer("/", 302, "", {{"Location", "/login"}});
  EXPECT_EQ(who(facts, Status::pass), "") << "its own log-in, the configuration is there";
  facts.root = no_answer("/", "timed-out");
  EXPECT_EQ(who(facts, Status::pass), "");
}

TEST(HostIsWandb, TheNameOfWandbOnAForeignLogInPageDeceivesNobody) {
  HostHttpFacts facts = all(200, "<html><head><title>Weights &amp; Biases - Sign in</title></head><form><input type=\"password\"></form></html>");
  EXPECT_EQ(who(facts), "login-page");
}

TEST(HostIsWandb, KnowsRedirects) {
  const auto to = [](const std::string& location) { return all(302, "", {{"Location", location}, {"Server", "nginx"}}); };
  EXPECT_EQ(who(to("https://login.microsoftonline.com/common/oauth2/authorize")), "login-page");
  EXPECT_EQ(who(to("https://example.okta.com/app/sso")), "login-page");
  EXPECT_EQ(who(to("/oauth2/start?rd=/")), "login-page");
  EXPECT_EQ(who(to("https://wandb.example.com/")), "redirect-loop");
  EXPECT_EQ(who(to("/")), "redirect-loop");
  EXPECT_EQ(who(to("https://www.example.com/")), "redirects-elsewhere");
  EXPECT_EQ(who(to("http://wandb.example.com/")), "redirects-elsewhere");
  EXPECT_EQ(who(to("/some/page")), "not-recognised");
  const Finding finding = judge(host_is_wandb_check(), to("https://wandb-new.example.com/path"));
  EXPECT_THAT(finding.fix, HasSubstr("HOST=https://wandb-new.example.com"));
  HostHttpFacts plain = in_plain_http();
  plain.root = answer("/", 302, "", {{"Location", "http://10.1.1.1/guestportal"}}, "http://wandb.example.com");
  plain.env = answer("/env.js", 302, "", {}, "http://wandb.example.com");
  EXPECT_EQ(who(plain), "captive-portal");
}

TEST(HostIsWandb, KnowsPages) {
  const struct {
    int status;
    std::string body;
    ReceivedHeaders headers;
    const char *cause, *words;
  } cases[] = {
      {404, "default backend - 404", {}, "ingress-default-page", "ingress-nginx"},
      {200, "<h1>Welcome to nginx!</h1>", {}, "ingress-default-page", "nginx"},
      {404, "404 page not found\n", {}, "ingress-default-page", "Traefik"},
      {200, "", {{"Server", "Caddy"}}, "ingress-default-page", "Caddy"},
      {404, "", {{"Server", "istio-envoy"}}, "ingress-default-page", "Istio"},
      {404, "<html><head><title>404 Not Found</title></head></html>", {{"Server", "nginx/1.22.1"}}, "ingress-default-page", "nginx/1.22.1"},
      {404, "{\"message\":\"no Route matched with those values\"}", {}, "ingress-default-page", "Kong"},
      {521, "<div id=\"cf-error-details\">", {}, "cdn-error-page", "Cloudflare"},
      {403, "<title>Just a moment...</title>", {{"CF-RAY", "x"}}, "cdn-error-page", "Cloudflare"},
      {520, "", {{"Server", "cloudflare"}}, "cdn-error-page", "Cloudflare"},
      {403, "ERROR: The requested URL could not be retrieved", {}, "filter-page", "Squid"},
      {403, "x", {{"X-Squid-Error", "ERR_ACCESS_DENIED 0"}}, "filter-page", "Squid"},
      {511, "", {}, "captive-portal", "captive portal"},
      {401, "", {{"WWW-Authenticate", "Basic realm=x"}}, "login-page", "log-in page"},
      {403, "<form action=\"/oauth2/start\">", {}, "login-page", "oauth2-proxy"},
      {200, "<html><input type=\"password\"></html>", {}, "login-page", "log-in page"},
      {200, "<title>Grafana</title>", {}, "other-product", "Grafana"},
      {403, "x", {{"X-Jenkins", "2.401"}}, "other-product", "Jenkins"},
      {403, "<?xml?><Error><Code>AccessDenied</Code></Error>", {}, "other-product", "S3"},
      {403, "", {{"Server", "nginx"}}, "forbidden", "nginx"},
      {500, "oops", {}, "server-error", "500"},
      {404, "nothing", {}, "not-found", "404"},
      {200, "hello", {}, "not-recognised", "hello"},
      {200, "", {}, "not-recognised", "empty"},
  };
  for (const auto& c : cases) {
    const Finding finding = judge(host_is_wandb_check(), all(c.status, c.body, c.headers));
    EXPECT_EQ(finding.status, Status::fail) << c.body;
    EXPECT_EQ(finding.cause, c.cause) << c.status << " " << c.body;
    EXPECT_THAT(finding.observed, HasSubstr(c.words));
  }
}

TEST(HostIsWandb, WithoutThePageItIsUnknown) {
  HostHttpFacts facts = nothing("timed-out");
  facts.healthz = answer("/healthz", 200, "ok");
  EXPECT_EQ(who(facts, Status::unknown), "timed-out");
}

TEST(HostOwnUrl, ComparesScheneNameAndPort) {
  EXPECT_EQ(judge(host_own_url_check(), healthy()).observed, "https://wandb.example.com");
  const auto of = [](const std::string& own) {
    HostHttpFacts facts = healthy();
    facts.env = answer("/env.js", 200, env(own));
    return judge(host_own_url_check(), facts);
  };
  EXPECT_EQ(of("https://wandb.example.com:443/").status, Status::pass);
  EXPECT_EQ(of("HTTPS://wandb.example.com").status, Status::skip) << "a value that is no URL is not judged";
  EXPECT_EQ(of("https://WANDB.example.com").status, Status::pass);
  EXPECT_EQ(of("").status, Status::skip);
  const Finding unset = of("http://localhost:8080");
  EXPECT_EQ(unset.status, Status::fail);
  EXPECT_EQ(unset.cause, "default-address");
  EXPECT_THAT(unset.fix, HasSubstr("\nglobal.host: https://wandb.example.com\n"));
  const std::pair<const char*, const char*> others[] = {{"https://other.example.com", "other-name"}, {"http://wandb.example.com", "other-scheme"}, {"https://wandb.example.com:8443", "other-port"}};
  for (const auto& [own, cause] : others) {
    EXPECT_EQ(of(own).status, Status::warn);
    EXPECT_EQ(of(own).cause, cause);
  }
}

std::string date_after(std::int64_t seconds) {
  const std::time_t at = moment / 1000 + seconds;
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&at));
  return text;
}

TEST(HostTime, JudgesTheLeastDifference) {
  const auto of = [](std::int64_t seconds) {
    HostHttpFacts facts = healthy();
    for (HttpAnswer* answer : {&facts.root, &facts.healthz, &facts.ready, &facts.env}) answer->headers["date"] = date_after(seconds);
    return judge(host_time_check(), facts);
  };
  EXPECT_EQ(of(0).observed, "the clocks agree");
  EXPECT_EQ(of(30).observed, "the clocks are 29 s apart");
  EXPECT_EQ(of(60).status, Status::pass);
  EXPECT_EQ(of(62).status, Status::warn);
  EXPECT_EQ(of(-62).status, Status::warn);
  EXPECT_EQ(of(299).status, Status::warn);
  EXPECT_EQ(of(302).status, Status::fail);
  EXPECT_THAT(of(7200).observed, HasSubstr("119 min ahead of this machine's"));
  EXPECT_THAT(of(-90).observed, HasSubstr("89 s behind"));
  EXPECT_THAT(of(-600000).observed, HasSubstr("6 days"));
  EXPECT_THAT(of(600).observed, HasSubstr("min ahead"));
}

TEST(HostTime, ASlowAnswerAndACacheAreNotHeldAgainstTheServer) {
  HostHttpFacts facts = healthy();
  for (HttpAnswer* answer : {&facts.root, &facts.healthz, &facts.ready, &facts.env}) {
    answer->headers["date"] = date_after(90);
    answer->answered_at = moment + 95000;
  }
  EXPECT_EQ(judge(host_time_check(), facts).status, Status::pass);
  for (HttpAnswer* answer : {&facts.root, &facts.healthz, &facts.ready, &facts.env}) answer->headers["age"] = "3600";
  EXPECT_EQ(judge(host_time_check(), facts).status, Status::skip);
  for (HttpAnswer* answer : {&facts.root, &facts.healthz, &facts.ready, &facts.env}) answer->headers = {{"date", "yesterday"}};
  EXPECT_EQ(judge(host_time_check(), facts).status, Status::skip);
}

}  // namespace
}  // namespace wbverify
