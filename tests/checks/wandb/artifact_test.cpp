// An artifact's whole way: made, uploaded, committed, read back, used.
#include "healthy.hpp"

namespace wbverify {
namespace {

using namespace wandb_cases;

Findings judged(const WandbWriteFacts& facts) { return judge(wandb_artifact_check(), facts); }

void answer_with(Transfer& transfer, int status, const std::string& code = "", const std::string& message = "") {
  transfer.answer.status = status;
  transfer.code = code;
  transfer.message = message;
  transfer.same = false;
}

/// Nothing of what comes after the commit.
void forget_reading(WandbArtifact& artifact) {
  artifact.use = ApiAnswer();
  artifact.get_manifest = Transfer();
  artifact.manifest_read = artifact.found_by_alias = false;
  for (auto& entry : artifact.entries) {
    entry.get = Transfer();
    entry.listed = entry.in_manifest = false;
  }
}

void expect_skipped(const Findings& findings, std::initializer_list<const char*> rows) {
  for (const char* name : rows) EXPECT_THAT(row(findings, name), Is(Status::skip, "not-applicable")) << name;
}

TEST(WandbArtifact, Passes) {
  const Findings findings = judged(written());
  ASSERT_EQ(findings.size(), 6U);
  for (const auto& finding : findings) EXPECT_THAT(finding, Is(Status::pass, "")) << finding.row;
  EXPECT_EQ(row(findings, "upload").observed, "3 files with 6000 bytes, and the manifest");
  EXPECT_EQ(row(findings, "commit").observed, "digest 41f0fba5630c97da0688ed38232045e5, usable after 60 ms");
  EXPECT_EQ(row(findings, "manifest").observed, "4 entries, 700 bytes");
  EXPECT_THAT(row(findings, "use").observed, HasSubstr("wbverify-0123456789abcdef-use"));
  EXPECT_EQ(row(findings, "files").observed, "3 files with 6000 bytes, the same byte for byte");
}

TEST(WandbArtifact, CannotBeMade) {
  WandbWriteFacts facts = written();
  facts.artifact.create = refused(403, "permission denied", "PERMISSION_ERROR", "CreateArtifact");
  const Findings findings = judged(facts);
  EXPECT_THAT(row(findings, "create"), Is(Status::fail, "permission-denied"));
  EXPECT_THAT(row(findings, "create").reproduce, HasSubstr("wandb artifact put --name ada/wbverify/wbverify-by-hand"));
  expect_skipped(findings, {"upload", "commit", "manifest", "use", "files"});
}

TEST(WandbArtifact, IsNotPendingWhenItIsMade) {
  WandbWriteFacts facts = written();
  for (const char* state : {"COMMITTED", "DELETED"}) {
    facts.artifact.state_created = state;
    EXPECT_THAT(row(judged(facts), "create"), Is(Status::fail, "unexpected-state"));
    EXPECT_THAT(row(judged(facts), "create").observed, HasSubstr(state));
  }
  facts.artifact.state_created = "";
  EXPECT_THAT(row(judged(facts), "create"), Is(Status::pass, ""));
}

TEST(WandbArtifact, HasNoManifest) {
  WandbWriteFacts facts = written();
  facts.artifact.manifest = refused(500, "boom", "", "CreateArtifactManifest");
  EXPECT_THAT(row(judged(facts), "create"), Is(Status::fail, "server-error"));
}

TEST(WandbArtifact, GetsNoUrls) {
  WandbWriteFacts facts = written();
  facts.artifact.files = refused(500, "boom", "", "CreateArtifactFiles");
  EXPECT_THAT(row(judged(facts), "upload"), Is(Status::fail, "server-error"));
  facts = written();
  facts.artifact.manifest_again = page_of(502, "<html><title>502 Bad Gateway</title></html>");
  EXPECT_THAT(row(judged(facts), "upload"), Is(Status::fail, "bad-gateway"));
  facts = written();
  facts.artifact.entries[2].put = Transfer();
  facts.artifact.entries[2].skipped = true;
  const Finding upload = row(judged(facts), "upload");
  EXPECT_THAT(upload, Is(Status::fail, "upload-not-wanted"));
  EXPECT_THAT(upload.observed, HasSubstr("dir/c.bin"));
  expect_skipped(judged(facts), {"commit", "manifest", "use", "files"});
}

struct PutCase {
  const char* name;
  int status;
  const char* code;
  Status verdict;
  const char* cause;
  const char* fix;
};
struct ArtifactPut : testing::TestWithParam<PutCase> {};

TEST_P(ArtifactPut, IsRefused) {
  const PutCase& put = GetParam();
  WandbWriteFacts facts = written();
  answer_with(facts.artifact.entries[1].put, put.status, put.code);
  Finding finding = row(judged(facts), "upload");
  EXPECT_THAT(finding, Is(put.verdict, put.cause));
  EXPECT_THAT(finding.observed, HasSubstr("b.bin"));
  EXPECT_THAT(finding.fix, HasSubstr(put.fix));
  facts = written();
  answer_with(facts.artifact.put_manifest, put.status, put.code);
  finding = row(judged(facts), "upload");
  EXPECT_THAT(finding, Is(put.verdict, put.cause));
  EXPECT_THAT(finding.observed, HasSubstr("the manifest"));
  expect_skipped(judged(facts), {"commit", "manifest", "use", "files"});
}

INSTANTIATE_TEST_SUITE_P(
    Wandb, ArtifactPut,
    testing::Values(PutCase{"signature", 403, "SignatureDoesNotMatch", Status::fail, "content-md5-refused",
                            "proxy_set_header Content-MD5"},
                    PutCase{"digest", 400, "BadDigest", Status::fail, "content-md5-refused", "virus scanner"},
                    PutCase{"denied", 403, "AccessDenied", Status::fail, "put-denied", "s3:PutObject"},
                    PutCase{"full", 507, "XMinioStorageFull", Status::fail, "store-full", ""},
                    PutCase{"busy", 503, "SlowDown", Status::unknown, "store-busy", ""}),
    [](const auto& put) { return std::string(put.param.name); });

TEST(WandbArtifact, TheLargestFileGoesUpInParts) {
  WandbWriteFacts facts = written();
  facts.place.deep = true;
  facts.artifact.entries[0].put = Transfer();
  facts.artifact.entries[0].upload = SignedUrl();
  facts.multipart.emplace_back().complete = good("CompleteMultipartUploadArtifact");
  EXPECT_THAT(row(judged(facts), "upload"), Is(Status::pass, ""));
  facts.multipart[0].complete = ApiAnswer();
  EXPECT_THAT(row(judged(facts), "upload"), Is(Status::skip, "not-applicable"));
  expect_skipped(judged(facts), {"commit", "manifest", "use", "files"});
}

TEST(WandbArtifact, IsNotCommitted) {
  WandbWriteFacts facts = written();
  forget_reading(facts.artifact);
  facts.artifact.commit = refused(409, "artifact file a.bin was not uploaded", "", "CommitArtifact");
  Findings findings = judged(facts);
  EXPECT_THAT(row(findings, "commit"), Is(Status::fail, "commit-refused"));
  EXPECT_THAT(row(findings, "commit").observed, HasSubstr("a.bin was not uploaded"));
  expect_skipped(findings, {"manifest", "use", "files"});
  facts.artifact.commit = refused(500, "boom", "", "CommitArtifact");
  EXPECT_THAT(row(judged(facts), "commit"), Is(Status::fail, "server-error"));
  facts.artifact.commit = page_of(504, "<html><title>504 Gateway Time-out</title></html>");
  EXPECT_THAT(row(judged(facts), "commit"), Is(Status::fail, "gateway-timeout"));
  facts.artifact.commit = good("CommitArtifact");
  facts.artifact.state = "PENDING";
  findings = judged(facts);
  EXPECT_THAT(row(findings, "commit"), Is(Status::fail, "not-committed"));
  expect_skipped(findings, {"manifest", "use", "files"});
}

TEST(WandbArtifact, HasAnotherDigest) {
  WandbWriteFacts facts = written();
  facts.artifact.digest_read = "00000000000000000000000000000000";
  const Finding commit = row(judged(facts), "commit");
  EXPECT_THAT(commit, Is(Status::fail, "digest-differs"));
  EXPECT_THAT(commit.observed,
              AllOf(HasSubstr("41f0fba5630c97da0688ed38232045e5"), HasSubstr("00000000000000000000000000000000")));
}

TEST(WandbArtifact, IsLate) {
  WandbWriteFacts facts = written();
  facts.artifact.commit_ms = 12300;
  EXPECT_THAT(row(judged(facts), "commit"), Is(Status::warn, "late"));
  EXPECT_THAT(row(judged(facts), "commit").observed, HasSubstr("12.3 s"));
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::pass, ""));
}

TEST(WandbArtifact, ItsManifestDoesNotComeBack) {
  WandbWriteFacts facts = written();
  answer_with(facts.artifact.get_manifest, 403, "AccessDenied");
  facts.artifact.manifest_read = false;
  EXPECT_THAT(row(judged(facts), "manifest"), Is(Status::fail, "get-denied"));
  facts = written();
  facts.artifact.manifest_read = false;
  EXPECT_THAT(row(judged(facts), "manifest"), Is(Status::fail, "manifest-unreadable"));
  facts = written();
  facts.artifact.differences = {{"a.bin.digest", "\"AAAA\"", "\"BBBB\"", "changed"},
                                {"b.bin", "{\"size\":2000}", "", "missing"}};
  Finding manifest = row(judged(facts), "manifest");
  EXPECT_THAT(manifest, Is(Status::fail, "manifest-differs"));
  EXPECT_THAT(manifest.observed,
              AllOf(HasSubstr("a.bin.digest: written \"AAAA\", read \"BBBB\"."), HasSubstr("read nothing")));
  EXPECT_THAT(manifest.reproduce, HasSubstr("wandb artifact get"));
  facts = written();
  facts.artifact.entries[0].in_manifest = false;
  EXPECT_THAT(row(judged(facts), "manifest").observed, HasSubstr("a.bin"));
}

TEST(WandbArtifact, CannotBeUsed) {
  WandbWriteFacts facts = written();
  forget_reading(facts.artifact);
  facts.artifact.use = refused(404, "artifact not found", "", "UseArtifact");
  const Findings findings = judged(facts);
  EXPECT_THAT(row(findings, "use"), Is(Status::fail, "not-found"));
  expect_skipped(findings, {"manifest", "files"});
  facts = written();
  facts.artifact.found_by_alias = false;
  EXPECT_THAT(row(judged(facts), "use"), Is(Status::fail, "alias-lost"));
}

TEST(WandbArtifact, AFileIsMissingOrChanged) {
  WandbWriteFacts facts = written();
  facts.artifact.entries[3].listed = false;  // the reference
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::pass, ""));
  facts.artifact.entries[2].listed = false;
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::fail, "not-listed"));
  EXPECT_THAT(row(judged(facts), "files").observed, HasSubstr("dir/c.bin"));
  facts = written();
  answer_with(facts.artifact.entries[1].get, 404, "NoSuchKey");
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::fail, "not-stored"));
  facts = written();
  facts.artifact.entries[1].get.same = false;
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::fail, "bytes-differ"));
  EXPECT_THAT(row(judged(facts), "files").observed, HasSubstr("not the same"));
  facts.artifact.entries[1].get.bytes = 1999;
  EXPECT_THAT(row(judged(facts), "files").observed, HasSubstr("1999 came back."));
}

TEST(WandbArtifact, WhatTheStoreGivesNobodyIsToldOnce) {
  WandbWriteFacts facts = written();
  for (Transfer* get : {&facts.artifact.get_manifest, &facts.artifact.entries[0].get})
    answer_with(*get, 403, "AccessDenied");
  EXPECT_THAT(row(judged(facts), "manifest"), Is(Status::fail, "get-denied"));
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::skip, "not-applicable"));
  answer_with(facts.files[0].files[0].by_direct, 403, "AccessDenied");
  EXPECT_THAT(row(judged(facts), "manifest"), Is(Status::skip, "not-applicable"));
  answer_with(facts.artifact.get_manifest, 404, "NoSuchKey");
  EXPECT_THAT(row(judged(facts), "manifest"), Is(Status::fail, "not-stored"));
  EXPECT_THAT(row(judged(facts), "files"), Is(Status::skip, "not-applicable"));
}

TEST(WandbArtifact, WhatWasNotAskedIsUnknown) {
  const auto without = [](const char* name, auto&& spoil) {
    WandbWriteFacts facts = written();
    spoil(facts.artifact);
    EXPECT_THAT(row(judged(facts), name), Is(Status::unknown, "interrupted"));
  };
  without("create", [](auto& own) { own.create = ApiAnswer(); });
  without("create", [](auto& own) { own.manifest = ApiAnswer(); });
  without("upload", [](auto& own) { own.files = ApiAnswer(); });
  without("upload", [](auto& own) { own.entries[0].put = Transfer(); });
  without("upload", [](auto& own) { own.manifest_again = ApiAnswer(); });
  without("upload", [](auto& own) { own.put_manifest = Transfer(); });
  without("commit", [](auto& own) { own.commit = ApiAnswer(); });
  without("manifest", [](auto& own) { own.get_manifest = Transfer(); });
  without("use", [](auto& own) { own.use = ApiAnswer(); });
  without("files", [](auto& own) { own.entries[0].get = Transfer(); });
  WandbWriteFacts facts = written();
  facts.artifact = WandbArtifact();
  EXPECT_THAT(one(wandb_artifact_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbArtifact, NamesTheEntityWhenThereAreSeveral) {
  WandbWriteFacts facts = written({"team-a", "team-b"});
  facts.artifact.entries[1].get.same = false;
  EXPECT_THAT(row(judged(facts), "team-a/files").observed, HasSubstr("In team-a: "));
}

}  // namespace
}  // namespace wbverify
