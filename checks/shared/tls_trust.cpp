#include <fmt/format.h>

#include "checks/shared/tls_trust_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string refused_by(const TlsWords& words) {
  switch (words.holder()) {
    case TlsHolder::host: return "The W&B SDK (Python and Go), `wandb login` and browsers verify the chain and refuse the connection.";
    case TlsHolder::mysql: return "W&B Server verifies the certificate when MYSQL asks for TLS, and does not connect to its database.";
    case TlsHolder::bucket: return "W&B Server, the SDK and browsers all fetch and store files here, and all refuse the connection.";
    case TlsHolder::other: break;
  }
  return words.why();
}

const Certificate& concerned(const TlsObservation& tls, const TlsFault& fault) {
  return fault.certificate != nullptr ? *fault.certificate : tls.presented.front();
}

TlsText missing_intermediate(const TlsWords& words, const TlsObservation& tls) {
  const Certificate& leaf = tls.presented.front();
  TlsText out;
  out.observed = fmt::format("{} sends only its own certificate, {}. The certificate of that issuer is neither sent nor trusted here.", words.where(), words.about(leaf));
  out.expected = "The certificate followed by its intermediates, as in the fullchain.pem of the CA.";
  out.why = "Browsers fetch the missing one themselves or remember it; Python, Go and curl do not: the page opens, and the SDK fails with \"unable to get local issuer certificate\".";
  out.fix = "Install the full chain, the server's certificate first:\n" + words.install_chain();
  if (!leaf.issuer_urls.empty()) {
    out.fix += "\nThe missing certificate can be had from its CA:\n  curl -s " + shell_quote(leaf.issuer_urls.front()) + " | openssl x509 -inform DER -out intermediate.pem; cat cert.pem intermediate.pem > fullchain.pem";
  }
  out.fix += fmt::format("\nIf \"{}\" is your own root CA, nothing is missing; the root has to be trusted:\n", leaf.issuer_cn) + words.trust_root();
  return out;
}

TlsText wrong_intermediate(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  const Certificate& top = tls.built.back();
  const Certificate& sent = concerned(tls, fault);
  TlsText out;
  if (fault.detail == "another key") {
    out.observed = fmt::format("{} sends an intermediate of the right name and with the wrong key: \"{}\" was signed by key {}, the \"{}\" that is sent has key {}.", words.where(), top.subject,
                               top.authority_key_id.empty() ? "(not stated)" : top.authority_key_id.substr(0, 16), sent.subject, sent.subject_key_id.empty() ? "(not stated)" : sent.subject_key_id.substr(0, 16));
  } else {
    out.observed = fmt::format("{} sends \"{}\" after its certificate, but that was issued by \"{}\".", words.where(), sent.subject, top.issuer);
  }
  out.expected = fmt::format("The certificate of \"{}\" that really signed it.", top.issuer);
  out.why = "The chain file is mostly left over from an earlier certificate; CAs change intermediates every year. " + refused_by(words);
  out.fix = "Take the chain that came with this certificate, not the old file:\n" + words.install_chain();
  if (!top.issuer_urls.empty()) out.fix += "\nThe right one can be had from its CA:\n  curl -s " + shell_quote(top.issuer_urls.front()) + " | openssl x509 -inform DER";
  return out;
}

TlsText untrusted_root(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  const Certificate& top = tls.built.back();
  const std::string root = top.self_signed ? top.subject : top.issuer;
  TlsText out;
  out.observed = fmt::format("The chain of {} leads to \"{}\", which is not trusted here (trusted: {}).", words.where(), root, tls.trust);
  out.expected = "A chain that ends at a root that is trusted.";
  out.why = refused_by(words);
  if (fault.detail == "Amazon RDS") {
    out.fix = "Amazon RDS has CAs of its own that no system brings along. Fetch their bundle, and trust it:\n  curl -o /etc/ssl/private-root.pem https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem\n" + words.trust_root();
  } else if (fault.detail == "Google Cloud SQL") {
    out.fix = "Cloud SQL has a CA of its own for each instance. Fetch it, and trust it:\n  gcloud sql ssl server-ca-certs list --instance=INSTANCE --format='value(cert)' > /etc/ssl/private-root.pem\n" + words.trust_root();
  } else {
    out.fix = "With a certificate from a public CA (Let's Encrypt, or the cloud's) nothing has to be done on any client. If this is your company's CA, make its root known everywhere:\n" + words.trust_root() +
              "\nIf the CA is a public one, the roots of this machine are out of date: apt-get install --only-upgrade ca-certificates";
  }
  return out;
}

TlsText self_signed(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  TlsText out;
  out.observed = fmt::format("{} shows a certificate that it signed itself: {}.", words.where(), words.about(tls.presented.front()));
  out.expected = "A certificate from a CA.";
  out.why = "W&B does not support self-signed certificates. " + refused_by(words);
  if (!fault.fails) {
    out.observed += " It is trusted here because it stands in " + fault.detail + ".";
    out.why = "W&B does not support self-signed certificates. This one works only where exactly this certificate is installed, and every renewal breaks all clients at once.";
  }
  out.fix = "Get a certificate from a public CA, or issue one from a CA of your own whose root is installed once, then:\n" + words.install_chain();
  if (words.holder() == TlsHolder::host) out.fix += "\ncert-manager gets one from Let's Encrypt with ingress.issuer.create: true in the Helm values, certbot with: certbot --nginx -d " + words.name();
  return out;
}

TlsText interception(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  TlsText out;
  out.observed = fmt::format("What arrives here from {} was issued by \"{}\": {} on the way opens TLS and signs anew.", words.where(), concerned(tls, fault).issuer, fault.detail);
  out.expected = "The server's own certificate.";
  out.why = fault.fails ? "Whatever trusts the server does not trust the proxy; and Python, Java and containers each have a store of their own besides the system's."
                        : "It works where the proxy's root is installed, as it is here. Python, Java and containers each have a store of their own, and fail.";
  out.fix = fmt::format("Ask whoever runs {} to exempt {} from TLS inspection. Otherwise its root has to go to every client:\n", fault.detail, words.name()) + words.trust_root();
  return out;
}

TlsText revoked(const TlsWords& words, const TlsObservation& tls) {
  return {fmt::format("The CA has revoked the certificate of {} ({}); the server itself sends the proof (stapled OCSP).", words.where(), words.about(tls.presented.front())),
          "A certificate that is not revoked.", "Browsers refuse it; whoever has the old key can pose as this server.",
          "Make a new key, have a new certificate issued for it, and install both:\n" + words.install_chain(), words.openssl("-status")};
}

/// Faults of the certificates themselves: only their CA can mend them.
TlsText path_fault(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  const Certificate& certificate = concerned(tls, fault);
  TlsText out;
  out.why = refused_by(words);
  out.fix = "Have the certificate issued anew, then install it:\n" + words.install_chain();
  const std::string who = "\"" + certificate.subject + "\"";
  if (fault.cause == "leaf-eku") {
    out.observed = fmt::format("The certificate of {} is not meant for servers: its extended key usage lacks serverAuth.", words.where());
    out.expected = "extendedKeyUsage = serverAuth.";
    out.reproduce = words.openssl_x509("-ext extendedKeyUsage");
  } else if (fault.cause == "leaf-ku") {
    out.observed = fmt::format("The key usage of the certificate of {} allows neither signing nor key encipherment, which a TLS server needs.", words.where());
    out.expected = "keyUsage = digitalSignature (and keyEncipherment for RSA).";
    if (!fault.detail.empty()) {
      out.observed = fmt::format("The key usage of the certificate of {} does not allow signatures, and the handshake ({}) is made of one.", words.where(), tls.protocol);
      out.why = "Chrome and Edge refuse the page (ERR_SSL_KEY_USAGE_INCOMPATIBLE), while curl, Python and Go connect.";
    }
    out.reproduce = words.openssl_x509("-ext keyUsage");
  } else if (fault.cause == "issuer-not-ca") {
    out.observed = fmt::format("{} issued a certificate in the chain of {}, and is no CA: its basic constraints do not say so.", who, words.where());
    out.expected = "Every issuer has basicConstraints = CA:TRUE and keyUsage = keyCertSign.";
    out.fix = "A server certificate was used to sign another. Issue from the CA itself, then install:\n" + words.install_chain();
  } else if (fault.cause == "path-length") {
    out.observed = fmt::format("A CA in the chain of {} may not have another CA below it (path length of {}).", words.where(), who);
    out.expected = "No more CAs in the chain than the path length allows.";
    out.fix = "Issue the server certificate from the CA above, or have the upper CA issued anew with a larger path length.";
  } else if (fault.cause == "name-constraint") {
    out.observed = fmt::format("A CA in the chain of {} is not allowed to issue for {} (name constraints).", words.where(), words.name());
    out.expected = "A CA that may issue for this domain.";
    out.fix = "Get the certificate from a CA without that limit, or use a name that is within it.";
  } else if (fault.cause == "unknown-critical-extension") {
    out.observed = fmt::format("{} in the chain of {} has a critical extension that no client knows ({}).", who, words.where(), join(certificate.unknown_critical, ", "));
    out.expected = "Only extensions of RFC 5280 are critical.";
  } else if (fault.cause == "bad-signature") {
    out.observed = fmt::format("The signature on {} in the chain of {} is false: the certificate was altered, or its issuer has another key than the one that is sent.", who, words.where());
    out.expected = "Every certificate is signed by the next one.";
    out.fix = "Install certificate and chain anew, as the CA delivered them:\n" + words.install_chain();
  } else if (fault.cause == "must-staple-missing") {
    out.observed = fmt::format("The certificate of {} demands a stapled OCSP answer (must-staple), and the server sends none.", words.where());
    out.expected = "A stapled answer with every handshake, or a certificate that does not demand it.";
    out.why = "Firefox and others refuse it; after a restart nginx has none to send for a while.";
    out.fix = "Have the certificate issued without must-staple (Let's Encrypt ended it in 2025), or staple. nginx:\n  ssl_stapling on;\n  ssl_stapling_verify on;\n  resolver 10.0.0.2;";
    out.reproduce = words.openssl("-status");
  } else {
    out.observed = fmt::format("OpenSSL objects to {} in the chain of {}: {}.", who, words.where(), fault.detail);
    out.expected = "A chain without objections.";
  }
  return out;
}

TlsText trust_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  TlsText out;
  if (is_product_cause(fault.cause)) out = product_text(words, tls, fault);
  else if (is_form_cause(fault.cause)) out = form_text(words, tls, fault);
  else if (fault.cause == "missing-intermediate") out = missing_intermediate(words, tls);
  else if (fault.cause == "wrong-intermediate") out = wrong_intermediate(words, tls, fault);
  else if (fault.cause == "untrusted-root") out = untrusted_root(words, tls, fault);
  else if (fault.cause == "self-signed-leaf") out = self_signed(words, tls, fault);
  else if (fault.cause == "interception-proxy") out = interception(words, tls, fault);
  else if (fault.cause == "revoked") out = revoked(words, tls);
  else out = path_fault(words, tls, fault);
  if (out.why.empty()) out.why = refused_by(words);
  if (out.reproduce.empty()) out.reproduce = words.verify();
  if (fault.fails && !tls.trust_problems.empty()) out.observed += " Not read: " + join(tls.trust_problems, "; ") + ".";
  return out;
}

std::string passes(const TlsObservation& tls) {
  if (tls.built.empty()) return "trusted";
  const Certificate& end = tls.built.back();
  const std::string name = end.subject_cn.empty() ? end.subject : end.subject_cn;
  if (tls.anchor == "system" || tls.anchor.empty()) return fmt::format("ends at \"{}\", trusted by this system", name);
  return fmt::format("ends at \"{}\" of {}; every client has to trust it as well", name, tls.anchor);
}

}  // namespace

Findings judge_tls_trust(const TlsObservation& tls, const ServiceWords& service, const Scene& scene) {
  const TlsWords words(tls, service, scene);
  const auto faults = diagnose(tls, TlsConcern::trust, words.limits());
  Findings out = tell(words, faults, trust_text, tls, service, passes(tls));
  if (out.front().cause == "no-trust-store") {
    // This machine cannot tell, whatever the server sends.
    out.front().status = Status::unknown;
    out.front().blame = Blame::machine;
  }
  return out;
}

}  // namespace wbverify
