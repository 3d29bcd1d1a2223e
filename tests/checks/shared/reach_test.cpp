// Names and connections: facts in, findings out.
#include "checks/shared/reach.hpp"

#include <gmock/gmock.h>

namespace wbverify {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const ServiceWords mysql{"MySQL", "MYSQL", "The server does not start."};
const ServiceWords host{"the W&B server", "HOST", "Nobody gets in."};

Scene scene() {
  Scene out;
  out.settings["MYSQL"] = {"MYSQL", "", "env-file", "/etc/wandb.env", 4, "mysql://…"};
  out.settings["HOST"] = {"HOST", "", "env-file", "/etc/wandb.env", 1, "https://wandb.example.com"};
  out.home = "/etc/wandb.env";
  return out;
}

Reach named(const std::string& name, std::vector<std::string> ipv4, const std::string& source = "dns", std::vector<std::string> ipv6 = {}) {
  Reach out;
  out.host = out.dns.host = name;
  out.port = 3306;
  out.dns.source = source;
  out.dns.ipv4 = std::move(ipv4);
  out.dns.ipv6 = std::move(ipv6);
  return out;
}

Reach failed(const std::string& name, const std::string& cause, const std::string& text, const std::string& server = "") {
  Reach out = named(name, {});
  out.dns.cause = cause;
  out.dns.text = text;
  out.dns.server = server;
  return out;
}

Finding dns(const Reach& reach, const ServiceWords& words = host) {
  const auto findings = judge_dns(reach, words, scene());
  EXPECT_EQ(findings.size(), 1U);
  const Finding& finding = findings.front();
  EXPECT_EQ(finding.setting, words.setting);
  if (finding.status != Status::pass) {
    for (const auto& text : {finding.cause, finding.observed, finding.expected, finding.why, finding.fix, finding.reproduce}) EXPECT_NE(text, "") << finding.cause;
    EXPECT_EQ(finding.status == Status::unknown, finding.blame != Blame::none);
  }
  return finding;
}

TEST(JudgeDns, PassesWithWhatWasFound) {
  EXPECT_EQ(dns(named("a.example.com", {"10.0.0.1", "10.0.0.2"}, "dns", {"fd00::1"})).observed, "10.0.0.1, 10.0.0.2, fd00::1");
  EXPECT_EQ(dns(named("10.0.0.1", {"10.0.0.1"}, "literal")).observed, "10.0.0.1, an address and no name");
  EXPECT_THAT(dns(named("a.localhost", {"127.0.0.1"}, "localhost", {"::1"})).observed, HasSubstr("this machine itself"));
  EXPECT_THAT(dns(named("a.b", {"10.0.0.1"}, "hosts-file")).observed, HasSubstr("/etc/hosts"));
  Reach alias = named("a.example.com", {"10.0.0.1"});
  alias.dns.canonical_name = "lb.example.net";
  EXPECT_EQ(dns(alias).observed, "10.0.0.1, as lb.example.net");
  EXPECT_EQ(dns(named("a.b", {"1", "2", "3", "4", "5", "6", "7", "8"})).observed, "1, 2, 3, 4, 5, 6 and 2 more");
  EXPECT_EQ(dns(named("a.b", {"10.0.0.1", "0.0.0.0"})).status, Status::pass);
}

TEST(JudgeDns, NobodysAddressFails) {
  for (const auto& reach : {named("a.b", {"0.0.0.0"}), named("a.b", {}, "dns", {"::"}), named("a.b", {"0.0.0.0"}, "dns", {"::"})}) {
    const Finding finding = dns(reach);
    EXPECT_EQ(finding.status, Status::fail);
    EXPECT_EQ(finding.cause, "null-address");
  }
}

TEST(JudgeDns, ANameThatDoesNotExistFails) {
  const Finding finding = dns(failed("wandb.example.com", "nxdomain", "wandb.example.com does not exist (NXDOMAIN), says 10.0.0.2 of /etc/resolv.conf"));
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "nxdomain");
  EXPECT_EQ(finding.observed, "wandb.example.com does not exist (NXDOMAIN), says 10.0.0.2 of /etc/resolv.conf.");
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("\nwandb.example.com. 300 IN A ADDRESS\n"), HasSubstr("HOST in /etc/wandb.env line 1"), HasSubstr("provider of example.com")));
  EXPECT_EQ(finding.reproduce, "dig +noall +comments +answer wandb.example.com A wandb.example.com AAAA");
  EXPECT_EQ(dns(failed("wandb.example.com", "no-address", "words")).cause, "no-address");
  EXPECT_EQ(dns(named("wandb.example.com", {})).cause, "no-address") << "an answer without an address and without a cause";
}

TEST(JudgeDns, TheAskedServerStandsInTheCommand) {
  EXPECT_THAT(dns(failed("a.b.c", "nxdomain", "x", "127.0.0.1:5353")).reproduce, StartsWith("dig @127.0.0.1 -p 5353 +noall"));
  EXPECT_THAT(dns(failed("a.b.c", "nxdomain", "x", "10.0.0.2:53")).reproduce, StartsWith("dig @10.0.0.2 +noall"));
  EXPECT_THAT(dns(failed("a.b.c", "nxdomain", "x", "[fd00::1]:5353")).reproduce, StartsWith("dig @fd00::1 -p 5353 +noall"));
  EXPECT_THAT(dns(failed("a.b.c", "nxdomain", "x", "fd00::1")).reproduce, StartsWith("dig @fd00::1 +noall"));
}

TEST(JudgeDns, AnAliasToNowhereIsMendedAtTheAlias) {
  Reach reach = failed("wandb.example.com", "nxdomain", "wandb.example.com is an alias of old-lb.elb.example.net, which does not exist (NXDOMAIN)");
  reach.dns.canonical_name = "old-lb.elb.example.net";
  const Finding finding = dns(reach);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_THAT(finding.fix, HasSubstr("wandb.example.com. 300 IN CNAME"));
}

TEST(JudgeDns, NamesOfAClusterAreUnknownFromOutside) {
  for (const char* name : {"wandb-mysql.wandb.svc.cluster.local", "mysql.default.svc", "host.docker.internal", "mysql"}) {
    const Finding finding = dns(failed(name, "nxdomain", "x"), mysql);
    EXPECT_EQ(finding.status, Status::unknown) << name;
    EXPECT_EQ(finding.blame, Blame::machine);
    EXPECT_THAT(finding.fix, HasSubstr("getent ahosts " + std::string(name)));
  }
  const Finding finding = dns(failed("wandb", "nxdomain", "x"));
  EXPECT_EQ(finding.status, Status::fail) << "HOST is for browsers";
  EXPECT_THAT(finding.fix, HasSubstr("without a dot"));
}

TEST(JudgeDns, NoAnswerIsUnknown) {
  const struct {
    const char* cause;
    Blame blame;
    const char* fix;
  } cases[] = {{"timed-out", Blame::path, "port 53"}, {"servfail", Blame::path, "dig +trace a.example.com"}, {"refused", Blame::path, "allow-query"}, {"no-resolver", Blame::machine, "resolvectl status"}};
  for (const auto& c : cases) {
    const Finding finding = dns(failed("a.example.com", c.cause, "words of it"));
    EXPECT_EQ(finding.status, Status::unknown) << c.cause;
    EXPECT_EQ(finding.cause, c.cause);
    EXPECT_EQ(finding.blame, c.blame);
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_THAT(finding.observed, HasSubstr("a.example.com: words of it, after "));
  }
  EXPECT_THAT(dns(failed("a.example.com", "no-resolver", "x", "127.0.0.1:5353")).fix, AllOf(HasSubstr("dns_server"), Not(HasSubstr("resolvectl"))));
}

TEST(JudgeDns, WhatIsNoNameFails) {
  const Finding finding = dns(failed("10.0.0.300", "bad-name", "it looks like an IPv4 address and is none"));
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_THAT(finding.observed, HasSubstr("\"10.0.0.300\": it looks like"));
}

TcpAttempt attempt(const std::string& address, const std::string& cause = "", const std::string& text = "words") { return {address, 3306, cause, cause.empty() ? "" : text, 2.4}; }

Reach tried(std::vector<TcpAttempt> attempts, const std::string& source = "dns") {
  Reach out = named("db.example.com", {}, source);
  out.attempts = std::move(attempts);
  return out;
}

Finding tcp(const Reach& reach, const ServiceWords& words = mysql) {
  const auto findings = judge_tcp(reach, words, scene());
  EXPECT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().setting, words.setting);
  return findings.front();
}

TEST(JudgeTcp, PassesWhenAllAccept) {
  EXPECT_EQ(tcp(tried({attempt("10.0.0.1")})).observed, "10.0.0.1:3306 after 2 ms");
  EXPECT_EQ(tcp(tried({attempt("fd00::1"), attempt("10.0.0.1")})).observed, "[fd00::1]:3306 after 2 ms, and 1 address more");
  EXPECT_THAT(tcp(tried({attempt("10.0.0.1"), attempt("10.0.0.2"), attempt("10.0.0.3")})).observed, HasSubstr("2 addresses more"));
}

TEST(JudgeTcp, NoRouteFromHereIsNotHeldAgainstTheServer) {
  const Finding finding = tcp(tried({attempt("10.0.0.1"), attempt("fd00::1", "no-route")}));
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_THAT(finding.observed, HasSubstr("for want of a route from here: fd00::1"));
  EXPECT_EQ(tcp(tried({attempt("127.0.0.1"), attempt("::1", "refused")}, "localhost")).status, Status::pass);
}

TEST(JudgeTcp, SomeDeadAddressesAreAWarning) {
  const Finding v4 = tcp(tried({attempt("10.0.0.1"), attempt("10.0.0.2", "timed-out", "no answer within 2.5 s")}));
  EXPECT_EQ(v4.status, Status::warn);
  EXPECT_EQ(v4.cause, "some-addresses-dead");
  EXPECT_EQ(v4.observed, "1 of 2 addresses accept: 10.0.0.1:3306 accepts after 2 ms; 10.0.0.2:3306: no answer within 2.5 s.");
  EXPECT_THAT(v4.fix, HasSubstr("\ndb.example.com. A 10.0.0.2"));
  EXPECT_EQ(v4.reproduce, "nc -vz -w 5 10.0.0.2 3306");
  const Finding v6 = tcp(tried({attempt("10.0.0.1"), attempt("fd00::1", "refused")}), host);
  EXPECT_THAT(v6.fix, AllOf(HasSubstr("AAAA record"), HasSubstr("listen [::]:3306 ssl;")));
  const Finding file = tcp(tried({attempt("10.0.0.1"), attempt("10.0.0.2", "refused")}, "hosts-file"));
  EXPECT_THAT(file.fix, AllOf(HasSubstr("/etc/hosts"), HasSubstr("10.0.0.2")));
}

TEST(JudgeTcp, FailsWhenNoneAccepts) {
  const struct {
    const char* cause;
    Status status;
    const char* fix;
  } cases[] = {{"refused", Status::fail, "ss -ltnp 'sport = :3306'"}, {"timed-out", Status::fail, "firewall drops"}, {"reset", Status::fail, "backends"},
               {"unreachable", Status::fail, "ip route get 10.0.0.1"}, {"denied", Status::unknown, "OUTPUT"}, {"no-route", Status::unknown, "no route"}};
  for (const auto& c : cases) {
    const Finding finding = tcp(tried({attempt("10.0.0.1", c.cause)}));
    EXPECT_EQ(finding.status, c.status) << c.cause;
    EXPECT_EQ(finding.cause, c.cause);
    EXPECT_EQ(finding.blame, c.status == Status::unknown ? Blame::machine : Blame::none);
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_EQ(finding.reproduce, "nc -vz -w 5 10.0.0.1 3306");
    EXPECT_EQ(finding.expected, "MySQL accepts TCP connections on port 3306 of 10.0.0.1.");
  }
}

TEST(JudgeTcp, WhatTheTargetDidSaysMoreThanWhatThisMachineCannot) {
  const Finding finding = tcp(tried({attempt("fd00::1", "no-route"), attempt("10.0.0.1", "refused")}));
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "refused");
  EXPECT_EQ(tcp(tried({attempt("127.0.0.1", "timed-out"), attempt("::1", "refused")}, "localhost")).cause, "timed-out");
}

TEST(JudgeTcp, WordsFitTheService) {
  EXPECT_THAT(tcp(tried({attempt("10.0.0.1", "refused")}), mysql).fix, AllOf(HasSubstr("bind-address = 0.0.0.0"), HasSubstr("MYSQL in /etc/wandb.env line 4")));
  EXPECT_THAT(tcp(tried({attempt("10.0.0.1", "refused")}), host).fix, AllOf(HasSubstr("docker ps --filter publish=3306"), HasSubstr("kubectl get ingress,service")));
  EXPECT_THAT(tcp(tried({attempt("10.0.0.1", "refused")}), {"The bucket's endpoint", "BUCKET", "x"}).fix, HasSubstr("127.0.0.1"));
}

TEST(JudgeTcp, NothingTriedIsUnknown) {
  const Finding finding = tcp(tried({}));
  EXPECT_EQ(finding.status, Status::unknown);
  EXPECT_EQ(finding.cause, "interrupted");
}

TEST(JudgeTcp, LongListsAreCut) {
  std::vector<TcpAttempt> many;
  for (int i = 0; i < 16; ++i) many.push_back(attempt("10.0.0." + std::to_string(i), "refused"));
  EXPECT_THAT(tcp(tried(many)).observed, HasSubstr("and 10 more"));
}

TEST(InsideOnly, KnowsNamesOfClustersAndContainers) {
  EXPECT_EQ(inside_only("minio.storage.svc", false), "Kubernetes cluster");
  EXPECT_EQ(inside_only("MINIO.storage.svc.cluster.local", false), "Kubernetes cluster");
  EXPECT_EQ(inside_only("host.docker.internal", false), "Docker container");
  EXPECT_NE(inside_only("minio", true), "");
  for (const char* name : {"minio.example.com", "svc.example.com", "store.internal"}) EXPECT_EQ(inside_only(name, true), "") << name;
  EXPECT_EQ(inside_only("minio", false), "");
}

}  // namespace
}  // namespace wbverify
