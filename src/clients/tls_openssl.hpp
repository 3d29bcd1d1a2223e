#pragma once
// Owners of OpenSSL's objects. Only the files of the TLS client include this.
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify::tls {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
inline void free_stack(STACK_OF(X509)* stack) { sk_X509_free(stack); }

using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Freer<X509_NAME_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;
using StackPtr = std::unique_ptr<STACK_OF(X509), Freer<free_stack>>;   ///< does not own what is in it
using ContextPtr = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Freer<SSL_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;

/// Another owner of the same certificate.
inline X509Ptr share(X509* certificate) {
  X509_up_ref(certificate);
  return X509Ptr(certificate);
}

inline StackPtr stack_of(const std::vector<X509*>& certificates) {
  StackPtr stack(sk_X509_new_null());
  for (X509* certificate : certificates) sk_X509_push(stack.get(), certificate);
  return stack;
}

inline bool is_ip(const std::string& name) {
  std::array<unsigned char, 16> out{};
  return inet_pton(AF_INET, name.c_str(), out.data()) == 1 || inet_pton(AF_INET6, name.c_str(), out.data()) == 1;
}

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace wbverify::tls
