#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "facts_of.hpp"

namespace wbverify {
namespace {

Findings license_at(std::int64_t seconds_left, bool read = true) {
  ConfigFacts facts;
  facts.license.read = read;
  facts.license.expires = 1900000000;
  facts.license.deployment_id = "0b1c";
  Scene scene;
  scene.started = (1900000000 - seconds_left) * 1000;
  scene.settings["LICENSE"].kind = "environment";
  return config_license().judge(Facts::of(facts), scene);
}

TEST(LicenseCheck, CountsTheDays) {
  constexpr std::int64_t day = 86400;
  EXPECT_EQ(trouble(license_at(31 * day)), "");
  EXPECT_EQ(trouble(license_at(30 * day + 1)), "");
  EXPECT_EQ(trouble(license_at(30 * day)), "warn expires-soon");
  EXPECT_EQ(trouble(license_at(1)), "warn expires-soon");
  EXPECT_EQ(trouble(license_at(0)), "fail expired");
  EXPECT_EQ(trouble(license_at(-900 * day)), "fail expired");
  EXPECT_EQ(trouble(license_at(0, false)), "skip not-applicable");
  for (const std::int64_t left : {31 * day, 10 * day, -day}) expect_complete(license_at(left));
  EXPECT_EQ(license_at(31 * day)[0].observed, "licence of deployment 0b1c, until 2030-03-17 17:46 UTC");
  EXPECT_EQ(license_at(10 * day)[0].observed, "The licence of deployment 0b1c ends on 2030-03-17 17:46 UTC, in 10 days.");
}

TEST(LicenseCheck, BearsImpossibleTimes) {
  ConfigFacts facts;
  facts.license.read = true;
  for (const std::int64_t expires : {std::int64_t{-9000000000000000}, std::int64_t{9000000000000000}, std::int64_t{1}}) {
    facts.license.expires = expires;
    Scene scene;
    scene.started = 1780000000000;
    EXPECT_FALSE(config_license().judge(Facts::of(facts), scene).empty());
  }
}

NamedFile file(const char* outcome, const char* error = "", const char* fault = "", int certificates = 0) { return {"MYSQL", "/etc/ssl/certs/mysql_ca.pem", outcome, error, fault, certificates}; }

Findings files(const std::vector<NamedFile>& named, const std::vector<SettingIssue>& issues = {}, const std::vector<std::string>& env_files = {}) {
  ConfigFacts facts;
  facts.files = named;
  facts.issues = issues;
  facts.env_files = env_files;
  return config_files().judge(Facts::of(facts), Scene{});
}

TEST(FilesCheck, JudgesWhatSettingsName) {
  EXPECT_EQ(trouble(files({})), "skip not-applicable");
  EXPECT_EQ(trouble(files({file("read", "", "", 2)})), "");
  EXPECT_EQ(trouble(files({file("missing", "no such file")})), "MYSQL: skip not-applicable");
  EXPECT_EQ(trouble(files({file("denied", "permission denied")})), "MYSQL: unknown unreadable");
  EXPECT_EQ(trouble(files({file("directory", "it is a directory")})), "MYSQL: unknown unreadable");
  EXPECT_EQ(trouble(files({file("read", "", "it holds a private key and no certificate")})), "MYSQL: fail not-pem");
  EXPECT_EQ(files({file("denied", "permission denied")})[0].blame, Blame::machine);
  for (const auto& one : {file("read", "", "", 1), file("missing"), file("denied", "permission denied"), file("read", "", "x")}) expect_complete(files({one}));
}

TEST(FilesCheck, JudgesPermissions) {
  const auto issue = [](const char* path, const char* cause) {
    SettingIssue out;
    out.setting = path;
    out.kind = "permissions";
    out.cause = cause;
    out.observed = std::string("Others may use ") + path + ".";
    out.expected = "Mode 0600.";
    out.fix = std::string("chmod 600 ") + path;
    return out;
  };
  EXPECT_EQ(trouble(files({}, {issue("a.env", "readable-by-others")}, {"a.env"})), "permissions: warn readable-by-others");
  EXPECT_EQ(trouble(files({}, {issue("wbverify.yaml", "writable-by-others")})), "permissions: warn writable-by-others");
  const Findings both = files({}, {issue("a.env", "readable-by-others"), issue("wbverify.yaml", "writable-by-others")}, {"a.env"});
  EXPECT_EQ(trouble(both), "permissions: warn writable-by-others");
  EXPECT_EQ(both.back().fix, "chmod 600 a.env\nchmod 600 wbverify.yaml");
  EXPECT_NE(both.back().why, files({}, {issue("a.env", "readable-by-others")}).back().why);
}

TEST(SecretsCheck, JudgesEachSetting) {
  const auto judged = [](const std::vector<SettingIssue>& issues) {
    ConfigFacts facts;
    facts.issues = issues;
    return config_secrets().judge(Facts::of(facts), Scene{});
  };
  SettingIssue weak;
  weak.setting = "MYSQL";
  weak.kind = "weak-secret";
  weak.cause = "same-as-name";
  weak.observed = "The secret is also the user.";
  weak.expected = "Random characters.";
  SettingIssue other = weak;
  other.kind = "suspicious";
  EXPECT_EQ(trouble(judged({})), "");
  EXPECT_EQ(trouble(judged({other})), "");
  EXPECT_EQ(trouble(judged({weak})), "MYSQL: warn same-as-name");
  expect_complete(judged({weak}));
}

TEST(FilesCheck, JudgesEnvironmentFiles) {
  SettingIssue crlf;
  crlf.setting = "/etc/wandb.env";
  crlf.kind = "suspicious";
  crlf.cause = "carriage-returns";
  crlf.observed = "/etc/wandb.env has Windows line ends (line 1).";
  crlf.expected = "Docker takes them off, a shell keeps them.";
  crlf.fix = "sed -i 's/\\r$//' /etc/wandb.env";
  EXPECT_EQ(trouble(files({}, {crlf}, {"/etc/wandb.env"})), "env-file: warn carriage-returns");
  EXPECT_EQ(trouble(files({}, {}, {"/etc/wandb.env"})), "");
  SettingIssue other = crlf;
  other.setting = "MYSQL";
  EXPECT_EQ(trouble(files({}, {other}, {"/etc/wandb.env"})), "") << "issues of settings are another check's";
}

TEST(FilesCheck, LooksAtTheFilesThemselves) {
  const std::string path = (std::filesystem::temp_directory_path() / ("wbverify-ca-" + std::to_string(::getpid()))).string();
  std::ofstream(path) << "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  const std::string mysql = "mysql://u:a-long-secret@h/d?tls=custom&ssl-ca=" + path;
  const Findings findings = judge(config_files(), with({{"MYSQL", mysql.c_str()}, {"REDIS", "redis://r?tls=true&caCertPath=/not/here"}}));
  std::filesystem::remove(path);
  EXPECT_EQ(trouble(findings), "MYSQL: fail not-pem; REDIS: skip not-applicable");
  expect_complete(findings);
}

}  // namespace
}  // namespace wbverify
