// A sweep: made, giving work, ended.
#include "healthy.hpp"

namespace wbverify {
namespace {

using namespace wandb_cases;

Findings judged(const WandbWriteFacts& facts) { return judge(wandb_sweep_check(), facts); }

TEST(WandbSweep, Passes) {
  const Findings findings = judged(written());
  ASSERT_EQ(findings.size(), 4U);
  for (const auto& finding : findings) EXPECT_THAT(finding, Is(Status::pass, "")) << finding.row;
  EXPECT_THAT(row(findings, "create").observed, HasSubstr("ab12cd34"));
  EXPECT_THAT(row(findings, "agent").observed, HasSubstr("80 ms"));
  EXPECT_EQ(row(findings, "finish").observed, "FINISHED");
}

TEST(WandbSweep, IsRefused) {
  WandbWriteFacts facts = written();
  facts.sweep.create = refused(500, "internal database error", "", "UpsertSweep");
  facts.sweep.name = "";
  const Findings findings = judged(facts);
  EXPECT_THAT(row(findings, "create"), Is(Status::fail, "database-error"));
  EXPECT_THAT(row(findings, "create").observed,
              AllOf(HasSubstr("No sweep can be made"), HasSubstr("internal database error")));
  EXPECT_THAT(row(findings, "create").reproduce,
              HasSubstr("WANDB_BASE_URL=https://wandb.example.com wandb sweep --entity ada"));
  for (const char* other : {"agent", "run", "finish"})
    EXPECT_THAT(row(findings, other), Is(Status::skip, "not-applicable")) << other;
}

TEST(WandbSweep, AnOldServerCannot) {
  WandbWriteFacts facts = written();
  facts.sweep.create = refused(400, "Cannot query field \"upsertSweep\" on type \"Mutation\".");
  EXPECT_THAT(row(judged(facts), "create"), Is(Status::warn, "old-server"));
}

TEST(WandbSweep, HasNoName) {
  WandbWriteFacts facts = written();
  facts.sweep.name = "";
  EXPECT_THAT(row(judged(facts), "create"), Is(Status::fail, "unexpected-answer"));
}

TEST(WandbSweep, GivesNoCommand) {
  WandbWriteFacts facts = written();
  facts.sweep.command = facts.sweep.run = "";
  facts.sweep.right_parameter = false;
  facts.sweep.command_ms = -1;
  facts.sweep.heartbeats = 12;
  facts.sweep.run_create = facts.sweep.run_finish = ApiAnswer();
  const Findings findings = judged(facts);
  const Finding agent = row(findings, "agent");
  EXPECT_THAT(agent, Is(Status::fail, "no-command"));
  EXPECT_THAT(agent.observed, HasSubstr("12 times"));
  EXPECT_THAT(agent.fix, AllOf(HasSubstr("anaconda"), HasSubstr("docker logs")));
  EXPECT_THAT(row(findings, "run"), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(row(findings, "finish"), Is(Status::pass, ""));
}

TEST(WandbSweep, Vanishes) {
  WandbWriteFacts facts = written();
  facts.sweep.heartbeat = refused(404, "could not find sweep ab12cd34", "", "AgentHeartbeat");
  facts.sweep.command = "";
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::fail, "vanished"));
  facts = written();
  facts.sweep.agent = refused(200, "sweep ab12cd34 not found", "", "CreateAgent");
  facts.sweep.heartbeat = ApiAnswer();
  facts.sweep.command = "";
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::fail, "vanished"));
}

TEST(WandbSweep, AGatewaysNotFoundIsNoVanishedSweep) {
  WandbWriteFacts facts = written();
  facts.sweep.heartbeat = page_of(404, "<html><title>404 Not Found</title></html>");
  facts.sweep.command = "";
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::fail, "not-found"));
}

TEST(WandbSweep, OrdersSomethingElse) {
  WandbWriteFacts facts = written();
  facts.sweep.command = "exit";
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::fail, "ended-at-once"));
  facts.sweep.command = "resume";
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::fail, "unexpected-answer"));
  facts = written();
  facts.sweep.right_parameter = false;
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::fail, "wrong-parameter"));
  facts.sweep.run = "";
  EXPECT_THAT(row(judged(facts), "agent").observed, HasSubstr("no name"));
}

TEST(WandbSweep, OrdersLate) {
  WandbWriteFacts facts = written();
  facts.sweep.command_ms = 8200;
  facts.sweep.heartbeats = 4;
  const Findings findings = judged(facts);
  EXPECT_THAT(row(findings, "agent"), Is(Status::warn, "late"));
  EXPECT_THAT(row(findings, "agent").observed, AllOf(HasSubstr("8.2 s"), HasSubstr("4 questions")));
  EXPECT_THAT(row(findings, "run"), Is(Status::pass, ""));
  facts.sweep.command_ms = 4900;
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::pass, ""));
}

TEST(WandbSweep, ItsRunIsRefused) {
  WandbWriteFacts facts = written();
  facts.sweep.run_create = refused(403, "permission denied", "PERMISSION_ERROR");
  facts.sweep.run_finish = ApiAnswer();
  const Finding run = row(judged(facts), "run");
  EXPECT_THAT(run, Is(Status::fail, "permission-denied"));
  EXPECT_THAT(run.why, HasSubstr("those of a sweep cannot"));
  facts = written();
  facts.sweep.run_finish = silence("timed-out");
  EXPECT_THAT(row(judged(facts), "run"), Is(Status::fail, "timed-out"));
}

TEST(WandbSweep, TheEndOfItsRunIsRefusedAsMetricsAre) {
  WandbWriteFacts facts = written();
  facts.sweep.run_finish = refused(500, "boom", "", "file_stream");
  EXPECT_THAT(row(judged(facts), "run"), Is(Status::fail, "server-error"));
  facts.runs[0].stream = facts.sweep.run_finish;
  EXPECT_THAT(row(judged(facts), "run"), Is(Status::skip, "not-applicable"));
}

TEST(WandbSweep, DoesNotEnd) {
  WandbWriteFacts facts = written();
  facts.sweep.state = "RUNNING";
  EXPECT_THAT(row(judged(facts), "finish"), Is(Status::fail, "not-finished"));
  facts.sweep.state = "";
  EXPECT_THAT(row(judged(facts), "finish").observed, HasSubstr("no state"));
  facts.sweep.state = "canceled";
  EXPECT_THAT(row(judged(facts), "finish"), Is(Status::pass, ""));
  facts.sweep.stop = refused(403, "permission denied", "PERMISSION_ERROR", "UpsertSweep");
  EXPECT_THAT(row(judged(facts), "finish"), Is(Status::fail, "permission-denied"));
}

TEST(WandbSweep, WhatWasNotAskedIsUnknown) {
  WandbWriteFacts facts = written();
  facts.sweep.agent = facts.sweep.heartbeat = facts.sweep.run_create = facts.sweep.run_finish = facts.sweep.stop =
      ApiAnswer();
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::unknown, "interrupted"));
  EXPECT_THAT(row(judged(facts), "finish"), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.sweep.heartbeat = ApiAnswer();
  EXPECT_THAT(row(judged(facts), "agent"), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.sweep.run_create = ApiAnswer();
  EXPECT_THAT(row(judged(facts), "run"), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.sweep = WandbSweep();
  EXPECT_THAT(one(wandb_sweep_check(), facts), Is(Status::unknown, "interrupted"));
  facts.cause = "stopped";
  facts.text = "Stopped by a signal.";
  facts.blame = "machine";
  EXPECT_THAT(one(wandb_sweep_check(), facts), Is(Status::unknown, "stopped"));
}

TEST(WandbSweep, NamesTheEntityWhenThereAreSeveral) {
  WandbWriteFacts facts = written({"team-a", "team-b"});
  facts.sweep.state = "RUNNING";
  EXPECT_THAT(row(judged(facts), "team-a/finish").observed, HasSubstr("In team-a: "));
}

}  // namespace
}  // namespace wbverify
