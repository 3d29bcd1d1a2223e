#include "checks/shared/tls_words.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>

#include "checks/policy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::int64_t day = 86400;

TlsHolder holder_of(const ServiceWords& words) {
  if (words.setting == "HOST") return TlsHolder::host;
  if (words.setting == "MYSQL") return TlsHolder::mysql;
  return words.setting == "BUCKET" ? TlsHolder::bucket : TlsHolder::other;
}

std::string calendar_day(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) return "an unreadable date";
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

bool is_address(const std::string& host) { return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos; }

}  // namespace

TlsWords::TlsWords(const TlsObservation& tls, const ServiceWords& words, const Scene& scene)
    : tls_(tls), words_(words), scene_(scene), holder_(holder_of(words)), port_(tls.port != 0 ? tls.port : holder_ == TlsHolder::mysql ? 3306 : 443) {
  limits_.now = scene.started / 1000;
  limits_.soon_days = policy::tls_soon_days;
  limits_.longest_days = policy::tls_longest_days;
  limits_.people = holder_ == TlsHolder::host || holder_ == TlsHolder::bucket;
  limits_.rsa_bits = policy::tls_rsa_bits;
  limits_.ec_bits = policy::tls_ec_bits;
}

std::string TlsWords::where() const {
  if (tls_.address.empty() || tls_.address == tls_.server_name) return fmt::format("{}:{}", bracketed(tls_.server_name), port_);
  return fmt::format("{}:{} ({})", bracketed(tls_.address), port_, tls_.server_name);
}

std::string TlsWords::date(std::int64_t seconds) const {
  const std::int64_t distance = seconds - limits_.now;
  const std::int64_t days = std::abs(distance) / day;
  std::string gap = days == 0 ? "less than a day" : days == 1 ? "1 day" : fmt::format("{} days", days);
  return fmt::format("{} ({} {})", calendar_day(seconds), gap, distance < 0 ? "ago" : "from now");
}

std::string TlsWords::about(const Certificate& certificate) const {
  const std::string issuer = certificate.self_signed ? "signed by itself" : fmt::format("issued by \"{}\"", certificate.issuer);
  return fmt::format("\"{}\", {}, valid {} to {}", certificate.subject.empty() ? "(no subject)" : certificate.subject, issuer, calendar_day(certificate.not_before), calendar_day(certificate.not_after));
}

std::string TlsWords::s_client(bool name, const std::string& options) const {
  const std::string& host = tls_.address.empty() ? tls_.server_name : tls_.address;
  std::string out = fmt::format("openssl s_client -connect {}", shell_quote(fmt::format("{}:{}", bracketed(host), port_)));
  out += name && !is_address(tls_.server_name) ? " -servername " + shell_quote(tls_.server_name) : " -noservername";
  if (holder_ == TlsHolder::mysql) out += " -starttls mysql";
  return out + (options.empty() ? "" : " " + options) + " </dev/null";
}

std::string TlsWords::openssl(const std::string& options) const { return s_client(true, options); }
std::string TlsWords::openssl_without_name() const { return s_client(false, ""); }

std::string TlsWords::openssl_x509(const std::string& options) const { return openssl() + " 2>/dev/null | openssl x509 -noout " + options; }

std::string TlsWords::verify() const {
  std::string options = "-showcerts";
  for (const auto& trusted : split(tls_.trust, ',')) {
    const auto file = trim(trusted);
    if (!file.empty() && file != "system") {
      options += " -CAfile " + shell_quote(file);
      break;
    }
  }
  return openssl(options);
}

std::string TlsWords::install_chain() const {
  const std::string plain = is_address(name()) ? "wandb" : name();
  switch (holder_) {
    case TlsHolder::host:
      return fmt::format("nginx, in the server block of {0}, then `nginx -t && nginx -s reload`:\n"
                         "  ssl_certificate     /etc/nginx/tls/{1}-fullchain.pem;\n"
                         "  ssl_certificate_key /etc/nginx/tls/{1}.key;\n"
                         "Kubernetes ingress, with ingress.tls[0].secretName: wandb-tls and ingress.tls[0].hosts[0]: {0} in the Helm values:\n"
                         "  kubectl -n NAMESPACE create secret tls wandb-tls --cert=fullchain.pem --key=privkey.pem --dry-run=client -o yaml | kubectl apply -f -\n"
                         "AWS load balancer:\n"
                         "  aws acm import-certificate --certificate-arn \"$CERTIFICATE_ARN\" --certificate fileb://cert.pem --certificate-chain fileb://chain.pem "
                         "--private-key fileb://privkey.pem",
                         name(), plain);
    case TlsHolder::mysql:
      return "In my.cnf under [mysqld]:\n"
             "  ssl_cert = /etc/mysql/server-chain.pem\n"
             "  ssl_key  = /etc/mysql/server-key.pem\n"
             "Then, as an administrator, without a restart: ALTER INSTANCE RELOAD TLS;";
    case TlsHolder::bucket:
      return fmt::format("MinIO takes both from its certs folder and reloads them by itself:\n"
                         "  cp fullchain.pem ~/.minio/certs/public.crt && cp privkey.pem ~/.minio/certs/private.key\n"
                         "nginx in front of the store, then `nginx -t && nginx -s reload`:\n"
                         "  ssl_certificate     /etc/nginx/tls/{0}-fullchain.pem;\n"
                         "  ssl_certificate_key /etc/nginx/tls/{0}.key;",
                         plain);
    case TlsHolder::other: break;
  }
  return fmt::format("Where {} is configured, give it the certificate followed by its intermediates, and the key.", words_.service);
}

std::string TlsWords::trust_root() const {
  std::string out = "For wbverify: --ca-file /etc/ssl/private-root.pem\n";
  if (holder_ == TlsHolder::mysql) {
    return out + "For W&B Server: ssl-ca=/etc/ssl/private-root.pem and tls=custom in " + origin() + "; with Helm the PEM text in global.mysql.caCert.";
  }
  return out +
         "For W&B Server under Kubernetes, with global.caCertsConfigMap: wandb-ca in the Helm values:\n"
         "  kubectl -n NAMESPACE create configmap wandb-ca --from-file=private-root.crt\n"
         "For every machine that uses W&B, because the SDK's Python part reads no system store:\n"
         "  cp private-root.pem /usr/local/share/ca-certificates/private-root.crt && update-ca-certificates\n"
         "  export REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt";
}

Finding TlsWords::start(const TlsFault& fault) const {
  Finding finding;
  finding.status = fault.fails ? Status::fail : Status::warn;
  finding.cause = fault.cause;
  finding.setting = words_.setting;
  return finding;
}

Findings tell(const TlsWords& words, const std::vector<TlsFault>& faults, TlsText (*text)(const TlsWords&, const TlsObservation&, const TlsFault&),
              const TlsObservation& tls, const ServiceWords& service, std::string passes) {
  if (faults.empty()) {
    Finding finding = passed(std::move(passes));
    finding.setting = service.setting;
    return {finding};
  }
  Finding finding = words.start(faults.front());
  TlsText told = text(words, tls, faults.front());
  finding.observed = std::move(told.observed);
  finding.expected = std::move(told.expected);
  finding.why = std::move(told.why);
  finding.fix = std::move(told.fix);
  finding.reproduce = std::move(told.reproduce);
  for (std::size_t i = 1; i < faults.size() && i < 4; ++i) {
    if (faults[i].cause != faults[i - 1].cause) finding.observed += " Besides: " + text(words, tls, faults[i]).observed;
  }
  return {finding};
}

}  // namespace wbverify
