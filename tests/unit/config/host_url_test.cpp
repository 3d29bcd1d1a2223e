#include "config/host_url.hpp"

#include <gtest/gtest.h>

#include "parse.hpp"

namespace wbverify {
namespace {

Parsed<HostTarget> host(const std::string& text) { return parse<HostTarget>(parse_host_url, text, "HOST"); }

TEST(HostUrl, IsTakenApart) {
  const struct {
    const char *text, *scheme, *host;
    int port;
    const char* origin;
  } cases[] = {{"https://wandb.example.com", "https", "wandb.example.com", 443, "https://wandb.example.com"},
               {"http://wandb.example.com:8080", "http", "wandb.example.com", 8080, "http://wandb.example.com:8080"},
               {"HTTPS://WANDB.Example.COM", "https", "wandb.example.com", 443, "https://wandb.example.com"},
               {"https://wandb.example.com:443", "https", "wandb.example.com", 443, "https://wandb.example.com"},
               {"http://wandb.example.com:443", "http", "wandb.example.com", 443, "http://wandb.example.com:443"},
               {"https://wandb.localhost:18443", "https", "wandb.localhost", 18443, "https://wandb.localhost:18443"},
               {"https://wandb", "https", "wandb", 443, "https://wandb"},
               {"https://xn--bcher-kva.example", "https", "xn--bcher-kva.example", 443, "https://xn--bcher-kva.example"}};
  for (const auto& test : cases) {
    const auto out = host(test.text);
    ASSERT_TRUE(out.target) << test.text << " " << out.text();
    EXPECT_TRUE(out.issues.empty()) << test.text << " " << out.first();
    EXPECT_EQ(out.target->scheme, test.scheme);
    EXPECT_EQ(out.target->host, test.host);
    EXPECT_EQ(out.target->port, test.port);
    EXPECT_EQ(out.target->origin, test.origin);
  }
}

TEST(HostUrl, IsTakenWithARemark) {
  for (const Remarked& test : {Remarked{"https://wandb.example.com/", "trailing-slash@26"}, {"http://localhost:8080", "localhost@8"}, {"http://127.0.0.1", "localhost@8"},
                               {"https://10.0.0.5", "address-literal@9"}, {"https://[2001:db8::5]:8443", "address-literal@10"}, {"https://wandb.example.com.", "trailing-dot@9"}}) {
    const auto out = host(test.text);
    EXPECT_TRUE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_EQ(out.kind(), "suspicious");
  }
  EXPECT_EQ(host("https://[2001:DB8::5]:8443").target->origin, "https://[2001:db8::5]:8443");
}

TEST(HostUrl, IsRefused) {
  for (const Refused& test :
       {Refused{"wandb.example.com", "no-scheme@1"}, {"wandb.example.com:8080", "no-scheme@1"}, {"//wandb.example.com", "no-scheme@1"}, {"https:/wandb.example.com", "no-scheme@1"},
        {"https:wandb.example.com", "no-scheme@1"}, {"ftp://wandb.example.com", "unknown-scheme@1"}, {"https://", "no-host@9"}, {"https://:8443", "no-host@9"}, {"https:///x", "no-host@9"},
        {"https://wandb.example.com/wandb", "path@26"}, {"https://wandb.example.com?x", "path@26"}, {"https://wandb.example.com#x", "path@26"},
        {"https://me:pw@wandb.example.com", "userinfo@9"}, {"https://a.example.com,https://b.example.com", "several-hosts@22"}, {"https://a.example.com b", "several-hosts@22"},
        {"https://wandb.example.com:", "bad-port@27"}, {"https://wandb.example.com:0", "bad-port@27"}, {"https://wandb.example.com:65536", "bad-port@27"},
        {"https://wandb.example.com:8o80", "bad-port@27"}, {"https://wandb.example.com:+80", "bad-port@27"}, {"https://bücher.example", "bad-host@9"}, {"https://a..b", "bad-host@9"},
        {"https://10.0.0.300", "bad-host@9"}, {"https://a_b!c", "bad-host@9"}, {"https://-a.b", "bad-host@9"}, {"https://2001:db8::5", "ipv6-without-brackets@9"}, {"https://[2001:db8::g]", "bad-host@10"},
        {"https://api.wandb.ai", "wandb-cloud@0"}, {"\"https://wandb.example.com\"", "quoted@1"}, {"'https://wandb.example.com'", "quoted@1"}, {" https://wandb.example.com", "surrounding-blanks@1"},
        {"https://wandb.example.com ", "surrounding-blanks@26"}, {"https://wandb.example.com\r", "surrounding-blanks@26"}, {"https://wandb.example.com # prod", "inline-comment@26"},
        {"https://wandb\n.example.com", "line-end@14"}, {"https://wandb\x1b.example.com", "control-character@14"}, {"https://wandb\xff.example.com", "not-utf8@14"}}) {
    const auto out = host(test.text);
    EXPECT_FALSE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_EQ(out.kind(), "malformed");
    EXPECT_FALSE(out.issues.front().expected.empty());
    EXPECT_FALSE(out.issues.front().fix.empty());
  }
}

TEST(HostUrl, ProposesWhatWasProbablyMeant) {
  EXPECT_EQ(host("wandb.acme.com/wandb").issues.front().example, "https://wandb.acme.com");
  EXPECT_EQ(host("http:/wandb.acme.com").issues.front().example, "http://wandb.acme.com");
  EXPECT_EQ(host("'https://wandb.acme.com'").issues.front().example, "https://wandb.acme.com");
  EXPECT_EQ(host("https://wandb.acme.com # prod").issues.front().example, "https://wandb.acme.com");
  EXPECT_EQ(host("https://wandb.acme.com:8443/wandb").issues.front().example, "https://wandb.acme.com:8443");
}

TEST(HostUrl, CountsCharactersNotBytes) { EXPECT_EQ(host("https://bücher.example:x").first(), "bad-host@9"); EXPECT_EQ(host("https://a/ä b").first(), "several-hosts@12"); }

}  // namespace
}  // namespace wbverify
