#include <fmt/format.h>

#include "checks/shared/tls_words.hpp"

namespace wbverify {
namespace {

std::string renew(const TlsWords& words) {
  switch (words.holder()) {
    case TlsHolder::host:
      return fmt::format("certbot, which says why it did not renew:\n"
                         "  certbot renew --cert-name {0} && nginx -s reload\n"
                         "cert-manager, where the events tell what it waits for:\n"
                         "  kubectl -n NAMESPACE describe certificate,certificaterequest,order,challenge\n"
                         "AWS Certificate Manager, where a missing DNS record stops the renewal:\n"
                         "  aws acm describe-certificate --certificate-arn \"$CERTIFICATE_ARN\" --query Certificate.RenewalSummary\n"
                         "A new certificate by hand goes here:\n{1}",
                         words.name(), words.install_chain());
    case TlsHolder::mysql: return "Have it issued anew. " + words.install_chain();
    case TlsHolder::bucket:
    case TlsHolder::other: break;
  }
  return "Have it issued anew, then install it:\n" + words.install_chain();
}

bool is_root(const TlsObservation& tls, const Certificate& certificate) { return tls.built.size() > 1 && tls.built.back().sha256 == certificate.sha256 && certificate.self_signed; }

TlsText clock_or_date(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  const Certificate& certificate = *fault.certificate;
  TlsText out;
  out.observed = fmt::format("{} at {} begins on {}.", &certificate == &tls.presented.front() ? "The certificate" : "\"" + certificate.subject + "\" in the chain", words.where(), words.date(certificate.not_before));
  out.expected = "A certificate whose time has begun.";
  out.why = "Either the clock of this machine is behind, or the certificate was issued for later. " + words.why();
  out.fix = "First compare the clocks, of this machine and of the one that issued the certificate:\n"
            "  date -u; timedatectl show -p NTPSynchronized\n"
            "  timedatectl set-ntp true\n"
            "If they are right, wait, or have the certificate issued anew.";
  return out;
}

TlsText chain_expired(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  const Certificate& certificate = *fault.certificate;
  TlsText out;
  out.expected = "Every certificate of the chain is within its time.";
  out.why = "\"certificate has expired\" is what clients say, though the server's own certificate is good. " + words.why();
  if (is_root(tls, certificate)) {
    out.observed = fmt::format("The root \"{}\" that the chain of {} ends at expired on {}.", certificate.subject, words.where(), words.date(certificate.not_after));
    out.fix = tls.anchor == "system" || tls.anchor.empty() ? "Update the roots of this machine: apt-get install --only-upgrade ca-certificates"
                                                           : fmt::format("Put the present root of your CA into {}, here and on every client.", tls.anchor);
  } else {
    out.observed = fmt::format("The intermediate \"{}\" that {} sends expired on {}; the server's own certificate runs until {}.", certificate.subject, words.where(), words.date(certificate.not_after),
                               words.date(tls.presented.front().not_after));
    out.fix = fmt::format("Get the present certificate of \"{}\" from the CA, put it in the place of the old one, and install the chain:\n", certificate.subject) + words.install_chain();
  }
  return out;
}

TlsText validity_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  const Certificate& certificate = *fault.certificate;
  TlsText out;
  if (fault.cause == "expired") {
    out.observed = fmt::format("The certificate of {} expired on {}: {}.", words.where(), words.date(certificate.not_after), words.about(certificate));
    out.expected = "A certificate that is within its time.";
    out.why = words.why();
    out.fix = renew(words);
  } else if (fault.cause == "not-yet-valid" || fault.cause == "chain-not-yet-valid") {
    out = clock_or_date(words, tls, fault);
  } else if (fault.cause == "chain-expired") {
    out = chain_expired(words, tls, fault);
  } else if (fault.cause == "expires-soon") {
    const bool leaf = certificate.sha256 == tls.presented.front().sha256;
    out.observed = fmt::format("{} expires on {}.", leaf ? "The certificate of " + words.where() : fmt::format("\"{}\" in the chain of {}", certificate.subject, words.where()), words.date(certificate.not_after));
    out.expected = fmt::format("At least {} days left: what is renewed by a program is renewed before that.", words.limits().soon_days);
    out.why = "Nothing is broken yet. On that day " + std::string(words.holder() == TlsHolder::mysql ? "W&B Server loses its database." : "every client and browser refuses the connection, all at once.");
    out.fix = renew(words);
  } else if (fault.cause == "stale-cross-sign") {
    out.observed = fmt::format("{} also sends \"{}\", issued by \"{}\", which expired on {}. The chain works without it.", words.where(), certificate.subject, certificate.issuer, words.date(certificate.not_after));
    out.expected = "Only certificates that are within their time.";
    out.why = "Today's clients find the other way. Old OpenSSL (1.0), GnuTLS and Java clients follow this one, and say that the certificate has expired.";
    out.fix = fmt::format("Remove \"{}\" from the chain file, and install it:\n", certificate.subject) + words.install_chain();
  } else {
    out.observed = fmt::format("The certificate of {} is made for {} days, until {}.", words.where(), (certificate.not_after - certificate.not_before) / 86400, words.date(certificate.not_after));
    out.expected = fmt::format("At most {} days.", fault.detail);
    out.why = "Safari and everything else on macOS and iOS refuses longer lives, also of private CAs: pages and downloads fail there and nowhere else.";
    out.fix = fmt::format("Issue it for a year at most (openssl x509 -req -days 365), have a program renew it, and install it:\n{}", words.install_chain());
  }
  out.reproduce = fault.cause == "expired" || fault.cause == "expires-soon" || fault.cause == "validity-too-long" ? words.openssl_x509("-subject -issuer -dates") : words.verify();
  return out;
}

}  // namespace

Findings judge_tls_validity(const TlsObservation& tls, const ServiceWords& service, const Scene& scene) {
  const TlsWords words(tls, service, scene);
  return tell(words, diagnose(tls, TlsConcern::validity, words.limits()), validity_text, tls, service,
              tls.presented.empty() ? "in time" : "until " + words.date(tls.presented.front().not_after));
}

}  // namespace wbverify
