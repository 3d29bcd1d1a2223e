#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

WandbDifference difference(std::string key, std::string kind, std::string read = "") {
  return {std::move(key), "\"naïve\"", std::move(read), std::move(kind)};
}

TEST(WandbRun, PassesWithItsName) {
  const Finding finding = one(wandb_run_check(), written());
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.observed, "ada/wbverify/wbverify-0123456789abcdef, its configuration the same after 40 ms");
}

TEST(WandbRun, EachEntityHasItsRow) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.runs[1].found = false;
  const Findings findings = judge(wandb_run_check(), facts);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(row(findings, "ada").status, Status::pass);
  const Finding finding = row(findings, "team-a");
  EXPECT_THAT(finding, Is(Status::fail, "run-vanished"));
  EXPECT_THAT(finding.observed, HasSubstr("In team-a: The server says"));
  EXPECT_THAT(finding.title, HasSubstr("(team-a)"));
}

TEST(WandbRun, VanishedAfterAllQuestions) {
  WandbWriteFacts facts = written();
  facts.runs[0].found = false;
  facts.runs[0].read.http.answered_at = facts.runs[0].finish.http.answered_at + 8000;
  facts.runs[0].polls = 9;
  const Finding finding = one(wandb_run_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "run-vanished"));
  EXPECT_THAT(finding.observed, AllOf(HasSubstr("8.0 s later"), HasSubstr("9 times")));
  EXPECT_THAT(finding.fix, HasSubstr("SHOW REPLICA STATUS"));
  // The document came back with `project: null`: an answer, though not with what was asked for.
  facts.runs[0].read = empty("project");
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::fail, "run-vanished"));
}

TEST(WandbRun, AnAnswerThatIsNoneIsNotAVanishedRun) {
  WandbWriteFacts facts = written();
  facts.runs[0].found = false;
  facts.runs[0].read = page_of(502, "<html><title>502 Bad Gateway</title></html>");
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::fail, "bad-gateway"));
  facts.runs[0].read = refused(500, "internal database error");
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::fail, "database-error"));
  facts.runs[0].read = silence("timed-out", Blame::path);
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::unknown, "timed-out"));
  facts.runs[0].read = ApiAnswer();
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::unknown, "interrupted"));
  facts.runs[0].create = refused(403, "permission denied", "PERMISSION_ERROR");
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::fail, "permission-denied"));
}

struct ConfigCase {
  const char* name;
  std::vector<WandbDifference> differences;
  const char* cause;
  const char* observed;
  const char* fix;
};
struct WandbRunConfig : testing::TestWithParam<ConfigCase> {};

TEST_P(WandbRunConfig, IsJudged) {
  WandbWriteFacts facts = written();
  facts.runs[0].config = GetParam().differences;
  facts.runs[0].config_ms = -1;
  const Finding finding = one(wandb_run_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, GetParam().cause));
  EXPECT_THAT(finding.observed, HasSubstr(GetParam().observed));
  EXPECT_THAT(finding.fix, HasSubstr(GetParam().fix));
}

INSTANTIATE_TEST_SUITE_P(
    All, WandbRunConfig,
    testing::Values(
        ConfigCase{"four_bytes",
                   {difference("four_bytes", "four-byte-characters", "\"?\"")},
                   "characters-lost",
                   "utf8mb3",
                   "utf8mb4"},
        ConfigCase{"beyond_ascii",
                   {difference("unicode", "non-ascii", "\"na?ve\""),
                    difference("four_bytes", "four-byte-characters", "\"?\"")},
                   "characters-lost",
                   "beyond ASCII",
                   "mysql.charset"},
        ConfigCase{"all_gone",
                   {difference("epochs", "missing"), difference("four_bytes", "four-byte-characters")},
                   "lost",
                   "\"epochs\" (written",
                   "docker logs"},
        ConfigCase{"never_seen", {}, "lost", "not as it was written", "docker logs"},
        ConfigCase{"key", {difference("HT%3ML ", "key-changed")}, "keys-changed", "HT%3ML ", "firewall"},
        ConfigCase{"number", {difference("listTest[5]", "number", "2")}, "numbers-changed", "is 2", "firewall"},
        ConfigCase{"many",
                   {difference("a", "changed", "1"), difference("b", "changed", "1"), difference("c", "changed", "1"),
                    difference("d", "changed", "1"), difference("e", "changed", "1")},
                   "differs",
                   "; and 2 more.",
                   "firewall"}),
    [](const auto& config) { return std::string(config.param.name); });

TEST(WandbRun, TheCharacterSetIsMysqlsWhereThatIsKnown) {
  WandbWriteFacts facts = written();
  facts.runs[0].config = {difference("four_bytes", "four-byte-characters", "\"?\"")};
  EXPECT_EQ(one(wandb_run_check(), facts).setting, "HOST");
  Scene at = scene();
  at.settings["MYSQL"] = {"MYSQL", "", "env-file", "/etc/wandb.env", 2, "mysql://…"};
  EXPECT_EQ(one(wandb_run_check(), facts, at).setting, "MYSQL");
}

TEST(WandbRun, Late) {
  WandbWriteFacts facts = written();
  facts.runs[0].config_ms = 6200;
  const Finding finding = one(wandb_run_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "late"));
  EXPECT_THAT(finding.observed, HasSubstr("6.2 s after the run had ended"));
}

TEST(WandbRun, WhatARunThatEndedEarlyDidNotSeeIsUnknown) {
  WandbWriteFacts facts = written();
  facts.cause = "stopped";
  facts.text = "The run was stopped";
  facts.blame = "machine";
  EXPECT_EQ(one(wandb_run_check(), facts).status, Status::pass);
  facts.runs[0].config_ms = -1;
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::unknown, "stopped"));
  facts.runs[0].found = false;
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::unknown, "stopped"));
  facts.runs.clear();
  EXPECT_THAT(one(wandb_run_check(), facts), Is(Status::unknown, "stopped"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
