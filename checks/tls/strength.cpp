#include "checks/tls/checks.hpp"

namespace wbverify {
namespace {

Findings judge(const TlsFacts& facts, const Scene& scene) { return judge_each(facts, scene, TlsConcern::strength); }

}  // namespace

CheckSpec tls_strength_check() {
  CheckSpec spec;
  spec.id = "tls.strength";
  spec.probe = "tls";
  spec.title = "Keys, signatures and ciphers are strong enough for today's clients";
  spec.needs = {"tls.handshake"};
  return make_check<TlsFacts>(std::move(spec), judge);
}

}  // namespace wbverify
