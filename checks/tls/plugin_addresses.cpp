#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checks/tls/checks.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

const ServiceWords& host_words() {
  static const ServiceWords words = {"W&B Server", "HOST", "Nobody reaches W&B: neither browsers nor training jobs nor `wandb login`."};
  return words;
}

int weight(Status status) {
  switch (status) {
    case Status::fail: return 4;
    case Status::unknown: return 3;
    case Status::warn: return 2;
    default: return status == Status::pass ? 1 : 0;
  }
}

std::string verdict(const Finding& finding) { return finding.cause.empty() ? std::string(name(finding.status)) : finding.cause; }

/// `10.0.0.5 and 10.0.0.6: pass; 10.0.0.7: expired`
std::string side_by_side(const TlsFacts& facts, const Findings& findings) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> by_verdict;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    auto& addresses = by_verdict[verdict(findings[i])];
    if (addresses.empty()) order.push_back(verdict(findings[i]));
    addresses.push_back(facts.observations[i].address);
  }
  std::vector<std::string> parts;
  for (const auto& word : order) parts.push_back(join(by_verdict[word], " and ") + ": " + word);
  return join(parts, "; ");
}

}  // namespace

Findings judge_each(const TlsFacts& facts, const Scene& scene, Findings (*judge)(const TlsObservation&, const ServiceWords&, const Scene&)) {
  Findings findings;
  const bool several = facts.observations.size() > 1;
  for (TlsObservation tls : facts.observations) {
    if (!several) tls.address.clear();
    findings.push_back(judge(tls, host_words(), scene).front());
  }
  if (findings.empty()) {
    Finding finding;
    finding.status = Status::unknown;
    finding.cause = "no-address";
    finding.blame = Blame::path;
    finding.observed = fmt::format("No address of {} accepts connections any more.", facts.host);
    finding.setting = "HOST";
    return {finding};
  }
  const auto worst = std::max_element(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return weight(a.status) < weight(b.status); });
  const bool agree = std::all_of(findings.begin(), findings.end(), [&](const Finding& finding) { return verdict(finding) == verdict(*worst); });
  Finding out = *worst;
  if (!several) return {out};
  if (agree) {
    if (out.status == Status::pass) out.observed += fmt::format("; the same verdict at all {} addresses", findings.size());
    return {out};
  }
  const auto bad = std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) { return verdict(finding) == verdict(*worst); });
  out.cause = "addresses-differ";
  out.observed = fmt::format("{} of {} addresses of {} differ from the others ({}). {}", bad, findings.size(), facts.host, side_by_side(facts, findings), out.observed);
  out.expected = "The same good answer at every address. " + out.expected;
  out.why = "Clients take one of the addresses, so it works for some and fails for others, now and then. " + out.why;
  out.fix = fmt::format("Bring the machine behind {0} to the state of the others, or take its address out of DNS:\n  dig +short {1} A {1} AAAA\n",
                        facts.observations[static_cast<std::size_t>(worst - findings.begin())].address, shell_quote(facts.host)) +
            out.fix;
  return {out};
}

}  // namespace wbverify
