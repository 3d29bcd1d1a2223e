#include <gtest/gtest.h>

#include "checks/config/plugin.hpp"
#include "core/redactor.hpp"
#include "facts_of.hpp"

namespace wbverify {
namespace {

TEST(ConfigPlugin, PassesWholeOnAHealthyInstallation) {
  for (const CheckSpec& check : config_plugin().checks) {
    const Findings findings = judge(check, healthy());
    expect_complete(findings);
    for (const Finding& finding : findings) EXPECT_TRUE(finding.status == Status::pass || finding.status == Status::skip) << check.id << " " << finding.row << " " << finding.cause << " " << finding.observed;
  }
}

/// A fault is named by one check alone; the others say nothing of that setting.
TEST(ConfigPlugin, NamesOneFaultOnce) {
  const struct {
    Environment environment;
    std::string expected;
  } cases[] = {{with({{"MYSQL", nullptr}}), "config.required/MYSQL"},
               {with({{"MYSQL", ""}}), "config.required/MYSQL"},
               {with({{"MYSQL", "mysql://wandb:a/b@db/x"}}), "config.well-formed/MYSQL"},
               {with({{"MYSQL", "mysql://wandb:SOME_PASSWORD@db/x"}}), "config.placeholders/MYSQL"},
               {with({{"HOST", nullptr}}), "config.required/HOST"},
               {with({{"HOST", "wandb.example.com"}}), "config.well-formed/HOST"},
               {with({{"HOST", "https://YOUR_DNS_DOMAIN"}}), "config.placeholders/HOST"},
               {with({{"BUCKET", nullptr}}), "config.required/BUCKET"},
               {with({{"BUCKET", "minio:9000/wandb-files"}}), "config.well-formed/BUCKET"},
               {with({{"BUCKET", "s3://<bucket-name>"}}), "config.placeholders/BUCKET"},
               {with({{"LICENSE", nullptr}}), "config.required/LICENSE"},
               {with({{"LICENSE", "eyJ"}}), "config.well-formed/LICENSE"},
               {with({{"LICENSE", "xxxxxxxxxxyyyyyyyyyyyzzzzzzz"}}), "config.placeholders/LICENSE"},
               {with({{"BUCKET_QUEUE", "sqs:/x"}}), "config.well-formed/BUCKET_QUEUE"},
               {with({{"BUCKET_QUEUE", "sqs://<queue-name>"}}), "config.placeholders/BUCKET_QUEUE"},
               {with({{"BUCKET_QUEUE", "sqs://wandb"}}), "config.consistent/BUCKET_QUEUE"},
               {with({{"GORILLA_METADATA_STORE", "mysql://other:secret-too@db/x"}}), "config.conflicts/MYSQL"},
               {with({{"LOCAL_RESTORE", "true"}}), "config.consistent/LOCAL_RESTORE"}};
  for (const auto& test : cases) {
    std::string found;
    for (const CheckSpec& check : config_plugin().checks) {
      for (const Finding& finding : judge(check, test.environment)) {
        if (finding.status == Status::pass || finding.status == Status::skip) continue;
        found += (found.empty() ? "" : " ") + check.id + "/" + finding.row;
      }
    }
    EXPECT_EQ(found, test.expected);
  }
}

TEST(ConfigPlugin, HasNoSecretInItsFacts) {
  const Settings settings = settings_of(with({{"SLACK_SECRET", "slack-secret-of-ours"}, {"MYSQL", "mysql://wandb:broken/secret-of-ours@db/x"}, {"GORILLA_FILE_STORE", "s3://AK:further-secret@h:1/b"}}));
  const ProbeSpec probe = config_probe();
  NoJournal journal;
  const ProbeContext context{settings, Deadline::after(std::chrono::seconds(10)), {}, "", journal, [](std::string_view) { return Facts(); }, std::make_shared<std::atomic<int>>(0)};
  const std::string facts = probe.gather(context).encode();
  for (const char* secret : {"slack-secret-of-ours", "secret-of-ours", "another-secret", "third-secret", "further-secret", "eyJleHAiOj"}) EXPECT_EQ(facts.find(secret), std::string::npos) << facts;
  EXPECT_EQ(facts, Redactor::process().redact(facts)) << "nothing was left for the redactor to do";
}

TEST(ConfigPlugin, DescribesEachCheck) {
  for (const CheckSpec& check : config_plugin().checks) {
    EXPECT_TRUE(check.id.starts_with("config."));
    EXPECT_EQ(check.probe, "config");
    EXPECT_FALSE(check.title.ends_with('.'));
  }
}

}  // namespace
}  // namespace wbverify
