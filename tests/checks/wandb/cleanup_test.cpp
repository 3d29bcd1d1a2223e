#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

TEST(WandbCleanup, PassesWhenAllIsGone) {
  EXPECT_EQ(one(wandb_cleanup_check(), written()).observed, "1 artifact, 1 run, 1 sweep, all gone");
  WandbWriteFacts facts = written();
  facts.removals.resize(1);
  EXPECT_EQ(one(wandb_cleanup_check(), facts).observed, "1 run, gone");
  facts.removals.clear();
  EXPECT_THAT(one(wandb_cleanup_check(), facts), Is(Status::skip, "not-applicable"));
}

TEST(WandbCleanup, NamesWhatIsStillThere) {
  WandbWriteFacts facts = written();
  WandbRemoval& run = facts.removals[0];
  run.gone = false;
  run.answer = refused(403, "permission denied", "PERMISSION_ERROR");
  Finding finding = one(wandb_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "left-behind"));
  EXPECT_THAT(finding.observed,
              AllOf(HasSubstr("One thing is still there: run ada/wbverify/wbverify-0123456789abcdef."),
                    HasSubstr("permission denied")));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("administrator of the team"),
                                 HasSubstr("https://wandb.example.com/ada/wbverify/runs/wbverify-0123456789abcdef")));
  run.answer = good();
  EXPECT_THAT(one(wandb_cleanup_check(), facts).observed, HasSubstr("said that it removed it, and still has it."));
  run.answer = refused(500, "boom");
  EXPECT_THAT(one(wandb_cleanup_check(), facts).fix, Not(HasSubstr("administrator")));
  run.answer = ApiAnswer();
  EXPECT_THAT(one(wandb_cleanup_check(), facts).observed, HasSubstr("no time left"));
  facts.removals.insert(facts.removals.end(), 6, WandbRemoval(run));
  EXPECT_THAT(one(wandb_cleanup_check(), facts).observed,
              AllOf(HasSubstr("7 things are still there"), HasSubstr(" and 2 more.")));
}

TEST(WandbCleanup, TellsWhatTheServerCannotDelete) {
  WandbWriteFacts facts = written();
  facts.removals[1].gone = false;
  facts.removals[1].kept = true;
  const Finding finding = one(wandb_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "kept"));
  EXPECT_THAT(finding.fix, HasSubstr("https://wandb.example.com/ada/wbverify/artifacts"));
}

TEST(WandbCleanup, LeavesAProjectThatOthersUse) {
  WandbWriteFacts facts = written();
  WandbRemoval& project = facts.removals.emplace_back();
  project.kind = "project";
  project.name = project.project = "wbverify-0123456789abcdef";
  project.entity = "ada";
  project.kept = true;
  project.reason = "the run train-1 in it is not of this tool's making.";
  Finding finding = one(wandb_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "not-ours"));
  EXPECT_EQ(finding.observed, "The project ada/wbverify-0123456789abcdef stays: the run train-1 in it is not of this tool's making.");
  EXPECT_THAT(finding.fix, HasSubstr("https://wandb.example.com/ada/wbverify-0123456789abcdef"));
  project.kept = false;
  project.answer = good();
  project.reason = "It could not be renamed: the server says: no.";
  finding = one(wandb_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "left-behind"));
  EXPECT_THAT(finding.observed, HasSubstr("It could not be renamed"));
}

TEST(WandbCleanup, SaysWhenNobodyLooked) {
  WandbWriteFacts facts = written();
  facts.looked = false;
  facts.last_look = silence("timed-out");
  Finding finding = one(wandb_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::unknown, "not-looked"));
  EXPECT_EQ(finding.blame, Blame::target);
  facts.last_look = ApiAnswer();
  finding = one(wandb_cleanup_check(), facts);
  EXPECT_EQ(finding.blame, Blame::machine);
  EXPECT_EQ(finding.observed,
            "1 artifact, 1 run, 1 sweep removed, by the server's word; whether they are gone could not be seen.");
}

}  // namespace
}  // namespace wbverify::wandb_cases
