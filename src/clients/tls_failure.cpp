#include "clients/tls_failure.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "clients/reach.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify::tls {
namespace {

struct Alert {
  int number;
  const char* name;
  bool laxer;   ///< sent by servers that have only old versions, weak ciphers or weak keys to offer
};

/// RFC 8446 §6 and RFC 5246 §7.2.
constexpr std::array<Alert, 21> alerts = {{{10, "unexpected-message", false},      {20, "bad-record-mac", false},
                                           {40, "handshake-failure", true},        {42, "bad-certificate", false},
                                           {43, "unsupported-certificate", false}, {44, "certificate-revoked", false},
                                           {45, "certificate-expired", false},     {46, "certificate-unknown", false},
                                           {47, "illegal-parameter", true},        {48, "unknown-ca", false},
                                           {49, "access-denied", false},           {50, "decode-error", true},
                                           {51, "decrypt-error", false},           {70, "protocol-version", true},
                                           {71, "insufficient-security", true},    {80, "internal-error", true},
                                           {86, "inappropriate-fallback", true},   {110, "unsupported-extension", false},
                                           {112, "unrecognized-name", false},      {116, "certificate-required", false},
                                           {120, "no-application-protocol", false}}};
constexpr int alert_offset = 1000;   // SSL_AD_REASON_OFFSET: reasons above are alerts of the peer

bool looks_like_tls(std::string_view bytes) {
  return bytes.size() < 2 || (bytes[0] >= 0x14 && bytes[0] <= 0x17 && bytes[1] == 3);
}

std::string quoted(std::string_view bytes) { return "\"" + for_display(bytes.substr(0, bytes.find_first_of("\r\n")), 80) + "\""; }

/// The port speaks something else. Protocols that greet first are known by their first bytes.
Explanation not_tls(std::string_view bytes) {
  if (bytes.starts_with("HTTP/") || bytes.starts_with("<html") || bytes.starts_with("<HTML") || bytes.starts_with("<!DOCTYPE")) {
    return {"plain-http", "it answered the TLS ClientHello in plain HTTP: " + quoted(bytes), false};
  }
  if (bytes.starts_with("220 ") || bytes.starts_with("220-")) {
    return {"not-tls", "it greeted like a mail or FTP server, which begins TLS only after STARTTLS: " + quoted(bytes), false};
  }
  if (bytes.starts_with("SSH-")) return {"not-tls", "an SSH server answered: " + quoted(bytes), false};
  if (bytes.starts_with("-ERR") || bytes.starts_with("-DENIED") || bytes.starts_with("-NOAUTH")) {
    return {"not-tls", "it answered like a Redis server without TLS: " + quoted(bytes), false};
  }
  if (bytes.size() > 5 && bytes[3] == 0 && (bytes[4] == '\x0a' || bytes[4] == '\xff')) {
    return {"not-tls", "it greeted like a MySQL server, which begins TLS only when asked: " + quoted(bytes.substr(5)), false};
  }
  return {"not-tls", "what it answered is not TLS: " + quoted(bytes), false};
}

Explanation explain_alert(int number, bool certificate_asked) {
  const auto* known = std::find_if(alerts.begin(), alerts.end(), [&](const Alert& alert) { return alert.number == number; });
  const std::string name = known == alerts.end() ? std::to_string(number) : known->name;
  std::string spoken = name;
  std::replace(spoken.begin(), spoken.end(), '-', '_');
  const std::string said = "it ended the handshake with the alert " + spoken + " (" + std::to_string(number) + ")";
  const bool about_certificate = number == 116 || number == 40 || (number >= 41 && number <= 43) || number == 46 || number == 49;
  if (number == 116 || (certificate_asked && about_certificate)) {
    return {"client-cert-required", "it demands a certificate of the client: " + said, false};
  }
  if (number == 70) return {"protocol-too-old", said + ": it speaks no TLS version that is in use today", true};
  if (number == 40 || number == 71) {
    return {"no-shared-cipher", said + ": it has no cipher in common with today's clients, or no certificate for this name", true};
  }
  return {"alert-" + name, said, known != alerts.end() && known->laxer};
}

Explanation explain_openssl(unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  const char* words = ERR_reason_error_string(code);
  const std::string said = words != nullptr ? for_display(words, 120) : "error " + std::to_string(code);
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) {
    if (ERR_GET_LIB(code) == ERR_LIB_ASN1 || ERR_GET_LIB(code) == ERR_LIB_X509 || ERR_GET_LIB(code) == ERR_LIB_X509V3) {
      return {"bad-certificate", "the certificate that it sent cannot be read: " + said, false};
    }
    return {"tls-error", "the handshake failed: " + said, true};
  }
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_UNKNOWN_PROTOCOL: return {"protocol-too-old", "it insists on a TLS version that no client uses any more", true};
    case SSL_R_EXCESSIVE_MESSAGE_SIZE:
      return {"bad-certificate", "it sent more than 256 KiB of certificates, more than clients accept", false};
    case SSL_R_CERT_LENGTH_MISMATCH:
    case SSL_R_UNKNOWN_CERTIFICATE_TYPE:
    case SSL_R_BAD_ECC_CERT:
    case SSL_R_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS:
      return {"bad-certificate", "the certificate that it sent cannot be used: " + said, false};
    case SSL_R_DH_KEY_TOO_SMALL: return {"tls-error", "its Diffie-Hellman parameters are shorter than 2048 bits (dh key too small)", true};
    case SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED:
    case SSL_R_WRONG_SIGNATURE_TYPE: return {"tls-error", "it signs the handshake with an outdated algorithm, SHA-1 mostly (" + said + ")", true};
    case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
      return {"tls-error", "it lacks secure renegotiation, RFC 5746 (unsafe legacy renegotiation disabled)", true};
    default: return {"tls-error", "the handshake failed: " + said, true};
  }
}

}  // namespace

Explanation explain(const Failure& failure) {
  const bool wordless = failure.received == 0;
  if (failure.transport == "stopped") return {"stopped", stopped().text, false};
  if (!looks_like_tls(failure.first_bytes)) return not_tls(failure.first_bytes);
  if (failure.openssl != 0 && ERR_GET_LIB(failure.openssl) == ERR_LIB_SSL && ERR_GET_REASON(failure.openssl) > alert_offset) {
    return explain_alert(ERR_GET_REASON(failure.openssl) - alert_offset, failure.certificate_asked);
  }
  if (failure.transport == "timed-out") {
    return {"timed-out", wordless ? "it accepted the connection, then did not answer the TLS ClientHello"
                                  : "it began to answer the TLS ClientHello (" + std::to_string(failure.received) + " bytes), then stalled", false};
  }
  if (failure.transport == "too-much") return {"tls-error", "it sent more than 1 MiB without an end of the handshake", false};
  if (failure.transport == "closed" || failure.transport == "reset") {
    const std::string did = failure.transport == "closed" ? "it closed the connection" : "it reset the connection";
    if (failure.certificate_asked) {
      return {"client-cert-required", "it asked for a certificate of the client, got none, and " + did.substr(3), false};
    }
    return {failure.transport, did + (wordless ? " at the TLS ClientHello, without a word" : " in the middle of the handshake"), true};
  }
  return explain_openssl(failure.openssl);
}

}  // namespace wbverify::tls
