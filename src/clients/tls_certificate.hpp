#pragma once
#include "clients/tls.hpp"
#include "clients/tls_openssl.hpp"

namespace wbverify::tls {

/// What is worth knowing of a certificate; everything in it is a stranger's text, and comes back bounded and clean.
Certificate describe(X509* certificate);

/// Digest of the whole certificate, lower-case hexadecimal.
std::string fingerprint(const X509* certificate, const EVP_MD* digest);

}  // namespace wbverify::tls
