#include "config/queue_url.hpp"

#include <gtest/gtest.h>

#include "parse.hpp"

namespace wbverify {
namespace {

Parsed<QueueTarget> queue(const std::string& text) { return parse<QueueTarget>(parse_queue_url, text, "BUCKET_QUEUE"); }

TEST(QueueUrl, IsReadInItsFourForms) {
  const struct {
    const char* text;
    QueueProvider provider;
  } cases[] = {{"internal://", QueueProvider::internal}, {"sqs://wandb-files", QueueProvider::sqs}, {"sqs://wandb_Files_1", QueueProvider::sqs},
               {"pubsub:/my-project/topic/subscription", QueueProvider::pubsub}, {"az://account/queue", QueueProvider::azure},
               {"kafka://broker:9092/topic", QueueProvider::unknown}, {"noop://", QueueProvider::unknown}};
  for (const auto& test : cases) {
    const auto out = queue(test.text);
    ASSERT_TRUE(out.target) << test.text << out.text();
    EXPECT_TRUE(out.issues.empty());
    EXPECT_EQ(out.target->provider, test.provider) << test.text;
    EXPECT_EQ(out.target->text, test.text);
  }
  EXPECT_EQ(queue("redis://:the-secret@h:6379").target->text, "redis://:[redacted]@h:6379");
}

TEST(QueueUrl, IsRefused) {
  for (const Refused& test :
       {Refused{"internal", "bad-internal@1"}, {"internal:", "bad-internal@1"}, {"internal:/", "bad-internal@1"}, {"internal://queue", "bad-internal@1"}, {"INTERNAL", "bad-internal@1"}, {"sqs://", "bad-queue-name@7"},
        {"sqs://a/b", "bad-queue-name@7"}, {"sqs://123456789012/wandb-files", "bad-queue-name@7"}, {"sqs://wandb.files", "bad-queue-name@7"}, {"sqs://wandb-files.fifo", "fifo-queue@18"},
        {"https://sqs.us-east-1.amazonaws.com/123456789012/wandb-files", "queue-web-url@1"}, {"arn:aws:sqs:us-east-1:123456789012:wandb-files", "queue-arn@1"}, {"pubsub://p/t/s", "pubsub-slashes@8"},
        {"pubsub:p/t/s", "pubsub-slashes@8"}, {"pubsub:/p/t", "bad-pubsub@8"}, {"pubsub:/p/t/s/x", "bad-pubsub@8"}, {"pubsub:/p//s", "bad-pubsub@8"}, {"pubsub:", "bad-pubsub@8"}, {"az://account", "bad-azure-queue@13"},
        {"az://Account/queue", "bad-azure-queue@6"}, {"az://account/q", "bad-azure-queue@13"}, {"wandb-files", "no-scheme@1"}, {"sns://x", "unknown-scheme@1"}, {"'internal://'", "quoted@1"}, {"internal:// ", "surrounding-blanks@12"}}) {
    const auto out = queue(test.text);
    EXPECT_FALSE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_FALSE(out.issues.front().example.empty());
  }
}

TEST(QueueUrl, ProposesTheRightForm) {
  EXPECT_EQ(queue("https://sqs.us-east-1.amazonaws.com/123456789012/my-queue").issues.front().example, "sqs://my-queue");
  EXPECT_EQ(queue("arn:aws:sqs:us-east-1:123456789012:my-queue").issues.front().example, "sqs://my-queue");
  EXPECT_EQ(queue("pubsub://p/t/s").issues.front().example, "pubsub:/p/t/s");
  EXPECT_EQ(queue("sqs://my-queue.fifo").issues.front().example, "sqs://my-queue");
  EXPECT_EQ(queue("my-queue").issues.front().example, "sqs://my-queue");
}

}  // namespace
}  // namespace wbverify
