#include <fmt/format.h>

#include <algorithm>

#include "checks/shared/reach.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_ipv6(const TcpAttempt& attempt) { return attempt.address.find(':') != std::string::npos; }

std::string where(const TcpAttempt& attempt) {
  return is_ipv6(attempt) ? fmt::format("[{}]:{}", attempt.address, attempt.port) : fmt::format("{}:{}", attempt.address, attempt.port);
}

std::string milliseconds(double ms) { return ms < 1 ? "less than 1 ms" : fmt::format("{:.0f} ms", ms); }

std::string say(const TcpAttempt& attempt) {
  if (attempt.cause.empty()) return fmt::format("{} accepts after {}", where(attempt), milliseconds(attempt.duration_ms));
  if (attempt.cause == "refused") return fmt::format("{} refuses the connection after {}", where(attempt), milliseconds(attempt.duration_ms));
  return where(attempt) + ": " + attempt.text;
}

std::string say(const std::vector<TcpAttempt>& attempts) {
  std::vector<std::string> out;
  for (const auto& attempt : attempts) {
    if (out.size() == 6) return join(out, "; ") + fmt::format("; and {} more", attempts.size() - 6);
    out.push_back(say(attempt));
  }
  return join(out, "; ");
}

std::string nc(const TcpAttempt& attempt) { return fmt::format("nc -vz -w 5 {} {}", shell_operand(attempt.address), attempt.port); }

/// What to look at where the service runs, when its machine answers but the port does not.
std::string start_it(std::uint16_t port, const ServiceWords& words) {
  std::string out = fmt::format("The machine answers, but nothing listens on port {} there. See what listens on it, as root:\nss -ltnp 'sport = :{}'\n", port, port);
  if (words.setting == "MYSQL") {
    out += "MySQL that listens on 127.0.0.1 alone is the usual reason. In my.cnf under [mysqld] write, then restart it:\nbind-address = 0.0.0.0";
  } else if (words.setting == "HOST") {
    out += fmt::format("Started with Docker, the container must run and publish the port:\ndocker ps --filter publish={}\n"
                       "With Kubernetes, an ingress or a LoadBalancer service must have it:\nkubectl get ingress,service -A | grep -e {}",
                       port, port);
  } else {
    out += fmt::format("Start {} there, or have it listen on all addresses instead of 127.0.0.1.", words.service);
  }
  return out;
}

std::string open_the_way(std::uint16_t port) {
  return fmt::format("Nothing came back, not even a refusal: a firewall drops the packets, or the address is nobody's. Allow TCP port {} from this machine and from the W&B server: "
                     "in the cloud's security group or firewall rule, in the network policy, and on the machine itself:\niptables -nL INPUT; nft list ruleset; ufw status; "
                     "firewall-cmd --list-all",
                     port);
}

std::string remedy(const TcpAttempt& attempt, const ServiceWords& words, const Scene& scene) {
  std::string out;
  if (attempt.cause == "refused") {
    out = start_it(attempt.port, words);
  } else if (attempt.cause == "timed-out") {
    out = open_the_way(attempt.port);
  } else if (attempt.cause == "reset") {
    out = "Something accepts and cuts the connection at once: a load balancer without a healthy backend, or a firewall that resets. Look at the balancer's backends first.";
  } else if (attempt.cause == "unreachable") {
    out = "A router says that there is no way to this address: it is from another network (a private address seen from outside, a VPN that is down), or the machine is off:\n"
          "ip route get " + shell_operand(attempt.address);
  } else if (attempt.cause == "denied") {
    out = "A rule on this machine forbids the connection: an OUTPUT rule of its firewall, SELinux, or a sandbox around the process:\nnft list ruleset; iptables -nL OUTPUT; ausearch -m avc -ts recent";
  } else {
    out = "This machine has no route to that network: run wbverify on a machine that has, such as the one of the W&B server:\nip route get " + shell_operand(attempt.address);
  }
  const auto* const view = scene.find(words.setting);
  if (view != nullptr && (attempt.cause == "refused" || attempt.cause == "timed-out")) out += "\nIf host or port is wrong, correct it in " + scene.origin(words.setting) + ".";
  return out;
}

bool of_this_machine(const TcpAttempt& attempt) { return attempt.cause == "no-route" || attempt.cause == "denied"; }

/// The name of the loopback: one family is enough there, no client of another machine ever sees it.
bool is_loopback_name(const Reach& reach) { return reach.dns.source == "localhost"; }

Findings none_accepts(const Reach& reach, const ServiceWords& words, const Scene& scene) {
  const auto& attempts = reach.attempts;
  Finding finding;
  finding.setting = words.setting;
  // What the target did says more than what this machine cannot do.
  auto first = std::find_if(attempts.begin(), attempts.end(), [](const auto& attempt) { return !of_this_machine(attempt); });
  const bool here = first == attempts.end();
  if (here) first = attempts.begin();
  finding.status = here ? Status::unknown : Status::fail;
  finding.blame = here ? Blame::machine : Blame::none;
  finding.cause = first->cause;
  finding.observed = say(attempts) + ".";
  finding.expected = fmt::format("{} accepts TCP connections on port {} of {}.", words.service, reach.port, attempts.size() == 1 ? attempts.front().address : "each address");
  finding.why = words.why;
  finding.fix = remedy(*first, words, scene);
  finding.reproduce = nc(*first);
  return {finding};
}

Findings some_accept(const Reach& reach, const ServiceWords& words, std::size_t accepting, const TcpAttempt& dead) {
  Finding finding;
  finding.setting = words.setting;
  finding.status = Status::warn;
  finding.cause = "some-addresses-dead";
  finding.observed = fmt::format("{} of {} addresses accept: {}.", accepting, reach.attempts.size(), say(reach.attempts));
  finding.expected = "Every address of " + reach.host + " accepts connections.";
  finding.why = "Clients take one of the addresses. Those that take a dead one wait for seconds or fail, so uploads and pages break now and then, and nobody can say when.";
  const char* const record = is_ipv6(dead) ? "AAAA" : "A";
  const bool hosts = reach.dns.source == "hosts-file";
  finding.fix = fmt::format("Have {} answer at {} too, or remove the {} from {}:\n{} {} {}", words.service, where(dead), hosts ? "line" : fmt::format("{} record", record),
                            hosts ? "/etc/hosts" : "DNS", hosts ? dead.address : reach.host + ".", hosts ? "" : record, hosts ? reach.host : dead.address);
  if (is_ipv6(dead) && dead.cause == "refused" && words.setting == "HOST") {
    finding.fix += fmt::format("\nWith nginx, beside the listen line that is there:\nlisten [::]:{} ssl;", reach.port);
  }
  finding.reproduce = nc(dead);
  return {finding};
}

}  // namespace

Findings judge_tcp(const Reach& reach, const ServiceWords& words, const Scene& scene) {
  const auto& attempts = reach.attempts;
  if (attempts.empty()) {
    Finding finding;
    finding.setting = words.setting;
    finding.status = Status::unknown;
    finding.blame = Blame::machine;
    finding.cause = "interrupted";
    finding.observed = "No connection was tried.";
    return {finding};
  }
  const auto open = reach.reachable();
  if (open.empty()) return none_accepts(reach, words, scene);
  const auto dead = std::find_if(attempts.begin(), attempts.end(), [](const auto& attempt) { return !attempt.cause.empty() && !of_this_machine(attempt); });
  if (dead != attempts.end() && !is_loopback_name(reach)) return some_accept(reach, words, open.size(), *dead);
  const auto quickest = std::find_if(attempts.begin(), attempts.end(), [&](const auto& attempt) { return attempt.address == open.front(); });
  Finding finding = passed(fmt::format("{} after {}", where(*quickest), milliseconds(quickest->duration_ms)));
  finding.setting = words.setting;
  if (open.size() > 1) finding.observed += fmt::format(", and {} more", open.size() == 2 ? "1 address" : fmt::format("{} addresses", open.size() - 1));
  const auto untested = std::count_if(attempts.begin(), attempts.end(), of_this_machine);
  if (untested > 0) finding.observed += "; not tried, for want of a route from here: " + std::find_if(attempts.begin(), attempts.end(), of_this_machine)->address;
  return {finding};
}

}  // namespace wbverify
