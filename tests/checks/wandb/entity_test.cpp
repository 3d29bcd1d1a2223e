#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

Finding with(ApiAnswer create, std::vector<std::string> asked = {}) {
  WandbWriteFacts facts = written();
  facts.place.entities = std::move(asked);
  facts.runs[0].create = std::move(create);
  return one(wandb_entity_check(), facts);
}

TEST(WandbEntity, PassesWithTheEntity) { EXPECT_EQ(one(wandb_entity_check(), written()).observed, "ada, after 4 ms"); }

TEST(WandbEntity, TellsOneRefusalFromAnother) {
  const struct {
    int status;
    const char* message;
    const char* cause;
    const char* fix;
  } cases[] = {{403, "permission denied", "permission-denied", "wbverify --entity TEAM"},
               {403, "permission denied: entity is read only", "read-only-entity", "the role Member"},
               {403, "personal entities are disabled: use a team", "personal-entity-disabled", "default team"},
               {404, "could not find entity ada", "entity-unknown", "https://wandb.example.com/ada"},
               {400, "entity ada not found during upsertBucket", "entity-unknown", "Correct the name"},
               {403, "storage limit exceeded", "quota-exceeded", "system-admin"},
               {403, "license has no seats left", "licence-refused", "LICENSE"},
               {500, "internal database error", "database-error", "mysql.*"},
               {500, "boom", "server-error", "mysql.*"},
               {400, "invalid run name", "refused", "docker logs"}};
  for (const auto& c : cases) {
    const Finding finding = with(refused(c.status, c.message, c.status == 403 ? "PERMISSION_ERROR" : ""));
    EXPECT_THAT(finding, Is(Status::fail, c.cause)) << c.message;
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_THAT(finding.observed, HasSubstr(c.message));
    EXPECT_THAT(finding.reproduce, AllOf(HasSubstr("upsertBucket"), HasSubstr("\"entity\":\"ada\"")));
  }
  EXPECT_THAT(with(refused(403, "permission denied")).why, HasSubstr("ada, the default entity of the key,"));
  EXPECT_THAT(with(refused(403, "permission denied"), {"ada"}).why, HasSubstr("into ada or its project"));
}

TEST(WandbEntity, TellsWhatStandsInFront) {
  EXPECT_THAT(with(page_of(403, "<html>no</html>")), Is(Status::fail, "forbidden"));
  EXPECT_THAT(with(page_of(502, "")), Is(Status::fail, "bad-gateway"));
  EXPECT_THAT(with(silence("timed-out")), Is(Status::fail, "timed-out"));
  EXPECT_THAT(with(refused(429, "too many")), Is(Status::unknown, "rate-limited"));
  EXPECT_THAT(with(ApiAnswer()), Is(Status::unknown, "interrupted"));
  EXPECT_THAT(with(empty("upsertBucket.bucket")), Is(Status::fail, "unexpected-answer"));
}

TEST(WandbEntity, JudgesEachOfSeveral) {
  WandbWriteFacts facts = written({"team-a", "team-b"});
  facts.place.entities = {"team-a", "team-b"};
  facts.runs[1].create = refused(403, "permission denied", "PERMISSION_ERROR");
  const Findings findings = judge(wandb_entity_check(), facts);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(row(findings, "team-a").status, Status::pass);
  const Finding finding = row(findings, "team-b");
  EXPECT_THAT(finding, Is(Status::fail, "permission-denied"));
  EXPECT_EQ(finding.title, "Runs may be created (team-b)");
  EXPECT_THAT(finding.observed, HasSubstr("In team-b: UpsertBucket"));
}

TEST(WandbEntity, TellsWhyNothingWasWritten) {
  WandbWriteFacts facts;
  facts.place = place();
  EXPECT_THAT(one(wandb_entity_check(), facts), Is(Status::unknown, "interrupted"));
  facts.cause = "no-entity";
  EXPECT_THAT(one(wandb_entity_check(), facts), Is(Status::fail, "no-entity"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
