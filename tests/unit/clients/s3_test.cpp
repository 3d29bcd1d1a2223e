#include "clients/s3.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

S3Address own_store() { return {true, "s3.example.com", 9000, true, "wandb-files", "us-east-1"}; }
S3Address amazon() { return {true, "s3.eu-central-1.amazonaws.com", 443, false, "wandb-files", "eu-central-1"}; }

S3Keys keys() {
  S3Keys keys;
  keys.id = "AKIAIOSFODNN7EXAMPLE";
  keys.secret = Secret("wbTestSecretKey/with+slash00000000000001");
  return keys;
}

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (iequals(key, name)) return value;
  }
  return "(absent)";
}

HttpResponse response(int status, std::string body, ReceivedHeaders headers = {}) {
  HttpResponse out;
  out.status = status;
  out.body = std::move(body);
  out.headers = std::move(headers);
  return out;
}

constexpr std::int64_t now = 1764042183;   // 2025-11-25 03:43:03 UTC

TEST(S3Address, AmazonHasTheBucketInFront) {
  EXPECT_EQ(amazon().connect_host(), "wandb-files.s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(amazon().authority(), "wandb-files.s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(amazon().url("a b"), "https://wandb-files.s3.eu-central-1.amazonaws.com/a%20b");
  EXPECT_EQ(amazon().url(""), "https://wandb-files.s3.eu-central-1.amazonaws.com/");
}

TEST(S3Address, TheRegionOfAnAnswerChoosesAHostOfAmazonOrNone) {
  EXPECT_EQ(in_region(amazon(), "us-west-2").connect_host(), "wandb-files.s3.us-west-2.amazonaws.com");
  S3Address china = amazon();
  china.host = "s3.cn-north-1.amazonaws.com.cn";
  china.region = "cn-north-1";
  EXPECT_EQ(in_region(china, "cn-northwest-1").host, "s3.cn-northwest-1.amazonaws.com.cn");
  EXPECT_EQ(in_region(own_store(), "RegionOne").host, "s3.example.com");
  EXPECT_EQ(in_region(own_store(), "RegionOne").region, "RegionOne");
  for (const std::string& region : std::vector<std::string>{"evil.example/", "evil.example", "a@b", "a:80", "a/b", "a?b", "a#b", "a b", "a\r\nHost: x", "", "..", "[::1]", "%2e", "\xc3\xa4", std::string(65, 'a'),
                                                           std::string("a\0b", 3), "$(id)", "-rf"}) {
    for (const S3Address& address : {amazon(), china, own_store()}) {
      const S3Address same = in_region(address, region);
      EXPECT_EQ(same.origin(), address.origin()) << region;
      EXPECT_EQ(same.region, address.region) << region;
    }
    EXPECT_EQ(read_answer(response(301, "", {{"x-amz-bucket-region", region}})).region, "") << region;
    EXPECT_EQ(read_answer(response(301, "<Error><Code>PermanentRedirect</Code><Region>" + region + "</Region></Error>", {})).region, "") << region;
  }
  EXPECT_EQ(read_answer(response(301, "", {{"x-amz-bucket-region", "eu-west-1"}})).region, "eu-west-1");
}

TEST(S3Client, SignsForTheConfiguredStoreAlone) {
  HttpOptions options;
  options.credentials_for = {"https://s3.example.com:9000"};
  options.pins = {{"127.0.0.1", 1, {"127.0.0.1"}}};
  S3Client client({false, "127.0.0.1", 1, true, "wandb-files", "us-east-1"}, keys(), options);
  for (const auto signing : {S3Call::Signing::header, S3Call::Signing::presigned, S3Call::Signing::version_2, S3Call::Signing::none}) {
    S3Call call;
    call.signing = signing;
    EXPECT_EQ(client.send(call, now, Deadline::after(std::chrono::seconds(2))).answer.cause, "foreign-host");
  }
  EXPECT_EQ(client.round_trips(), 0);
}

TEST(S3Address, PathStyle) {
  EXPECT_EQ(own_store().connect_host(), "s3.example.com");
  EXPECT_EQ(own_store().authority(), "s3.example.com:9000");
  EXPECT_EQ(own_store().url(""), "https://s3.example.com:9000/wandb-files");
  EXPECT_EQ(own_store().url("x/#?&=%+"), "https://s3.example.com:9000/wandb-files/x/%23%3F%26%3D%25%2B");
}

TEST(S3Address, ThePortIsNamedUnlessItIsTheSchemesOwn) {
  S3Address address = own_store();
  address.port = 443;
  EXPECT_EQ(address.authority(), "s3.example.com");
  address.tls = false;
  EXPECT_EQ(address.authority(), "s3.example.com:443");
  address.port = 80;
  EXPECT_EQ(address.origin(), "http://s3.example.com");
  address.host = "2001:db8::1";
  address.port = 9000;
  EXPECT_EQ(address.origin(), "http://[2001:db8::1]:9000");
  EXPECT_EQ(address.connect_host(), "2001:db8::1");
}

TEST(S3Request, SignedByHeader) {
  S3Call call;
  call.query = {{"list-type", "2"}, {"prefix", "a b/"}};
  const HttpRequest request = s3_request(own_store(), keys(), call, now);
  EXPECT_EQ(request.url, "https://s3.example.com:9000/wandb-files?list-type=2&prefix=a%20b%2F");
  EXPECT_EQ(header(request, "x-amz-date"), "20251125T034303Z");
  EXPECT_EQ(header(request, "x-amz-content-sha256"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_THAT(header(request, "authorization"), StartsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20251125/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="));
}

TEST(S3Request, SignedHeadersAndOthers) {
  S3Call call;
  call.headers = {{"Content-MD5", "abc="}};
  call.unsigned_headers = {{"Origin", "https://wandb.example.com"}};
  const HttpRequest request = s3_request(own_store(), keys(), call, now);
  EXPECT_THAT(header(request, "authorization"), HasSubstr("SignedHeaders=content-md5;host;"));
  EXPECT_THAT(header(request, "authorization"), Not(HasSubstr("origin")));
  EXPECT_EQ(header(request, "origin"), "https://wandb.example.com");
}

TEST(S3Request, ASessionTokenIsSentAndSigned) {
  S3Keys session = keys();
  session.token = Secret("a/session+token=");
  EXPECT_EQ(header(s3_request(own_store(), session, S3Call(), now), "x-amz-security-token"), "a/session+token=");
  S3Call call;
  call.signing = S3Call::Signing::presigned;
  EXPECT_THAT(s3_request(own_store(), session, call, now).url, HasSubstr("X-Amz-Security-Token=a%2Fsession%2Btoken%3D"));
}

TEST(S3Request, ThePathOfTheListOfBuckets) {
  S3Call call;
  call.service = true;
  EXPECT_EQ(s3_request(own_store(), keys(), call, now).url, "https://s3.example.com:9000/");
}

TEST(S3Request, WithoutKeysNothingIsSigned) {
  for (const auto signing : {S3Call::Signing::header, S3Call::Signing::presigned, S3Call::Signing::none, S3Call::Signing::version_2}) {
    S3Call call;
    call.key = "x";
    call.signing = signing;
    const HttpRequest request = s3_request(own_store(), S3Keys(), call, now);
    EXPECT_EQ(request.url, "https://s3.example.com:9000/wandb-files/x");
    EXPECT_EQ(header(request, "authorization"), "(absent)");
  }
}

S3Call presigned(const std::string& key) {
  S3Call call;
  call.key = key;
  call.signing = S3Call::Signing::presigned;
  return call;
}

std::string signature_of(const HttpRequest& request) { return request.url.substr(request.url.rfind('=') + 1); }

TEST(S3Request, PresignedCarriesNoAuthorization) {
  const HttpRequest request = s3_request(own_store(), keys(), presigned("x"), now);
  EXPECT_THAT(request.url, StartsWith("https://s3.example.com:9000/wandb-files/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&"));
  EXPECT_THAT(request.url, HasSubstr("&X-Amz-Expires=86400&"));
  EXPECT_EQ(header(request, "authorization"), "(absent)");
}

TEST(S3Request, WrongOnPurpose) {
  const std::string right = signature_of(s3_request(own_store(), keys(), presigned("x"), now));
  S3Call tampered = presigned("x");
  tampered.tampered = true;
  const std::string wrong = signature_of(s3_request(own_store(), keys(), tampered, now));
  EXPECT_NE(wrong, right);
  EXPECT_EQ(wrong.substr(0, 63), right.substr(0, 63));

  S3Call expired = presigned("x");
  expired.age = 3600;
  expired.expires = 60;
  EXPECT_THAT(s3_request(own_store(), keys(), expired, now).url, HasSubstr("X-Amz-Date=20251125T024303Z&X-Amz-Expires=60"));

  S3Call other_method = presigned("x");
  other_method.method = "PUT";
  other_method.signed_method = "GET";
  const HttpRequest request = s3_request(own_store(), keys(), other_method, now);
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(signature_of(request), right);

  S3Call other_key = presigned("y");
  other_key.signed_key = "x";
  EXPECT_THAT(s3_request(own_store(), keys(), other_key, now).url, StartsWith("https://s3.example.com:9000/wandb-files/y?"));
  EXPECT_EQ(signature_of(s3_request(own_store(), keys(), other_key, now)), right);

  S3Call other_host = presigned("x");
  other_host.signed_host = "s3.example.com";
  EXPECT_NE(signature_of(s3_request(own_store(), keys(), other_host, now)), right);
}

// Amazon S3 User Guide, "Signing and authenticating REST requests": the example "Object GET".
TEST(S3Request, Version2) {
  S3Keys example;
  example.id = "AKIAIOSFODNN7EXAMPLE";
  example.secret = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  S3Address address{true, "s3.us-west-1.amazonaws.com", 443, true, "awsexamplebucket1", "us-west-1"};
  S3Call call;
  call.key = "photos/puppy.jpg";
  call.signing = S3Call::Signing::version_2;
  constexpr std::int64_t moment = 1175024202;
  const HttpRequest request = s3_request(address, example, call, moment);
  EXPECT_EQ(header(request, "date"), "Tue, 27 Mar 2007 19:36:42 GMT");
  // The guide writes the zone as +0000, so that its own signature is another; this one was computed with Python's hmac.
  EXPECT_EQ(header(request, "authorization"), "AWS AKIAIOSFODNN7EXAMPLE:7AbQgM8BIjLxGPGytjyjro07bR4=");
}

TEST(S3Answer, OfAnError) {
  const S3Answer answer = read_answer(response(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>", {{"Content-Type", "application/xml"}, {"Server", "nginx"}}));
  EXPECT_EQ(answer.code, "AccessDenied");
  EXPECT_EQ(answer.kind, "xml");
  EXPECT_TRUE(answer.is_s3());
  EXPECT_FALSE(answer.transient);
}

TEST(S3Answer, TellsStoresFromOthers) {
  EXPECT_FALSE(read_answer(response(200, "<!DOCTYPE html><html><head><title> Log in\n to proceed</title>")).is_s3());
  EXPECT_EQ(read_answer(response(200, "<!doctype HTML><TITLE lang=x>Log in</TITLE>")).begin, "Log in");
  EXPECT_FALSE(read_answer(response(200, "{\"status\":\"ok\"}", {{"content-type", "application/json"}})).is_s3());
  EXPECT_FALSE(read_answer(response(200, "ok")).is_s3());
  EXPECT_FALSE(read_answer(response(404, "")).is_s3());
  EXPECT_FALSE(read_answer(response(200, "<feed/>")).is_s3());
  EXPECT_FALSE(read_answer(response(404, "<Error><Code>ResourceNotFound</Code></Error>", {{"x-ms-request-id", "1"}})).is_s3());
  EXPECT_TRUE(read_answer(response(404, "", {{"x-amz-request-id", "tx1"}})).is_s3());
  EXPECT_TRUE(read_answer(response(200, "<ListBucketResult><Name>b</Name></ListBucketResult>")).is_s3());
  EXPECT_FALSE(S3Answer().is_s3());
}

TEST(S3Answer, NamesProducts) {
  const auto product = [](ReceivedHeaders headers) { return read_answer(response(200, "", std::move(headers))).product; };
  EXPECT_EQ(product({{"Server", "MinIO"}}), "MinIO");
  EXPECT_EQ(product({{"Server", "MinIO Console"}}), "MinIO Console");
  EXPECT_EQ(product({{"Server", "nginx"}, {"X-Amz-Id-2", "139e537544ee8317c39aad007510491396eb5e79cc9575ecd0d09eb5edb352a9"}}), "MinIO");
  EXPECT_EQ(product({{"x-minio-error-code", "AccessDenied"}}), "MinIO");
  EXPECT_EQ(product({{"Server", "AmazonS3"}, {"x-amz-id-2", "eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran="}}), "Amazon S3");
  EXPECT_EQ(product({{"Server", "Ceph Object Gateway (tentacle)"}}), "Ceph RGW");
  EXPECT_EQ(product({{"x-amz-request-id", "tx00000f3c9a-0065-1-default"}}), "Ceph RGW");
  EXPECT_EQ(product({{"x-amz-request-id", "txab"}, {"x-openstack-request-id", "txab"}}), "OpenStack Swift");
  EXPECT_EQ(product({{"Server", "StorageGRID/11.7"}}), "NetApp StorageGRID");
  EXPECT_EQ(product({{"Server", "nginx"}}), "");
}

TEST(S3Answer, HoldsNothingUnboundedOrUnclean) {
  const std::string nasty = "\x1b[31m" + std::string(4000, 'x') + "\xff\xe2\x80\xae";
  const S3Answer answer = read_answer(response(500, "plain " + nasty, {{"Server", nasty}, {"Location", nasty}, {"x-amz-request-id", nasty}, {"x-amz-bucket-region", nasty}, {"Date", nasty}}));
  for (const std::string* text : {&answer.server, &answer.location, &answer.request_id, &answer.region, &answer.begin}) {
    EXPECT_LE(text->size(), 200U);
    EXPECT_EQ(text->find('\x1b'), std::string::npos);
    EXPECT_EQ(text->find('\xff'), std::string::npos);
  }
  EXPECT_TRUE(answer.transient);
  EXPECT_EQ(answer.date, 0);
}

TEST(S3Answer, ALocationLosesItsQuery) {
  EXPECT_EQ(read_answer(response(302, "", {{"Location", "https://login.example.com/a?state=secret"}})).location, "https://login.example.com/a");
}

TEST(S3Answer, ATruncatedDocumentIsNone) {
  EXPECT_EQ(read_answer(response(200, "<ListBucketResult><Name>b</Na")).root, "");
  EXPECT_EQ(read_answer(response(200, "<ListBucketResult><Name>b</Na")).kind, "other");
}

TEST(HttpDate, TheOneForm) {
  EXPECT_EQ(read_http_date("Wed, 25 Nov 2026 03:43:03 GMT"), 1795578183);
  EXPECT_EQ(read_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  for (const auto* text : {"", "Wed, 25 Nov 2026 03:43:03 +0000", "Wednesday, 25-Nov-26 03:43:03 GMT", "Wed Nov 25 03:43:03 2026", "Wed, 31 Feb 2026 03:43:03 GMT", "Wed, 25 Nox 2026 03:43:03 GMT",
                           "Wed, aa Nov 2026 03:43:03 GMT", "Wed, 25 Nov 99999 03:43:03 GMT", "Wed, 25 Nov 2026 -3:43:03 GMT", "Wed, 25 Nov 2026 03:43 GMT"}) {
    EXPECT_FALSE(read_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace wbverify
