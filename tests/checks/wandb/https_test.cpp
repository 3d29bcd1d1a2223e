#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

void make_plain(SignedUrl& url) {
  url.url.replace(0, 5, "http");
  url.scheme = "http";
  url.port = 80;
}

TEST(WandbHttps, PassesWhenAllIsEncrypted) {
  EXPECT_EQ(one(wandb_https_check(), written()).observed, "HOST, upload, download, redirect, direct");
}

TEST(WandbHttps, NamesEachPlainAddress) {
  WandbWriteFacts facts = written();
  make_plain(facts.files[0].files[1].upload);
  Finding finding = one(wandb_https_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "mixed-content"));
  EXPECT_THAT(finding.observed, AllOf(HasSubstr("upload http://s3.example.com/"), Not(HasSubstr("direct"))));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("tls=true"), Not(HasSubstr("X-Forwarded-Proto"))));
  facts = written();
  make_plain(facts.files[0].files[0].route);
  finding = one(wandb_https_check(), facts);
  EXPECT_THAT(finding.observed, HasSubstr("download http://wandb.example.com/files/"));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("X-Forwarded-Proto"), HasSubstr("HOST=https://wandb.example.com"),
                                 Not(HasSubstr("tls=true"))));
  make_plain(facts.files[0].files[0].direct);
  Scene at = scene();
  at.settings["BUCKET"] = {"BUCKET", "", "env-file", "/etc/wandb.env", 3, "s3://s3.example.com/wandb-files"};
  finding = one(wandb_https_check(), facts, at);
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("X-Forwarded-Proto"), HasSubstr("BUCKET in /etc/wandb.env line 3")));
}

TEST(WandbHttps, LeavesPlainHostToItsOwnCheck) {
  WandbWriteFacts facts = written();
  facts.place.scheme = "http";
  facts.place.base = "http://wandb.example.com";
  EXPECT_THAT(one(wandb_https_check(), facts), Is(Status::skip, "not-applicable"));
  facts.files[0].files[0].route.url = "http://wandb.example.com/files/a.txt";
  facts.files[0].files[0].route.scheme = "http";
  EXPECT_THAT(one(wandb_https_check(), facts), Is(Status::skip, "not-applicable")) << "host.https tells that";
  make_plain(facts.files[0].files[0].upload);
  const Finding finding = one(wandb_https_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "plain-http"));
  EXPECT_THAT(finding.observed, AllOf(HasSubstr("given out for: upload http://s3"), Not(HasSubstr("download"))));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("tls=true"), Not(HasSubstr("X-Forwarded-Proto"))));
}

TEST(WandbHttps, IgnoresWhatIsRelativeOrMissing) {
  WandbWriteFacts facts = written();
  facts.files[0].files.resize(1);
  SignedUrl& upload = facts.files[0].files[0].upload;
  upload.relative = true;
  upload.scheme.clear();
  EXPECT_EQ(one(wandb_https_check(), facts).observed, "HOST, download, redirect, direct");
  facts.files[0].files.clear();
  EXPECT_THAT(one(wandb_https_check(), facts), Is(Status::skip, "not-applicable"));
  facts.files.clear();
  EXPECT_THAT(one(wandb_https_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbHttps, JudgesEachOfSeveral) {
  WandbWriteFacts facts = written({"team-a", "team-b"});
  make_plain(facts.files[1].files[0].upload);
  const Findings findings = judge(wandb_https_check(), facts);
  EXPECT_EQ(row(findings, "team-a").status, Status::pass);
  EXPECT_THAT(row(findings, "team-b"), Is(Status::fail, "mixed-content"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
