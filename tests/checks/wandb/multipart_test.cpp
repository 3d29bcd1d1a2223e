// An upload in parts.
#include "healthy.hpp"

namespace wbverify {
namespace {

using namespace wandb_cases;

WandbMultipart in_parts() {
  WandbMultipart upload;
  upload.bytes = 10485761;
  upload.parts = 2;
  upload.create = good("CreateArtifactFiles");
  upload.complete = good("CompleteMultipartUploadArtifact");
  upload.puts = {written().files[0].files[0].put, written().files[0].files[0].put};
  return upload;
}

WandbWriteFacts deep(std::size_t uploads = 1, const std::vector<std::string>& entities = {"ada"}) {
  WandbWriteFacts facts = written(entities);
  facts.place.deep = true;
  facts.multipart.assign(uploads, in_parts());
  return facts;
}

Transfer answered(int status, const std::string& code) {
  Transfer put = written().files[0].files[0].put;
  put.answer.status = status;
  put.code = code;
  return put;
}

TEST(WandbMultipart, Passes) {
  EXPECT_EQ(one(wandb_multipart_check(), deep()).observed, "10485761 bytes in 2 parts");
  EXPECT_THAT(one(wandb_multipart_check(), deep(3)), Is(Status::pass, ""));
}

TEST(WandbMultipart, IsForDeepRuns) {
  const Finding finding = one(wandb_multipart_check(), written());
  EXPECT_THAT(finding, Is(Status::skip, "not-applicable"));
  EXPECT_THAT(finding.observed, HasSubstr("--deep"));
}

TEST(WandbMultipart, NoUrlsForParts) {
  WandbWriteFacts facts = deep();
  facts.multipart.clear();
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::warn, "no-part-urls"));
  facts.artifact.files.unknown = {"File.uploadMultipartUrls"};
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::warn, "old-server"));
  facts.artifact.entries[0].upload.dialect = "gcs";
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::skip, "not-applicable"));
  facts.artifact.files = refused(403, "permission denied", "PERMISSION_ERROR");
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::skip, "not-applicable"));
  facts.artifact.files = ApiAnswer();
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::unknown, "interrupted"));
  facts.artifact.create = refused(403, "permission denied", "PERMISSION_ERROR");
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::skip, "not-applicable"));
}

TEST(WandbMultipart, AnOldServerCannotPutThemTogether) {
  WandbWriteFacts facts = deep();
  facts.multipart[0].complete = ApiAnswer();
  facts.multipart[0].complete.unknown = {"Mutation.completeMultipartUploadArtifact"};
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::warn, "old-server"));
}

TEST(WandbMultipart, APartIsRefused) {
  WandbWriteFacts facts = deep();
  facts.multipart[0].puts[1] = answered(403, "AccessDenied");
  const Finding finding = one(wandb_multipart_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "put-denied"));
  EXPECT_THAT(finding.observed, HasSubstr("part 2"));
  facts.multipart[0].puts[1] = answered(413, "");
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::fail, "body-too-large"));
  // Several of one entity: the first that is not well speaks.
  facts.multipart.insert(facts.multipart.begin(), in_parts());
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::fail, "body-too-large"));
}

TEST(WandbMultipart, ETagIsTakenAway) {
  WandbWriteFacts facts = deep();
  facts.multipart[0].etags = false;
  facts.multipart[0].complete = ApiAnswer();
  const Finding finding = one(wandb_multipart_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "no-etag"));
  EXPECT_THAT(finding.fix, HasSubstr("proxy_hide_header ETag"));
}

TEST(WandbMultipart, CannotBePutTogether) {
  WandbWriteFacts facts = deep();
  facts.multipart[0].complete = refused(500, "AccessDenied: Access Denied");
  const Finding finding = one(wandb_multipart_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "complete-refused"));
  EXPECT_THAT(finding.fix, HasSubstr("s3:ListMultipartUploadParts"));
  facts.multipart[0].complete = refused(500, "boom");
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::fail, "server-error"));
}

TEST(WandbMultipart, WhatWasNotDoneIsUnknown) {
  WandbWriteFacts facts = deep();
  facts.multipart[0].complete = ApiAnswer();
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::unknown, "interrupted"));
  facts.multipart[0].puts.pop_back();
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::unknown, "interrupted"));
  facts.multipart[0].puts[0].tried = false;
  EXPECT_THAT(one(wandb_multipart_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbMultipart, NamesTheEntityWhenThereAreSeveral) {
  WandbWriteFacts facts = deep(1, {"team-a", "team-b"});
  facts.multipart[0].etags = false;
  EXPECT_THAT(one(wandb_multipart_check(), facts).observed, HasSubstr("In team-a: "));
}

}  // namespace
}  // namespace wbverify
