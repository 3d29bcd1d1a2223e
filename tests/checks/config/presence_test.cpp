// config.required, config.well-formed, config.placeholders, config.conflicts.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "facts_of.hpp"

namespace wbverify {
namespace {

TEST(Required, NamesEachMissingSettingWithItsRemedy) {
  const Findings findings = judge(config_required(), Environment{});
  EXPECT_EQ(trouble(findings), "HOST: fail missing; MYSQL: fail missing; BUCKET: fail missing; LICENSE: warn missing");
  expect_complete(findings);
  EXPECT_EQ(findings[1].fix.substr(0, findings[1].fix.find('\n')),
            "Set in the environment of the W&B Server: MYSQL=mysql://wandb_local:PASSWORD@db.example.com:3306/wandb_local");
}

TEST(Required, TellsEmptyFromMissingAndTakesAliases) {
  const Findings findings = judge(config_required(), {{"HOST", ""}, {"GORILLA_METADATA_STORE", "mysql://u:p@h/d"}, {"GORILLA_FILE_STORE", "s3://wandb-files"}, {"GORILLA_LICENSE", "x"}});
  EXPECT_EQ(trouble(findings), "HOST: fail empty");
  expect_complete(findings);
  EXPECT_EQ(findings[1].observed, "GORILLA_METADATA_STORE in the environment");
}

TEST(WellFormed, GivesARowForEachSettingThatIsSet) {
  const Findings findings = judge(config_well_formed(), healthy());
  std::map<std::string, std::string> rows;
  for (const Finding& finding : findings) rows[finding.row] = finding.observed;
  EXPECT_EQ(rows["HOST"], "https://wandb.example.com");
  EXPECT_EQ(rows["MYSQL"], "db.example.com:3306, database wandb_local, user wandb_local, tls=true");
  EXPECT_EQ(rows["BUCKET"], "bucket wandb-files, S3-compatible store at minio.example.com:9000, path style, TLS");
  EXPECT_EQ(rows["REDIS"], "redis.example.com:6379, no TLS");
  EXPECT_EQ(rows["LICENSE"], "licence of deployment test");
  EXPECT_EQ(rows["AWS_REGION"], "us-east-1");
  EXPECT_EQ(rows.size(), 7U);
}

TEST(WellFormed, LeadsWithTheWorst) {
  const Findings findings = judge(config_well_formed(), {{"MYSQL", "mysql://u:a+b-secret@h/d?tls=maybe"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(trouble(findings), "MYSQL: fail bad-tls-value");
  expect_complete(findings);
  EXPECT_EQ(findings[0].observed, "The value of tls is maybe, at character 30. The password holds a raw +, at character 12.");
  EXPECT_EQ(findings[0].reproduce, "printenv MYSQL | cut -c30 | od -c");
  EXPECT_EQ(findings[0].fix, "Write tls=true, which verifies the server's certificate.\nIn the environment of the W&B Server set: MYSQL=mysql://u:PASSWORD@h/d?tls=true");
}

TEST(WellFormed, SaysHowTheLogInIsReadAndNeverTheKey) {
  const std::string key = "0f1e2d3c4b5a69788796a5b4c3d2e1f00a1b2c3d";
  const std::pair<std::string, std::string> taken[] = {
      {key, "a key of 40 characters"}, {"local-" + key, "a key of 40 characters behind a prefix"}, {key + key.substr(1) + "x1234567", "a long key"}, {"eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln", "a key in the form of a token"}};
  for (const auto& [text, reading] : taken) {
    const Findings findings = judge(config_well_formed(), {{"WANDB_API_KEY", text}});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(trouble(findings), "");
    EXPECT_EQ(findings[0].observed, reading);
  }
  const Findings findings = judge(config_well_formed(), {{"WANDB_API_KEY", "\"" + key + "\""}});
  EXPECT_EQ(trouble(findings), "WANDB_API_KEY: fail quoted");
  expect_complete(findings);
  EXPECT_EQ(findings[0].fix, "Remove both quotes.\nIn the environment of wbverify set: WANDB_API_KEY=KEY");
  EXPECT_EQ(findings[0].reproduce, "printenv WANDB_API_KEY | cut -c1 | od -c");
  for (const std::string& text : {key.substr(0, 20), key + key, "WANDB_API_KEY=" + key, "https://" + key, key + "!", key + "xyz"}) {
    const Findings wrong = judge(config_well_formed(), {{"WANDB_API_KEY", text}});
    expect_complete(wrong);
    EXPECT_EQ(wrong[0].row, "WANDB_API_KEY");
  }
}

TEST(WellFormed, WarnsOfWhatIsOnlySuspicious) {
  const Findings findings = judge(config_well_formed(), {{"MYSQL", "mysql://u:a+b-secret@h/d"}, {"HOST", "https://10.0.0.5"}});
  EXPECT_EQ(trouble(findings), "HOST: warn address-literal; MYSQL: warn plus-in-password");
  expect_complete(findings);
}

TEST(WellFormed, SkipsWhatIsNotSetAndWhatIsAPlaceholder) {
  EXPECT_EQ(trouble(judge(config_well_formed(), Environment{})), "skip not-applicable");
  EXPECT_EQ(trouble(judge(config_well_formed(), {{"HOST", "https://<host>"}})), "skip not-applicable");
}

TEST(WellFormed, NamesTheLineOfAnEnvironmentFile) {
  const std::string path = (std::filesystem::temp_directory_path() / ("wbverify-checks-" + std::to_string(::getpid()) + ".env")).string();
  std::ofstream(path) << "# x\nBUCKET_QEUE=internal://\nHOST=\"https://wandb.example.com\"\n";
  Sources sources;
  sources.env_files = {path};
  const Settings settings = settings_of(sources);
  const Findings findings = judge(config_well_formed(), settings);
  std::filesystem::remove(path);
  EXPECT_EQ(trouble(findings), "HOST: fail quoted; BUCKET_QEUE: warn misspelt-name");
  expect_complete(findings);
  EXPECT_EQ(findings[0].reproduce, "sed -n 3p " + path + " | cut -d= -f2- | cut -c1 | od -c");
  EXPECT_NE(findings[0].fix.find("In " + path + " line 3 write: HOST=https://wandb.example.com"), std::string::npos) << findings[0].fix;
  EXPECT_EQ(settings.scene.origin("BUCKET_QEUE"), "BUCKET_QEUE in " + path + " line 2");
}

TEST(PlaceholdersCheck, GivesARowForEach) {
  const Findings findings = judge(config_placeholders(), {{"HOST", "https://YOUR_DNS_DOMAIN"}, {"BUCKET", "s3://$ACCESS_KEY:$SECRET_KEY@$HOST/$BUCKET_NAME"}, {"MYSQL", "mysql://{{ user }}:x@h/d"}, {"REDIS", "redis://:***@h"}});
  EXPECT_EQ(trouble(findings), "HOST: fail placeholder; MYSQL: fail unrendered-template; REDIS: fail masked-value; BUCKET: fail unexpanded-reference");
  expect_complete(findings);
  EXPECT_EQ(findings[0].observed, "The value still holds YOUR_DNS_DOMAIN from an example, at character 9.");
  const Findings none = judge(config_placeholders(), healthy());
  EXPECT_EQ(none[0].observed, "none in 7 settings");
}

TEST(Conflicts, GivesAWarningForEach) {
  const Findings findings = judge(config_conflicts(), {{"HOST", "https://a.example.com"}, {"REACT_APP_HOST", "https://b.example.com"}, {"OIDC_ISSUER", "https://i.example.com"}});
  EXPECT_EQ(trouble(findings), "HOST: warn aliases-differ");
  expect_complete(findings);
  EXPECT_EQ(findings[0].observed, "HOST in the environment (https://a.example.com) counts; another value stands at REACT_APP_HOST in the environment (https://b.example.com).");
  EXPECT_EQ(trouble(judge(config_conflicts(), healthy())), "");
}

}  // namespace
}  // namespace wbverify
