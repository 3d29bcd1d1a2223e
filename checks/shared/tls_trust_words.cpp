#include "checks/shared/tls_trust_words.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wbverify {
namespace {

constexpr std::array<std::string_view, 5> product_causes = {"default-ingress-cert", "mysql-default-cert", "cloudflare-origin-cert", "acme-staging", "no-trust-store"};
constexpr std::array<std::string_view, 7> form_causes = {"ambiguous-chain", "incomplete-ca-file", "strict-x509", "chain-duplicate", "chain-extra", "chain-order", "chain-root-sent"};

TlsText ingress_default(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  TlsText out;
  out.observed = fmt::format("{} shows the stand-in of {}, \"{}\": it has no certificate for {}.", words.where(), fault.detail, tls.presented.front().subject, words.name());
  out.expected = fmt::format("The certificate for {}.", words.name());
  if (fault.detail == "Traefik") {
    out.fix = fmt::format("No router with TLS matched {0}. See whether the secret exists in the namespace of the Ingress or IngressRoute, and what Traefik says of it:\n"
                          "  kubectl get ingress,ingressroute -A; kubectl -n traefik logs deploy/traefik | grep -i -e {0} -e secret\n"
                          "If it comes and goes, one replica has no certificate yet (ACME storage is not shared).", words.name());
  } else if (fault.detail == "Caddy") {
    out.fix = fmt::format("Caddy uses its internal CA for names that no public CA knows, and with `tls internal`. For {0}, in the Caddyfile, then `caddy reload`:\n"
                          "  {0} {{\n    tls /etc/caddy/fullchain.pem /etc/caddy/privkey.pem\n    reverse_proxy 127.0.0.1:8080\n  }}", words.name());
  } else if (fault.detail == "OpenShift") {
    out.fix = "The route uses the router's own certificate. Give the route one:\n"
              "  oc create route edge wandb --service=wandb-app --hostname=" + words.name() + " --cert=cert.pem --key=privkey.pem --ca-cert=chain.pem\n"
              "or replace the router's for all routes:\n"
              "  oc -n openshift-ingress create secret tls router-cert --cert=fullchain.pem --key=privkey.pem\n"
              "  oc -n openshift-ingress-operator patch ingresscontroller default --type=merge -p '{\"spec\":{\"defaultCertificate\":{\"name\":\"router-cert\"}}}'";
  } else {
    out.fix = fmt::format("The secret of the Ingress is missing, in another namespace, not of type kubernetes.io/tls, or its certificate does not hold {0}. See which:\n"
                          "  kubectl get ingress -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,HOSTS:.spec.tls[*].hosts,SECRET:.spec.tls[*].secretName\n"
                          "  kubectl -n NAMESPACE get secret wandb-tls -o jsonpath='{{.data.tls\\.crt}}' | base64 -d | openssl x509 -noout -dates -ext subjectAltName\n"
                          "Create it in the namespace of the Ingress, and name it in ingress.tls[0].secretName of the Helm values:\n"
                          "  kubectl -n NAMESPACE create secret tls wandb-tls --cert=fullchain.pem --key=privkey.pem", words.name());
  }
  return out;
}

}  // namespace

bool is_product_cause(std::string_view cause) { return std::find(product_causes.begin(), product_causes.end(), cause) != product_causes.end(); }
bool is_form_cause(std::string_view cause) { return std::find(form_causes.begin(), form_causes.end(), cause) != form_causes.end(); }

TlsText product_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  if (fault.cause == "default-ingress-cert") return ingress_default(words, tls, fault);
  TlsText out;
  if (fault.cause == "mysql-default-cert") {
    out.observed = fmt::format("{} shows the certificate that {} made for itself at its first start, \"{}\".", words.where(), fault.detail, tls.presented.front().subject);
    out.expected = fmt::format("A certificate for {} from a CA.", words.name());
    out.why = "It holds no host name and its CA exists only on that server, so no client can verify it; W&B does not support self-signed certificates.";
    out.fix = "Issue one from your CA (with a managed database, take the provider's). " + words.install_chain();
  } else if (fault.cause == "cloudflare-origin-cert") {
    out.observed = fmt::format("{} shows a Cloudflare origin certificate, which only Cloudflare itself trusts: this connection does not go through Cloudflare.", words.where());
    out.expected = "Cloudflare in between, or a certificate from a public CA.";
    out.fix = fmt::format("In Cloudflare's DNS switch the record of {} to \"proxied\". If clients are to come directly, install a certificate from a public CA instead:\n", words.name()) + words.install_chain();
  } else if (fault.cause == "acme-staging") {
    out.observed = fmt::format("The certificate of {} comes from the test CA of {} (\"{}\"), which nobody trusts.", words.where(), fault.detail, tls.presented.front().issuer);
    out.expected = "A certificate from the production CA.";
    out.fix = "cert-manager: point the issuer to https://acme-v02.api.letsencrypt.org/directory, then delete the old secret, so that a new one is made:\n"
              "  kubectl -n NAMESPACE delete secret wandb-tls\n"
              "certbot:\n"
              "  certbot certonly --force-renewal --server https://acme-v02.api.letsencrypt.org/directory -d " + words.name();
  } else {
    out.observed = "Nothing is trusted on this machine: " + fault.detail + ".";
    out.expected = "The roots of the operating system.";
    out.why = "Whether clients with roots trust the chain cannot be told from here. In the container of W&B Server the same lack breaks every HTTPS connection.";
    out.fix = "Debian, Ubuntu: apt-get install ca-certificates\nRed Hat: dnf install ca-certificates\nAlpine: apk add ca-certificates";
    out.reproduce = "ls -l /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt";
  }
  return out;
}

TlsText form_text(const TlsWords& words, const TlsObservation&, const TlsFault& fault) {
  const std::string who = fault.certificate == nullptr ? "" : "\"" + fault.certificate->subject + "\"";
  TlsText out;
  out.expected = "The server's certificate, then its intermediates, each once and in order; no root.";
  out.fix = "Build the chain file anew from the CA's files:\n  cat cert.pem intermediate.pem > fullchain.pem\n" + words.install_chain();
  if (fault.cause == "chain-duplicate") {
    out.observed = fmt::format("{} sends {} twice.", words.where(), who);
    out.why = "It works. Strict clients refuse it, and it shows that the chain file was put together by hand.";
  } else if (fault.cause == "chain-extra") {
    out.observed = fmt::format("{} sends {}, which has nothing to do with its certificate.", words.where(), who);
    out.why = "It works. The next renewal by the same hand may leave out the right one.";
  } else if (fault.cause == "chain-order") {
    out.observed = fmt::format("{} sends its chain in the wrong order: {} comes too late.", words.where(), who);
    out.why = "TLS 1.2 demands that each certificate certifies the one before (RFC 5246, 7.4.2). Most clients sort; some, in Java and in older appliances, do not.";
  } else if (fault.cause == "chain-root-sent") {
    out.observed = fmt::format("{} sends the root {} as well.", words.where(), who);
    out.why = "It is of no use: clients trust the root that they have, not the one that is sent. Harmless, some bytes in every handshake.";
  } else if (fault.cause == "ambiguous-chain") {
    out.observed = fmt::format("The chain of {} has more than one way to a root. OpenSSL takes the broken one; a good one exists and was found by trying all.", words.where());
    out.why = "Go and browsers connect. Whatever is built on OpenSSL, such as curl and the Python part of the W&B SDK, refuses.";
    out.expected = "Only certificates of the way that works.";
  } else if (fault.cause == "incomplete-ca-file") {
    out.observed = fmt::format("What makes the chain of {} trusted is no root: {} holds {}, but not its issuer.", words.where(), fault.detail, who);
    out.expected = "The self-signed root of the CA in the file.";
    out.why = "Go, curl and Python from 3.13 on accept that; older Python and Java demand the root, and the W&B SDK fails there.";
    out.fix = fmt::format("Add the root to {}, and to wherever else it was copied:\n  cat root.pem >> {}", fault.detail, shell_quote(fault.detail));
  } else {
    out.observed = fmt::format("{} in the chain of {} is not as RFC 5280 demands: {}.", who, words.where(), fault.detail);
    out.expected = "Certificates that pass OpenSSL's strict check.";
    out.why = "Python 3.13 and later check strictly by default: the W&B SDK connects with older Python versions and fails with these (\"certificate verify failed\").";
    out.fix = "Have it issued anew with what is missing; with `openssl x509 -req` or `openssl ca` that is, in the extensions file:\n"
              "  basicConstraints = critical, CA:TRUE   (of a CA)\n"
              "  keyUsage = critical, keyCertSign, cRLSign   (of a CA)\n"
              "  subjectKeyIdentifier = hash\n"
              "  authorityKeyIdentifier = keyid:always";
    out.reproduce = words.openssl("-x509_strict -showcerts");
  }
  return out;
}

}  // namespace wbverify
