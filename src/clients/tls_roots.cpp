#include "clients/tls_roots.hpp"

#include <new>

#include "clients/tls_trust.hpp"

namespace wbverify {

using namespace tls;

struct TlsRoots::State {
  Trust trust;
  StorePtr store;

  static int place() {
    static const int index = X509_STORE_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
  }
  static const Trust& trust_of(X509_STORE_CTX* context) {
    return *static_cast<const Trust*>(X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(context), place()));
  }

  /// OpenSSL asks for a root by the issuer of the last certificate it has.
  static int find_issuer(X509** issuer, X509_STORE_CTX* context, X509* certificate) {
    X509* expired = nullptr;
    for (const auto& root : trust_of(context).find(X509_get_issuer_name(certificate))) {
      X509* const candidate = root.certificate.get();
      if (X509_check_issued(candidate, certificate) != X509_V_OK) continue;
      const bool current = X509_cmp_time(X509_get0_notBefore(candidate), nullptr) < 0 && X509_cmp_time(X509_get0_notAfter(candidate), nullptr) > 0;
      if (!current) {
        if (expired == nullptr) X509_up_ref(expired = candidate);
        continue;
      }
      X509_free(expired);
      X509_up_ref(*issuer = candidate);
      return 1;
    }
    *issuer = expired;
    return expired == nullptr ? 0 : 1;
  }

  /// … and whether a certificate that the server sent is itself one of the roots.
  static STACK_OF(X509) * find_by_subject(X509_STORE_CTX* context, const X509_NAME* subject) {
    STACK_OF(X509)* const found = sk_X509_new_null();
    for (const auto& root : trust_of(context).find(subject)) {
      X509_up_ref(root.certificate.get());
      sk_X509_push(found, root.certificate.get());
    }
    return found;
  }
};

TlsRoots::TlsRoots(const std::vector<std::string>& ca_files)
    : state_(new State{Trust(true, ca_files), StorePtr(X509_STORE_new())}) {
  X509_STORE* const store = state_->store.get();
  if (store == nullptr) throw std::bad_alloc();
  X509_STORE_set_ex_data(store, State::place(), &state_->trust);
  X509_STORE_set_get_issuer(store, State::find_issuer);
  X509_STORE_set_lookup_certs(store, State::find_by_subject);
}

TlsRoots::~TlsRoots() = default;

void TlsRoots::install(void* ssl_context) const { SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(ssl_context), state_->store.get()); }

}  // namespace wbverify
