#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

TEST(WandbHistory, PassesWithItsDelay) {
  const Findings findings = judge(wandb_history_check(), written());
  ASSERT_EQ(findings.size(), 2U);
  for (const char* name : {"history", "summary"}) {
    EXPECT_EQ(row(findings, name).status, Status::pass);
    EXPECT_EQ(row(findings, name).observed, "the same after 40 ms");
  }
  EXPECT_EQ(wandb_history_check().rows, (std::vector<std::string>{"history", "summary"}));
}

TEST(WandbHistory, HistoryLostAndSummaryThere) {
  WandbWriteFacts facts = written();
  facts.runs[0].history_ms = -1;
  for (int step = 0; step < 11; ++step)
    facts.runs[0].history.push_back({"step " + std::to_string(step), "{\"loss\":1.0}", "", "missing"});
  const Findings findings = judge(wandb_history_check(), facts);
  const Finding finding = row(findings, "history");
  EXPECT_THAT(finding, Is(Status::fail, "lost"));
  EXPECT_THAT(finding.observed, AllOf(HasSubstr("\"step 0\""), HasSubstr("and 8 more")));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("kubectl"), HasSubstr("docker logs"), HasSubstr("queue")));
  EXPECT_EQ(row(findings, "summary").status, Status::pass);
}

TEST(WandbHistory, LateIsAWarning) {
  WandbWriteFacts facts = written();
  facts.runs[0].history_ms = facts.runs[0].summary_ms = 5500;
  const Findings findings = judge(wandb_history_check(), facts);
  EXPECT_THAT(row(findings, "history"), Is(Status::warn, "late"));
  EXPECT_THAT(row(findings, "summary"), Is(Status::warn, "late"));
  facts.runs[0].history_ms = 5000;
  EXPECT_EQ(row(judge(wandb_history_check(), facts), "history").status, Status::pass);
}

TEST(WandbHistory, WhatCameBackOtherwise) {
  const struct {
    const char* kind;
    const char* cause;
  } cases[] = {{"four-byte-characters", "characters-lost"},
               {"key-changed", "keys-changed"},
               {"number", "numbers-changed"},
               {"changed", "differs"}};
  for (const auto& c : cases) {
    WandbWriteFacts facts = written();
    facts.runs[0].summary = {{"HT%3ML ", "7", "8", c.kind}};
    EXPECT_THAT(row(judge(wandb_history_check(), facts), "summary"), Is(Status::fail, c.cause));
  }
}

TEST(WandbHistory, FileStreamRefused) {
  const struct {
    ApiAnswer answer;
    Status status;
    const char* cause;
    const char* fix;
  } cases[] = {
      {page_of(413, "<html><title>413 Request Entity Too Large</title></html>"), Status::fail, "body-too-large",
       "client_max_body_size"},
      {page_of(413, "<html><title>413 Request Entity Too Large</title></html>"), Status::fail, "body-too-large",
       "a number without its unit"},
      {refused(413, "request body too large", "", "file_stream"), Status::fail, "body-too-large", "docker logs"},
      {refused(500, "Internal server error", "", "file_stream"), Status::fail, "server-error", "mysql.charset"},
      {refused(500, "internal database error", "", "file_stream"), Status::fail, "database-error", "mysql.charset"},
      {page_of(404, "<html><title>404 Not Found</title></html>"), Status::fail, "not-found", "the path /files"},
      {silence("timed-out", Blame::target), Status::fail, "timed-out", "database"},
      {silence("dns-failed", Blame::path), Status::unknown, "dns-failed", ""},
      {ApiAnswer(), Status::unknown, "interrupted", ""}};
  for (const auto& c : cases) {
    WandbWriteFacts facts = written();
    facts.runs[0].stream = c.answer;
    const Finding finding = one(wandb_history_check(), facts);
    EXPECT_THAT(finding, Is(c.status, c.cause));
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    if (c.answer.asked) {
      EXPECT_THAT(finding.observed, HasSubstr("(file_stream)"));
    }
  }
}

TEST(WandbHistory, CannotBeRead) {
  WandbWriteFacts facts = written();
  facts.runs[0].read = refused(500, "boom", "", "Run");
  EXPECT_THAT(one(wandb_history_check(), facts), Is(Status::fail, "server-error"));
}

TEST(WandbHistory, EndedEarly) {
  WandbWriteFacts facts = written();
  facts.cause = "timed-out";
  facts.runs[0].history_ms = -1;
  const Findings findings = judge(wandb_history_check(), facts);
  EXPECT_EQ(row(findings, "history").status, Status::unknown);
  EXPECT_EQ(row(findings, "summary").status, Status::pass);
}

TEST(WandbHistory, RowsCarryTheEntity) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.runs[1].summary_ms = -1;
  const Findings findings = judge(wandb_history_check(), facts);
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(row(findings, "ada/summary").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a/summary"), Is(Status::fail, "lost"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
