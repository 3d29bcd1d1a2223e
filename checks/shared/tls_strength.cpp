#include <fmt/format.h>

#include "checks/shared/tls_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// `RSA of 1024 bits`, `EC on prime256v1`.
std::string key_of(const Certificate& certificate) {
  if (!certificate.curve.empty()) return fmt::format("{} on {}", certificate.key_type, certificate.curve);
  return certificate.key_bits == 0 ? certificate.key_type : fmt::format("{} of {} bits", certificate.key_type, certificate.key_bits);
}

std::string new_key(const TlsWords& words) {
  return fmt::format("Make a new key, have a certificate issued for it, and install both:\n"
                     "  openssl req -new -newkey rsa:2048 -nodes -keyout privkey.pem -out request.csr -subj '/CN={0}' -addext 'subjectAltName=DNS:{0}'\n",
                     host_word(words.name())) +
         words.install_chain();
}

std::string cipher_fix(const TlsWords& words) {
  if (words.holder() == TlsHolder::mysql) return "Remove ssl_cipher from my.cnf, so that MySQL's own list counts, and restart it.";
  return "nginx: remove the ssl_ciphers and ssl_dhparam lines, or write, then `nginx -t && nginx -s reload`:\n"
         "  ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384;\n"
         "AWS load balancer:\n"
         "  aws elbv2 modify-listener --listener-arn \"$LISTENER_ARN\" --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06";
}

TlsText strength_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  TlsText out;
  const bool leaf = fault.certificate != nullptr && !tls.presented.empty() && fault.certificate->sha256 == tls.presented.front().sha256;
  const std::string whose = fault.certificate == nullptr ? "" : leaf ? "The certificate of " + words.where() : fmt::format("\"{}\" in the chain of {}", fault.certificate->subject, words.where());
  if (fault.cause == "weak-key") {
    out.observed = fmt::format("{} has a weak key: {}.", whose, key_of(*fault.certificate));
    out.expected = "RSA from 2048 bits, or a curve such as P-256.";
    out.why = "OpenSSL on Debian, Ubuntu and Red Hat, and with it Python and curl, refuses weaker keys (\"key too small\"). " + words.why();
    out.fix = leaf ? new_key(words) : "Have the certificate issued by a CA with a stronger key, and install it:\n" + words.install_chain();
    out.reproduce = leaf ? words.openssl_x509("-text") : words.verify();
  } else if (fault.cause == "weak-signature") {
    out.observed = fmt::format("{} is signed with {} ({}).", whose, fault.detail, fault.certificate->signature);
    out.expected = "A signature with SHA-256 or better.";
    out.why = "Go, Python, curl and browsers refuse signatures with SHA-1 and MD5: they can be forged. " + words.why();
    out.fix = "Have the certificate issued anew with SHA-256 (openssl x509 -req -sha256), and install it:\n" + words.install_chain();
    out.reproduce = leaf ? words.openssl_x509("-text") : words.verify();
  } else if (fault.cause == "weak-handshake") {
    out.observed = fmt::format("{} completes a handshake only with clients that lower their guard; a usual one objects: {}.", words.where(), fault.detail);
    out.expected = "A handshake under the rules of today's OpenSSL (security level 2).";
    out.why = "Python and curl on Debian, Ubuntu and Red Hat refuse, while Go and browsers may still connect. " + words.why();
    out.fix = cipher_fix(words);
    out.reproduce = words.openssl("-cipher DEFAULT:@SECLEVEL=2");
  } else {
    out.observed = fmt::format("{} chose {}{}.", words.where(), fault.detail, fault.fails ? ", and shares no cipher with Python" : ", which has no forward secrecy, though it has better ones");
    out.expected = "ECDHE with AES-GCM or ChaCha20.";
    out.why = fault.fails ? "Python since 3.10, and with it the W&B SDK, offers neither RSA key exchange nor CBC with SHA-1, and fails; Go from 1.22 on and some browsers do as well."
                          : "Whoever gets the server's key later can read everything that was recorded before.";
    out.fix = cipher_fix(words);
    out.reproduce = words.openssl("-tls1_2 -cipher ECDHE");
  }
  return out;
}

std::string passes(const TlsObservation& tls) {
  if (tls.presented.empty()) return tls.cipher;
  const Certificate& leaf = tls.presented.front();
  return key_of(leaf) + (leaf.digest.empty() ? "" : ", signed with " + leaf.digest) + ", " + tls.cipher;
}

}  // namespace

Findings judge_tls_strength(const TlsObservation& tls, const ServiceWords& service, const Scene& scene) {
  const TlsWords words(tls, service, scene);
  return tell(words, diagnose(tls, TlsConcern::strength, words.limits()), strength_text, tls, service, passes(tls));
}

}  // namespace wbverify
