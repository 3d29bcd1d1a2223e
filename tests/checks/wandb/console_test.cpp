#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

TEST(WandbConsole, Passes) { EXPECT_EQ(one(wandb_console_check(), written()).observed, "the same after 40 ms"); }

TEST(WandbConsole, OldServersAreSkipped) {
  WandbWriteFacts facts = written();
  facts.runs[0].console_known = false;
  facts.runs[0].console_ms = -1;
  EXPECT_THAT(one(wandb_console_check(), facts), Is(Status::skip, "old-server"));
}

TEST(WandbConsole, LinesAreLostOrOtherwise) {
  WandbWriteFacts facts = written();
  facts.runs[0].console_ms = -1;
  facts.runs[0].console = {{"line 1", "\"wbverify writes\"", "", "missing"}};
  const Finding lost = one(wandb_console_check(), facts);
  EXPECT_THAT(lost, Is(Status::fail, "lost"));
  EXPECT_THAT(lost.fix, HasSubstr("queue"));
  facts.runs[0].console = {{"line 2", "\"naïve\"", "\"na?ve\"", "non-ascii"}};
  EXPECT_THAT(one(wandb_console_check(), facts), Is(Status::fail, "characters-lost"));
  facts = written();
  facts.runs[0].console_ms = 7000;
  EXPECT_THAT(one(wandb_console_check(), facts), Is(Status::warn, "late"));
}

TEST(WandbConsole, WhatWasNotTakenIsToldElsewhere) {
  WandbWriteFacts facts = written();
  facts.runs[0].stream = refused(500, "boom", "", "file_stream");
  facts.runs[0].console_ms = -1;
  EXPECT_EQ(one(wandb_console_check(), facts).status, Status::skip);
}

TEST(WandbConsole, NotAsked) {
  WandbWriteFacts facts = written();
  facts.runs[0].read = ApiAnswer();
  EXPECT_THAT(one(wandb_console_check(), facts), Is(Status::unknown, "interrupted"));
  facts = written();
  facts.cause = "stopped";
  facts.runs[0].console_ms = -1;
  EXPECT_THAT(one(wandb_console_check(), facts), Is(Status::unknown, "stopped"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
