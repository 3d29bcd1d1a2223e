#include <fmt/format.h>

#include "checks/host/checks.hpp"
#include "checks/host/plugin_words.hpp"

namespace wbverify {
namespace {

Findings judge(const HostNetworkFacts& facts, const Scene& scene) {
  Findings findings = judge_dns(facts.reach, host_words(), scene);
  const DnsAnswer& dns = facts.reach.dns;
  Finding& finding = findings.front();
  if (finding.status != Status::pass || dns.source != "dns" || !dns.ipv4.empty()) return findings;
  finding.status = Status::warn;
  finding.cause = "no-a-record";
  finding.observed = fmt::format("{} has only AAAA records: {}.", dns.host, finding.observed);
  finding.expected = "An A record as well.";
  finding.why = "W&B asks for an A record. Browsers and training machines whose network has no IPv6 do not find the server at all, and nothing tells them why.";
  finding.fix = fmt::format("At the DNS provider add the record, with the IPv4 address of the load balancer:\n{}. 300 IN A ADDRESS", dns.host);
  finding.reproduce = "dig +noall +comments +answer " + dns.host + " A";
  return findings;
}

}  // namespace

CheckSpec host_dns_check() {
  CheckSpec spec;
  spec.id = "host.dns";
  spec.probe = "host.network";
  spec.title = "The name of HOST resolves";
  spec.tags = {"network"};
  return make_check<HostNetworkFacts>(std::move(spec), judge);
}

}  // namespace wbverify
