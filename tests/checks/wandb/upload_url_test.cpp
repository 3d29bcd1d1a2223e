#include "checks/wandb/plugin_address.hpp"
#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

/// Every file's upload URL at that address.
WandbWriteFacts at(const std::string& scheme, const std::string& host, std::uint16_t port) {
  WandbWriteFacts facts = written();
  const std::string origin = UrlParts{scheme, host, "/", port}.origin();
  for (auto& file : facts.files[0].files) {
    file.upload.scheme = scheme;
    file.upload.host = host;
    file.upload.port = port;
    file.upload.url = origin + "/wandb-files/x";
  }
  facts.files[0].store.origin = origin;
  facts.files[0].store.same_as.clear();
  facts.files[0].store.reach.host = host;
  facts.files[0].store.reach.port = port;
  return facts;
}

void set_peer(WandbWriteFacts& facts, const std::string& peer) {
  for (auto& run : facts.runs) run.create.http.address = peer;
}

TEST(WandbUploadUrl, Passes) {
  EXPECT_EQ(one(wandb_upload_url_check(), written()).observed,
            "https://s3.example.com, the store of BUCKET, good for 24 h");
  WandbWriteFacts facts = at("https", "wandb.example.com", 443);
  facts.files[0].store.same_as = "HOST";
  EXPECT_EQ(one(wandb_upload_url_check(), facts).observed, "https://wandb.example.com, HOST itself, good for 24 h");
  facts.files[0].files[0].upload.signature = facts.files[0].files[1].upload.signature = false;
  EXPECT_EQ(one(wandb_upload_url_check(), facts).status, Status::pass) << "HOST may take files by the log-in alone";
}

struct AddressCase {
  const char* name;
  const char* host;
  std::uint16_t port;
  const char* cause;
  const char* setting;
  const char* fix;
};
struct WandbUploadUrlAddress : testing::TestWithParam<AddressCase> {};

TEST_P(WandbUploadUrlAddress, IsNotForEverybody) {
  const AddressCase& c = GetParam();
  WandbWriteFacts facts = at("http", c.host, c.port);
  set_peer(facts, "198.51.100.5:443");
  const Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, c.cause));
  EXPECT_EQ(finding.setting, c.setting);
  EXPECT_THAT(finding.observed, HasSubstr("HOST is https://wandb.example.com."));
  EXPECT_THAT(finding.fix, HasSubstr(c.fix));
  EXPECT_THAT(finding.reproduce, AllOf(HasSubstr("createRunFiles"), HasSubstr("$WANDB_API_KEY"), HasSubstr("ada")));
}

INSTANTIATE_TEST_SUITE_P(
    All, WandbUploadUrlAddress,
    testing::Values(
        AddressCase{"localhost", "localhost", 8080, "localhost", "HOST", "HOST=https://wandb.example.com"},
        AddressCase{"loopback", "127.0.0.1", 8080, "localhost", "HOST", "global.host: https://wandb.example.com"},
        AddressCase{"loopback6", "::1", 9000, "localhost", "HOST", "proxy_set_header Host"},
        AddressCase{"unspecified", "0.0.0.0", 9000, "localhost", "HOST", "HOST="},
        AddressCase{"bare", "minio", 9000, "inside-name", "BUCKET", "BUCKET=s3://KEY:SECRET@STORE_NAME"},
        AddressCase{"service", "minio.storage.svc.cluster.local", 9000, "inside-name", "BUCKET", "BUCKET_PROXY=true"},
        AddressCase{"short_service", "minio.storage.svc", 9000, "inside-name", "BUCKET", "BUCKET_PROXY=true"},
        AddressCase{"docker", "host.docker.internal", 9000, "inside-name", "BUCKET", "BUCKET_PROXY=true"},
        AddressCase{"cloud", "store.c.project.internal", 9000, "inside-name", "BUCKET", "BUCKET_PROXY=true"},
        AddressCase{"private", "10.1.2.3", 9000, "private-address", "BUCKET", "STORE_NAME"}),
    [](const auto& address) { return std::string(address.param.name); });

TEST(WandbUploadUrl, TheStoreOfBucketAtLocalhostIsBucketsMatter) {
  WandbWriteFacts facts = at("http", "localhost", 9000);
  facts.place.bucket_origin = "http://localhost:9000";
  const Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "localhost"));
  EXPECT_EQ(finding.setting, "BUCKET");
}

TEST(WandbUploadUrl, WhatHoldsForHostTooIsNoFault) {
  const auto status = [](const std::string& own, const std::string& store, const std::string& peer) {
    WandbWriteFacts facts = at("https", store, 9000);
    facts.place.host = own;
    facts.place.base = "https://" + own;
    set_peer(facts, peer);
    return one(wandb_upload_url_check(), facts).status;
  };
  EXPECT_EQ(status("wandb.localhost", "s3.localhost", "127.0.0.1:443"), Status::pass);
  EXPECT_EQ(status("wandb", "minio", "172.18.0.2:8080"), Status::pass);
  EXPECT_EQ(status("wandb.corp.internal", "s3.corp.internal", "10.0.0.5:443"), Status::pass);
  EXPECT_EQ(status("wandb.example.com", "10.0.0.9", "10.0.0.5:443"), Status::pass);
  EXPECT_EQ(status("wandb.example.com", "198.51.100.9", "198.51.100.5:443"), Status::pass);
  EXPECT_EQ(status("wandb.example.com", "10.0.0.9", "[2001:db8::5]:443"), Status::fail);
}

TEST(WandbUploadUrl, APrivateAddressBehindANameIsAWarning) {
  WandbWriteFacts facts = at("https", "s3.example.com", 9000);
  set_peer(facts, "198.51.100.5:443");
  facts.files[0].store.reach.dns.ipv4 = {"10.0.0.9"};
  const Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "private-address"));
  EXPECT_THAT(finding.observed, HasSubstr("from here 10.0.0.9"));
  facts.files[0].store.reach.dns.ipv4 = {"10.0.0.9", "198.51.100.9"};
  EXPECT_EQ(one(wandb_upload_url_check(), facts).status, Status::pass);
  // Once again without a public HOST: then everybody is inside.
  facts.files[0].store.reach.dns.ipv4 = {"10.0.0.9"};
  set_peer(facts, "10.0.0.5:443");
  EXPECT_EQ(one(wandb_upload_url_check(), facts).status, Status::pass);
}

TEST(WandbUploadUrl, AnotherPortOfHost) {
  WandbWriteFacts facts = at("https", "wandb.example.com", 8080);
  facts.files[0].store.reach.attempts = {{"198.51.100.5", 8080, "refused", "connection refused", 1}};
  const Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "other-port"));
  EXPECT_THAT(finding.fix, HasSubstr("proxy_set_header Host $http_host;"));
  facts.files[0].store.reach.attempts[0].cause.clear();
  EXPECT_EQ(one(wandb_upload_url_check(), facts).status, Status::pass)
      << "a store may well be at another port of the same machine";
  facts.files[0].store.reach.attempts[0].cause = "refused";
  facts.place.bucket_origin = "https://wandb.example.com:8080";
  EXPECT_EQ(one(wandb_upload_url_check(), facts).status, Status::pass)
      << "BUCKET says so; whether it answers, wandb.store tells";
}

TEST(WandbUploadUrl, TheFormIsWrong) {
  WandbWriteFacts facts = written();
  SignedUrl& url = facts.files[0].files[1].upload;
  url = SignedUrl();
  Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "none-given"));
  EXPECT_THAT(finding.observed, HasSubstr("test with_special-characters é.txt"));
  url.url = "/local-files/ada/x";
  url.relative = true;
  EXPECT_THAT(one(wandb_upload_url_check(), facts), Is(Status::fail, "relative"));
  facts = written();
  facts.files[0].files[0].upload.signature = false;
  EXPECT_THAT(one(wandb_upload_url_check(), facts), Is(Status::fail, "unsigned"));
}

TEST(WandbUploadUrl, TooShortLived) {
  WandbWriteFacts facts = written();
  facts.files[0].files[0].upload.expires = 900;
  const Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "short-lived"));
  EXPECT_EQ(finding.observed, "Upload URLs are good for 15 min.");
  // What fails comes before what warns.
  facts.files[0].files[1].upload = SignedUrl();
  EXPECT_THAT(one(wandb_upload_url_check(), facts), Is(Status::fail, "none-given"));
  facts = written();
  facts.files[0].files[0].upload.expires = 0;
  EXPECT_EQ(one(wandb_upload_url_check(), facts).observed, "https://s3.example.com, the store of BUCKET");
}

TEST(WandbUploadUrl, NotGiven) {
  WandbWriteFacts facts = written();
  facts.files[0].create = refused(500, "could not sign", "", "CreateRunFiles");
  const Finding finding = one(wandb_upload_url_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "server-error"));
  EXPECT_THAT(finding.observed, HasSubstr("gives no upload URLs"));
  facts.files[0].create = ApiAnswer();
  EXPECT_THAT(one(wandb_upload_url_check(), facts), Is(Status::unknown, "interrupted"));
  facts.files[0].create = good();
  facts.files[0].files.clear();
  EXPECT_THAT(one(wandb_upload_url_check(), facts), Is(Status::unknown, "interrupted"));
  facts.files.clear();
  EXPECT_THAT(one(wandb_upload_url_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbUploadUrl, EachTeamHasItsOwn) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.files[1].files[0].upload.host = "minio";
  const Findings findings = judge(wandb_upload_url_check(), facts);
  EXPECT_EQ(row(findings, "ada").status, Status::pass);
  const Finding finding = row(findings, "team-a");
  EXPECT_THAT(finding, Is(Status::fail, "inside-name"));
  EXPECT_THAT(finding.reproduce, HasSubstr("team-a"));
}

TEST(WandbAddress, KnowsLoopbackAndPrivateNetworks) {
  for (const char* host : {"localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.1.2.3", "0.0.0.0", "::1",
                           "::", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host : {"localhost.example.com", "128.0.0.1", "10.0.0.1", "::2", "fe80::1", "", "minio"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
  for (const char* address : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                              "100.64.0.1", "fd00::1", "fe80::1"}) {
    EXPECT_TRUE(is_private_address(address)) << address;
  }
  for (const char* address :
       {"172.32.0.1", "192.169.0.1", "100.128.0.1", "8.8.8.8", "2001:db8::1", "s3.example.com", ""}) {
    EXPECT_FALSE(is_private_address(address)) << address;
  }
}

}  // namespace
}  // namespace wbverify::wandb_cases
