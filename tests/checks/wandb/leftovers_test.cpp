#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

WandbLeftover left(const std::string& kind, const std::string& by, const std::string& created = "",
                   const std::string& project = "verify") {
  return {"ada", project, kind, "name", by, created};
}

TEST(WandbLeftovers, PassesWhenThereIsNothing) {
  EXPECT_EQ(one(wandb_leftovers_check(), no_leftovers()).observed, "none in ada");
}

TEST(WandbLeftovers, CountsWhatIsThere) {
  WandbLeftoverFacts facts = no_leftovers();
  facts.found = {left("run", "wandb verify", "2026-03-01T10:00:00Z"),
                 left("run", "wandb verify", "2025-12-01T10:00:00Z"), left("artifact", "wandb verify"),
                 left("run", "wbverify", "", "wbverify")};
  facts.count = 4;
  Finding finding = one(wandb_leftovers_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "left-over"));
  EXPECT_EQ(finding.observed,
            "1 artifact and 2 runs of wandb verify, 1 run of wbverify are left in ada/verify, ada/wbverify, the oldest "
            "of 2025-12-01.");
  EXPECT_THAT(finding.fix, HasSubstr("wbverify cleanup --wandb-verify"));
  facts.count = 300;
  EXPECT_THAT(one(wandb_leftovers_check(), facts).observed, HasSubstr(", and 296 more."));
  facts.found.clear();
  EXPECT_EQ(one(wandb_leftovers_check(), facts).observed, "300 things are left in ada.");
  facts.found = {left("run", "wandb verify")};
  facts.count = 1;
  EXPECT_EQ(one(wandb_leftovers_check(), facts).observed, "1 run of wandb verify is left in ada/verify.");
}

TEST(WandbLeftovers, HoldsAQuestionThatFailedAgainstNobody) {
  WandbLeftoverFacts facts = no_leftovers();
  facts.answer = refused(403, "permission denied", "PERMISSION_ERROR");
  EXPECT_THAT(one(wandb_leftovers_check(), facts), Is(Status::unknown, "permission-denied"));
  EXPECT_THAT(one(wandb_leftovers_check(), facts).fix, HasSubstr("https://wandb.example.com/settings"));
  facts.answer = silence("timed-out");
  EXPECT_THAT(one(wandb_leftovers_check(), facts), Is(Status::unknown, "timed-out"));
  facts.answer = refused(400, "Cannot query field \"sweeps\" on type \"Project\".");
  EXPECT_THAT(one(wandb_leftovers_check(), facts), Is(Status::skip, "old-server"));
  facts.answer = ApiAnswer();
  EXPECT_THAT(one(wandb_leftovers_check(), facts), Is(Status::unknown, "interrupted"));
  facts.entities.clear();
  EXPECT_THAT(one(wandb_leftovers_check(), facts), Is(Status::skip, "not-applicable"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
