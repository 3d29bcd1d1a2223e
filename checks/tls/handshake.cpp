#include "checks/tls/checks.hpp"

namespace wbverify {
namespace {

Findings judge(const TlsFacts& facts, const Scene& scene) { return judge_each(facts, scene, TlsConcern::handshake); }

}  // namespace

CheckSpec tls_handshake_check() {
  CheckSpec spec;
  spec.id = "tls.handshake";
  spec.probe = "tls";
  spec.title = "The server shakes hands with TLS clients";
  spec.needs = {"host.tcp"};
  return make_check<TlsFacts>(std::move(spec), judge);
}

}  // namespace wbverify
