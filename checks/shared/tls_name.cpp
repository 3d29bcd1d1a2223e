#include <fmt/format.h>

#include "checks/shared/tls_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string listed(std::vector<std::string> names, int total) {
  constexpr std::size_t most = 8;
  const bool more = names.size() > most;
  if (more) names.resize(most);
  std::string out = join(names, ", ");
  if (more) out += fmt::format(" and {} more", static_cast<std::size_t>(total) - most);
  return out;
}

std::string names_of(const Certificate& certificate) {
  std::vector<std::string> all = certificate.dns_names;
  all.insert(all.end(), certificate.ip_addresses.begin(), certificate.ip_addresses.end());
  return all.empty() ? "no name at all" : listed(std::move(all), certificate.name_count);
}

/// A name of the certificate that the setting could use instead.
std::string usable_name(const Certificate& certificate) {
  for (const auto& name : certificate.dns_names) {
    if (!name.starts_with("*.")) return name;
  }
  return {};
}

std::string reissue(const TlsWords& words, const std::string& san) {
  return fmt::format("Have the certificate issued with the name that clients use, then install it:\n"
                     "  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout privkey.pem -out request.csr -subj '/CN={}' -addext 'subjectAltName={}'\n",
                     words.name(), san) +
         words.install_chain();
}

TlsText name_text(const TlsWords& words, const TlsObservation&, const TlsFault& fault) {
  const Certificate& leaf = *fault.certificate;
  const std::string& name = words.name();
  TlsText out;
  out.expected = fmt::format("{} among the names of the certificate (subjectAltName).", name);
  out.why = "Every client compares the name that it was given with those in the certificate, and hangs up when it is not there. " + words.why();
  out.fix = reissue(words, "DNS:" + name);
  out.reproduce = words.openssl_x509("-subject -ext subjectAltName");
  const std::string other = usable_name(leaf);
  const std::string or_use = other.empty() ? "" : fmt::format("\nOr use the name that it has: write {} in {}.", other, words.origin());
  if (fault.cause == "no-san") {
    out.observed = fmt::format("The certificate of {} holds its name only as common name (CN={}), and no subjectAltName.", words.where(), leaf.subject_cn);
    out.why = "The common name has not counted since 2000 (RFC 2818): Go and Python refuse, while curl still connects. " + words.why();
  } else if (fault.cause == "wildcard-depth") {
    out.observed = fmt::format("The certificate of {} is for {}, and the star stands for exactly one label: {} has {}.", words.where(), fault.detail, name,
                               iequals(fault.detail.substr(2), name) ? "none there" : "more");
    out.fix += or_use;
  } else if (fault.cause == "wildcard-too-broad") {
    out.observed = fmt::format("The certificate of {} is for {}: a star right above a top-level domain.", words.where(), fault.detail);
    out.why = "Go accepts that; OpenSSL, and with it the Python part of the W&B SDK and curl, does not.";
  } else if (fault.cause == "ip-not-in-san") {
    out.observed = fmt::format("Clients go to the address {}, and the certificate is for {}.", name, names_of(leaf));
    out.expected = fmt::format("A host name in {}, or the address in the certificate (IP:{}).", words.origin(), name);
    out.fix = (other.empty() ? fmt::format("Give the server a name in DNS, and write it in {}.", words.origin()) : fmt::format("Write the name instead of the address in {}: {}.", words.origin(), other)) +
              "\nIf it has to be the address:\n" + reissue(words, "IP:" + name);
  } else if (fault.cause == "ip-in-dns-san") {
    out.observed = fmt::format("The certificate of {} holds the address as a DNS name (DNS:{}), which does not count.", words.where(), name);
    out.expected = fmt::format("The address as an address: IP:{}.", name);
    out.fix = reissue(words, "IP:" + name);
  } else if (fault.cause == "sni-default-differs") {
    out.observed = fmt::format("Clients that do not say which name they want (SNI) get another certificate from {}: \"{}\", for {}.", words.where(), leaf.subject, names_of(leaf));
    out.expected = fmt::format("The certificate of {} as the default one.", name);
    out.why = "All of W&B's clients say the name. Health checks of some load balancers and old Java clients do not, and fail.";
    out.fix = fmt::format("nginx, in the server block of {}, then `nginx -t && nginx -s reload`:\n  listen {} ssl default_server;\n"
                          "ingress-nginx, an argument of the controller:\n  --default-ssl-certificate=NAMESPACE/wandb-tls",
                          name, words.port());
    out.reproduce = words.openssl_without_name();
  } else {
    out.observed = fmt::format("The certificate of {} is for {}{}.", words.where(), names_of(leaf), leaf.name_count == 0 && !leaf.subject_cn.empty() ? " (its common name is " + leaf.subject_cn + ")" : "");
    out.fix += or_use;
  }
  return out;
}

std::string passes(const TlsObservation& tls) {
  if (tls.presented.empty()) return tls.server_name;
  const Certificate& leaf = tls.presented.front();
  for (const auto& name : leaf.dns_names) {
    if (dns_name_covers(name, tls.server_name)) return iequals(name, tls.server_name) ? name : tls.server_name + " by " + name;
  }
  return tls.server_name;
}

}  // namespace

Findings judge_tls_name(const TlsObservation& tls, const ServiceWords& service, const Scene& scene) {
  const TlsWords words(tls, service, scene);
  if (is_stand_in(tls)) {
    Finding finding = skipped("The certificate is a product's stand-in, which says nothing about the names of the right one; see the finding about trust.");
    finding.setting = service.setting;
    return {finding};
  }
  return tell(words, diagnose(tls, TlsConcern::name, words.limits()), name_text, tls, service, passes(tls));
}

}  // namespace wbverify
