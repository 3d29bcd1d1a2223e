#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

WandbWriteFacts without(std::size_t from) {
  WandbWriteFacts facts = written();
  auto& files = facts.files[0].files;
  for (std::size_t i = from; i < files.size(); ++i) {
    files[i].registered = false;
    files[i].registered_ms = -1;
    files[i].listed_size = -1;
  }
  facts.files[0].list.http.answered_at = facts.runs[0].finish.http.answered_at + 10000;
  return facts;
}

Scene with_queue(const std::string& value) {
  Scene at = scene();
  at.settings["BUCKET_QUEUE"] = {"BUCKET_QUEUE", "", "env-file", "/etc/wandb.env", 5, value};
  return at;
}

TEST(WandbRegistered, PassesWithItsDelay) {
  EXPECT_EQ(one(wandb_registered_check(), written()).observed, "2 files after 40 ms");
}

TEST(WandbRegistered, NeverByTheServersOwnQueue) {
  for (const Scene& at : {scene(), with_queue("internal://"), with_queue("noop://")}) {
    const Finding finding = one(wandb_registered_check(), without(0), at);
    EXPECT_THAT(finding, Is(Status::fail, "not-registered"));
    EXPECT_THAT(finding.observed,
                AllOf(HasSubstr("10.0 s later"), HasSubstr("does not list any"), HasSubstr("\"wbverify.bin\"")));
    EXPECT_THAT(finding.fix, AllOf(HasSubstr("Redis"), HasSubstr("kubectl logs"), Not(HasSubstr("BUCKET_QUEUE="))));
    EXPECT_EQ(finding.setting, "HOST");
  }
}

TEST(WandbRegistered, NeverByTheCloudsQueue) {
  const struct {
    const char* value;
    const char* fix;
  } cases[] = {{"sqs://wandb-files-queue", "get-bucket-notification-configuration --bucket wandb-files"},
               {"pubsub:/project/topic/subscription", "notifications list gs://wandb-files"},
               {"az://account/queue", "Event Grid"},
               {"kafka://broker", "kafka, has to run"}};
  for (const auto& c : cases) {
    const Finding finding = one(wandb_registered_check(), without(0), with_queue(c.value));
    EXPECT_THAT(finding, Is(Status::fail, "queue-silent"));
    EXPECT_EQ(finding.setting, "BUCKET_QUEUE");
    EXPECT_THAT(finding.observed, HasSubstr("BUCKET_QUEUE in /etc/wandb.env line 5"));
    EXPECT_THAT(finding.fix,
                AllOf(HasSubstr(c.fix), HasSubstr("In /etc/wandb.env line 5 write: BUCKET_QUEUE=internal://")));
  }
}

TEST(WandbRegistered, OnlySome) {
  const Finding finding = one(wandb_registered_check(), without(1));
  EXPECT_THAT(finding, Is(Status::fail, "some-missing"));
  EXPECT_THAT(finding.observed,
              AllOf(HasSubstr("all 2 files"), HasSubstr("does not list 1 of them"), Not(HasSubstr("wbverify.bin"))));
}

TEST(WandbRegistered, TheServerCouldNotBeToldOfThem) {
  WandbWriteFacts facts = without(0);
  facts.runs[0].stream = facts.runs[0].finish = refused(500, "boom", "", "file_stream");
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::skip, "not-applicable"));
  facts.runs[0].stream = good("file_stream");
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::fail, "not-registered"));
}

TEST(WandbRegistered, Late) {
  WandbWriteFacts facts = written();
  facts.files[0].files[1].registered_ms = 8300;
  const Finding internal = one(wandb_registered_check(), facts);
  EXPECT_THAT(internal, Is(Status::warn, "late"));
  EXPECT_THAT(internal.observed, HasSubstr("8.3 s"));
  EXPECT_THAT(internal.fix, HasSubstr("workers"));
  EXPECT_THAT(one(wandb_registered_check(), facts, with_queue("sqs://q")).fix, HasSubstr("aws sqs"));
}

TEST(WandbRegistered, TheSizeIsAnother) {
  WandbWriteFacts facts = written();
  facts.files[0].files[0].listed_size = 1048607;
  const Finding finding = one(wandb_registered_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "wrong-size"));
  EXPECT_THAT(finding.observed, HasSubstr("with 1048607 bytes, uploaded were 1048577."));
  // The probe waits for the right one until its time is over.
  facts.files[0].files[0].registered = false;
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::fail, "wrong-size"));
  facts.files[0].files[0].listed_size = -1;
  facts.files[0].files[0].registered = true;
  EXPECT_EQ(one(wandb_registered_check(), facts).status, Status::pass) << "not every server tells the size";
}

TEST(WandbRegistered, CannotBeAsked) {
  WandbWriteFacts facts = written();
  facts.files[0].list = refused(500, "boom", "", "RunFiles");
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::fail, "server-error"));
  facts.files[0].list = ApiAnswer();
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::unknown, "interrupted"));
  facts.files[0].list = good();
  facts.files[0].files.clear();
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::unknown, "interrupted"));
  facts = without(0);
  facts.cause = "stopped";
  EXPECT_THAT(one(wandb_registered_check(), facts), Is(Status::unknown, "stopped"));
}

TEST(WandbRegistered, EachEntity) {
  WandbWriteFacts facts = written({"ada", "team-a"});
  facts.files[1].files[0].registered = false;
  const Findings findings = judge(wandb_registered_check(), facts);
  EXPECT_EQ(row(findings, "ada").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a"), Is(Status::fail, "some-missing"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
