#include "checks/tls/checks.hpp"

namespace wbverify {
namespace {

Findings judge(const TlsFacts& facts, const Scene& scene) { return judge_each(facts, scene, TlsConcern::validity); }

}  // namespace

CheckSpec tls_validity_check() {
  CheckSpec spec;
  spec.id = "tls.validity";
  spec.probe = "tls";
  spec.title = "Every certificate is within its time and will be for a while";
  spec.needs = {"tls.handshake"};
  return make_check<TlsFacts>(std::move(spec), judge);
}

}  // namespace wbverify
