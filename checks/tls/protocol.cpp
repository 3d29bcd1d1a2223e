#include "checks/tls/checks.hpp"

namespace wbverify {
namespace {

Findings judge(const TlsFacts& facts, const Scene& scene) { return judge_each(facts, scene, TlsConcern::protocol); }

}  // namespace

CheckSpec tls_protocol_check() {
  CheckSpec spec;
  spec.id = "tls.protocol";
  spec.probe = "tls";
  spec.title = "TLS 1.2 or 1.3 is spoken and nothing older";
  spec.needs = {"tls.handshake"};
  return make_check<TlsFacts>(std::move(spec), judge);
}

}  // namespace wbverify
