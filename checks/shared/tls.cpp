#include "checks/shared/tls.hpp"

#include <array>

namespace wbverify {

Findings judge_tls(const TlsObservation& tls, const ServiceWords& words, const Scene& scene) {
  const Findings handshake = judge_tls_handshake(tls, words, scene);
  if (handshake.front().status != Status::pass) return handshake;
  Findings warning;
  using Judge = Findings (*)(const TlsObservation&, const ServiceWords&, const Scene&);
  // What leaves the most clients outside first: with a stand-in for a certificate everything else is wrong too.
  for (const Judge judge : std::array<Judge, 5>{judge_tls_trust, judge_tls_name, judge_tls_validity, judge_tls_protocol, judge_tls_strength}) {
    Findings findings = judge(tls, words, scene);
    const Status status = findings.front().status;
    if (status == Status::fail || status == Status::unknown) return findings;
    if (status == Status::warn && warning.empty()) warning = std::move(findings);
  }
  if (!warning.empty()) return warning;
  Finding finding = judge_tls_trust(tls, words, scene).front();
  finding.observed = handshake.front().observed + "; " + finding.observed + "; " + judge_tls_validity(tls, words, scene).front().observed;
  return {finding};
}

}  // namespace wbverify
