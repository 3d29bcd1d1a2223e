#include "config/redis_url.hpp"

#include <gtest/gtest.h>

#include "parse.hpp"

namespace wbverify {
namespace {

Parsed<RedisTarget> redis(const std::string& text) { return parse<RedisTarget>(parse_redis_url, text, "REDIS"); }

TEST(RedisUrl, IsReadAsEveryProducerWritesIt) {
  const struct {
    const char *text, *user, *password, *host;
    int port;
    bool tls;
  } cases[] = {{"redis://user:the-secret@redis.example.com:6379?tls=true", "user", "the-secret", "redis.example.com", 6379, true},
               {"redis://:the-secret@redis:6379?ttlInSeconds=604800", "", "the-secret", "redis", 6379, false},
               {"redis://redis:6379?ttlInSeconds=604800", "", "", "redis", 6379, false},
               {"redis://p%40ss-word:@redis:6379", "", "p@ss-word", "redis", 6379, false},
               {"redis://redis", "", "", "redis", 6379, false},
               {"redis://redis/", "", "", "redis", 6379, false},
               {"redis://:the-secret@10.0.0.5:6378?tls=true&ttlInSeconds=604800&caCertPath=/etc/ssl/certs/server_ca.pem", "", "the-secret", "10.0.0.5", 6378, true},
               {"redis://redis:6379?tls=false&poolSize=10&dialTimeout=5s&maxRetryBackoff=1m30s&readTimeout=300ms", "", "", "redis", 6379, false}};
  for (const auto& test : cases) {
    const auto out = redis(test.text);
    ASSERT_TRUE(out.target) << test.text << out.text();
    EXPECT_TRUE(out.issues.empty()) << out.first();
    EXPECT_EQ(out.target->user, test.user) << test.text;
    EXPECT_EQ(out.target->password.expose(), test.password) << test.text;
    EXPECT_EQ(out.target->host, test.host);
    EXPECT_EQ(out.target->port, test.port);
    EXPECT_EQ(out.target->tls, test.tls);
  }
  const auto sentinel = redis("redis://:the-secret@s:26379/2?master=gorilla&cluster=false&ttlInSeconds=60&tls=1&caCertPath=/ca");
  EXPECT_EQ(sentinel.target->sentinel_master, "gorilla");
  EXPECT_EQ(sentinel.target->database, 2);
  EXPECT_EQ(sentinel.target->ttl_seconds, 60);
  EXPECT_EQ(sentinel.target->ca_file, "/ca");
}

TEST(RedisUrl, IsTakenWithARemark) {
  for (const Remarked& test : {Remarked{"redis://the-secret@redis", "password-as-user@9"}, {"redis://redis?tsl=true", "unknown-parameter@15"}, {"redis://redis?caCertPath=/ca", "ca-ignored@15"},
                               {"redis://:the+secret@redis", "plus-in-password@13"}}) {
    const auto out = redis(test.text);
    EXPECT_TRUE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_EQ(out.text().find("the-secret"), std::string::npos);
  }
  EXPECT_EQ(redis("redis://the-secret@redis").target->password.expose(), "the-secret");
}

TEST(RedisUrl, IsRefused) {
  for (const Refused& test : {Refused{"rediss://redis:6379", "rediss-scheme@1"}, {"redis:6379", "no-scheme@1"}, {"redis.example.com:6379", "no-scheme@1"}, {"valkey://redis", "unknown-scheme@1"}, {"redis://", "no-host@9"},
                              {"redis://:the-secret@", "no-host@21"}, {"redis://redis:x", "bad-port@15"}, {"redis://:the/secret@redis:6379", "password-not-encoded@13"}, {"redis://redis/cache", "path@14"},
                              {"redis://redis?tls=yes", "bad-value@19"}, {"redis://redis?poolSize=ten", "bad-value@24"}, {"redis://redis?dialTimeout=5", "bad-value@27"}, {"redis://redis?dialTimeout=five", "bad-value@27"},
                              {"redis://redis#x", "fragment@14"}, {"redis://re dis", "bad-host@9"}, {"redis://redis/99999999", "path@14"}}) {
    const auto out = redis(test.text);
    EXPECT_FALSE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
  }
}

TEST(RedisUrl, ShowsTheRightFormOfWhatWasWritten) {
  const std::pair<const char*, const char*> cases[] = {{"rediss://:the-secret@redis:6379", "redis://:PASSWORD@redis:6379?tls=true"},
                                                       {"rediss://u:the-secret@redis:6379?ttlInSeconds=5", "redis://u:PASSWORD@redis:6379?ttlInSeconds=5&tls=true"},
                                                       {"redis.acme.com:6379", "redis://redis.acme.com:6379"},
                                                       {":the-secret@redis:6379", "redis://:PASSWORD@redis:6379"},
                                                       {"redis://:the/secret@redis:6379", "redis://:PASSWORD@redis:6379"}};
  for (const auto& [text, example] : cases) {
    const auto issues = redis(text).issues;
    ASSERT_FALSE(issues.empty()) << text;
    EXPECT_EQ(issues.at(0).example, example) << text;
    EXPECT_EQ(redis(text).text().find("secret@"), std::string::npos);
  }
}

}  // namespace
}  // namespace wbverify
