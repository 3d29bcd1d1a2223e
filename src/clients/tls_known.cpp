#include <algorithm>
#include <array>

#include "clients/tls_diagnosis.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct Known {
  std::string_view in_subject;   ///< wildcards, lower case; empty: any
  std::string_view in_issuer;
  KnownCertificate what;
};

/// Names as the products write them. Matched against whole RFC 2253 names in lower case.
constexpr std::array known = {
    Known{"*cn=kubernetes ingress controller fake certificate*", "", {"default-ingress-cert", "ingress-nginx"}},
    Known{"*cn=traefik default cert*", "", {"default-ingress-cert", "Traefik"}},
    Known{"", "*cn=caddy local authority*", {"default-ingress-cert", "Caddy"}},
    Known{"", "*cn=ingress-operator@*", {"default-ingress-cert", "OpenShift"}},
    Known{"", "*cn=dynamiclistener-ca*", {"default-ingress-cert", "Rancher"}},
    Known{"*cn=mysql_server_*_auto_generated_*", "", {"mysql-default-cert", "MySQL"}},
    Known{"cn=mariadb server", "cn=mariadb server", {"mysql-default-cert", "MariaDB"}},
    Known{"", "*(staging)*", {"acme-staging", "Let's Encrypt"}},
    Known{"", "*fake le intermediate*", {"acme-staging", "Let's Encrypt"}},
    Known{"", "*fake le root*", {"acme-staging", "Let's Encrypt"}},
    Known{"", "*cloudflare origin*", {"cloudflare-origin-cert", "Cloudflare"}},
    Known{"", "*zscaler*", {"interception-proxy", "Zscaler"}},
    Known{"", "*netskope*", {"interception-proxy", "Netskope"}},
    Known{"", "*goskope*", {"interception-proxy", "Netskope"}},
    Known{"", "*fortinet*", {"interception-proxy", "Fortinet"}},
    Known{"", "*fortigate*", {"interception-proxy", "Fortinet"}},
    Known{"", "*palo alto*", {"interception-proxy", "Palo Alto Networks"}},
    Known{"", "*blue coat*", {"interception-proxy", "Blue Coat"}},
    Known{"", "*cisco umbrella*", {"interception-proxy", "Cisco Umbrella"}},
    Known{"", "*forcepoint*", {"interception-proxy", "Forcepoint"}},
    Known{"", "*sophos*", {"interception-proxy", "Sophos"}},
    Known{"", "*check point*", {"interception-proxy", "Check Point"}},
    Known{"", "*cato networks*", {"interception-proxy", "Cato Networks"}},
    Known{"", "*kaspersky*", {"interception-proxy", "Kaspersky"}},
    Known{"", "*eset ssl filter*", {"interception-proxy", "ESET"}},
    Known{"", "*mitmproxy*", {"interception-proxy", "mitmproxy"}},
    Known{"", "*charles proxy*", {"interception-proxy", "Charles"}},
    Known{"", "*portswigger*", {"interception-proxy", "Burp"}},
    Known{"", "*cn=squid*", {"interception-proxy", "Squid"}},
    // Real issuers whose roots no system brings along.
    Known{"", "*amazon rds*", {"", "Amazon RDS"}},
    Known{"", "*google cloud sql*", {"", "Google Cloud SQL"}},
};

bool matches(std::string_view pattern, const std::string& name) { return pattern.empty() || glob_match(pattern, to_lower(name)); }

}  // namespace

KnownCertificate recognise(const Certificate& certificate) {
  const auto* hit = std::find_if(known.begin(), known.end(), [&](const Known& entry) {
    return matches(entry.in_subject, certificate.subject) && matches(entry.in_issuer, certificate.issuer);
  });
  return hit == known.end() ? KnownCertificate{} : hit->what;
}

bool dns_name_covers(std::string_view pattern, std::string_view name) {
  while (name.ends_with('.')) name.remove_suffix(1);
  if (!pattern.starts_with("*.")) return iequals(pattern, name);
  const auto dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && iequals(pattern.substr(1), name.substr(dot));
}

}  // namespace wbverify
