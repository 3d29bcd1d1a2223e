// Observation in, finding out: every cause, its status, and what the text has to hold.
#include "checks/shared/tls.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "clients/tls_diagnosis.hpp"

namespace wbverify {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t day = 86400;
constexpr std::int64_t now = 1790000000;   // 2026-09-21

// X509_V_ERR_*, as they stand in records.
constexpr int no_issuer_here = 20, leaf_unverified = 21, self_signed_leaf = 18, self_signed_end = 19, false_signature = 7, expired_code = 10, purpose = 26,
              invalid_ca = 79, path_length = 25, permitted = 47, critical = 34, hostname = 62, ip = 64, no_key_id = 85, loop = 55;

Scene scene() {
  Scene scene;
  scene.started = now * 1000;
  scene.settings["HOST"] = {"HOST", "", "env-file", "/etc/wandb.env", 3, "https://wandb.example.com"};
  scene.settings["MYSQL"] = {"MYSQL", "", "env-file", "/etc/wandb.env", 4, "mysql://…"};
  return scene;
}

const ServiceWords host_words{"W&B Server", "HOST", "Nobody reaches W&B."};
const ServiceWords mysql_words{"MySQL", "MYSQL", "W&B Server does not start."};
const ServiceWords bucket_words{"The object store", "BUCKET", "Nothing can be uploaded."};

Certificate certificate(const std::string& cn, const std::string& issuer, const std::string& id) {
  Certificate out;
  out.subject = "CN=" + cn;
  out.subject_cn = cn;
  out.issuer = "CN=" + issuer;
  out.issuer_cn = issuer;
  out.not_before = now - 30 * day;
  out.not_after = now + 60 * day;
  out.key_type = "EC";
  out.key_bits = 256;
  out.curve = "prime256v1";
  out.digest = "SHA256";
  out.signature = "ecdsa-with-SHA256";
  out.sha256 = id;
  out.subject_key_id = "aa" + id;
  out.self_issued = out.self_signed = cn == issuer;
  out.is_ca = id != "leaf";
  return out;
}

TlsObservation healthy() {
  TlsObservation tls;
  tls.server_name = "wandb.example.com";
  tls.port = 443;
  tls.completed = true;
  tls.protocol = "TLSv1.3";
  tls.cipher = "TLS_AES_256_GCM_SHA384";
  tls.trust = "system, /etc/ssl/corp.pem";
  tls.anchor = "system";
  Certificate leaf = certificate("wandb.example.com", "R11", "leaf");
  leaf.dns_names = {"wandb.example.com"};
  leaf.name_count = 1;
  tls.presented = {leaf, certificate("R11", "Example Root", "middle")};
  tls.presented_count = 2;
  tls.built = tls.presented;
  tls.built.push_back(certificate("Example Root", "Example Root", "root"));
  return tls;
}

/// Only the leaf, and no way on from it.
void lone(TlsObservation& tls) {
  tls.presented.resize(1);
  tls.built.resize(1);
  tls.anchor.clear();
  tls.errors = {{no_issuer_here, 0, "unable to get local issuer certificate"}, {leaf_unverified, 0, "unable to verify the first certificate"}};
}

void own_signature(TlsObservation& tls, const std::string& cn) {
  lone(tls);
  Certificate leaf = certificate(cn, cn, "leaf");
  leaf.dns_names = {"wandb.example.com"};
  leaf.name_count = 1;
  tls.presented = tls.built = {leaf};
  tls.errors = {{self_signed_leaf, 0, "self-signed certificate"}};
}

using Judge = Findings (*)(const TlsObservation&, const ServiceWords&, const Scene&);

struct Row {
  const char* cause;
  Status status;
  Judge judge;
  std::function<void(TlsObservation&)> change;
  std::vector<std::string> says;        ///< in the observed text
  std::vector<std::string> fix;         ///< in the fix
  std::vector<std::string> reproduce = {"openssl s_client -connect wandb.example.com:443 -servername wandb.example.com"};
};

void failed(TlsObservation& tls, const char* cause, const char* text) {
  tls = {};
  tls.server_name = "wandb.example.com";
  tls.port = 443;
  tls.cause = cause;
  tls.text = text;
}

const std::vector<Row>& rows() {
  const auto fails = [](const char* cause, const char* text) { return [=](TlsObservation& tls) { failed(tls, cause, text); }; };
  static const std::vector<Row> all = {
      // --- handshake
      {"timed-out", Status::unknown, judge_tls_handshake, fails("timed-out", "it accepted the connection, then did not answer the TLS ClientHello"), {"wandb.example.com:443 accepted the connection, then did not answer"}, {"ping -M do", "ss -ltnp 'sport = :443'"}},
      {"plain-http", Status::fail, judge_tls_handshake, fails("plain-http", "it answered the TLS ClientHello in plain HTTP: \"HTTP/1.1 400 Bad Request\""), {"plain HTTP"}, {"listen 443 ssl;", "HOST in /etc/wandb.env line 3"}, {"curl -sv http://wandb.example.com:443/"}},
      {"not-tls", Status::fail, judge_tls_handshake, fails("not-tls", "an SSH server answered"), {"an SSH server"}, {"HOST in /etc/wandb.env line 3"}},
      {"closed", Status::fail, judge_tls_handshake, fails("closed", "it closed the connection at the TLS ClientHello, without a word"), {"closed the connection"}, {"Istio", "ssl_reject_handshake"}},
      {"reset", Status::fail, judge_tls_handshake, fails("reset", "it reset the connection"), {}, {}},
      {"no-shared-cipher", Status::fail, judge_tls_handshake, fails("no-shared-cipher", "it ended the handshake with the alert handshake_failure (40)"), {"(40)"}, {"ssl_certificate "}},
      {"protocol-too-old", Status::fail, judge_tls_handshake, fails("protocol-too-old", "it insists on a TLS version that no client uses any more"), {}, {"ssl_protocols TLSv1.2 TLSv1.3;"}, {"-tls1_2"}},
      {"client-cert-required", Status::fail, judge_tls_handshake, fails("client-cert-required", "it demands a certificate of the client"), {}, {"ssl_verify_client off;", "auth-tls-secret-"}},
      {"bad-certificate", Status::fail, judge_tls_handshake, fails("bad-certificate", "the certificate that it sent cannot be read"), {}, {}},
      {"alert-unrecognized-name", Status::fail, judge_tls_handshake, fails("alert-unrecognized-name", "it ended the handshake"), {}, {"spec.tls[].hosts"}},
      {"alert-77", Status::fail, judge_tls_handshake, fails("alert-77", "it ended the handshake with the alert 77 (77)"), {}, {"error.log"}},
      {"refused", Status::fail, judge_tls_handshake, fails("refused", "connection refused"), {"wandb.example.com:443: connection refused."}, {}},
      // --- protocol
      {"old-protocol-only", Status::fail, judge_tls_protocol, [](TlsObservation& tls) { tls.protocol = tls.old_protocol = "TLSv1"; }, {"speaks only TLSv1."}, {"ssl_protocols"}, {"-tls1_2"}},
      {"old-protocol-accepted", Status::warn, judge_tls_protocol, [](TlsObservation& tls) { tls.old_protocol = "TLSv1.1"; }, {"also accepts TLSv1.1."}, {"ELBSecurityPolicy"}, {"-tls1_1 "}},
      // --- trust
      {"missing-intermediate", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer_urls = {"http://r11.example/i.der"}; }, {"sends only its own certificate", "issued by \"CN=R11\""}, {"fullchain", "curl -s http://r11.example/i.der", "--ca-file", "REQUESTS_CA_BUNDLE"}, {"-showcerts -CAfile /etc/ssl/corp.pem"}},
      {"wrong-intermediate", Status::fail, judge_tls_trust, [](TlsObservation& tls) { auto other = certificate("R3", "Example Root", "old"); lone(tls); tls.presented.push_back(other); }, {"sends \"CN=R3\"", "was issued by \"CN=R11\""}, {}},
      {"wrong-intermediate", Status::fail, judge_tls_trust, [](TlsObservation& tls) { auto other = tls.presented[1]; lone(tls); tls.presented.push_back(other); }, {"wrong key"}, {}},
      {"untrusted-root", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.built.pop_back(); tls.errors = {{no_issuer_here, 1, ""}}; tls.anchor = ""; }, {"leads to \"CN=Example Root\"", "not trusted here (trusted: system, /etc/ssl/corp.pem)"}, {"--ca-file", "global.caCertsConfigMap"}},
      {"untrusted-root", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{self_signed_end, 2, ""}}; }, {"leads to \"CN=Example Root\""}, {}},
      {"untrusted-root", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = tls.built[0].issuer = "CN=Corp Root CA"; tls.presented[0].issuer_cn = "Corp Root CA"; }, {"\"CN=Corp Root CA\""}, {}},
      {"untrusted-root", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = tls.built[0].issuer = "CN=Amazon RDS eu-west-1 Root CA RSA2048 G1"; tls.presented[0].issuer_cn = "Amazon RDS eu-west-1 Root CA RSA2048 G1"; }, {}, {"global-bundle.pem"}},
      {"no-trust-store", Status::unknown, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.trust = ""; tls.trust_problems = {"this machine has no file of trusted root certificates"}; }, {"Nothing is trusted on this machine"}, {"apt-get install ca-certificates"}, {"ls -l"}},
      {"self-signed-leaf", Status::fail, judge_tls_trust, [](TlsObservation& tls) { own_signature(tls, "wandb.example.com"); }, {"signed itself"}, {"certbot", "ingress.issuer.create"}},
      {"self-signed-leaf", Status::warn, judge_tls_trust, [](TlsObservation& tls) { own_signature(tls, "wandb.example.com"); tls.errors.clear(); tls.anchor = "/etc/ssl/corp.pem"; }, {"it stands in /etc/ssl/corp.pem"}, {}},
      {"default-ingress-cert", Status::fail, judge_tls_trust, [](TlsObservation& tls) { own_signature(tls, "Kubernetes Ingress Controller Fake Certificate"); }, {"the stand-in of ingress-nginx", "no certificate for wandb.example.com"}, {"kubectl -n NAMESPACE create secret tls", "secretName"}},
      {"default-ingress-cert", Status::fail, judge_tls_trust, [](TlsObservation& tls) { own_signature(tls, "TRAEFIK DEFAULT CERT"); }, {"Traefik"}, {"kubectl -n traefik logs"}},
      {"default-ingress-cert", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = "CN=ingress-operator@1700000000"; }, {"OpenShift"}, {"oc create route edge"}},
      {"default-ingress-cert", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = "CN=Caddy Local Authority - ECC Intermediate"; }, {"Caddy"}, {"Caddyfile"}},
      {"mysql-default-cert", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].subject = "CN=MySQL_Server_8.4.3_Auto_Generated_Server_Certificate"; }, {"made for itself"}, {}},
      {"cloudflare-origin-cert", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = "OU=CloudFlare Origin SSL Certificate Authority,O=CloudFlare\\, Inc.,C=US"; }, {"only Cloudflare itself trusts"}, {"proxied"}},
      {"acme-staging", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = "CN=(STAGING) Riddling Rhubarb R12,O=(STAGING) Let's Encrypt,C=US"; }, {"test CA"}, {"acme-v02.api.letsencrypt.org"}},
      {"interception-proxy", Status::fail, judge_tls_trust, [](TlsObservation& tls) { lone(tls); tls.presented[0].issuer = "CN=Zscaler Intermediate Root CA,O=Zscaler Inc."; }, {"Zscaler on the way opens TLS"}, {"exempt wandb.example.com"}},
      {"interception-proxy", Status::warn, judge_tls_trust, [](TlsObservation& tls) { tls.presented[1].issuer = "CN=Netskope CA"; }, {"Netskope"}, {}},
      {"revoked", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.staple = "revoked"; }, {"has revoked"}, {"new key"}, {"-status"}},
      {"leaf-eku", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.presented[0].server_auth = false; tls.errors = {{purpose, 0, ""}}; }, {"lacks serverAuth"}, {}, {"-ext extendedKeyUsage"}},
      {"leaf-ku", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.presented[0].server_key_usage = false; tls.errors = {{purpose, 0, ""}}; }, {"key usage"}, {}, {"-ext keyUsage"}},
      {"leaf-ku", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.presented[0].signing_key_usage = false; }, {"does not allow signatures"}, {}, {"-ext keyUsage"}},
      {"issuer-not-ca", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{invalid_ca, 1, ""}, {purpose, 1, ""}, {path_length, 2, ""}}; }, {"\"CN=R11\" issued a certificate", "is no CA"}, {}},
      {"path-length", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{path_length, 2, ""}}; }, {"path length"}, {}},
      {"name-constraint", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{permitted, 0, ""}}; }, {"not allowed to issue for wandb.example.com"}, {}},
      {"unknown-critical-extension", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{critical, 0, ""}}; tls.built[0].unknown_critical = {"1.2.3.4"}; }, {"1.2.3.4"}, {}},
      {"bad-signature", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{false_signature, 0, ""}}; }, {"is false"}, {}},
      {"chain-invalid", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.errors = {{loop, 1, "path loop"}}; }, {"path loop"}, {}},
      {"must-staple-missing", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.presented[0].must_staple = true; }, {"must-staple"}, {"ssl_stapling on;"}, {"-status"}},
      {"ambiguous-chain", Status::fail, judge_tls_trust, [](TlsObservation& tls) { tls.path_needs_search = true; }, {"more than one way"}, {}},
      {"incomplete-ca-file", Status::warn, judge_tls_trust, [](TlsObservation& tls) { tls.built.pop_back(); tls.anchor = "/etc/ssl/corp.pem"; }, {"/etc/ssl/corp.pem holds \"CN=R11\""}, {"cat root.pem >> /etc/ssl/corp.pem"}},
      {"strict-x509", Status::warn, judge_tls_trust, [](TlsObservation& tls) { tls.strict_errors = {{no_key_id, 0, "Missing Authority Key Identifier"}}; }, {"Missing Authority Key Identifier"}, {"authorityKeyIdentifier"}, {"-x509_strict"}},
      {"chain-duplicate", Status::warn, judge_tls_trust, [](TlsObservation& tls) { tls.presented.push_back(tls.presented[1]); }, {"\"CN=R11\" twice"}, {}},
      {"chain-extra", Status::warn, judge_tls_trust, [](TlsObservation& tls) { tls.presented.push_back(certificate("Stranger", "Other", "x")); }, {"\"CN=Stranger\", which has nothing to do"}, {}},
      {"chain-order", Status::warn, judge_tls_trust, [](TlsObservation& tls) {
         auto upper = certificate("Upper", "Example Root", "upper");
         tls.presented[1].issuer = tls.built[1].issuer = "CN=Upper";
         tls.built.insert(tls.built.begin() + 2, upper);
         tls.presented.insert(tls.presented.begin() + 1, upper);
       }, {"wrong order: \"CN=R11\" comes too late"}, {}},
      {"chain-root-sent", Status::warn, judge_tls_trust, [](TlsObservation& tls) { tls.presented.push_back(tls.built[2]); }, {"root \"CN=Example Root\""}, {}},
      // --- name
      {"hostname-mismatch", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{hostname, 0, ""}}; tls.presented[0].dns_names = {"other.example.com", "b.example.com"}; }, {"is for other.example.com, b.example.com."}, {"write other.example.com in HOST in /etc/wandb.env line 3", "subjectAltName=DNS:wandb.example.com"}, {"openssl x509 -noout -subject -ext subjectAltName"}},
      {"no-san", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{hostname, 0, ""}}; tls.presented[0].dns_names = {}; tls.presented[0].name_count = 0; }, {"common name (CN=wandb.example.com)"}, {}},
      {"wildcard-depth", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{hostname, 0, ""}}; tls.presented[0].dns_names = {"*.com"}; tls.server_name = "a.b.com"; }, {"is for *.com"}, {}, {"-connect a.b.com:443"}},
      {"wildcard-depth", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{hostname, 0, ""}}; tls.presented[0].dns_names = {"*.wandb.example.com"}; }, {"none there"}, {}},
      {"wildcard-too-broad", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{hostname, 0, ""}}; tls.presented[0].dns_names = {"*.local"}; tls.server_name = "wandb.local"; }, {"top-level domain"}, {}, {"-connect wandb.local:443"}},
      {"ip-not-in-san", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{ip, 0, ""}}; tls.server_name = "10.1.2.3"; }, {"address 10.1.2.3, and the certificate is for wandb.example.com"}, {"Write the name instead of the address in HOST in /etc/wandb.env line 3: wandb.example.com", "subjectAltName=IP:10.1.2.3"}, {"-connect 10.1.2.3:443 -noservername"}},
      {"ip-in-dns-san", Status::fail, judge_tls_name, [](TlsObservation& tls) { tls.errors = {{ip, 0, ""}}; tls.server_name = "10.1.2.3"; tls.presented[0].dns_names = {"10.1.2.3"}; }, {"(DNS:10.1.2.3)"}, {"IP:10.1.2.3"}, {"-noservername"}},
      {"sni-default-differs", Status::warn, judge_tls_name, [](TlsObservation& tls) { tls.without_name = {certificate("other", "R11", "other")}; }, {"another certificate"}, {"default_server"}, {"-connect wandb.example.com:443 -noservername"}},
      // --- validity
      {"expired", Status::fail, judge_tls_validity, [](TlsObservation& tls) { tls.presented[0].not_after = now - 5 * day; tls.errors = {{expired_code, 0, ""}}; }, {"expired on 2026-09-16 (5 days ago)"}, {"certbot renew", "cert-manager", "aws acm"}, {"openssl x509 -noout -subject -issuer -dates"}},
      {"not-yet-valid", Status::fail, judge_tls_validity, [](TlsObservation& tls) { tls.presented[0].not_before = now + 2 * day; }, {"begins on 2026-09-23 (2 days from now)"}, {"timedatectl"}},
      {"chain-expired", Status::fail, judge_tls_validity, [](TlsObservation& tls) { tls.built[1].not_after = now - day; }, {"intermediate \"CN=R11\"", "the server's own certificate runs until"}, {}},
      {"chain-expired", Status::fail, judge_tls_validity, [](TlsObservation& tls) { tls.built[2].not_after = now - day; tls.anchor = "/etc/ssl/corp.pem"; }, {"root \"CN=Example Root\""}, {"into /etc/ssl/corp.pem"}},
      {"chain-not-yet-valid", Status::fail, judge_tls_validity, [](TlsObservation& tls) { tls.built[1].not_before = now + day; }, {"\"CN=R11\" in the chain"}, {}},
      {"expires-soon", Status::warn, judge_tls_validity, [](TlsObservation& tls) { tls.presented[0].not_after = now + 13 * day; }, {"(13 days from now)"}, {"certbot renew"}},
      {"expires-soon", Status::warn, judge_tls_validity, [](TlsObservation& tls) { tls.built[1].not_after = now + 3 * day; }, {"\"CN=R11\" in the chain"}, {}},
      {"stale-cross-sign", Status::warn, judge_tls_validity, [](TlsObservation& tls) { auto cross = certificate("Example Root", "Old Root", "cross"); cross.not_after = now - 100 * day; tls.presented.push_back(cross); }, {"issued by \"CN=Old Root\"", "works without it"}, {"Remove \"CN=Example Root\""}},
      {"validity-too-long", Status::warn, judge_tls_validity, [](TlsObservation& tls) { tls.presented[0].not_after = now + 3650 * day; tls.built[1].not_after = tls.built[2].not_after = now + 9000 * day; }, {"3680 days"}, {}},
      // --- strength
      {"weak-key", Status::fail, judge_tls_strength, [](TlsObservation& tls) { tls.built[0].key_type = "RSA"; tls.built[0].key_bits = 1024; tls.built[0].curve = ""; }, {"RSA of 1024 bits"}, {"openssl req -new -newkey rsa:2048"}},
      {"weak-key", Status::fail, judge_tls_strength, [](TlsObservation& tls) { tls.built[1].key_bits = 192; tls.built[1].curve = "prime192v1"; }, {"\"CN=R11\" in the chain"}, {}},
      {"weak-signature", Status::fail, judge_tls_strength, [](TlsObservation& tls) { tls.built[0].digest = "SHA1"; tls.built[0].signature = "ecdsa-with-SHA1"; }, {"ecdsa-with-SHA1"}, {"-sha256"}},
      {"weak-handshake", Status::fail, judge_tls_strength, [](TlsObservation& tls) { tls.refused_by = "its Diffie-Hellman parameters are shorter than 2048 bits"; }, {"Diffie-Hellman"}, {"ssl_dhparam"}},
      {"weak-ciphers", Status::fail, judge_tls_strength, [](TlsObservation& tls) { tls.refused_by_python = true; tls.forward_secrecy = false; tls.cipher = "AES128-SHA"; tls.protocol = "TLSv1.2"; }, {"AES128-SHA", "shares no cipher with Python"}, {"ssl_ciphers"}},
      {"weak-ciphers", Status::warn, judge_tls_strength, [](TlsObservation& tls) { tls.forward_secrecy = false; tls.cipher = "AES128-GCM-SHA256"; tls.protocol = "TLSv1.2"; }, {"no forward secrecy"}, {}},
  };
  return all;
}

class TlsCauses : public testing::TestWithParam<std::size_t> {};

TEST_P(TlsCauses, IsNamedAndExplained) {
  const Row& row = rows()[GetParam()];
  TlsObservation tls = healthy();
  row.change(tls);
  const Findings findings = row.judge(tls, host_words, scene());
  ASSERT_EQ(findings.size(), 1U);
  const Finding& finding = findings.front();
  EXPECT_EQ(finding.cause, row.cause) << finding.observed;
  EXPECT_EQ(finding.status, row.status);
  EXPECT_EQ(finding.setting, "HOST");
  EXPECT_EQ(finding.blame != Blame::none, row.status == Status::unknown);
  for (const auto& text : row.says) EXPECT_THAT(finding.observed, HasSubstr(text));
  for (const auto& text : row.fix) EXPECT_THAT(finding.fix, HasSubstr(text));
  for (const auto& text : row.reproduce) EXPECT_THAT(finding.reproduce, HasSubstr(text));
  for (const std::string& text : {finding.observed, finding.expected, finding.why, finding.fix, finding.reproduce}) {
    EXPECT_THAT(text, Not(IsEmpty()));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("!")), Not(HasSubstr("please")), Not(HasSubstr("{}"))));
  }
  EXPECT_EQ(finding.observed.back(), '.');
  EXPECT_EQ(finding.observed.find(".."), std::string::npos);
  EXPECT_EQ(finding.reproduce.find('\n'), std::string::npos) << "one command";
  // The same words must make sense for the other services.
  for (const ServiceWords& words : {mysql_words, bucket_words}) {
    const Finding other = row.judge(tls, words, scene()).front();
    if (other.status == Status::pass) continue;
    EXPECT_THAT(other.fix, Not(IsEmpty()));
    EXPECT_THAT(other.why, Not(IsEmpty()));
  }
}

INSTANTIATE_TEST_SUITE_P(Tls, TlsCauses, testing::Range<std::size_t>(0, rows().size()), [](const auto& row) {
  std::string name = rows()[row.param].cause;
  std::replace(name.begin(), name.end(), '-', '_');
  return name + "_" + std::to_string(row.param);
});

TEST(JudgeTls, AHealthyServerPassesEverything) {
  const TlsObservation tls = healthy();
  for (const Judge judge : {judge_tls_handshake, judge_tls_protocol, judge_tls_trust, judge_tls_name, judge_tls_validity, judge_tls_strength, judge_tls}) {
    const Finding finding = judge(tls, host_words, scene()).front();
    EXPECT_EQ(finding.status, Status::pass) << finding.observed;
    EXPECT_EQ(finding.cause, "");
    EXPECT_THAT(finding.observed, Not(IsEmpty()));
  }
  EXPECT_EQ(judge_tls_validity(tls, host_words, scene()).front().observed, "until 2026-11-20 (60 days from now)");
  EXPECT_EQ(judge_tls_trust(tls, host_words, scene()).front().observed, "ends at \"Example Root\", trusted by this system");
}

TEST(JudgeTls, OneCauseIsOneFailure) {
  struct Case {
    Judge guilty;
    std::function<void(TlsObservation&)> change;
  };
  const std::vector<Case> cases = {
      {judge_tls_validity, [](TlsObservation& tls) { tls.presented[0].not_after = tls.built[0].not_after = now - day; tls.errors = {{expired_code, 0, ""}}; }},
      {judge_tls_trust, [](TlsObservation& tls) { own_signature(tls, "wandb.example.com"); }},
      {judge_tls_trust, [](TlsObservation& tls) { own_signature(tls, "Kubernetes Ingress Controller Fake Certificate"); tls.errors.push_back({hostname, 0, ""}); }},
      {judge_tls_name, [](TlsObservation& tls) { tls.errors = {{hostname, 0, ""}}; }},
      {judge_tls_strength, [](TlsObservation& tls) { tls.built[0].key_type = "RSA"; tls.built[0].key_bits = 1024; tls.errors = {{66, 0, "EE certificate key too weak"}}; }},
      {judge_tls_strength, [](TlsObservation& tls) { tls.built[0].digest = "SHA1"; tls.errors = {{68, 0, "CA signature digest algorithm too weak"}}; }},
      {judge_tls_protocol, [](TlsObservation& tls) { tls.protocol = tls.old_protocol = "TLSv1"; tls.forward_secrecy = false; }},
  };
  for (const Case& one : cases) {
    TlsObservation tls = healthy();
    one.change(tls);
    for (const Judge judge : {judge_tls_handshake, judge_tls_protocol, judge_tls_trust, judge_tls_name, judge_tls_validity, judge_tls_strength}) {
      const Finding finding = judge(tls, host_words, scene()).front();
      EXPECT_EQ(finding.status == Status::fail, judge == one.guilty) << finding.cause << ": " << finding.observed;
    }
  }
}

TEST(JudgeTls, TheWordsAreThoseOfTheService) {
  TlsObservation tls = healthy();
  tls.server_name = "db.example.com";
  tls.port = 0;
  tls.presented[0].not_after = now - day;
  const Finding mysql = judge_tls(tls, mysql_words, scene()).front();
  EXPECT_EQ(mysql.setting, "MYSQL");
  EXPECT_THAT(mysql.observed, HasSubstr("db.example.com:3306"));
  EXPECT_THAT(mysql.fix, HasSubstr("ALTER INSTANCE RELOAD TLS"));
  EXPECT_THAT(mysql.reproduce, StartsWith("openssl s_client -connect db.example.com:3306 -servername db.example.com -starttls mysql"));
  const Finding bucket = judge_tls(tls, bucket_words, scene()).front();
  EXPECT_THAT(bucket.fix, HasSubstr(".minio/certs/public.crt"));
  TlsObservation decade = healthy();
  decade.presented[0].not_after = decade.built[0].not_after = now + 3000 * day;
  decade.built[1].not_after = decade.built[2].not_after = now + 3000 * day;
  EXPECT_EQ(judge_tls_validity(decade, mysql_words, scene()).front().status, Status::pass) << "the limit is one of browsers";
}

TEST(JudgeTls, AddressesAndIpv6AreWrittenAsCommandsTakeThem) {
  TlsObservation tls = healthy();
  tls.address = "2001:db8::5";
  tls.presented[0].not_after = now - day;
  const Finding finding = judge_tls_validity(tls, host_words, scene()).front();
  EXPECT_THAT(finding.reproduce, HasSubstr("-connect '[2001:db8::5]:443' -servername wandb.example.com"));
  EXPECT_THAT(finding.observed, HasSubstr("[2001:db8::5]:443 (wandb.example.com)"));
}

TEST(JudgeTls, SaysNothingOfOldVersionsThatNobodyAnsweredFor) {
  TlsObservation tls = healthy();
  EXPECT_THAT(judge_tls_protocol(tls, host_words, scene()).front().observed, HasSubstr("nothing below TLS 1.2"));
  tls.old_protocols_unanswered = true;
  EXPECT_EQ(judge_tls_protocol(tls, host_words, scene()).front().observed, tls.protocol);
}

TEST(JudgeTls, TheSingleCheckNamesTheFirstFailureThenTheFirstWarning) {
  TlsObservation tls = healthy();
  tls.old_protocol = "TLSv1.1";
  EXPECT_EQ(judge_tls(tls, bucket_words, scene()).front().cause, "old-protocol-accepted");
  tls.presented[0].not_after = now + day;
  EXPECT_EQ(judge_tls(tls, bucket_words, scene()).front().cause, "expires-soon");
  tls.errors = {{hostname, 0, ""}};
  EXPECT_EQ(judge_tls(tls, bucket_words, scene()).front().cause, "hostname-mismatch");
  own_signature(tls, "wandb.example.com");
  EXPECT_EQ(judge_tls(tls, bucket_words, scene()).front().cause, "self-signed-leaf");
  tls.completed = false;
  tls.cause = "closed";
  EXPECT_EQ(judge_tls(tls, bucket_words, scene()).front().cause, "closed");
}

TEST(JudgeTls, WhatElseIsWrongIsToldInTheSameFinding) {
  TlsObservation tls = healthy();
  tls.staple = "revoked";
  tls.errors = {{path_length, 2, ""}};
  const Finding finding = judge_tls_trust(tls, host_words, scene()).front();
  EXPECT_EQ(finding.cause, "revoked");
  EXPECT_THAT(finding.observed, HasSubstr(" Besides: A CA in the chain"));
}

TEST(JudgeTls, TextOfStrangersIsQuotedForTheShell) {
  TlsObservation tls = healthy();
  tls.server_name = "$(reboot).example.com";
  tls.errors = {{hostname, 0, ""}};
  EXPECT_THAT(judge_tls_name(tls, host_words, scene()).front().reproduce, HasSubstr("-servername '$(reboot).example.com'"));
}

TEST(DnsNameCovers, FollowsRfc6125) {
  EXPECT_TRUE(dns_name_covers("wandb.example.com", "WANDB.example.com"));
  EXPECT_TRUE(dns_name_covers("*.example.com", "wandb.example.com"));
  EXPECT_TRUE(dns_name_covers("*.example.com", "wandb.example.com."));
  EXPECT_FALSE(dns_name_covers("*.example.com", "a.wandb.example.com"));
  EXPECT_FALSE(dns_name_covers("*.example.com", "example.com"));
  EXPECT_FALSE(dns_name_covers("*.example.com", ".example.com"));
  EXPECT_FALSE(dns_name_covers("w*.example.com", "wandb.example.com"));
  EXPECT_FALSE(dns_name_covers("", "wandb.example.com"));
}

}  // namespace
}  // namespace wbverify
