// From the name to an answer: facts in, findings out.
#include "answers.hpp"

namespace wbverify {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

HostNetworkFacts network() {
  HostNetworkFacts facts;
  facts.scheme = "https";
  facts.reach.host = facts.reach.dns.host = "wandb.example.com";
  facts.reach.port = 443;
  facts.reach.dns.source = "dns";
  facts.reach.dns.ipv4 = {"10.0.0.5"};
  facts.reach.attempts = {{"10.0.0.5", 443, "", "", 1}};
  return facts;
}

TEST(HostDns, WantsAnARecord) {
  EXPECT_EQ(judge(host_dns_check(), network()).status, Status::pass);
  HostNetworkFacts facts = network();
  facts.reach.dns.ipv4.clear();
  facts.reach.dns.ipv6 = {"fd00::5"};
  Finding finding = judge(host_dns_check(), facts);
  EXPECT_EQ(finding.status, Status::warn);
  EXPECT_EQ(finding.cause, "no-a-record");
  EXPECT_THAT(finding.fix, HasSubstr("\nwandb.example.com. 300 IN A ADDRESS"));
  facts.reach.dns.source = "literal";
  EXPECT_EQ(judge(host_dns_check(), facts).status, Status::pass);
  facts.reach.dns = {};
  facts.reach.dns.cause = "nxdomain";
  finding = judge(host_dns_check(), facts);
  EXPECT_EQ(finding.status, Status::fail);
}

TEST(HostTcp, JudgesTheConnection) {
  EXPECT_EQ(judge(host_tcp_check(), network()).status, Status::pass);
  HostNetworkFacts facts = network();
  facts.reach.attempts[0].cause = "refused";
  EXPECT_EQ(judge(host_tcp_check(), facts).cause, "refused");
}

TEST(HostHttp, PassesOnAnyAnswer) {
  EXPECT_EQ(judge(host_http_check(), healthy()).observed, "HTTP/2 200 OK from nginx/1.22.1 after 3 ms");
  EXPECT_EQ(judge(host_http_check(), all(404, "")).status, Status::pass);
  EXPECT_EQ(judge(host_http_check(), all(500, "")).status, Status::pass);
  HostHttpFacts facts = healthy();
  facts.root = no_answer("/", "timed-out");
  EXPECT_EQ(judge(host_http_check(), facts).status, Status::pass);
  facts = nothing("closed");
  facts.healthz = answer("/healthz", 200, "ok");
  EXPECT_EQ(judge(host_http_check(), facts).status, Status::pass);
  facts = healthy();
  facts.root = answer("/", 502, "");
  EXPECT_EQ(judge(host_http_check(), facts).status, Status::pass) << "others are answered";
}

TEST(HostHttp, NamesEverySilence) {
  const struct {
    const char* cause;
    Status status;
    const char* fix;
  } cases[] = {{"timed-out", Status::unknown, "does not answer"}, {"stopped", Status::unknown, ""}, {"dns-failed", Status::unknown, ""}, {"", Status::unknown, ""},
               {"not-http", Status::fail, "ss -ltnp 'sport = :443'"}, {"headers-too-large", Status::fail, "cookies"}, {"http2-error", Status::fail, "--http1.1"},
               {"tls-untrusted", Status::fail, "tls.*"}, {"closed", Status::fail, "healthy backend"}, {"reset", Status::fail, "healthy backend"}, {"refused", Status::fail, "docker ps"}};
  for (const auto& c : cases) {
    const Finding finding = judge(host_http_check(), nothing(c.cause));
    EXPECT_EQ(finding.status, c.status) << c.cause;
    EXPECT_EQ(finding.cause, *c.cause == '\0' ? "interrupted" : c.cause);
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_THAT(finding.observed, HasSubstr("GET https://wandb.example.com/: words of it"));
  }
  EXPECT_EQ(judge(host_http_check(), nothing("timed-out", Blame::path)).blame, Blame::path);
}

TEST(HostHttp, NamesAProxyWithoutAServer) {
  const std::pair<int, const char*> cases[] = {{502, "bad-gateway"}, {503, "unavailable"}, {504, "gateway-timeout"}};
  for (const auto& [status, cause] : cases) {
    const Finding finding = judge(host_http_check(), all(status, "<html><head><title>nobody there</title></head></html>", {{"Server", "nginx/1.22.1"}}));
    EXPECT_EQ(finding.status, Status::fail);
    EXPECT_EQ(finding.cause, cause);
    EXPECT_THAT(finding.observed, AllOf(HasSubstr("from nginx/1.22.1"), HasSubstr("\"nobody there\"")));
    EXPECT_THAT(finding.fix, AllOf(HasSubstr("docker ps"), HasSubstr("kubectl get"), HasSubstr("proxy_pass")));
  }
  EXPECT_THAT(judge(host_http_check(), all(503, "", {{"Server", "awselb/2.0"}})).fix, AllOf(HasSubstr("AWS load balancer"), Not(HasSubstr("proxy_pass"))));
  HostHttpFacts facts = all(502, "");
  facts.ready = no_answer("/ready", "timed-out");
  EXPECT_EQ(judge(host_http_check(), facts).cause, "bad-gateway");
}

TEST(HostHttp, NamesATlsPort) {
  HostHttpFacts facts = in_plain_http();
  facts.port = 8443;
  facts.root = answer("/", 400, "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>");
  const Finding finding = judge(host_http_check(), facts);
  EXPECT_EQ(finding.cause, "tls-port");
  EXPECT_EQ(finding.fix, "In /etc/wandb.env line 1 write: HOST=https://wandb.example.com:8443");
  facts.root = answer("/", 400, "Client sent an HTTP request to an HTTPS server.");
  EXPECT_EQ(judge(host_http_check(), facts).cause, "tls-port");
  facts.root = answer("/", 400, "bad");
  EXPECT_EQ(judge(host_http_check(), facts).status, Status::pass);
}

TEST(HostHttps, JudgesTheScheme) {
  EXPECT_THAT(judge(host_https_check(), healthy()).observed, HasSubstr("without Strict-Transport-Security"));
  HostHttpFacts facts = healthy();
  facts.root.headers["strict-transport-security"] = "max-age=31536000";
  EXPECT_THAT(judge(host_https_check(), facts).observed, HasSubstr("max-age=31536000"));
  facts = in_plain_http();
  Finding finding = judge(host_https_check(), facts);
  EXPECT_EQ(finding.status, Status::warn);
  EXPECT_EQ(finding.cause, "plain-http");
  facts.root = answer("/", 301, "", {{"Location", "https://wandb.example.com:8443/"}}, "http://wandb.example.com");
  finding = judge(host_https_check(), facts);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "redirects-to-https");
  EXPECT_THAT(finding.fix, HasSubstr("HOST=https://wandb.example.com:8443"));
  facts.root = answer("/", 301, "", {{"Location", "https://login.example.com/"}}, "http://wandb.example.com");
  EXPECT_EQ(judge(host_https_check(), facts).cause, "plain-http");
}

TEST(HostRedirect, PassesOnARedirectOrAClosedPort) {
  EXPECT_EQ(judge(host_redirect_check(), healthy()).observed, "308 to https://wandb.example.com");
  HostHttpFacts facts = healthy();
  facts.plain->headers["location"] = "https://wandb.example.com:443/some/page";
  facts.plain->status = 302;
  EXPECT_EQ(judge(host_redirect_check(), facts).status, Status::pass);
  facts.plain.reset();
  facts.plain_cause = "refused";
  EXPECT_EQ(judge(host_redirect_check(), facts).observed, "nobody listens at http://wandb.example.com/");
  facts.plain_cause = "timed-out";
  EXPECT_EQ(judge(host_redirect_check(), facts).status, Status::pass);
  EXPECT_EQ(judge(host_redirect_check(), in_plain_http()).status, Status::skip);
}

TEST(HostRedirect, WarnsOtherwise) {
  const auto of = [](const HttpAnswer& plain) {
    HostHttpFacts facts = healthy();
    facts.plain = plain;
    return judge(host_redirect_check(), facts);
  };
  const auto to = [](const std::string& location) { return answer("/", 301, "", {{"Location", location}}, "http://wandb.example.com"); };
  EXPECT_EQ(of(answer("/", 200, page())).cause, "served-on-http");
  EXPECT_EQ(of(answer("/", 404, "")).cause, "no-redirect");
  EXPECT_EQ(of(answer("/", 301, "", {})).cause, "no-redirect") << "a redirect to nowhere";
  EXPECT_EQ(of(to("http://wandb.example.com/login")).cause, "stays-on-http");
  EXPECT_EQ(of(to("/login")).cause, "stays-on-http");
  EXPECT_EQ(of(to("https://other.example.com/")).cause, "wrong-target");
  EXPECT_EQ(of(to("https://wandb.example.com:8443/")).cause, "wrong-target");
  EXPECT_EQ(of(no_answer("/", "closed")).cause, "no-answer");
  EXPECT_EQ(of(no_answer("/", "closed")).status, Status::warn);
  EXPECT_EQ(of(no_answer("/", "stopped")).status, Status::unknown);
}

}  // namespace
}  // namespace wbverify
