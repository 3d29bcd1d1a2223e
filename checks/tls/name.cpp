#include "checks/tls/checks.hpp"

namespace wbverify {
namespace {

Findings judge(const TlsFacts& facts, const Scene& scene) { return judge_each(facts, scene, TlsConcern::name); }

}  // namespace

CheckSpec tls_name_check() {
  CheckSpec spec;
  spec.id = "tls.name";
  spec.probe = "tls";
  spec.title = "The certificate is for the name in HOST";
  spec.needs = {"tls.handshake"};
  return make_check<TlsFacts>(std::move(spec), judge);
}

}  // namespace wbverify
