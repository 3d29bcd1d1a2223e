#include "clients/tls_paths.hpp"

#include <algorithm>

namespace wbverify::tls {

void PathSearch::run(std::function<bool(Pass)> take) {
  take_ = std::move(take);
  path_ = {question_.leaf};
  extend();
}

bool PathSearch::in_path(const X509* certificate) const {
  return std::any_of(path_.begin(), path_.end(), [&](const X509* other) { return X509_cmp(certificate, other) == 0; });
}

bool PathSearch::signed_by(X509* child, X509* issuer) {
  const auto known = signatures_.find({child, issuer});
  if (known != signatures_.end()) return known->second;
  if (signatures_.size() >= most_signatures) return false;
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  const bool fits = key != nullptr && X509_verify(child, key) == 1;
  ERR_clear_error();
  signatures_[{child, issuer}] = fits;
  return fits;
}

std::vector<X509*> PathSearch::issuers_of(X509* child, const std::vector<X509*>& among) {
  std::vector<X509*> out;
  for (X509* issuer : among) {
    const bool named = X509_NAME_cmp(X509_get_subject_name(issuer), X509_get_issuer_name(child)) == 0;
    if (named && !in_path(issuer) && signed_by(child, issuer)) out.push_back(issuer);
  }
  // Key identifiers are a hint, never a reason to leave a candidate out (RFC 4158 §3.5.12).
  const ASN1_OCTET_STRING* wanted = X509_get0_authority_key_id(child);
  std::stable_partition(out.begin(), out.end(), [&](X509* issuer) {
    const ASN1_OCTET_STRING* has = X509_get0_subject_key_id(issuer);
    return wanted == nullptr || has == nullptr || ASN1_OCTET_STRING_cmp(wanted, has) == 0;
  });
  return out;
}

void PathSearch::verify(X509* root) {
  ++verified_;
  const std::vector<X509*> between(path_.begin() + 1, path_.end());
  done_ = take_(verify_once(question_, between, {root}, false)) || verified_ >= most_paths;
}

void PathSearch::extend() {
  X509* tip = path_.back();
  for (X509* root : roots_) {
    if (!done_ && X509_cmp(root, tip) == 0) verify(root);
  }
  for (X509* root : issuers_of(tip, roots_)) {
    if (!done_) verify(root);
  }
  if (path_.size() + 1 >= longest_path || ++steps_ >= most_steps) return;
  for (X509* issuer : issuers_of(tip, question_.sent)) {
    if (done_) return;
    path_.push_back(issuer);
    extend();
    path_.pop_back();
  }
}

}  // namespace wbverify::tls
