#include "checks/tls/checks.hpp"

namespace wbverify {
namespace {

Findings judge(const TlsFacts& facts, const Scene& scene) { return judge_each(facts, scene, TlsConcern::trust); }

}  // namespace

CheckSpec tls_trusted_check() {
  CheckSpec spec;
  spec.id = "tls.trusted";
  spec.probe = "tls";
  spec.title = "The certificate chain ends at a trusted root";
  spec.needs = {"tls.handshake"};
  return make_check<TlsFacts>(std::move(spec), judge);
}

}  // namespace wbverify
