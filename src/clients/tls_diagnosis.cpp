#include "clients/tls_diagnosis.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "clients/tls_chain_form.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using Faults = std::vector<TlsFault>;
constexpr std::int64_t day = 86400;   // seconds

bool has(const TlsObservation& tls, std::initializer_list<int> codes, int lowest_depth = 0) {
  return std::any_of(tls.errors.begin(), tls.errors.end(), [&](const VerifyError& error) {
    return error.depth >= lowest_depth && std::find(codes.begin(), codes.end(), error.code) != codes.end();
  });
}

/// The certificate that the first such error is about.
const Certificate* concerned(const TlsObservation& tls, std::initializer_list<int> codes) {
  for (const auto& error : tls.errors) {
    const auto depth = static_cast<std::size_t>(error.depth);
    if (std::find(codes.begin(), codes.end(), error.code) != codes.end() && depth < tls.built.size()) return &tls.built[depth];
  }
  return nullptr;
}

Faults diagnose_handshake(const TlsObservation& tls) {
  if (tls.completed) return {};
  return {{tls.cause.empty() ? "tls-error" : tls.cause, true, nullptr, tls.text}};
}

Faults diagnose_protocol(const TlsObservation& tls) {
  if (!tls.completed || tls.old_protocol.empty()) return {};
  if (tls.protocol == tls.old_protocol) return {{"old-protocol-only", true, nullptr, tls.old_protocol}};
  return {{"old-protocol-accepted", false, nullptr, tls.old_protocol}};
}

/// Why there is no way from the leaf to a trusted root. Each has another mend.
TlsFault why_untrusted(const TlsObservation& tls) {
  const Certificate& leaf = tls.presented.front();
  for (const auto& certificate : tls.presented) {
    if (const KnownCertificate known = recognise(certificate); !known.cause.empty()) {
      return {std::string(known.cause), true, &certificate, std::string(known.product)};
    }
  }
  if (tls.trust.empty()) return {"no-trust-store", true, &leaf, join(tls.trust_problems, "; ")};
  if (leaf.self_signed) return {"self-signed-leaf", true, &leaf, ""};
  const Certificate& top = tls.built.back();
  const auto same_name = std::find_if(tls.presented.begin(), tls.presented.end(), [&](const Certificate& certificate) {
    return certificate.subject == top.issuer && certificate.sha256 != top.sha256;
  });
  if (!top.self_issued && same_name != tls.presented.end()) return {"wrong-intermediate", true, &*same_name, "another key"};
  if (tls.built.size() > 1) return {"untrusted-root", true, &top, std::string(recognise(top).product)};
  const auto other_ca = std::find_if(tls.presented.begin(), tls.presented.end(),
                                     [&](const Certificate& certificate) { return certificate.is_ca && certificate.sha256 != leaf.sha256; });
  if (other_ca != tls.presented.end()) return {"wrong-intermediate", true, &*other_ca, "another issuer"};
  // A small CA signs with its root itself and publishes no address of it.
  const bool issuer_is_root = leaf.issuer_urls.empty() && glob_match("*root*", to_lower(leaf.issuer_cn));
  return {issuer_is_root ? "untrusted-root" : "missing-intermediate", true, &leaf, std::string(recognise(leaf).product)};
}

/// What OpenSSL objects to besides trust, name, time and strength.
void add_path_faults(const TlsObservation& tls, Faults& faults) {
  const Certificate& leaf = tls.presented.front();
  const auto add = [&](const char* cause, std::initializer_list<int> codes, std::string detail = {}) {
    if (has(tls, codes)) faults.push_back({cause, true, concerned(tls, codes), std::move(detail)});
  };
  if (has(tls, {X509_V_ERR_INVALID_PURPOSE}) && !has(tls, {X509_V_ERR_INVALID_PURPOSE}, 1)) {
    faults.push_back({leaf.server_auth ? "leaf-ku" : "leaf-eku", true, &leaf, ""});
  }
  const bool not_ca = has(tls, {X509_V_ERR_INVALID_CA, X509_V_ERR_NO_ISSUER_PUBLIC_KEY, X509_V_ERR_KEYUSAGE_NO_CERTSIGN}) ||
                      has(tls, {X509_V_ERR_INVALID_PURPOSE}, 1);
  if (not_ca) {
    // Of all that follows from it, the CA flag and its use are the cause.
    add("issuer-not-ca", {X509_V_ERR_INVALID_CA, X509_V_ERR_NO_ISSUER_PUBLIC_KEY, X509_V_ERR_KEYUSAGE_NO_CERTSIGN, X509_V_ERR_INVALID_PURPOSE});
  } else {
    add("path-length", {X509_V_ERR_PATH_LENGTH_EXCEEDED});
  }
  add("name-constraint", {X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_SUBTREE_MINMAX,
                          X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX,
                          X509_V_ERR_UNSUPPORTED_NAME_SYNTAX});
  add("unknown-critical-extension", {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION});
  add("bad-signature", {X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE,
                        X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH,
                        X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY});
  if (!faults.empty()) return;
  for (const auto& error : tls.errors) {
    switch (error.code) {
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
      case X509_V_ERR_CERT_HAS_EXPIRED:
      case X509_V_ERR_CERT_NOT_YET_VALID:
      case X509_V_ERR_EE_KEY_TOO_SMALL:
      case X509_V_ERR_CA_KEY_TOO_SMALL:
      case X509_V_ERR_CA_MD_TOO_WEAK: break;
      default: faults.push_back({"chain-invalid", true, concerned(tls, {error.code}), error.text}); return;
    }
  }
}

Faults diagnose_trust(const TlsObservation& tls, const TlsLimits& limits) {
  Faults faults;
  if (tls.presented.empty() || tls.built.empty()) return faults;
  const Certificate& leaf = tls.presented.front();
  if (!is_anchored(tls)) return {why_untrusted(tls)};
  if (tls.staple == "revoked") faults.push_back({"revoked", true, &leaf, ""});
  add_path_faults(tls, faults);
  if (limits.people && leaf.server_key_usage && !leaf.signing_key_usage && tls.completed && tls.forward_secrecy) {
    faults.push_back({"leaf-ku", true, &leaf, "no signatures"});
  }
  if (leaf.must_staple && tls.staple.empty()) faults.push_back({"must-staple-missing", true, &leaf, ""});
  for (const auto& certificate : tls.presented) {
    const KnownCertificate known = recognise(certificate);
    if (known.cause != "interception-proxy") continue;
    faults.push_back({"interception-proxy", false, &certificate, std::string(known.product)});
    break;
  }
  if (leaf.self_signed) faults.push_back({"self-signed-leaf", false, &leaf, tls.anchor});
  if (tls.path_needs_search) faults.push_back({"ambiguous-chain", limits.people, nullptr, ""});
  if (!tls.built.back().self_signed) faults.push_back({"incomplete-ca-file", false, &tls.built.back(), tls.anchor});
  if (!tls.strict_errors.empty() && !leaf.self_signed) {
    const auto depth = static_cast<std::size_t>(tls.strict_errors.front().depth);
    faults.push_back({"strict-x509", false, depth < tls.built.size() ? &tls.built[depth] : &leaf, tls.strict_errors.front().text});
  }
  add_form_faults(tls, faults);
  return faults;
}

Faults diagnose_name(const TlsObservation& tls) {
  if (tls.presented.empty()) return {};
  const Certificate& leaf = tls.presented.front();
  const std::string& name = tls.server_name;
  if (has(tls, {X509_V_ERR_IP_ADDRESS_MISMATCH})) {
    const bool as_dns = std::find(leaf.dns_names.begin(), leaf.dns_names.end(), name) != leaf.dns_names.end();
    return {{as_dns ? "ip-in-dns-san" : "ip-not-in-san", true, &leaf, ""}};
  }
  if (has(tls, {X509_V_ERR_HOSTNAME_MISMATCH})) {
    if (leaf.name_count == 0 && dns_name_covers(leaf.subject_cn, name)) return {{"no-san", true, &leaf, ""}};
    for (const auto& pattern : leaf.dns_names) {
      if (!pattern.starts_with("*.")) continue;
      // OpenSSL and curl take no star right above a top-level domain, Go does.
      if (dns_name_covers(pattern, name)) return {{"wildcard-too-broad", true, &leaf, pattern}};
      const bool below = name.size() > pattern.size() && iequals(std::string_view(name).substr(name.size() - pattern.size() + 1), pattern.substr(1));
      if (below || iequals(pattern.substr(2), name)) return {{"wildcard-depth", true, &leaf, pattern}};
    }
    return {{"hostname-mismatch", true, &leaf, ""}};
  }
  if (!tls.without_name.empty()) {
    const Certificate& other = tls.without_name.front();
    const auto covers = [&](const std::string& pattern) { return dns_name_covers(pattern, name); };
    // An ingress controller's own stand-in is what clients without SNI get by design.
    const bool by_design = !recognise(other).cause.empty();
    if (other.sha256 != leaf.sha256 && !by_design && std::none_of(other.dns_names.begin(), other.dns_names.end(), covers)) {
      return {{"sni-default-differs", false, &other, ""}};
    }
  }
  return {};
}

Faults diagnose_validity(const TlsObservation& tls, const TlsLimits& limits) {
  Faults faults, warnings;
  if (tls.presented.empty()) return faults;
  const Certificate& leaf = tls.presented.front();
  if (leaf.not_after < limits.now) faults.push_back({"expired", true, &leaf, ""});
  if (leaf.not_before > limits.now) faults.push_back({"not-yet-valid", true, &leaf, ""});
  const Certificate* next = &leaf;
  for (std::size_t i = 1; i < tls.built.size(); ++i) {
    const Certificate& issuer = tls.built[i];
    if (issuer.not_after < limits.now) faults.push_back({"chain-expired", true, &issuer, ""});
    if (issuer.not_before > limits.now) faults.push_back({"chain-not-yet-valid", true, &issuer, ""});
    if (issuer.not_after < next->not_after) next = &issuer;
  }
  if (!faults.empty()) return faults;
  // Certificates that live for a week are renewed daily, and always end soon.
  const std::int64_t soon = std::min(limits.soon_days * day, (next->not_after - next->not_before) / 3);
  if (next->not_after < limits.now + soon) warnings.push_back({"expires-soon", false, next, ""});
  for (const Certificate* unused : unused_alternatives(tls)) {
    if (unused->not_after < limits.now) warnings.push_back({"stale-cross-sign", false, unused, ""});
  }
  if (limits.people && leaf.not_after - leaf.not_before > limits.longest_days * day) {
    warnings.push_back({"validity-too-long", false, &leaf, std::to_string(limits.longest_days)});
  }
  return warnings;
}

bool weak_digest(const std::string& digest) { return digest == "SHA1" || digest.starts_with("MD") || digest == "RIPEMD160"; }

Faults diagnose_strength(const TlsObservation& tls, const TlsLimits& limits) {
  Faults faults;
  const std::vector<Certificate>& path = tls.built.empty() ? tls.presented : tls.built;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Certificate& certificate = path[i];
    const bool edwards = certificate.key_type.starts_with("Ed");
    const int least = certificate.key_type == "EC" ? limits.ec_bits : limits.rsa_bits;
    if (!edwards && certificate.key_bits < least) faults.push_back({"weak-key", true, &certificate, std::to_string(least)});
    // Nobody checks the signature on what is trusted for its own sake.
    const bool is_anchor = certificate.self_signed || (i + 1 == path.size() && is_anchored(tls));
    if (!is_anchor && weak_digest(certificate.digest)) faults.push_back({"weak-signature", true, &certificate, certificate.digest});
  }
  if (!tls.completed) return faults;
  if (!tls.refused_by.empty()) faults.push_back({"weak-handshake", true, nullptr, tls.refused_by});
  if (tls.refused_by_python) {
    faults.push_back({"weak-ciphers", true, nullptr, tls.cipher});
  } else if (!tls.forward_secrecy && tls.refused_by.empty() && tls.old_protocol != tls.protocol) {
    faults.push_back({"weak-ciphers", false, nullptr, tls.cipher});
  }
  return faults;
}

}  // namespace

bool is_anchored(const TlsObservation& tls) {
  return !tls.built.empty() && !has(tls, {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                                          X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                                          X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE});
}

bool is_stand_in(const TlsObservation& tls) {
  const std::string_view cause = tls.presented.empty() ? std::string_view() : recognise(tls.presented.front()).cause;
  // Trusted all the same, for its CA was given: then clients look at the name.
  return !is_anchored(tls) && (cause == "default-ingress-cert" || cause == "mysql-default-cert");
}

std::vector<TlsFault> diagnose(const TlsObservation& tls, TlsConcern concern, const TlsLimits& limits) {
  Faults faults;
  switch (concern) {
    case TlsConcern::handshake: faults = diagnose_handshake(tls); break;
    case TlsConcern::protocol: faults = diagnose_protocol(tls); break;
    case TlsConcern::trust: faults = diagnose_trust(tls, limits); break;
    case TlsConcern::name: faults = diagnose_name(tls); break;
    case TlsConcern::validity: faults = diagnose_validity(tls, limits); break;
    case TlsConcern::strength: faults = diagnose_strength(tls, limits); break;
  }
  std::stable_partition(faults.begin(), faults.end(), [](const TlsFault& fault) { return fault.fails; });
  return faults;
}

}  // namespace wbverify
