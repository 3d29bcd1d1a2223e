#include "config/bucket_url.hpp"

#include <gtest/gtest.h>

#include "parse.hpp"

namespace wbverify {
namespace {

using P = BucketProvider;

Parsed<BucketTarget> bucket(const std::string& text, const BucketSurroundings& surroundings = {}) {
  return parse<BucketTarget>([&](IssueList& issues) { return parse_bucket_url(issues, surroundings); }, text, "BUCKET");
}

struct Form {
  const char* text;
  P provider;
  const char* host;
  int port;
  bool tls, path_style;
  const char *bucket, *prefix, *region, *access_key, *secret;
};

void expect_form(const Form& test) {
  const auto out = bucket(test.text);
  ASSERT_TRUE(out.target) << test.text << "\n" << out.text();
  EXPECT_TRUE(out.issues.empty()) << test.text << " " << out.first();
  const BucketTarget& target = *out.target;
  EXPECT_EQ(target.provider, test.provider) << test.text;
  EXPECT_EQ(target.host, test.host) << test.text;
  EXPECT_EQ(target.port, test.port) << test.text;
  EXPECT_EQ(target.tls, test.tls) << test.text;
  EXPECT_EQ(target.path_style, test.path_style) << test.text;
  EXPECT_EQ(target.bucket, test.bucket) << test.text;
  EXPECT_EQ(target.prefix, test.prefix) << test.text;
  EXPECT_EQ(target.region, test.region) << test.text;
  EXPECT_EQ(target.access_key, test.access_key) << test.text;
  EXPECT_EQ(target.secret_key.expose(), test.secret) << test.text;
  EXPECT_EQ(target.credentials_in_url, std::string_view(test.secret) != "") << test.text;
}

TEST(BucketUrl, IsReadAsEveryProducerWritesIt) {
  const Form cases[] = {
      // the documents: Amazon
      {"s3://wandb-files", P::s3, "s3.us-east-1.amazonaws.com", 443, true, false, "wandb-files", "", "us-east-1", "", ""},
      {"s3://wandb-files/some/prefix/", P::s3, "s3.us-east-1.amazonaws.com", 443, true, false, "wandb-files", "some/prefix", "us-east-1", "", ""},
      {"s3://wandb.files", P::s3, "s3.us-east-1.amazonaws.com", 443, true, true, "wandb.files", "", "us-east-1", "", ""},
      {"s3://wandb-files?region=eu-west-1", P::s3, "s3.eu-west-1.amazonaws.com", 443, true, false, "wandb-files", "", "eu-west-1", "", ""},
      {"s3://wandb-files?region=cn-north-1", P::s3, "s3.cn-north-1.amazonaws.com.cn", 443, true, false, "wandb-files", "", "cn-north-1", "", ""},
      // the documents: an S3-compatible store
      {"s3://AK:the-secret@minio.example.com/wandb-files", P::s3_compatible, "minio.example.com", 80, false, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the-secret@minio.example.com/wandb-files?tls=true", P::s3_compatible, "minio.example.com", 443, true, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the-secret@minio:9000/wandb-files?tls=false", P::s3_compatible, "minio", 9000, false, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the%2Fse%2Bcret@minio:9000/wandb-files/pre/fix?region=r1&tls=true&forcePathStyle=false", P::s3_compatible, "minio", 9000, true, false, "wandb-files", "pre/fix", "r1", "AK", "the/se+cret"},
      {"s3://AK:the-secret@10.0.0.5/wandb-files", P::s3_compatible, "10.0.0.5", 80, false, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the-secret@[2001:db8::5]:9000/wandb-files", P::s3_compatible, "2001:db8::5", 9000, false, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the-secret@localhost/wandb-files", P::s3_compatible, "localhost", 80, false, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://minio:9000/wandb-files", P::s3_compatible, "minio", 9000, false, true, "wandb-files", "", "us-east-1", "", ""},
      {"s3://AK:the-secret@s3.localhost:18443/wandb-files?tls=true", P::s3_compatible, "s3.localhost", 18443, true, true, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      // the chart on Amazon: the bucket's name where a host would be
      {"s3://AK:the-secret@wandb-files", P::s3, "s3.us-east-1.amazonaws.com", 443, true, false, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the-secret@wandb-files/pre", P::s3, "s3.us-east-1.amazonaws.com", 443, true, false, "wandb-files", "pre", "us-east-1", "AK", "the-secret"},
      {"s3://AK:the-secret@wandb.files", P::s3, "s3.us-east-1.amazonaws.com", 443, true, true, "wandb.files", "", "us-east-1", "AK", "the-secret"},
      // teams' own buckets: a regional endpoint
      {"s3://AK:the-secret@s3.eu-west-1.amazonaws.com/wandb-files?region=eu-west-1", P::s3, "s3.eu-west-1.amazonaws.com", 443, true, false, "wandb-files", "", "eu-west-1", "AK", "the-secret"},
      // CoreWeave
      {"cw://AK:the-secret@cwobject.com/wandb-files?tls=true", P::coreweave, "cwobject.com", 443, true, false, "wandb-files", "", "us-east-1", "AK", "the-secret"},
      {"cw://wandb-files", P::coreweave, "cwobject.com", 443, true, false, "wandb-files", "", "us-east-1", "", ""},
      // Google and Azure
      {"gs://wandb_files", P::gcs, "storage.googleapis.com", 443, true, true, "wandb_files", "", "us-east-1", "", ""},
      {"gs://wandb-files/pre/fix", P::gcs, "storage.googleapis.com", 443, true, true, "wandb-files", "pre/fix", "us-east-1", "", ""},
      {"gs://sa%40project.iam:KEY%0Aline@wandb-files", P::gcs, "storage.googleapis.com", 443, true, true, "wandb-files", "", "us-east-1", "sa@project.iam", "KEY\nline"},
      {"az://account/container", P::azure, "account.blob.core.windows.net", 443, true, true, "container", "", "us-east-1", "account", ""},
      {"az://:a2V5a2V5%3D%3D@account/container/pre", P::azure, "account.blob.core.windows.net", 443, true, true, "container", "pre", "us-east-1", "account", "a2V5a2V5=="},
  };
  for (const Form& test : cases) expect_form(test);
  const auto disk = bucket("file:///vol/files");
  ASSERT_TRUE(disk.target);
  EXPECT_EQ(disk.target->provider, P::file);
  EXPECT_EQ(disk.target->bucket, "/vol/files");
}

TEST(BucketUrl, TakesFromTheOtherSettingsWhatItDoesNotSay) {
  BucketSurroundings around;
  around.region = "eu-central-1";
  around.access_key = "AKIA";
  around.secret_key = "env-secret";
  around.session_token = "env-token";
  around.azure_key = "azure-key-of-env";
  around.kms_key = "arn:aws:kms:x";
  const auto plain = bucket("s3://wandb-files", around);
  EXPECT_EQ(plain.target->host, "s3.eu-central-1.amazonaws.com");
  EXPECT_TRUE(plain.target->region_is_set);
  EXPECT_EQ(plain.target->access_key, "AKIA");
  EXPECT_EQ(plain.target->secret_key.expose(), "env-secret");
  EXPECT_EQ(plain.target->session_token.expose(), "env-token");
  EXPECT_EQ(plain.target->kms_key, "arn:aws:kms:x");
  const auto own = bucket("s3://AK:url-secret@minio:9000/wandb-files?region=r2", around);
  EXPECT_EQ(own.target->region, "r2");
  EXPECT_EQ(own.target->secret_key.expose(), "url-secret");
  EXPECT_TRUE(own.target->session_token.empty()) << "a session token belongs to the key it came with";
  EXPECT_EQ(bucket("az://account/container", around).target->secret_key.expose(), "azure-key-of-env");
  EXPECT_FALSE(bucket("s3://wandb-files").target->region_is_set);
}

TEST(BucketUrl, IsTakenWithARemark) {
  for (const Remarked& test : {Remarked{"s3://AK:se+cret@minio:9000/wandb-files", "plus-in-password@11"}, {"s3://Wandb_Files", "unusual-bucket-name@6"}, {"s3://AK:the-secret@minio:9000/ab_c", "unusual-bucket-name@31"},
                               {"s3://wandb-files?forcePathstyle=true", "unknown-parameter@18"}, {"s3://AK:the-secret@minio.example.com:443/wandb-files", "tls-not-asked-for@38"}}) {
    const auto out = bucket(test.text);
    EXPECT_TRUE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_EQ(out.kind(), "suspicious");
  }
}

TEST(BucketUrl, IsRefused) {
  for (const Refused& test :
       {Refused{"wandb-files", "no-scheme@1"}, {"gcs://wandb-files", "unknown-scheme@1"}, {"azure://a/c", "unknown-scheme@1"}, {"minio://x", "unknown-scheme@1"}, {"arn:aws:s3:::wandb-files", "bucket-arn@1"},
        {"https://wandb-files.s3.amazonaws.com", "web-url@1"}, {"s3:/wandb-files", "no-scheme@1"}, {"s3://", "no-bucket@6"}, {"s3:///prefix", "no-bucket@6"}, {"s3://AK:the-secret@minio:9000", "no-bucket@30"},
        {"s3://AK:the-secret@minio:9000/", "no-bucket@30"}, {"s3://AK:the-secret@/wandb-files", "no-bucket@20"}, {"s3://AK@minio:9000/wandb-files", "no-secret-key@6"}, {"s3://AK:@minio:9000/wandb-files", "no-secret-key@6"},
        {"s3://AK:the/secret@minio:9000/wandb-files", "password-not-encoded@12"}, {"s3://AK:the#secret@minio:9000/wandb-files", "password-not-encoded@12"}, {"s3://AK:the secret@minio:9000/b", "password-not-encoded@12"},
        {"s3://AK:the-secret@minio:x/wandb-files", "bad-port@26"}, {"s3://wandb files", "bad-bucket-name@6"}, {"s3://ab", "bad-bucket-name@6"}, {"s3://wandb-files?tls=yes", "bad-value@22"}, {"s3://wandb-files?region=eu%20west", "bad-region@25"},
        {"s3://wandb-files#x", "fragment@17"}, {"s3://wandb-files/%zz", "bad-escape@17"}, {"gs://", "no-bucket@6"}, {"gs://b:80", "no-bucket@6"}, {"az://account", "no-bucket@13"}, {"az://account/", "no-bucket@13"},
        {"az://Account/container", "bad-account@6"}, {"az://account.blob.core.windows.net/container", "bad-account@6"}, {"az://account/Con_tainer", "bad-bucket-name@13"},
        {"cw://AK:the-secret@cwobject.com/wandb_files", "bad-bucket-name@33"}, {"cw://AK:the-secret@cwobject.com/cw-files", "bad-bucket-name@33"}, {"\"s3://wandb-files\"", "quoted@1"}}) {
    const auto out = bucket(test.text);
    EXPECT_FALSE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text << "\n" << out.text();
    EXPECT_EQ(out.kind(), "malformed");
    EXPECT_EQ(out.text().find("the-secret"), std::string::npos);
  }
}

TEST(BucketUrl, SaysHowItWasRead) {
  EXPECT_EQ(reading(*bucket("s3://AK:the-secret@minio:9000/wandb-files/pre").target), "bucket wandb-files, prefix pre, S3-compatible store at minio:9000, path style, no TLS");
  EXPECT_EQ(reading(*bucket("s3://AK:the-secret@minio/wandb-files").target), "bucket minio, prefix wandb-files, Amazon S3 at s3.us-east-1.amazonaws.com:443, bucket in the host name, TLS");
  EXPECT_EQ(reading(*bucket("az://account/container").target), "container container, storage account account");
  EXPECT_EQ(reading(*bucket("gs://wandb-files").target), "bucket wandb-files, Google Cloud Storage at storage.googleapis.com:443");
}

}  // namespace
}  // namespace wbverify
