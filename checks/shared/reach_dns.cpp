#include <fmt/format.h>

#include <algorithm>

#include "checks/shared/reach.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool one_label(std::string_view name) { return name.substr(0, name.size() - (name.ends_with('.') ? 1 : 0)).find('.') == std::string_view::npos; }

/// The zone that whoever runs the DNS of this name most likely has; a guess, so it only stands in a sentence.
std::string zone_of(const std::string& name) {
  auto labels = split(name.ends_with('.') ? name.substr(0, name.size() - 1) : name, '.');
  if (labels.size() > 2) labels.erase(labels.begin());
  return join(labels, ".");
}

std::string at_server(const std::string& server) {
  if (server.empty()) return "";
  const auto colon = server.rfind(':');
  if (colon == std::string::npos || (server.find(':') != colon && !server.starts_with('['))) return shell_quote("@" + server) + " ";
  std::string address = server.substr(0, colon);
  if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
  const std::string port = server.substr(colon + 1);
  return shell_quote("@" + address) + (port == "53" ? " " : " -p " + shell_quote(port) + " ");
}

std::string dig(const DnsAnswer& dns, std::string_view options = "+noall +comments +answer ") {
  const std::string name = shell_operand(dns.host);
  return fmt::format("dig {}{}{} A {} AAAA", at_server(dns.server), options, name, name);
}

std::string correct_the_name(const ServiceWords& words, const Scene& scene) {
  return "If the name is misspelt, correct it in " + scene.origin(words.setting) + ".";
}

std::string records(const std::string& host) {
  const std::string name = host.ends_with('.') ? host : host + ".";
  return fmt::format("{} 300 IN A ADDRESS", name);
}

Finding passes(const DnsAnswer& dns) {
  std::vector<std::string> all = dns.ipv4;
  all.insert(all.end(), dns.ipv6.begin(), dns.ipv6.end());
  const std::size_t count = all.size();
  if (count > 6) all.resize(6);
  std::string list = join(all, ", ") + (count > 6 ? fmt::format(" and {} more", count - 6) : "");
  if (dns.source == "literal") list += ", an address and no name";
  if (dns.source == "localhost") list += ", this machine itself";
  if (dns.source == "hosts-file") list += ", from /etc/hosts of this machine";
  if (!dns.canonical_name.empty()) list += ", as " + dns.canonical_name;
  return passed(list);
}

void judge_absence(const DnsAnswer& dns, const ServiceWords& words, const Scene& scene, Finding& finding) {
  const std::string& host = dns.host;
  finding.expected = "An A record for " + host + " with the address of " + words.service + ".";
  // Compose gives every service its bare name. HOST is what browsers use, so there it is an error.
  if (const auto place = inside_only(host, words.setting != "HOST"); !place.empty()) {
    finding.status = Status::unknown;
    finding.blame = Blame::machine;
    finding.expected = "To be asked from where the W&B server runs.";
    finding.fix = fmt::format("The name is one of those that exist only inside a {}, and this machine is outside. Run wbverify inside, with the same settings. "
                              "Whether the name exists there, this tells:\n", place) +
                  (place.starts_with("Kubernetes") ? "kubectl exec -n NAMESPACE deploy/wandb-app -- getent ahosts " : "docker exec CONTAINER getent ahosts ") + shell_operand(host);
    finding.fix += "\nIf the name fails there as well, correct it in " + scene.origin(words.setting) + ".";
  } else if (!dns.canonical_name.empty()) {
    finding.expected = "An alias of a name that has an address.";
    finding.fix = fmt::format("The load balancer or server that the alias points to is gone or was made anew under another name. At the DNS provider of {} point the "
                              "alias to the present one:\n{} 300 IN CNAME LOAD_BALANCER_NAME.\nWith Kubernetes its present name is in:\n"
                              "kubectl get ingress,service -A -o wide | grep -i -e wandb -e LoadBalancer",
                              zone_of(host), host + ".");
  } else if (one_label(host)) {
    finding.expected = "A full name, such as wandb.example.com.";
    finding.fix = fmt::format("A name without a dot works only on machines with the right search domain. Write the full name that every browser and every training "
                              "machine can resolve. {}", correct_the_name(words, scene));
  } else {
    finding.fix = fmt::format("At the DNS provider of {} add the record:\n{}\nA name that was asked for before it existed stays unknown to resolvers for as long as the "
                              "zone's SOA record says (last number, in seconds). {}",
                              zone_of(host), records(host), correct_the_name(words, scene));
  }
}

void judge_no_answer(const DnsAnswer& dns, const ServiceWords& words, Finding& finding) {
  finding.status = Status::unknown;
  finding.blame = Blame::path;
  finding.expected = "An answer about " + dns.host + ", yes or no.";
  const std::string whose = dns.server.empty() ? "/etc/resolv.conf" : "dns_server of wbverify's configuration";
  if (dns.cause == "no-resolver") {
    finding.blame = Blame::machine;
    finding.fix = "No DNS server listens where " + whose + " points to. Start it, or write there the address of one that runs.";
    if (dns.server.empty()) finding.fix += " With systemd-resolved:\nsystemctl status systemd-resolved\nresolvectl status";
  } else if (dns.cause == "timed-out") {
    finding.fix = "The DNS server of " + whose + " is down or a firewall drops the packets: allow UDP and TCP port 53 from this machine to it, or name another one there.";
    finding.reproduce = dig(dns, "+tries=1 +time=5 ");
  } else if (dns.cause == "refused") {
    finding.fix = "The DNS server does not serve the network of this machine. Allow it there (BIND: allow-query and allow-recursion; Unbound: access-control), or name "
                  "another server in " + whose + ".";
  } else {
    finding.fix = fmt::format("The resolver could not get an answer from the servers of the zone {}, or the answer's DNSSEC signature is wrong. This tells which: an answer "
                              "here means the signature:\n{}\nEach server of the zone is asked by:\ndig +trace {}",
                              zone_of(dns.host), dig(dns, "+cd +noall +comments +answer "), shell_operand(dns.host));
  }
  finding.why = "Whether the name exists could not be found out from here. " + words.why;
}

bool is_null(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

}  // namespace

std::string_view inside_only(std::string_view host, bool bare_names) {
  const std::string name = to_lower(host);
  if (name.ends_with(".svc") || name.ends_with(".cluster.local") || name.find(".svc.") != std::string::npos) return "Kubernetes cluster";
  if (name.ends_with(".docker.internal")) return "Docker container";
  if (bare_names && one_label(name)) return "Docker network or the Kubernetes namespace of the W&B server";
  return {};
}

Findings judge_dns(const Reach& reach, const ServiceWords& words, const Scene& scene) {
  const DnsAnswer& dns = reach.dns;
  Finding finding = passes(dns);
  finding.setting = words.setting;
  std::vector<std::string> all = dns.ipv4;
  all.insert(all.end(), dns.ipv6.begin(), dns.ipv6.end());
  if (dns.cause.empty() && !all.empty()) {
    if (!std::all_of(all.begin(), all.end(), is_null)) return {finding};
    finding.status = Status::fail;
    finding.cause = "null-address";
    finding.observed = dns.host + " resolves to " + all.front() + ", which is nobody's address.";
    finding.expected = "The address of " + words.service + ".";
    finding.why = words.why;
    finding.fix = "A filtering DNS server (Pi-hole, AdGuard, a firewall) answers so for names that it blocks: allow the name there. Otherwise somebody wrote the address "
                  "into the zone or into /etc/hosts: put the right one in its place.";
    finding.reproduce = dig(dns);
    return {finding};
  }
  finding.status = Status::fail;
  finding.cause = dns.cause.empty() ? "no-address" : dns.cause;
  // The client's words begin with a name as it was written, or with a small letter.
  finding.observed = dns.text.empty() ? "No address of " + dns.host + " is known." : dns.host + ": " + dns.text + fmt::format(", after {:.0f} ms.", dns.duration_ms);
  if (dns.text.starts_with(dns.host)) finding.observed = dns.text + ".";
  finding.why = words.why;
  finding.reproduce = dig(dns);
  if (finding.cause == "nxdomain" || finding.cause == "no-address") {
    judge_absence(dns, words, scene, finding);
  } else if (finding.cause == "bad-name") {
    finding.observed = fmt::format("No resolver can be asked for \"{}\": {}.", dns.host, dns.text);
    finding.expected = "A host name of letters, digits, hyphens and dots, or an IP address.";
    finding.fix = "Write the name as it stands in DNS into " + scene.origin(words.setting) + ".";
    finding.reproduce = "getent ahosts " + shell_operand(dns.host);
  } else {
    judge_no_answer(dns, words, finding);
  }
  return {finding};
}

}  // namespace wbverify
