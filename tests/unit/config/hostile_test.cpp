// Values that nobody would write: every grammar ends, in time, without showing a secret.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <random>

#include "config/api_key.hpp"
#include "config/bucket_url.hpp"
#include "config/expand.hpp"
#include "config/host_url.hpp"
#include "config/license.hpp"
#include "config/mysql_url.hpp"
#include "config/placeholders.hpp"
#include "config/queue_url.hpp"
#include "config/redis_url.hpp"
#include "config/small_values.hpp"
#include "config/url.hpp"

namespace wbverify {
namespace {

void run_all(const std::string& value) {
  const std::vector<std::function<void(IssueList&)>> grammars = {
      [](IssueList& issues) { parse_host_url(issues); }, [](IssueList& issues) { parse_mysql_url(issues); }, [](IssueList& issues) { parse_bucket_url(issues, {}); },
      [](IssueList& issues) { parse_queue_url(issues); }, [](IssueList& issues) { parse_redis_url(issues); }, [](IssueList& issues) { parse_license(issues); },
      [](IssueList& issues) { parse_api_key(issues); }, [](IssueList& issues) { check_identity_token(issues, 1); }};
  for (const auto& grammar : grammars) {
    IssueList issues("X", value);
    grammar(issues);
    for (const auto& issue : issues.take()) {
      EXPECT_FALSE(issue.cause.empty());
      EXPECT_GE(issue.column, 0);
      EXPECT_LE(static_cast<std::size_t>(issue.column), value.size() + 1);
      EXPECT_LT(issue.observed.size(), 1000U);
    }
  }
  for (const char* name : {"AWS_REGION", "AZURE_STORAGE_KEY", "AUTH0_DOMAIN", "OIDC_ISSUER", "OIDC_AUTH_METHOD", "SLACK_CLIENT_ID", "GORILLA_EMAIL_SINK", "LOCAL_LDAP_ADDRESS",
                           "SESSION_LENGTH", "GORILLA_SESSION_LENGTH", "GORILLA_CUSTOMER_SECRET_STORE_SOURCE", "SLACK_SECRET"}) {
    IssueList issues(name, value);
    check_small_value(issues);
  }
  find_placeholder(value);
  mask_url(value);
  possible_secrets(value);
  secrets_in_key(value);
  expand_references(value, [](const std::string&) { return std::optional<std::string>("x"); });
}

const char* const samples[] = {"https://wandb.example.com:8443/x?y#z",
                               "mysql://wand%40b:s3cr%2Fet@[2001:db8::5]:3306/wandb_local?tls=custom&ssl-ca=%2Fca.pem&ssl-cert=/c&ssl-key=/k",
                               "s3://AKIA:s3cr%2Fet@minio.example.com:9000/wandb-files/prefix?tls=true&region=eu-west-1&forcePathStyle=true",
                               "gs://sa%40p.iam:KEY%0A@wandb-files/prefix",
                               "az://:a2V5@account/container/prefix",
                               "cw://AK:secret@cwobject.com/wandb-files?tls=true",
                               "redis://user:s3cret@redis:6379/1?tls=true&ttlInSeconds=604800&caCertPath=/ca&dialTimeout=1h2m",
                               "pubsub:/project/topic/subscription",
                               "sqs://wandb-files.fifo",
                               "smtp://me:s3cret@smtp.example.com:587",
                               "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDB9.c2lnbmF0dXJl",
                               "export WANDB_API_KEY=\"local-0f1e2d3c4b5a69788796a5b4c3d2e1f00a1b2c3d\"",
                               "mysql://$(MYSQL_USER):$(MYSQL_PASSWORD)@$(MYSQL_HOST)/d"};

TEST(Hostile, EveryTruncationIsTaken) {
  for (const std::string text : samples) {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      run_all(text.substr(0, i));
      run_all(text.substr(i));
    }
  }
}

TEST(Hostile, EveryByteAtEveryPlaceIsTaken) {
  for (const std::string text : samples) {
    for (std::size_t i = 0; i < text.size(); i += 3) {
      for (const char c : {'\0', '\n', ' ', '"', '%', '/', ':', '@', '#', '?', '[', ']', '\x7f', '\x80', '\xff'}) {
        std::string changed = text;
        changed[i] = c;
        run_all(changed);
      }
    }
  }
}

TEST(Hostile, RandomTextIsTaken) {
  std::mt19937 dice(5);   // NOLINT: the same texts at every run
  const std::string pieces[] = {"mysql://", "s3://", "redis://", "https://", "az://", "pubsub:/", ":", "@", "/", "?", "#", "%", "%2F", "[", "]", "=", "&", "tls=true", "<x>", "$(A)", "{{}}", "YOUR_", "eyJ", ".", "a", "ä", "\xff"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (unsigned i = 0; i < dice() % 15; ++i) text += pieces[dice() % std::size(pieces)];
    run_all(text);
  }
}

TEST(Hostile, TimeGrowsWithTheLengthAndNoFaster) {
  for (const std::string head : {"", "mysql://u:p@h/", "s3://AK:SK@h:9/", "redis://h?", "pubsub:/", "eyJ."}) {
    for (const std::string body : {"a", "@", ":", "/", "%", "&a=b", "[", ".", "<", "$(A)", "your-", "\xff"}) {
      std::string text = head;
      while (text.size() < 20000) text += body;
      const auto start = std::chrono::steady_clock::now();
      run_all(text);
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << head << body << " (generous: sanitizers make it slow)";
    }
  }
}

TEST(Hostile, AMegabyteIsRefusedAtOnce) {
  for (const std::string head : {"mysql://u:", "s3://", "https://", "eyJ"}) {
    const std::string text = head + std::string(1U << 20, 'a');
    IssueList issues("X", text);
    EXPECT_FALSE(parse_mysql_url(issues));
    EXPECT_EQ(issues.take().front().cause, "too-long");
  }
}

TEST(Hostile, NoSecretIsShownWhateverIsWrongAroundIt) {
  const std::string secret = "Tr0ub4dor-and-3";
  std::mt19937 dice(9);   // NOLINT: the same texts at every run
  const std::string heads[] = {"mysql://wandb:", "mysql:wandb:", "wandb:", "s3://AK:", "redis://:", "smtp://me@x:", "http://u:", "mysql://w/x:", "mysql://:", "jdbc:mysql://u:"};
  const std::string tails[] = {"@db:3306/wandb", "@db", "@", "/x@db/wandb", "#x@db/wandb", "%@db/wandb", "@db:x/wandb", "@d b/wandb", "@db/wandb?tls=no", "@@db/wandb", "@tcp(db)/x"};
  for (int round = 0; round < 600; ++round) {
    const std::string value = heads[dice() % std::size(heads)] + secret + tails[dice() % std::size(tails)];
    EXPECT_EQ(mask_url(value).find(secret), std::string::npos) << value << " → " << mask_url(value);
    for (int grammar = 0; grammar < 3; ++grammar) {
      IssueList issues("X", value);
      if (grammar == 0) parse_mysql_url(issues);
      if (grammar == 1) parse_bucket_url(issues, {});
      if (grammar == 2) parse_redis_url(issues);
      for (const auto& issue : issues.take()) EXPECT_EQ((issue.observed + issue.expected + issue.fix + issue.example).find(secret), std::string::npos) << value << "\n" << issue.observed;
    }
  }
}

}  // namespace
}  // namespace wbverify
