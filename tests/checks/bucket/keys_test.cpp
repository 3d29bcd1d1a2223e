// Keys, bucket, region.
#include "bucket_cases.hpp"

namespace wbverify {
namespace {

using namespace bucket_cases;
using testing::HasSubstr;
using testing::Not;

struct KeysCase {
  const char* name;
  S3Answer list;
  Status status;
  const char* cause;
};
struct Keys : testing::TestWithParam<KeysCase> {};

TEST_P(Keys, AreJudged) {
  for (const char* product : {"MinIO", "Ceph RGW", "Amazon S3", ""}) {
    BucketReadFacts facts = healthy_read();
    facts.list = GetParam().list;
    facts.list.product = product;
    const Finding finding = one(bucket_credentials_check(), facts);
    EXPECT_THAT(finding, Is(GetParam().status, GetParam().cause));
    if (finding.status == Status::fail) expect_complete(finding);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bucket, Keys,
    testing::Values(KeysCase{"listing", answer(200), Status::pass, ""}, KeysCase{"no_bucket", answer(404, "NoSuchBucket"), Status::pass, ""}, KeysCase{"no_key", answer(404, "NoSuchKey"), Status::pass, ""},
                    KeysCase{"unknown", answer(403, "InvalidAccessKeyId"), Status::fail, "unknown-access-key"}, KeysCase{"wrong_secret", answer(403, "SignatureDoesNotMatch"), Status::fail, "signature-mismatch"},
                    KeysCase{"expired", answer(400, "ExpiredToken"), Status::fail, "expired-token"}, KeysCase{"token", answer(403, "InvalidTokenId"), Status::fail, "invalid-token"},
                    KeysCase{"token_2", answer(400, "InvalidToken"), Status::fail, "invalid-token"}, KeysCase{"suspended", answer(403, "UserSuspended"), Status::fail, "account-disabled"},
                    KeysCase{"denied", answer(403, "AccessDenied"), Status::fail, "access-denied"}, KeysCase{"denied_without_words", answer(403), Status::fail, "access-denied"},
                    KeysCase{"firewall", page_of(403, "403 Forbidden"), Status::fail, "refused-by-proxy"}, KeysCase{"method", page_of(405, "Not allowed"), Status::fail, "refused-by-proxy"},
                    KeysCase{"slow_down", answer(503, "SlowDown"), Status::unknown, "store-error"}, KeysCase{"odd", answer(400, "InvalidRequest"), Status::unknown, "refused"},
                    KeysCase{"silence", silence("timed-out"), Status::unknown, "timed-out"}),
    [](const auto& keys) { return std::string(keys.param.name); });

TEST(BucketCredentials, NoKeys) {
  BucketReadFacts facts = healthy_read();
  facts.place.has_keys = false;
  const Finding finding = one(bucket_credentials_check(), facts);
  EXPECT_EQ(finding.status, Status::skip);
  EXPECT_THAT(finding.observed, HasSubstr("AWS_ACCESS_KEY_ID"));
}

TEST(BucketCredentials, AProxyThatChangesTheHost) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(403, "SignatureDoesNotMatch");
  facts.trial.tried = true;
  facts.trial.old_signature = answer(200);
  facts.trial.without_port = answer(403, "SignatureDoesNotMatch");
  Finding finding = one(bucket_credentials_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "host-rewritten"));
  EXPECT_THAT(finding.fix, HasSubstr("proxy_set_header Host $http_host;"));
  expect_complete(finding);
  facts.trial.old_signature = answer(404, "NoSuchBucket");
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "host-rewritten"));
  facts.trial.without_port = answer(200);
  facts.trial.without_port.root = "ListBucketResult";
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "port-lost"));
}

TEST(BucketCredentials, AProxyThatTakesTheAuthorizationAway) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(403, "AccessDenied");
  facts.trial.tried = true;
  facts.trial.presigned = answer(200);
  // Ceph gives strangers a list of buckets too, an empty one: nothing of it says that the bucket is another's.
  for (const bool empty_list : {true, false}) {
    facts.buckets = empty_list ? answer(200) : answer(403, "AccessDenied");
    facts.bucket_names.clear();
    const Finding finding = one(bucket_credentials_check(), facts);
    EXPECT_THAT(finding, Is(Status::fail, "authorization-dropped"));
    EXPECT_THAT(finding.fix, HasSubstr("proxy_set_header Authorization $http_authorization;"));
    EXPECT_THAT(finding.observed, HasSubstr("Signed in the URL, the same listing passes."));
    expect_complete(finding);
  }
  facts.trial.presigned = answer(404, "NoSuchBucket");
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "authorization-dropped"));
  facts.trial.presigned = answer(403, "AccessDenied");
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "access-denied")) << "refused either way: the rights are missing";
  facts.trial.presigned = silence("timed-out");
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "access-denied"));
}

TEST(BucketCredentials, AProxyIsNamedWhereItCannotBeProven) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(403, "SignatureDoesNotMatch");
  facts.list.server = "nginx/1.22.1";
  facts.trial.tried = true;
  facts.trial.old_signature = answer(403, "SignatureDoesNotMatch");
  const Finding finding = one(bucket_credentials_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "signature-mismatch"));
  EXPECT_THAT(finding.fix, HasSubstr("nginx/1.22.1 in front of the store may change the Host header"));
  facts.list.server = "MinIO";
  EXPECT_THAT(one(bucket_credentials_check(), facts).fix, Not(HasSubstr("in front of the store")));
}

TEST(BucketCredentials, ASomebodyElsesBucketIsNotTheKeysFault) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(403, "AccessDenied");
  facts.bucket_names = {"logs"};
  EXPECT_EQ(one(bucket_credentials_check(), facts).status, Status::pass);
  facts.bucket_names.push_back("wandb-files");
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "access-denied"));
  facts.bucket_names.clear();
  facts.buckets = answer(403, "AccessDenied");
  EXPECT_THAT(one(bucket_credentials_check(), facts), Is(Status::fail, "access-denied"));
}

TEST(BucketCredentials, ThePolicyNamesBothResources) {
  BucketReadFacts facts = healthy_read();
  facts.place = amazon();
  facts.list = answer(403, "AccessDenied");
  const Finding finding = one(bucket_credentials_check(), facts);
  EXPECT_THAT(finding.fix, HasSubstr("\"arn:aws:s3:::wandb-files\""));
  EXPECT_THAT(finding.fix, HasSubstr("\"arn:aws:s3:::wandb-files/*\""));
  EXPECT_THAT(finding.reproduce, HasSubstr("AWS_SECRET_ACCESS_KEY=\"$BUCKET_SECRET_KEY\""));
  facts.place.address.region = "cn-north-1";
  EXPECT_THAT(one(bucket_credentials_check(), facts).fix, HasSubstr("arn:aws-cn:s3:::wandb-files"));
}

TEST(BucketExists, Passes) {
  EXPECT_EQ(one(bucket_exists_check(), healthy_read()).status, Status::pass);
  BucketReadFacts facts = healthy_read();
  facts.listed_bucket = "tenant:wandb-files";
  EXPECT_EQ(one(bucket_exists_check(), facts).status, Status::pass);
  facts.listed_bucket = "";
  EXPECT_EQ(one(bucket_exists_check(), facts).status, Status::pass);
}

TEST(BucketExists, NoSuchBucket) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(404, "NoSuchBucket");
  facts.bucket_names = {"wandb-file", "logs"};
  Finding finding = one(bucket_exists_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "no-such-bucket"));
  EXPECT_THAT(finding.fix, HasSubstr("Probably meant: wandb-file."));
  expect_complete(finding);
  facts.list.product = "MinIO";
  EXPECT_THAT(one(bucket_exists_check(), facts).fix, HasSubstr("mc mb --region=us-east-1 ALIAS/wandb-files"));
  facts.place = amazon();
  facts.place.address.region = "eu-west-1";
  facts.list.product = "Amazon S3";
  EXPECT_THAT(one(bucket_exists_check(), facts).fix, HasSubstr("LocationConstraint=eu-west-1"));
}

TEST(BucketExists, SomebodyElses) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(403, "AccessDenied");
  facts.bucket_names = {"logs"};
  const Finding finding = one(bucket_exists_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "owned-by-another"));
  expect_complete(finding);
}

TEST(BucketExists, TheEndpointHoldsTheBucket) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(404, "NoSuchKey");
  Finding finding = one(bucket_exists_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "endpoint-holds-bucket"));
  expect_complete(finding);
  facts = healthy_read();
  facts.listed_bucket = "other";
  EXPECT_THAT(one(bucket_exists_check(), facts), Is(Status::fail, "endpoint-holds-bucket"));
}

TEST(BucketExists, WithoutKeys) {
  BucketReadFacts facts = healthy_read();
  facts.place.has_keys = false;
  EXPECT_EQ(one(bucket_exists_check(), facts).status, Status::skip);
  facts.anonymous = answer(404, "NoSuchBucket");
  EXPECT_THAT(one(bucket_exists_check(), facts), Is(Status::fail, "no-such-bucket"));
  facts.anonymous = answer(200);
  EXPECT_EQ(one(bucket_exists_check(), facts).status, Status::pass);
  facts.place = amazon();
  facts.place.has_keys = false;
  facts.anonymous = answer(403, "AccessDenied");
  EXPECT_EQ(one(bucket_exists_check(), facts).status, Status::pass);
}

TEST(BucketExists, AnotherAnswer) {
  BucketReadFacts facts = healthy_read();
  facts.list = answer(400, "InvalidRequest");
  EXPECT_THAT(one(bucket_exists_check(), facts), Is(Status::unknown, "refused"));
}

TEST(BucketRegion, Passes) {
  BucketReadFacts facts = healthy_read();
  EXPECT_EQ(one(bucket_region_check(), facts).observed, "us-east-1");
  facts.location_value = "default";
  EXPECT_EQ(one(bucket_region_check(), facts).observed, "us-east-1; the store calls itself default and takes this");
  facts.location_value = "";
  facts.place.region_is_set = false;
  EXPECT_EQ(one(bucket_region_check(), facts).observed, "us-east-1 (not set; S3's default)");
}

TEST(BucketRegion, TheStoreAsksForAnother) {
  BucketReadFacts facts = healthy_read();
  facts.refused_region = answer(400, "AuthorizationHeaderMalformed", "the region is wrong; expecting 'eu-west-1'");
  facts.right_region = "eu-west-1";
  Finding finding = one(bucket_region_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "wrong-region"));
  EXPECT_EQ(finding.fix, "In /etc/wandb.env line 4 write: AWS_REGION=eu-west-1");
  expect_complete(finding);
  facts.place.address.region = "us-west-2";   // region= in BUCKET
  finding = one(bucket_region_check(), facts);
  EXPECT_EQ(finding.fix, "In /etc/wandb.env line 3 write: BUCKET=s3://KEY:SECRET@s3.example.com:9000/wandb-files?tls=true&region=eu-west-1");
  EXPECT_EQ(finding.setting, "BUCKET");
}

TEST(BucketRegion, Amazon) {
  BucketReadFacts facts = healthy_read();
  facts.place = amazon();
  facts.location_value = "";
  EXPECT_EQ(one(bucket_region_check(), facts).status, Status::pass);
  facts.location_value = "EU";
  EXPECT_THAT(one(bucket_region_check(), facts), Is(Status::fail, "wrong-region"));
  facts.place.address.region = "eu-west-1";
  EXPECT_EQ(one(bucket_region_check(), facts).status, Status::pass);
}

TEST(BucketRegion, WithoutKeys) {
  BucketReadFacts facts = healthy_read();
  facts.place.has_keys = false;
  EXPECT_EQ(one(bucket_region_check(), facts).status, Status::skip);
  facts.place = amazon();
  facts.place.has_keys = false;
  EXPECT_EQ(one(bucket_region_check(), facts).status, Status::skip);
  facts.anonymous.region = "us-east-1";
  EXPECT_EQ(one(bucket_region_check(), facts).status, Status::pass);
  facts.anonymous.region = "eu-west-1";
  EXPECT_THAT(one(bucket_region_check(), facts), Is(Status::fail, "wrong-region"));
}

}  // namespace
}  // namespace wbverify
