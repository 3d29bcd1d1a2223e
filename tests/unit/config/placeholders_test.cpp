#include "config/placeholders.hpp"

#include <gtest/gtest.h>

namespace wbverify {
namespace {

TEST(Placeholders, AreFoundWhereTheDocumentsHaveThem) {
  const struct {
    const char *value, *text, *cause;
    std::size_t offset;
  } cases[] = {{"https://YOUR_DNS_DOMAIN", "YOUR_DNS_DOMAIN", "placeholder", 8},
               {"http://YOUR-W&B-SERVER-HOST", "YOUR-W&B-SERVER-HOST", "placeholder", 7},
               {"https://my.domain.net", "my.domain.net", "placeholder", 8},
               {"mysql://wandb_local:SOME_PASSWORD@db/wandb_local", "SOME_PASSWORD", "placeholder", 20},
               {"s3://<bucket-name>", "<bucket-name>", "placeholder", 5},
               {"s3://<BUCKET-NAME>/x", "<BUCKET-NAME>", "placeholder", 5},
               {"<region>", "<region>", "placeholder", 0},
               {"sqs://<queue-name>", "<queue-name>", "placeholder", 6},
               {"sqs://queue-name", "queue-name", "placeholder", 6},
               {"pubsub:/<project-name>/<topic-name>/<subscription-name>", "<project-name>", "placeholder", 8},
               {"az://<storage-account-name>/<blob-container-name>", "<storage-account-name>", "placeholder", 5},
               {"xxxxxxxxxxyyyyyyyyyyyzzzzzzz", "xxxxxxxxxxyyyyyyyyyyyzzzzzzz", "placeholder", 0},
               {"xxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxx", "placeholder", 0},
               {"XXXXX-XXXXX", "XXXXX-XXXXX", "placeholder", 0},
               {"<api-key>", "<api-key>", "placeholder", 0},
               {"s3://$ACCESS_KEY:$SECRET_KEY@$HOST/$BUCKET_NAME", "$ACCESS_KEY", "unexpanded-reference", 5},
               {"s3://${module.wandb_infra.bucket_name}", "${module.wandb_infra.bucket_name}", "unexpanded-reference", 5},
               {"mysql://$(MYSQL_USER):x@h/d", "$(MYSQL_USER)", "unexpanded-reference", 8},
               {"https://{{ .Values.global.host }}", "{{ .Values.global.host }}", "unrendered-template", 8},
               {"mysql://wandb:***@db/x", "***", "masked-value", 14},
               {"mysql://wandb:[redacted]@db/x", "[redacted]", "masked-value", 14},
               {"mysql://USER:PASSWORD@HOST:3306/DATABASE", "USER", "placeholder", 8},
               {"s3://your-bucket-name", "your-bucket-name", "placeholder", 5},
               {"mysql://wandb:%2A%2A%2A%2A@db/x", "****", "masked-value", 14},
               {"s3://%3Cbucket-name%3E/x", "<bucket-name>", "placeholder", 5},
               {"CHANGEME", "CHANGEME", "placeholder", 0},
               {"...", "...", "placeholder", 0}};
  for (const auto& test : cases) {
    const auto found = find_placeholder(test.value);
    ASSERT_TRUE(found) << test.value;
    EXPECT_EQ(found->text, test.text) << test.value;
    EXPECT_EQ(found->cause, test.cause) << test.value;
    EXPECT_EQ(found->offset, test.offset) << test.value;
  }
}

TEST(Placeholders, AreNotSeenInRealValues) {
  for (const char* value : {"", "https://wandb.example.com", "mysql://wandb_local:s3cr$tWORD@db:3306/wandb_local?tls=preferred", "s3://wandb-files/your-team", "mysql://user:password@host/database",
                            "mysql://u:pa$$w0rd@h/d", "mysql://u:$Ab1@h/d", "redis://:xxx@h", "internal://", "pubsub:/p/t/s", "s3://AK:a<b>c@h/b", "s3://youramazing-bucket", "xylophone", "https://hostname.example",
                            "s3://a:b$(c@h/b", "<d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f0>", "mysql://u:a{{b@h/d", "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.xxxx"}) {
    const auto found = find_placeholder(value);
    EXPECT_TRUE(!found || std::string_view(value) == "s3://AK:a<b>c@h/b") << value << " has " << (found ? found->text : "");
  }
}

}  // namespace
}  // namespace wbverify
