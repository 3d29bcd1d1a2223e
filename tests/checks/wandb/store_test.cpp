#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

/// A store that is neither HOST's nor BUCKET's, reached and trusted.
WandbWriteFacts own_store(const std::string& scheme = "https") {
  WandbWriteFacts facts = written();
  StoreAddress& store = facts.files[0].store;
  store.origin = scheme + "://files.example.net";
  store.same_as.clear();
  store.reach.host = store.reach.dns.host = "files.example.net";
  store.reach.port = scheme == "https" ? 443 : 80;
  store.reach.dns.source = "dns";
  store.reach.dns.ipv4 = {"192.0.2.9"};
  store.reach.attempts = {{"192.0.2.9", store.reach.port, "", "", 1}};
  if (scheme == "http") return facts;
  store.handshaken = true;
  TlsObservation& tls = store.tls;
  tls.server_name = "files.example.net";
  tls.port = 443;
  tls.completed = true;
  tls.protocol = "TLSv1.3";
  tls.cipher = "TLS_AES_128_GCM_SHA256";
  tls.trust = tls.anchor = "system";
  Certificate leaf;
  leaf.subject = "CN=files.example.net";
  leaf.issuer = "CN=a root";
  leaf.dns_names = {"files.example.net"};
  leaf.name_count = 1;
  leaf.key_type = "EC";
  leaf.key_bits = 256;
  leaf.digest = "SHA256";
  leaf.not_before = noon - 30 * 86400;
  leaf.not_after = noon + 60 * 86400;
  tls.presented = {leaf};
  tls.presented_count = 1;
  Certificate root = leaf;
  root.subject = root.issuer = "CN=root";
  root.is_ca = root.self_issued = root.self_signed = true;
  tls.built = {leaf, root};
  return facts;
}

TEST(WandbStore, HostsAndBucketsAddressesAreJudgedElsewhere) {
  EXPECT_THAT(one(wandb_store_check(), written()).observed, HasSubstr("the store of BUCKET"));
  WandbWriteFacts facts = written();
  facts.files[0].store = {};
  facts.files[0].store.origin = base;
  facts.files[0].store.same_as = "HOST";
  EXPECT_THAT(one(wandb_store_check(), facts).observed, HasSubstr("is HOST itself"));
}

TEST(WandbStore, AnotherIsReachedAndTrusted) {
  const Findings findings = judge(wandb_store_check(), own_store());
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_THAT(row(findings, "dns").observed, HasSubstr("192.0.2.9"));
  EXPECT_THAT(row(findings, "tcp").observed, HasSubstr("192.0.2.9:443"));
  EXPECT_EQ(row(findings, "tls").status, Status::pass) << row(findings, "tls").observed;
}

TEST(WandbStore, TheNameDoesNotResolve) {
  WandbWriteFacts facts = own_store();
  Reach& reach = facts.files[0].store.reach;
  reach.attempts.clear();
  reach.dns.ipv4.clear();
  reach.dns.cause = "nxdomain";
  reach.dns.text = "no such name";
  const Findings findings = judge(wandb_store_check(), facts);
  const Finding dns = row(findings, "dns");
  EXPECT_THAT(dns, Is(Status::fail, "nxdomain"));
  EXPECT_THAT(dns.fix, HasSubstr("This is not the store of BUCKET, https://s3.example.com"));
  EXPECT_EQ(row(findings, "tcp").status, Status::skip);
  EXPECT_EQ(row(findings, "tls").status, Status::skip);
}

TEST(WandbStore, NobodyAnswers) {
  WandbWriteFacts facts = own_store();
  facts.files[0].store.reach.attempts = {{"192.0.2.9", 443, "refused", "connection refused", 1}};
  facts.files[0].store.handshaken = false;
  facts.place.bucket_origin.clear();
  const Findings findings = judge(wandb_store_check(), facts);
  const Finding tcp = row(findings, "tcp");
  EXPECT_THAT(tcp, Is(Status::fail, "refused"));
  EXPECT_EQ(tcp.setting, "BUCKET");
  EXPECT_THAT(tcp.fix, Not(HasSubstr("This is not the store of BUCKET")));
  EXPECT_EQ(row(findings, "tls").status, Status::skip);
}

TEST(WandbStore, IsNotTrusted) {
  WandbWriteFacts facts = own_store();
  facts.files[0].store.tls.anchor.clear();
  facts.files[0].store.tls.errors = {{20, 0, "unable to get local issuer certificate"}};
  const Findings findings = judge(wandb_store_check(), facts);
  EXPECT_EQ(row(findings, "tcp").status, Status::pass);
  EXPECT_EQ(row(findings, "tls").status, Status::fail);
}

TEST(WandbStore, PlainHttpHasNoCertificate) {
  const Findings findings = judge(wandb_store_check(), own_store("http"));
  EXPECT_EQ(row(findings, "tcp").status, Status::pass);
  EXPECT_EQ(row(findings, "tls").status, Status::skip);
}

TEST(WandbStore, NotLookedAt) {
  WandbWriteFacts facts = own_store();
  facts.files[0].store.handshaken = false;
  EXPECT_THAT(row(judge(wandb_store_check(), facts), "tls"), Is(Status::unknown, "interrupted"));
  facts.files[0].store.reach = Reach();
  EXPECT_THAT(one(wandb_store_check(), facts), Is(Status::unknown, "interrupted"));
  facts.files[0].store = StoreAddress();
  EXPECT_THAT(one(wandb_store_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbStore, ATeamsStoreHasTheTeamsRows) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.files[1].store = own_store().files[0].store;
  facts.files[1].store.reach.attempts[0].cause = "timed-out";
  const Findings findings = judge(wandb_store_check(), facts);
  EXPECT_EQ(row(findings, "ada").status, Status::pass);
  EXPECT_EQ(row(findings, "team-a/dns").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a/tcp"), Is(Status::fail, "timed-out"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
