#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

Finding with_state(const std::string& state, double ms = -1) {
  WandbWriteFacts facts = written();
  facts.runs[0].state = state;
  facts.runs[0].state_ms = ms;
  return one(wandb_state_check(), facts);
}

TEST(WandbState, Finished) {
  EXPECT_EQ(with_state("finished", 40).observed, "finished after 40 ms");
  EXPECT_EQ(with_state("finished").observed, "finished");
  EXPECT_THAT(with_state("finished", 9000), Is(Status::warn, "late"));
}

TEST(WandbState, NotFinished) {
  const Finding running = with_state("running");
  EXPECT_THAT(running, Is(Status::fail, "still-running"));
  EXPECT_THAT(running.observed, HasSubstr("says that it is running"));
  EXPECT_THAT(running.fix, HasSubstr("worker"));
  EXPECT_THAT(with_state("crashed"), Is(Status::fail, "wrong-state"));
  EXPECT_THAT(with_state(""), Is(Status::fail, "no-state"));
}

TEST(WandbState, TheEndIsNotTaken) {
  WandbWriteFacts facts = written();
  facts.runs[0].finish = refused(500, "boom", "", "file_stream");
  const Finding finding = one(wandb_state_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "server-error"));
  EXPECT_THAT(finding.observed, HasSubstr("`complete`"));
  facts.runs[0].stream = facts.runs[0].finish;
  EXPECT_EQ(one(wandb_state_check(), facts).status, Status::skip) << "one cause, one failure: wandb.history tells it";
  facts.runs[0].stream = page_of(413, "<html></html>");
  EXPECT_THAT(one(wandb_state_check(), facts), Is(Status::fail, "server-error"));
}

TEST(WandbState, NotAsked) {
  WandbWriteFacts facts = written();
  facts.runs[0].read = ApiAnswer();
  EXPECT_THAT(one(wandb_state_check(), facts), Is(Status::unknown, "interrupted"));
  facts.runs[0].finish = ApiAnswer();
  EXPECT_THAT(one(wandb_state_check(), facts), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.cause = "stopped";
  facts.runs[0].state = "running";
  EXPECT_THAT(one(wandb_state_check(), facts), Is(Status::unknown, "stopped"));
}

TEST(WandbState, EachEntity) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.runs[1].state = "running";
  const Findings findings = judge(wandb_state_check(), facts);
  EXPECT_EQ(row(findings, "ada").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a"), Is(Status::fail, "still-running"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
