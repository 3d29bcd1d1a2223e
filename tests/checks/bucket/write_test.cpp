// Round trip, refusals, cleaning up.
#include "bucket_cases.hpp"

namespace wbverify {
namespace {

using namespace bucket_cases;
using testing::HasSubstr;
using testing::Not;

TEST(BucketRoundTrip, Passes) {
  const Findings findings = judge(bucket_round_trip_check(), healthy_write());
  ASSERT_EQ(findings.size(), 7U);
  for (const auto& finding : findings) EXPECT_EQ(finding.status, Status::pass) << finding.row << " " << finding.observed;
}

struct PutCase {
  const char* name;
  S3Answer put;
  Status status;
  const char* cause;
  const char* fix;
};
struct Put : testing::TestWithParam<PutCase> {};

TEST_P(Put, IsRefused) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[0].put = GetParam().put;
  const Findings findings = judge(bucket_round_trip_check(), facts);
  const Finding put = row(findings, "put");
  EXPECT_THAT(put, Is(GetParam().status, GetParam().cause));
  EXPECT_THAT(put.fix, HasSubstr(GetParam().fix));
  if (put.status == Status::fail) expect_complete(put);
  for (const char* other : {"get", "head", "range", "names", "large"}) EXPECT_EQ(row(findings, other).status, Status::skip) << other;
}

INSTANTIATE_TEST_SUITE_P(
    Bucket, Put,
    testing::Values(PutCase{"denied", answer(403, "AccessDenied"), Status::fail, "put-denied", "s3:PutObject"}, PutCase{"firewall", page_of(403, "403 Forbidden"), Status::fail, "refused-by-proxy", "DELETE and OPTIONS"},
                    PutCase{"method", answer(405, "MethodNotAllowed"), Status::fail, "refused-by-proxy", "proxy_set_header"}, PutCase{"redirect", answer(307), Status::fail, "refused-by-proxy", ""},
                    PutCase{"too_large", page_of(413, "413 Request Entity Too Large"), Status::fail, "body-too-large", "client_max_body_size 0;"},
                    PutCase{"length", answer(411, "MissingContentLength"), Status::fail, "length-required", "proxy_request_buffering off;"},
                    PutCase{"signature", answer(403, "SignatureDoesNotMatch"), Status::fail, "signed-url-refused", "rewrite"}, PutCase{"argument", answer(400, "InvalidArgument"), Status::fail, "signed-url-refused", "Authorization"},
                    PutCase{"full", answer(507, "XMinioStorageFull"), Status::fail, "store-full", "Make room"}, PutCase{"quota", answer(403, "QuotaExceeded"), Status::fail, "store-full", "quota"},
                    PutCase{"kms", answer(403, "AccessDenied", "not authorized to perform: kms:GenerateDataKey"), Status::fail, "key-management", "kms:GenerateDataKey"},
                    PutCase{"digest", answer(400, "BadDigest"), Status::fail, "checksum-refused", "compress"}, PutCase{"busy", answer(503, "SlowDown"), Status::unknown, "store-busy", ""},
                    PutCase{"error", answer(500, "InternalError"), Status::fail, "store-error", "log"}, PutCase{"gone", answer(404, "NoSuchUpload"), Status::fail, "refused", "log"},
                    PutCase{"odd", answer(400, "InvalidRequest"), Status::fail, "refused", "log"}, PutCase{"silence", silence("timed-out"), Status::unknown, "timed-out", ""},
                    PutCase{"cut", silence("reset", "the connection was reset"), Status::fail, "reset", ""}),
    [](const auto& put) { return std::string(put.param.name); });

TEST(BucketRoundTrip, TheFixKnowsTheStore) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[0].put = answer(403, "AccessDenied");
  facts.last_list.product = "MinIO";
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "put").fix, HasSubstr("mc admin policy attach ALIAS wandb-bucket --user WBKEY"));
  facts.last_list.product = "Ceph RGW";
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "put").fix, HasSubstr("radosgw-admin bucket link"));
  facts.last_list.product = "Amazon S3";
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "put").fix, HasSubstr("aws iam put-user-policy"));
  facts.place.has_token = true;
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "put").fix, HasSubstr("aws iam put-role-policy"));
}

TEST(BucketRoundTrip, AcknowledgedAndNotStored) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[0].get = answer(404, "NoSuchKey");
  const Findings findings = judge(bucket_round_trip_check(), facts);
  EXPECT_THAT(row(findings, "get"), Is(Status::fail, "not-stored"));
  EXPECT_EQ(row(findings, "names").status, Status::skip);
  expect_complete(row(findings, "get"));
}

TEST(BucketRoundTrip, OtherBytesComeBack) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[0].same = false;
  Finding get = row(judge(bucket_round_trip_check(), facts), "get");
  EXPECT_THAT(get, Is(Status::fail, "bytes-differ"));
  EXPECT_THAT(get.observed, HasSubstr("not the same"));
  facts.objects[0].got = 230;
  get = row(judge(bucket_round_trip_check(), facts), "get");
  EXPECT_THAT(get.observed, HasSubstr("197 bytes, and 230 came back."));
  expect_complete(get);
}

TEST(BucketRoundTrip, DownloadsAreDenied) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[0].get = answer(403, "AccessDenied");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "get"), Is(Status::fail, "get-denied"));
}

TEST(BucketRoundTrip, TheEmptyObjectCounts) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[1].put = answer(411, "MissingContentLength");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "put"), Is(Status::fail, "length-required"));
  facts = healthy_write();
  facts.objects[1].get = answer(404, "NoSuchKey");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "get"), Is(Status::fail, "not-stored"));
}

TEST(BucketRoundTrip, Head) {
  BucketWriteFacts facts = healthy_write();
  facts.head_length = -1;
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "head"), Is(Status::warn, "wrong-length"));
  facts.head_length = 20;
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "head"), Is(Status::fail, "wrong-length"));
  facts.head = answer(403);
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "head"), Is(Status::fail, "get-denied"));
}

TEST(BucketRoundTrip, Range) {
  BucketWriteFacts facts = healthy_write();
  facts.range_same = false;
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "range"), Is(Status::fail, "range-differs"));
  facts.range = answer(200);
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "range"), Is(Status::warn, "range-ignored"));
  facts.range = answer(416, "InvalidRange");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "range"), Is(Status::fail, "refused"));
}

TEST(BucketRoundTrip, Delete) {
  BucketWriteFacts facts = healthy_write();
  facts.deleted = answer(403, "AccessDenied");
  facts.left = {"plain.bin", "empty.bin"};
  Finding finding = row(judge(bucket_round_trip_check(), facts), "delete");
  EXPECT_THAT(finding, Is(Status::fail, "delete-denied"));
  EXPECT_THAT(finding.observed, HasSubstr("2 stay: plain.bin, empty.bin."));
  EXPECT_THAT(finding.fix, HasSubstr("wbverify cleanup"));
  facts = healthy_write();
  facts.gone = answer(200);
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "delete"), Is(Status::fail, "still-there"));
  facts = healthy_write();
  facts.deleted = answer(404, "NoSuchKey");
  EXPECT_EQ(row(judge(bucket_round_trip_check(), facts), "delete").status, Status::pass);
  facts.deleted = S3Answer();
  EXPECT_EQ(row(judge(bucket_round_trip_check(), facts), "delete").status, Status::skip);
}

TEST(BucketRoundTrip, Names) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[4].put = answer(403, "SignatureDoesNotMatch");
  Finding finding = row(judge(bucket_round_trip_check(), facts), "names");
  EXPECT_THAT(finding, Is(Status::fail, "name-changed-on-the-way"));
  EXPECT_THAT(finding.observed, HasSubstr("\"a+b.bin\""));
  EXPECT_THAT(finding.observed, Not(HasSubstr("\"a b.bin\"")));
  expect_complete(finding);
  facts = healthy_write();
  facts.objects[3].get = answer(404, "NoSuchKey");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "names"), Is(Status::fail, "name-refused"));
  facts.objects[3].get = silence("closed");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "names"), Is(Status::unknown, "closed"));
}

TEST(BucketRoundTrip, Large) {
  BucketWriteFacts facts = healthy_write();
  facts.objects[2].put = page_of(413, "413 Request Entity Too Large");
  Finding finding = row(judge(bucket_round_trip_check(), facts), "large");
  EXPECT_THAT(finding, Is(Status::fail, "body-too-large"));
  EXPECT_THAT(finding.fix, HasSubstr(":\n  client_max_body_size 0;"));
  expect_complete(finding);
  facts.objects[2].put = silence("reset", "the connection was reset");
  finding = row(judge(bucket_round_trip_check(), facts), "large");
  EXPECT_THAT(finding, Is(Status::fail, "reset"));
  EXPECT_THAT(finding.fix, HasSubstr("client_max_body_size 0;"));
  facts = healthy_write();
  facts.objects[2].same = false;
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "large"), Is(Status::fail, "bytes-differ"));
  facts.objects[2].get = answer(500, "InternalError");
  EXPECT_THAT(row(judge(bucket_round_trip_check(), facts), "large"), Is(Status::fail, "store-error"));
}

TEST(BucketRoundTrip, NothingWasWritten) {
  BucketWriteFacts facts = healthy_write();
  facts.cause = "journal-failed";
  facts.text = "The journal cannot be written.";
  facts.blame = "machine";
  const Finding finding = one(bucket_round_trip_check(), facts);
  EXPECT_THAT(finding, Is(Status::unknown, "journal-failed"));
  EXPECT_EQ(finding.blame, Blame::machine);
  EXPECT_THAT(one(bucket_round_trip_check(), BucketWriteFacts()), Is(Status::unknown, "interrupted"));
}

TEST(BucketRefuses, Passes) {
  const Findings findings = judge(bucket_refuses_check(), healthy_write());
  ASSERT_EQ(findings.size(), 5U);
  for (const auto& finding : findings) EXPECT_EQ(finding.status, Status::pass) << finding.row;
  EXPECT_EQ(row(findings, "other-method").observed, "PUT 403, DELETE 403");
}

TEST(BucketRefuses, EachRowHasItsCause) {
  for (const auto& [name, method, cause] : {std::tuple("expired", "GET", "expiry-not-checked"), {"expired", "PUT", "expiry-not-checked"}, {"other-method", "DELETE", "method-not-checked"},
                                            {"wrong-key", "GET", "key-not-checked"}, {"tampered", "PUT", "signature-not-checked"}}) {
    BucketWriteFacts facts = healthy_write();
    attempt(facts, name, method).answer = answer(200);
    const Finding finding = row(judge(bucket_refuses_check(), facts), name);
    EXPECT_THAT(finding, Is(Status::fail, cause));
    expect_complete(finding);
  }
}

TEST(BucketRefuses, StoredInSpiteOfTheRefusal) {
  BucketWriteFacts facts = healthy_write();
  attempt(facts, "tampered", "PUT").after = answer(200);
  const Finding finding = row(judge(bucket_refuses_check(), facts), "tampered");
  EXPECT_THAT(finding, Is(Status::fail, "signature-not-checked"));
  EXPECT_THAT(finding.observed, HasSubstr("the object is there afterwards"));
}

TEST(BucketRefuses, WhatChecksNothingIsOneFailure) {
  BucketWriteFacts facts = healthy_write();
  for (auto& attempt : facts.attempts) attempt.answer = answer(200);
  const Findings findings = judge(bucket_refuses_check(), facts);
  EXPECT_THAT(row(findings, "tampered"), Is(Status::fail, "signature-not-checked"));
  for (const char* other : {"expired", "other-method", "wrong-key", "anonymous"}) EXPECT_EQ(row(findings, other).status, Status::skip) << other;
}

TEST(BucketRefuses, APublicBucketWarns) {
  BucketWriteFacts facts = healthy_write();
  attempt(facts, "anonymous", "GET").answer = answer(200);
  Finding finding = row(judge(bucket_refuses_check(), facts), "anonymous");
  EXPECT_THAT(finding, Is(Status::warn, "public-read"));
  EXPECT_THAT(finding.fix, HasSubstr("put-bucket-acl --bucket wandb-files --acl private"));
  expect_complete(finding);
  facts.last_list.product = "MinIO";
  EXPECT_EQ(row(judge(bucket_refuses_check(), facts), "anonymous").fix, "mc anonymous set none ALIAS/wandb-files");
  facts.last_list.product = "";
  facts.place = amazon();
  EXPECT_THAT(row(judge(bucket_refuses_check(), facts), "anonymous").fix, HasSubstr("put-public-access-block"));
}

TEST(BucketRefuses, Unclear) {
  BucketWriteFacts facts = healthy_write();
  attempt(facts, "expired", "GET").answer = answer(503, "SlowDown");
  EXPECT_THAT(row(judge(bucket_refuses_check(), facts), "expired"), Is(Status::unknown, "unclear"));
  attempt(facts, "expired", "GET").answer = silence("timed-out");
  EXPECT_THAT(row(judge(bucket_refuses_check(), facts), "expired"), Is(Status::unknown, "timed-out"));
}

TEST(BucketRefuses, ACutInPlaceOfAnAnswerIsARefusalWhenNothingWasStored) {
  BucketWriteFacts facts = healthy_write();
  attempt(facts, "tampered", "PUT").answer = silence("reset");
  EXPECT_EQ(row(judge(bucket_refuses_check(), facts), "tampered").observed, "PUT cut off, GET 403");
  attempt(facts, "tampered", "PUT").after = silence("reset");
  EXPECT_THAT(row(judge(bucket_refuses_check(), facts), "tampered"), Is(Status::unknown, "reset"));
}

TEST(BucketRefuses, NothingWasTried) {
  EXPECT_EQ(one(bucket_refuses_check(), BucketWriteFacts()).status, Status::skip);
  BucketWriteFacts facts = healthy_write();
  facts.attempts.resize(3);
  EXPECT_EQ(row(judge(bucket_refuses_check(), facts), "anonymous").status, Status::skip);
}

TEST(BucketCleanup, Passes) { EXPECT_EQ(one(bucket_cleanup_check(), healthy_write()).observed, "9 objects, all gone"); }

TEST(BucketCleanup, LeftBehind) {
  BucketWriteFacts facts = healthy_write();
  facts.left = {"plain.bin", "a b.bin"};
  Finding finding = one(bucket_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "left-behind"));
  EXPECT_THAT(finding.observed, HasSubstr("2 of 9 objects under wbverify/0123456789abcdef/ are still there after they were deleted: plain.bin, a b.bin."));
  expect_complete(finding);
  facts.cleaned = false;
  facts.last_list = silence("timed-out");
  finding = one(bucket_cleanup_check(), facts);
  EXPECT_THAT(finding.observed, HasSubstr("perhaps there"));
}

TEST(BucketCleanup, Versions) {
  BucketWriteFacts facts = healthy_write();
  facts.versions_left = 18;
  facts.version_refusal = answer(403, "AccessDenied");
  const Finding finding = one(bucket_cleanup_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "versions-left"));
  expect_complete(finding);
}

TEST(BucketCleanup, NothingWritten) { EXPECT_EQ(one(bucket_cleanup_check(), BucketWriteFacts()).status, Status::skip); }

}  // namespace
}  // namespace wbverify
