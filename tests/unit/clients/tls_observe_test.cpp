// The whole matrix: a real server for each fault, and the one concern that it belongs to.
#include <gmock/gmock.h>
#include <openssl/pem.h>

#include <ctime>
#include <map>
#include <optional>

#include "clients/tls_diagnosis.hpp"
#include "tls_lab.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TlsLimits limits() { return {std::time(nullptr), 14, 825, 2048, 224, true}; }

/// Concern → the first cause, those without a fault left out; a warning ends in `?`.
std::map<std::string, std::string> named(const TlsObservation& tls) {
  const std::vector<std::pair<TlsConcern, const char*>> concerns = {
      {TlsConcern::handshake, "handshake"}, {TlsConcern::protocol, "protocol"}, {TlsConcern::trust, "trust"},
      {TlsConcern::name, "name"},           {TlsConcern::validity, "validity"}, {TlsConcern::strength, "strength"}};
  std::map<std::string, std::string> out;
  for (const auto& [concern, word] : concerns) {
    if (const auto faults = diagnose(tls, concern, limits()); !faults.empty()) out[word] = faults.front().cause + (faults.front().fails ? "" : "?");
  }
  return out;
}

using Named = std::map<std::string, std::string>;

/// Root and intermediate are made once: 50 servers share them.
struct Authorities {
  Issued root = issue(authority("Test Root"));
  Issued middle = issue(authority("Test Intermediate"), &root);
  Issued stranger_root = issue(authority("Stranger Root"));
  Issued stranger_middle = issue(authority("Stranger Intermediate"), &stranger_root);
  Issued leaf = issue({}, &middle);
};
const Authorities& ca() {
  static const Authorities authorities;
  return authorities;
}

ServerWish serving(const Wish& wish) {
  ServerWish server;
  server.leaf = issue(wish, &ca().middle);
  server.chain = {ca().middle};
  return server;
}
ServerWish good() { return {ca().leaf, {ca().middle}}; }

Named of(const ServerWish& wish, const std::string& name = "wandb.test") { return named(observe(wish, {ca().root}, name)); }
Named of_leaf(const Wish& wish, const std::string& name = "wandb.test") { return of(serving(wish), name); }

// --- healthy, and unusual but healthy

TEST(TlsObserve, RecordsAHealthyServer) {
  const TlsObservation tls = observe(good(), {ca().root});
  EXPECT_TRUE(tls.completed);
  EXPECT_EQ(tls.protocol, "TLSv1.3");
  EXPECT_THAT(tls.errors, IsEmpty());
  EXPECT_THAT(tls.strict_errors, IsEmpty());
  ASSERT_THAT(tls.built, SizeIs(3));
  EXPECT_EQ(tls.built[0].subject, "CN=wandb.test");
  EXPECT_EQ(tls.built[1].subject_cn, "Test Intermediate");
  EXPECT_TRUE(tls.built[2].self_signed);
  EXPECT_THAT(tls.presented, SizeIs(2));
  EXPECT_THAT(tls.presented[0].dns_names, ElementsAre("wandb.test"));
  EXPECT_EQ(tls.presented[0].key_type, "EC");
  EXPECT_EQ(tls.presented[0].curve, "prime256v1");
  EXPECT_EQ(tls.presented[0].digest, "SHA256");
  EXPECT_EQ(tls.presented[0].authority_key_id, tls.presented[1].subject_key_id);
  EXPECT_EQ(tls.old_protocol, "");
  EXPECT_THAT(tls.anchor, HasSubstr("wbverify-tls-test"));
  EXPECT_EQ(tls.round_trips, 3);
  EXPECT_EQ(named(tls), Named{});
}

TEST(TlsObserve, SurvivesTheRecord) {
  const TlsObservation tls = observe(serving({.san = "DNS:a.test,IP:10.0.0.1"}), {ca().root});
  const nlohmann::json json = tls;
  EXPECT_EQ(parse_json(dump_json(json)).get<TlsObservation>(), tls);
}

TEST(TlsObserve, HealthyButUnusualServersHaveNoFault) {
  EXPECT_EQ(of_leaf({.san = "DNS:*.corp.test"}, "wandb.corp.test"), Named{});
  EXPECT_EQ(of_leaf({.san = "DNS:WANDB.Test"}), Named{});
  EXPECT_EQ(of_leaf({.san = "IP:127.0.0.1"}, "127.0.0.1"), Named{});
  EXPECT_EQ(of_leaf({.san = "IP:::1"}, "::1"), Named{});
  EXPECT_EQ(of(good(), "wandb.test."), Named{}) << "a dot at the end is no part of the name";
  EXPECT_EQ(of_leaf({.key = ed25519_key()}), Named{});
  EXPECT_EQ(of_leaf({.key = ec_key("P-521")}), Named{});
  EXPECT_EQ(of_leaf({.key = rsa_key(2048)}), Named{});
  EXPECT_EQ(of_leaf({.usage = "digitalSignature"}), Named{});
  EXPECT_EQ(of_leaf({.extended_usage = ""}), Named{});
  EXPECT_EQ(of_leaf({.extended_usage = "clientAuth,serverAuth"}), Named{});
  EXPECT_EQ(of_leaf({.to_days = 45}), Named{});
  EXPECT_EQ(of_leaf({.from_days = -2, .to_days = 4}), Named{}) << "six days are a whole life";
  std::string names = "DNS:wandb.test";
  for (int i = 0; i < 2000; ++i) names += ",DNS:host-" + std::to_string(i) + ".example.com";
  EXPECT_EQ(of_leaf({.san = names}), Named{});
  ServerWish tls12 = good();
  tls12.highest = TLS1_2_VERSION;
  EXPECT_EQ(of(tls12), Named{});
  ServerWish tls13 = good();
  tls13.lowest = TLS1_3_VERSION;
  EXPECT_EQ(of(tls13), Named{});
  ServerWish optional = good();
  optional.client_certificates = SSL_VERIFY_PEER;
  EXPECT_EQ(of(optional), Named{});
  optional.tickets = false;
  EXPECT_EQ(of(optional), Named{});
  EXPECT_EQ(named(observe({ca().leaf, {ca().middle}}, {ca().root, ca().stranger_root})), Named{});
}

TEST(TlsObserve, ALongChainIsFine) {
  Issued tip = ca().root;
  std::vector<Issued> chain;
  for (int i = 0; i < 5; ++i) {
    tip = issue(authority("Level " + std::to_string(i)), &tip);
    chain.insert(chain.begin(), tip);
  }
  EXPECT_EQ(of({issue({}, &tip), chain}), Named{});
}

// --- validity

TEST(TlsObserve, ExpiryIsOneFailureAndSaysWhich) {
  EXPECT_EQ(of_leaf({.from_days = -100, .to_days = -5}), (Named{{"validity", "expired"}}));
  EXPECT_EQ(of_leaf({.from_days = 2}), (Named{{"validity", "not-yet-valid"}}));
  EXPECT_EQ(of_leaf({.from_days = -85, .to_days = 5}), (Named{{"validity", "expires-soon?"}}));
  EXPECT_EQ(of_leaf({.to_days = 3650}), (Named{{"validity", "validity-too-long?"}}));
  Wish old = authority("Old Intermediate");
  old.from_days = -100;
  old.to_days = -5;
  const Issued middle = issue(old, &ca().root);
  EXPECT_EQ(of({issue({}, &middle), {middle}}), (Named{{"validity", "chain-expired"}}));
}

TEST(TlsObserve, AStaleCrossSignBesideAGoodWayOnlyWarns) {
  // The intermediate's key, also certified by an old root that has ended.
  const Issued old_root = issue(authority("Old Root"));
  Wish cross = authority("Test Intermediate");
  cross.key = ca().middle.key;
  cross.from_days = -100;
  cross.to_days = -5;
  const Issued stale = issue(cross, &old_root);
  const Named wanted{{"validity", "stale-cross-sign?"}};
  EXPECT_EQ(of({ca().leaf, {ca().middle, stale}}), wanted);
  EXPECT_EQ(of({ca().leaf, {stale, ca().middle}}), wanted);
}

TEST(TlsObserve, AWayThatOpensslDoesNotFindIsFound) {
  // The intermediate's key under two roots; the one that is sent first leads to a root that nobody knows.
  const Issued old_root = issue(authority("Old Root"));
  Wish cross = authority("Test Intermediate");
  cross.key = ca().middle.key;
  const TlsObservation tls = observe({ca().leaf, {issue(cross, &old_root), ca().middle}}, {ca().root});
  EXPECT_THAT(tls.errors, IsEmpty());
  EXPECT_TRUE(tls.path_needs_search);
  EXPECT_EQ(named(tls), (Named{{"trust", "ambiguous-chain"}}));
  EXPECT_EQ(of({ca().leaf, {ca().middle, issue(cross, &old_root)}}), Named{});
}

// --- trust

TEST(TlsObserve, SelfSigned) {
  const Named wanted{{"trust", "self-signed-leaf"}};
  EXPECT_EQ(of({issue({}), {}}), wanted);
  Wish as_ca;
  as_ca.ca = true;
  EXPECT_EQ(of({issue(as_ca), {}}), wanted);
  const Issued installed = issue({});
  EXPECT_EQ(named(observe({installed, {}}, {installed})), (Named{{"trust", "self-signed-leaf?"}}));
}

TEST(TlsObserve, TellsTheWaysToLackAnAnchorApart) {
  const Issued stranger = issue({}, &ca().stranger_middle);
  EXPECT_EQ(of({stranger, {ca().stranger_middle}}), (Named{{"trust", "untrusted-root"}}));
  EXPECT_EQ(of({stranger, {ca().stranger_middle, ca().stranger_root}}), (Named{{"trust", "untrusted-root"}}));
  EXPECT_EQ(of({ca().leaf, {}}), (Named{{"trust", "missing-intermediate"}}));
  EXPECT_EQ(of({issue({}, &ca().stranger_root), {}}), (Named{{"trust", "untrusted-root"}})) << "an issuer called Root";
  EXPECT_EQ(of({ca().leaf, {ca().stranger_middle}}), (Named{{"trust", "wrong-intermediate"}}));
  const Issued rekeyed = issue(authority("Test Intermediate"), &ca().root);
  EXPECT_EQ(of({ca().leaf, {rekeyed}}), (Named{{"trust", "wrong-intermediate"}}));
  EXPECT_EQ(of({ca().leaf, {ca().leaf}}), (Named{{"trust", "missing-intermediate"}}));
}

TEST(TlsObserve, AnIntermediateWithoutKeyIdsIsStillTheWrongOne) {
  Wish bare = authority("Bare Intermediate");
  bare.key_ids = false;
  const Issued right = issue(bare, &ca().root), wrong = issue(bare, &ca().root);
  Wish leaf;
  leaf.key_ids = false;
  const Named seen = of({issue(leaf, &right), {wrong}});
  ASSERT_TRUE(seen.contains("trust"));
  EXPECT_THAT(seen.at("trust"), testing::AnyOf("wrong-intermediate", "bad-signature"));
}

TEST(TlsObserve, RecognisesStandInsAndInterception) {
  Wish fake;
  fake.subject = {{"O", "Acme Co"}, {"CN", "Kubernetes Ingress Controller Fake Certificate"}};
  fake.san = "DNS:ingress.local";
  EXPECT_EQ(of({issue(fake), {}}).at("trust"), "default-ingress-cert");
  Wish traefik;
  traefik.subject = {{"CN", "TRAEFIK DEFAULT CERT"}};
  traefik.san = "DNS:abc.traefik.default";
  EXPECT_EQ(of({issue(traefik), {}}).at("trust"), "default-ingress-cert");
  const Issued mysql = issue(authority("MySQL_Server_8.4.3_Auto_Generated_CA_Certificate"));
  Wish server;
  server.subject = {{"CN", "MySQL_Server_8.4.3_Auto_Generated_Server_Certificate"}};
  server.san = "";
  EXPECT_EQ(of({issue(server, &mysql), {mysql}}).at("trust"), "mysql-default-cert");
  Wish zscaler = authority("Zscaler Intermediate Root CA (zscaler.net)");
  zscaler.subject.insert(zscaler.subject.begin(), {"O", "Zscaler Inc."});
  const Issued proxy_root = issue(authority("Zscaler Root CA"));
  const Issued proxy = issue(zscaler, &proxy_root);
  EXPECT_EQ(of({issue({}, &proxy), {proxy}}), (Named{{"trust", "interception-proxy"}}));
  EXPECT_EQ(named(observe({issue({}, &proxy), {proxy}}, {proxy_root})), (Named{{"trust", "interception-proxy?"}}));
  const Issued staging_root = issue(authority("(STAGING) Pretend Pear X1"));
  const Issued staging = issue(authority("(STAGING) Artificial Apricot R3"), &staging_root);
  EXPECT_EQ(of({issue({}, &staging), {staging}}), (Named{{"trust", "acme-staging"}}));
}

TEST(TlsObserve, FormOfTheChain) {
  const Issued second = issue(authority("Second Intermediate"), &ca().middle);
  EXPECT_EQ(of({issue({}, &second), {ca().middle, second}}), (Named{{"trust", "chain-order?"}}));
  EXPECT_EQ(of({ca().leaf, {ca().middle, ca().stranger_middle}}), (Named{{"trust", "chain-extra?"}}));
  EXPECT_EQ(of({ca().leaf, {ca().middle, ca().root}}), (Named{{"trust", "chain-root-sent?"}}));
  EXPECT_EQ(of({ca().leaf, {ca().leaf, ca().middle}}), (Named{{"trust", "chain-duplicate?"}}));
}

TEST(TlsObserve, ACrossSignSentForOldClientsIsNoStranger) {
  const Issued old_root = issue(authority("Old Root"));
  Wish cross = authority("Test Root");
  cross.key = ca().root.key;
  EXPECT_EQ(of({ca().leaf, {ca().middle, issue(cross, &old_root)}}), Named{});
}

TEST(TlsObserve, FaultsOfThePath) {
  EXPECT_EQ(of_leaf({.extended_usage = "clientAuth"}), (Named{{"trust", "leaf-eku"}}));
  EXPECT_EQ(of_leaf({.usage = "critical,keyCertSign"}), (Named{{"trust", "leaf-ku"}}));
  EXPECT_EQ(of_leaf({.usage = "critical,keyAgreement"}), (Named{{"trust", "leaf-ku"}})) << "OpenSSL accepts it, Chrome does not";
  Wish plain;
  plain.subject = {{"CN", "Not An Authority"}};
  const Issued not_ca = issue(plain, &ca().middle);
  EXPECT_EQ(of({issue({}, &not_ca), {not_ca, ca().middle}}), (Named{{"trust", "issuer-not-ca"}}));
  Wish short_path = authority("Short Path");
  short_path.path_length = 0;
  const Issued upper = issue(short_path, &ca().root);
  const Issued lower = issue(authority("Below Short Path"), &upper);
  EXPECT_EQ(of({issue({}, &lower), {lower, upper}}), (Named{{"trust", "path-length"}}));
  Wish narrow = authority("Narrow");
  narrow.extensions = {{NID_name_constraints, "critical,permitted;DNS:example.org"}};
  const Issued constrained = issue(narrow, &ca().root);
  EXPECT_EQ(of({issue({}, &constrained), {constrained}}), (Named{{"trust", "name-constraint"}}));
  const int odd = OBJ_create("1.3.6.1.4.1.99999.1", "oddExtension", "an odd extension");
  X509V3_EXT_add_alias(odd, NID_netscape_comment);
  const TlsObservation tls = observe(serving({.extensions = {{odd, "critical,odd"}}}), {ca().root});
  EXPECT_EQ(named(tls), (Named{{"trust", "unknown-critical-extension"}}));
}

TEST(TlsObserve, ADamagedSignature) {
  const Named seen = of({damaged(ca().leaf), {ca().middle}});
  EXPECT_EQ(seen, (Named{{"trust", "bad-signature"}}));
}

TEST(TlsObserve, StapledAnswers) {
  ServerWish wish = good();
  wish.staple = ocsp_answer(ca().leaf, ca().middle, V_OCSP_CERTSTATUS_REVOKED);
  EXPECT_EQ(of(wish), (Named{{"trust", "revoked"}}));
  wish.staple = ocsp_answer(ca().leaf, ca().middle, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(observe(wish, {ca().root}).staple, "good");
  wish.staple = ocsp_answer(ca().leaf, ca().stranger_middle, V_OCSP_CERTSTATUS_REVOKED);
  const TlsObservation forged = observe(wish, {ca().root});
  EXPECT_EQ(forged.staple, "unusable");
  EXPECT_EQ(named(forged), Named{});
  wish.staple = "\x30\x03\x0a\x01\x06";
  EXPECT_EQ(observe(wish, {ca().root}).staple, "unusable");
  ServerWish must = serving({.extensions = {{NID_tlsfeature, "status_request"}}});
  EXPECT_EQ(of(must), (Named{{"trust", "must-staple-missing"}}));
  must.staple = ocsp_answer(must.leaf, ca().middle, V_OCSP_CERTSTATUS_GOOD);
  EXPECT_EQ(of(must), Named{});
}

TEST(TlsObserve, TrustThatSomeClientsDoNotShare) {
  EXPECT_EQ(of_leaf({.key_ids = false}), (Named{{"trust", "strict-x509?"}}));
  EXPECT_EQ(named(observe(good(), {ca().middle})), (Named{{"trust", "incomplete-ca-file?"}}));
}

TEST(TlsObserve, FilesThatCannotBeReadAreTold) {
  const auto server = tls_server(good());
  const PemFile file(ca().root.pem()), empty("no certificate in here\n");
  TlsRequest request = server->request("wandb.test");
  request.ca_files = {"/nonexistent/ca.pem", empty.path(), file.path()};
  const TlsObservation tls = observe_tls(request, Deadline::after(std::chrono::seconds(5)));
  EXPECT_EQ(named(tls), Named{});
  ASSERT_THAT(tls.trust_problems, SizeIs(2));
  EXPECT_THAT(tls.trust_problems[0], HasSubstr("/nonexistent/ca.pem cannot be read: No such file"));
  EXPECT_THAT(tls.trust_problems[1], HasSubstr("holds no certificate"));
  request.ca_files = {"/nonexistent/ca.pem"};
  EXPECT_EQ(named(observe_tls(request, Deadline::after(std::chrono::seconds(5)))), (Named{{"trust", "no-trust-store"}}));
}

TEST(TlsObserve, AFileMayHoldMoreThanCertificates) {
  const std::string text = "# comment\r\n-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n" +
                           ca().stranger_root.pem() + "trailing " + ca().root.pem() + "-----BEGIN CERTIFICATE-----\nMII";
  const auto server = tls_server(good());
  const PemFile file(text);
  TlsRequest request = server->request("wandb.test");
  request.ca_files = {file.path()};
  EXPECT_THAT(observe_tls(request, Deadline::after(std::chrono::seconds(5))).errors, IsEmpty());
}

TEST(TlsObserve, TheSystemsStoreIsUsed) {
  const auto server = tls_server(good());
  TlsRequest request = server->request("wandb.test");
  request.system_trust = true;
  const TlsObservation tls = observe_tls(request, Deadline::after(std::chrono::seconds(5)));
  EXPECT_EQ(tls.trust, "system");
  EXPECT_EQ(named(tls), (Named{{"trust", "untrusted-root"}}));
}

// --- name

TEST(TlsObserve, Names) {
  EXPECT_EQ(of_leaf({.san = "DNS:other.test"}), (Named{{"name", "hostname-mismatch"}}));
  EXPECT_EQ(of_leaf({.san = ""}), (Named{{"name", "no-san"}}));
  EXPECT_EQ(of_leaf({.subject = {{"CN", "other.test"}}, .san = ""}), (Named{{"name", "hostname-mismatch"}}));
  EXPECT_EQ(of_leaf({.san = "DNS:*.corp.test"}, "a.wandb.corp.test"), (Named{{"name", "wildcard-depth"}}));
  EXPECT_EQ(of_leaf({.san = "DNS:*.test"}), (Named{{"name", "wildcard-too-broad"}}));
  EXPECT_EQ(of_leaf({.san = "DNS:*.wandb.test"}), (Named{{"name", "wildcard-depth"}})) << "the star does not stand for nothing";
  EXPECT_EQ(of_leaf({}, "127.0.0.1"), (Named{{"name", "ip-not-in-san"}}));
  EXPECT_EQ(of_leaf({.san = "DNS:127.0.0.1"}, "127.0.0.1"), (Named{{"name", "ip-in-dns-san"}}));
  EXPECT_EQ(of_leaf({.san = "DNS:w*.test"}), (Named{{"name", "hostname-mismatch"}})) << "a star in part of a label";
  EXPECT_EQ(of(good(), ".test"), (Named{{"name", "hostname-mismatch"}})) << "OpenSSL takes a leading dot for any subdomain";
}

TEST(TlsObserve, WhatClientsWithoutSniSee) {
  ServerWish wish = good();
  wish.other = issue({.subject = {{"CN", "other"}}, .san = "DNS:other.test"}, &ca().middle);
  EXPECT_EQ(of(wish), (Named{{"name", "sni-default-differs?"}}));
  wish.other = issue({.san = "DNS:*.test"}, &ca().middle);
  EXPECT_EQ(of(wish), Named{});
  wish.other = issue({.subject = {{"CN", "Kubernetes Ingress Controller Fake Certificate"}}, .san = "DNS:ingress.local"});
  EXPECT_EQ(of(wish), Named{});
}

// --- strength and protocol

TEST(TlsObserve, WeakKeysAndSignatures) {
  EXPECT_EQ(of_leaf({.key = rsa_key(1024)}), (Named{{"strength", "weak-key"}}));
  EXPECT_EQ(of_leaf({.digest = "SHA1"}), (Named{{"strength", "weak-signature"}}));
  Wish weak = authority("Weak Intermediate");
  weak.key = rsa_key(1024);
  const Issued middle = issue(weak, &ca().root);
  EXPECT_EQ(of({issue({}, &middle), {middle}}), (Named{{"strength", "weak-key"}}));
  weak = authority("SHA-1 Root");
  weak.digest = "SHA1";
  const Issued root = issue(weak);
  EXPECT_EQ(named(observe({issue({}, &root), {}}, {root})), Named{}) << "nobody checks a root's own signature";
}

TEST(TlsObserve, Protocols) {
  ServerWish wish = good();
  wish.lowest = TLS1_1_VERSION;
  EXPECT_EQ(of(wish), (Named{{"protocol", "old-protocol-accepted?"}}));
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    wish.lowest = wish.highest = version;
    const TlsObservation tls = observe(wish, {ca().root});
    EXPECT_EQ(named(tls), (Named{{"protocol", "old-protocol-only"}}));
    EXPECT_EQ(tls.old_protocol, version == TLS1_VERSION ? "TLSv1" : "TLSv1.1");
  }
}

TEST(TlsObserve, CiphersThatSomeClientsRefuse) {
  ServerWish wish = serving({.key = rsa_key(2048)});
  wish.highest = TLS1_2_VERSION;
  wish.ciphers = "AES128-GCM-SHA256:@SECLEVEL=0";
  const TlsObservation only = observe(wish, {ca().root});
  EXPECT_EQ(named(only), (Named{{"strength", "weak-ciphers"}}));
  EXPECT_TRUE(only.refused_by_python);
  wish.ciphers = "ECDHE-RSA-AES128-SHA:@SECLEVEL=0";
  EXPECT_EQ(of(wish), (Named{{"strength", "weak-ciphers"}})) << "Python has no CBC with SHA-1";
  wish.ciphers = "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0";
  EXPECT_EQ(of(wish), Named{});
}

TEST(TlsObserve, HandshakesThatNeedLaxRules) {
  ServerWish wish = serving({.key = rsa_key(2048)});
  wish.highest = TLS1_2_VERSION;
  wish.signatures = "RSA+SHA1";
  const TlsObservation tls = observe(wish, {ca().root});
  EXPECT_EQ(named(tls), (Named{{"strength", "weak-handshake"}}));
  EXPECT_TRUE(tls.completed);
  wish.signatures = "";
  wish.ciphers = "NULL-SHA256:@SECLEVEL=0";
  EXPECT_EQ(of(wish), (Named{{"handshake", "no-shared-cipher"}}));
}

}  // namespace
}  // namespace wbverify
