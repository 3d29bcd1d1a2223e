#include "clients/tls_chain_form.hpp"

#include <algorithm>

namespace wbverify {
namespace {

bool on_path(const TlsObservation& tls, const Certificate& certificate) {
  return std::any_of(tls.built.begin(), tls.built.end(), [&](const Certificate& other) { return other.sha256 == certificate.sha256; });
}

/// Which of the sent certificates can be reached from the first by issuer names. Alternative ways to a root, which are sent
/// on purpose (Amazon and Let's Encrypt do), belong to the chain; what nothing leads to is a stranger.
std::vector<bool> related(const TlsObservation& tls) {
  std::vector<bool> out(tls.presented.size(), false);
  std::vector<std::size_t> open = {0};
  out[0] = true;
  while (!open.empty()) {
    const Certificate& child = tls.presented[open.back()];
    open.pop_back();
    for (std::size_t i = 0; i < tls.presented.size(); ++i) {
      if (out[i] || tls.presented[i].subject != child.issuer) continue;
      out[i] = true;
      open.push_back(i);
    }
  }
  return out;
}

}  // namespace

std::vector<const Certificate*> unused_alternatives(const TlsObservation& tls) {
  std::vector<const Certificate*> out;
  if (tls.presented.empty()) return out;
  const std::vector<bool> belongs = related(tls);
  for (std::size_t i = 1; i < tls.presented.size(); ++i) {
    if (belongs[i] && !on_path(tls, tls.presented[i])) out.push_back(&tls.presented[i]);
  }
  return out;
}

void add_form_faults(const TlsObservation& tls, std::vector<TlsFault>& faults) {
  const auto& sent = tls.presented;
  if (sent.empty()) return;
  const std::vector<bool> belongs = related(tls);
  const Certificate *twice = nullptr, *stranger = nullptr, *late = nullptr, *root = nullptr;
  std::size_t last = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto same = [&](const Certificate& other) { return other.sha256 == sent[i].sha256; };
    if (std::any_of(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      twice = twice == nullptr ? &sent[i] : twice;
      continue;
    }
    if (!belongs[i]) stranger = stranger == nullptr ? &sent[i] : stranger;
    if (i > 0 && sent[i].self_signed && belongs[i]) root = &sent[i];
    const auto place = static_cast<std::size_t>(std::find_if(tls.built.begin(), tls.built.end(), same) - tls.built.begin());
    if (place == tls.built.size()) continue;
    if (place < last) late = late == nullptr ? &sent[i] : late;
    last = std::max(last, place);
  }
  if (twice != nullptr) faults.push_back({"chain-duplicate", false, twice, ""});
  if (stranger != nullptr) faults.push_back({"chain-extra", false, stranger, ""});
  if (late != nullptr) faults.push_back({"chain-order", false, late, ""});
  if (root != nullptr) faults.push_back({"chain-root-sent", false, root, ""});
}

}  // namespace wbverify
