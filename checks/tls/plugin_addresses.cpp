#include <fmt/format.h>

#include <algorithm>
#include <array>
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

using Judge = Findings (*)(const TlsObservation&, const ServiceWords&, const Scene&);
struct Concern {
  TlsConcern concern;
  Judge judge;
  std::string_view check;
};
/// In the order of the report.
constexpr std::array<Concern, 6> concerns = {{{TlsConcern::handshake, judge_tls_handshake, "tls.handshake"},
                                              {TlsConcern::protocol, judge_tls_protocol, "tls.protocol"},
                                              {TlsConcern::trust, judge_tls_trust, "tls.trusted"},
                                              {TlsConcern::name, judge_tls_name, "tls.name"},
                                              {TlsConcern::validity, judge_tls_validity, "tls.validity"},
                                              {TlsConcern::strength, judge_tls_strength, "tls.strength"}}};

struct Verdicts {
  std::vector<TlsObservation> asked;
  Findings findings;   ///< one for each
};

Verdicts judge_all(const std::vector<TlsObservation>& observations, const Scene& scene, Judge judge, bool several) {
  Verdicts out;
  for (TlsObservation tls : observations) {
    if (!several) tls.address.clear();
    out.findings.push_back(judge(tls, host_words(), scene).front());
    out.asked.push_back(std::move(tls));
  }
  return out;
}

bool agree(const Findings& findings) {
  return std::all_of(findings.begin(), findings.end(), [&](const Finding& finding) { return verdict(finding) == verdict(findings.front()); });
}

/// Leaves out the addresses that an earlier concern found to be worse than the others; says which check that was.
std::vector<TlsObservation> without_odd_ones(const TlsFacts& facts, const Scene& scene, TlsConcern concern, std::string& left_out) {
  std::vector<TlsObservation> rest = facts.observations;
  for (const Concern& earlier : concerns) {
    if (earlier.concern == concern || rest.size() < 2) break;
    const Verdicts verdicts = judge_all(rest, scene, earlier.judge, true);
    if (agree(verdicts.findings)) continue;
    std::vector<TlsObservation> even;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const Status status = verdicts.findings[i].status;
      if (status == Status::fail || status == Status::unknown) {
        left_out += fmt::format("; {} is left to {}", rest[i].address, earlier.check);
      } else {
        even.push_back(rest[i]);
      }
    }
    if (!even.empty()) rest = std::move(even);
  }
  return rest;
}

/// `10.0.0.5 and 10.0.0.6: pass; 10.0.0.7: expired`
std::string side_by_side(const Verdicts& verdicts) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> by_verdict;
  for (std::size_t i = 0; i < verdicts.findings.size(); ++i) {
    const std::string word = verdict(verdicts.findings[i]);
    if (by_verdict[word].empty()) order.push_back(word);
    by_verdict[word].push_back(verdicts.asked[i].address);
  }
  std::vector<std::string> parts;
  for (const auto& word : order) parts.push_back(join(by_verdict[word], " and ") + ": " + word);
  return join(parts, "; ");
}

Finding no_address(const TlsFacts& facts) {
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = "no-address";
  finding.blame = Blame::path;
  finding.observed = fmt::format("No address of {} accepts connections any more.", facts.host);
  finding.setting = "HOST";
  return finding;
}

}  // namespace

Findings judge_each(const TlsFacts& facts, const Scene& scene, TlsConcern concern) {
  if (facts.observations.empty()) return {no_address(facts)};
  const auto* const own = std::find_if(concerns.begin(), concerns.end(), [&](const Concern& entry) { return entry.concern == concern; });
  const bool several = facts.observations.size() > 1;
  std::string left_out;
  const Verdicts verdicts = judge_all(without_odd_ones(facts, scene, concern, left_out), scene, own->judge, several);
  const Findings& findings = verdicts.findings;
  const auto worst = std::max_element(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return weight(a.status) < weight(b.status); });
  Finding out = *worst;
  if (agree(findings)) {
    // What all of them have in common is said of the name.
    if (left_out.empty()) out = judge_all({verdicts.asked[static_cast<std::size_t>(worst - findings.begin())]}, scene, own->judge, false).findings.front();
    if (out.status == Status::pass && findings.size() > 1) out.observed += fmt::format("; the same verdict at all {} addresses", findings.size());
    if (out.status == Status::pass) out.observed += left_out;
    return {out};
  }
  const auto bad = std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) { return verdict(finding) == verdict(*worst); });
  out.cause = "addresses-differ";
  out.observed = fmt::format("{} of {} addresses of {} differ from the others ({}). {}", bad, findings.size(), facts.host, side_by_side(verdicts), out.observed);
  out.expected = "The same good answer at every address. " + out.expected;
  out.why = "Clients take one of the addresses, so it works for some and fails for others, now and then. " + out.why;
  out.fix = fmt::format("Bring the machine behind {0} to the state of the others, or take its address out of DNS:\n  dig +short {1} A {1} AAAA\n",
                        verdicts.asked[static_cast<std::size_t>(worst - findings.begin())].address, shell_quote(facts.host)) +
            out.fix;
  return {out};
}

}  // namespace wbverify
