#include "config/weak_secrets.hpp"

#include <gtest/gtest.h>

namespace wbverify {
namespace {

TEST(WeakSecrets, AreNamesWordsAndShortTexts) {
  const std::vector<std::string> names = {"wandb_local", "db.example.com"};
  for (const char* secret : {"wandb_local", "WANDB_LOCAL", "db.example.com"}) EXPECT_EQ(weakness_of(secret, names), "same-as-name") << secret;
  for (const char* secret : {"wandb", "mysql", "Password", "SECRET", "1234", "3306", "20261201", "minioadmin", "changeme", "P@ssw0rd"}) EXPECT_EQ(weakness_of(secret, {}), "ordinary-word") << secret;
  for (const char* secret : {"x7-Kq2", "a1", "aB3"}) EXPECT_EQ(weakness_of(secret, {}), "short") << secret;
  for (const char* secret : {"kqzwvbtrnmxjphd", "kQzWvBtR", "correct horse", "wandb-2c91x", "8f14e45fceea167a"}) EXPECT_EQ(weakness_of(secret, names), "") << secret;
}

std::string told(const char* name, const std::string& value) {
  std::vector<SettingIssue> issues;
  report_weak_secrets(*find_variable(name), value, issues);
  if (issues.empty()) return "";
  for (const auto& text : {issues.front().observed, issues.front().expected, issues.front().fix}) EXPECT_EQ(text.find("hunter"), std::string::npos) << text;
  return issues.front().setting + " " + issues.front().cause;
}

TEST(WeakSecrets, AreFoundInEachKindOfSetting) {
  EXPECT_EQ(told("MYSQL", "mysql://wandb:wandb@db:3306/wandb"), "MYSQL same-as-name");
  EXPECT_EQ(told("MYSQL", "mysql://wandb:hunter@db:3306/wandb"), "MYSQL ordinary-word");
  EXPECT_EQ(told("MYSQL", "mysql://wandb:db@db.internal:3306/wandb"), "MYSQL same-as-name");
  EXPECT_EQ(told("BUCKET", "s3://minio:wandb-files@minio:9000/wandb-files"), "BUCKET same-as-name");
  EXPECT_EQ(told("REDIS", "redis://:mysql@redis:6379"), "REDIS ordinary-word");
  EXPECT_EQ(told("REDIS", "redis://hunter2@redis:6379"), "REDIS short");
  EXPECT_EQ(told("OIDC_SECRET", "hunter"), "OIDC_SECRET ordinary-word");
  for (const auto& [name, value] : {std::pair{"MYSQL", "mysql://wandb:8f14e45fceea167a@db:3306/wandb"}, {"BUCKET", "s3://wandb-files"}, {"HOST", "https://wandb.example.com"},
                                    {"LICENSE", "short"}, {"WANDB_API_KEY", "short"}, {"AWS_REGION", "us"}}) {
    EXPECT_EQ(told(name, value), "") << name;
  }
}

}  // namespace
}  // namespace wbverify
