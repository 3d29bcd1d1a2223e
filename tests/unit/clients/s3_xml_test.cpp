#include "clients/s3_xml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "util/utf8.hpp"

namespace wbverify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view ns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
std::string document(std::string_view root, std::string_view inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><" + std::string(root) + std::string(ns) + ">" + std::string(inside) + "</" + std::string(root) + ">";
}

TEST(S3Xml, ReadsAnError) {
  const auto error = s3_xml::read_error("<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is wrong; expecting &#39;eu-central-1&#39;</Message><Region>eu-central-1</Region>"
                                        "<RequestId>4442587FB7D0A2F9</RequestId><Endpoint>b.s3-eu-central-1.amazonaws.com</Endpoint></Error>");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(error->message, "the region is wrong; expecting 'eu-central-1'");
  EXPECT_EQ(error->region, "eu-central-1");
  EXPECT_EQ(error->request_id, "4442587FB7D0A2F9");
  EXPECT_EQ(error->endpoint, "b.s3-eu-central-1.amazonaws.com");
}

TEST(S3Xml, TakesAPrefixForNothing) {
  const auto error = s3_xml::read_error("<s3:Error xmlns:s3=\"x\"><s3:Code>AccessDenied</s3:Code></s3:Error>");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "AccessDenied");
  EXPECT_EQ(s3_xml::root_of("<s3:Error xmlns:s3=\"x\"/>"), "Error");
}

TEST(S3Xml, ReadsRules) {
  const auto rules = s3_xml::read_cors(document("CORSConfiguration",
                                                "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedOrigin>https://a.example</AllowedOrigin>"
                                                "<AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader></CORSRule><CORSRule/>"));
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_THAT(rules->front().methods, ElementsAre("GET", "PUT"));
  EXPECT_THAT(rules->front().origins, ElementsAre("https://a.example"));
  EXPECT_THAT(rules->front().headers, ElementsAre("*"));
  EXPECT_THAT(rules->front().expose, ElementsAre("ETag"));
  EXPECT_EQ(rules->back(), CorsRule());
}

TEST(S3Xml, AListingIsNoAnswerToAnotherQuestion) {
  const std::string listing = document("ListBucketResult", "<Name>wandb</Name>");
  EXPECT_EQ(s3_xml::read_cors(listing).error().cause, "unexpected-document");
  EXPECT_EQ(s3_xml::read_location(listing).error().cause, "unexpected-document");
  EXPECT_EQ(s3_xml::read_versioning(listing).error().cause, "unexpected-document");
  EXPECT_EQ(s3_xml::read_versions(listing).error().cause, "unexpected-document");
  EXPECT_EQ(s3_xml::read_buckets(listing).error().cause, "unexpected-document");
  EXPECT_FALSE(s3_xml::read_error(listing));
}

TEST(S3Xml, ReadsLocations) {
  EXPECT_EQ(*s3_xml::read_location(document("LocationConstraint", "eu-west-1")), "eu-west-1");
  EXPECT_EQ(*s3_xml::read_location(document("LocationConstraint", "")), "");
  EXPECT_EQ(*s3_xml::read_location("<LocationConstraint><LocationConstraint>EU</LocationConstraint></LocationConstraint>"), "EU");
}

TEST(S3Xml, ReadsVersioning) {
  EXPECT_EQ(*s3_xml::read_versioning(document("VersioningConfiguration", "")), "");
  EXPECT_EQ(*s3_xml::read_versioning(document("VersioningConfiguration", "<Status>Enabled</Status>")), "Enabled");
}

TEST(S3Xml, ReadsListingsAndVersions) {
  const auto listing = s3_xml::read_listing(document("ListBucketResult", "<Name>wandb</Name><IsTruncated>true</IsTruncated><Contents><Key>a b+c%2F\xC3\xB6</Key></Contents><Contents><Key/></Contents>"));
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->name, "wandb");
  EXPECT_TRUE(listing->truncated);
  EXPECT_THAT(listing->keys, ElementsAre("a b+c%2F\xC3\xB6"));
  const auto versions = s3_xml::read_versions(document("ListVersionsResult", "<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>2</NextVersionIdMarker><Version><Key>a</Key><VersionId>1</VersionId><LastModified>2026-11-25T03:43:03.000Z</LastModified></Version><DeleteMarker><Key>a</Key><VersionId>2</VersionId><IsLatest>true</IsLatest></DeleteMarker>"));
  ASSERT_TRUE(versions);
  EXPECT_THAT(versions->versions, ElementsAre(S3Version{"a", "1", false, false, 1795578183}, S3Version{"a", "2", true, true, 0}));
}

TEST(S3Xml, ReadsBuckets) {
  const auto names = s3_xml::read_buckets(document("ListAllMyBucketsResult", "<Owner><ID>x</ID></Owner><Buckets><Bucket><Name>one</Name></Bucket><Bucket><Name>two</Name></Bucket></Buckets>"));
  ASSERT_TRUE(names);
  EXPECT_THAT(*names, ElementsAre("one", "two"));
}

TEST(S3Xml, TheListsAreBounded) {
  std::string rules, keys, buckets;
  for (int i = 0; i < 2000; ++i) {
    rules += "<CORSRule><AllowedOrigin>a</AllowedOrigin></CORSRule>";
    keys += "<Contents><Key>k" + std::to_string(i) + "</Key></Contents>";
    buckets += "<Bucket><Name>b</Name></Bucket>";
  }
  EXPECT_EQ(s3_xml::read_cors(document("CORSConfiguration", rules))->size(), 100U);
  EXPECT_EQ(s3_xml::read_listing(document("ListBucketResult", keys))->keys.size(), 1000U);
  EXPECT_EQ(s3_xml::read_buckets(document("ListAllMyBucketsResult", "<Buckets>" + buckets + "</Buckets>"))->size(), 50U);
  EXPECT_THAT(s3_xml::read_listing(document("ListBucketResult", "<Contents><Key>" + std::string(2000, 'k') + "</Key></Contents>"))->keys, IsEmpty());
}

void expect_no_document(const std::string& text) {
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(s3_xml::root_of(text), "");
  EXPECT_FALSE(s3_xml::read_error(text));
  EXPECT_FALSE(s3_xml::read_cors(text));
  EXPECT_FALSE(s3_xml::read_listing(text));
  EXPECT_FALSE(s3_xml::read_versions(text));
  EXPECT_FALSE(s3_xml::read_location(text));
  EXPECT_FALSE(s3_xml::read_versioning(text));
  EXPECT_FALSE(s3_xml::read_buckets(text));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
}

struct Hostile : testing::TestWithParam<std::pair<const char*, std::string>> {};

TEST_P(Hostile, IsNoDocumentAndTakesNoTime) { expect_no_document(GetParam().second); }

// Not among the others: gtest prints every parameter before any test.
TEST(S3Xml, TenMegabytesAreNoDocumentAndTakeNoTime) { expect_no_document("<Error><Code>" + std::string(10 << 20, 'A') + "</Code></Error>"); }

std::string laughs() {
  std::string text = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">";
  for (int i = 1; i < 10; ++i) text += "<!ENTITY lol" + std::to_string(i) + " \"&lol" + (i == 1 ? "" : std::to_string(i - 1)) + ";&lol" + (i == 1 ? "" : std::to_string(i - 1)) + ";\">";
  return text + "]><Error><Code>&lol9;</Code></Error>";
}

INSTANTIATE_TEST_SUITE_P(S3Xml, Hostile,
                         testing::Values(std::pair("empty", std::string()), std::pair("blank", std::string(" \n ")), std::pair("text", std::string("no such bucket")),
                                         std::pair("open", std::string("<Error><Code>A")), std::pair("bracket", std::string("<")), std::pair("billion_laughs", laughs()),
                                         std::pair("external_entity", std::string("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Error><Code>&x;</Code></Error>")),
                                         std::pair("json", std::string("{\"Code\":\"AccessDenied\"}")),
                                         std::pair("utf16", std::string("\xFF\xFE<\0E\0>\0", 8)), std::pair("zeros", std::string(100, '\0')), std::pair("comment", std::string("<!-- only -->")),
                                         std::pair("unclosed_cdata", std::string("<Error><![CDATA["))),
                         [](const auto& hostile) { return std::string(hostile.param.first); });

TEST(S3Xml, DeepNestingIsHarmless) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "<a>";
  EXPECT_EQ(s3_xml::root_of(text), "");
  for (int i = 0; i < 100000; ++i) text += "</a>";
  EXPECT_EQ(s3_xml::root_of(text), "a");
  std::string deep = "<Error>";
  for (int i = 0; i < 50000; ++i) deep += "<Code>";
  for (int i = 0; i < 50000; ++i) deep += "</Code>";
  const auto error = s3_xml::read_error(deep + "</Error>");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "");
}

TEST(S3Xml, WhatIsShownIsCleanAndBounded) {
  const auto error = s3_xml::read_error("<Error><Code>A\x1b[31mB\xff\xfe</Code><Message>" + std::string(5000, 'm') + "\xe2\x80\xae</Message></Error>");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code.find('\x1b'), std::string::npos);
  EXPECT_EQ(utf8_fault(error->code), std::string::npos);
  EXPECT_LE(error->message.size(), 300U);
  const auto rules = s3_xml::read_cors(document("CORSConfiguration", "<CORSRule><AllowedOrigin>\x07\xc3\x28</AllowedOrigin></CORSRule>"));
  ASSERT_TRUE(rules);
  EXPECT_EQ(utf8_fault(rules->front().origins.front()), std::string::npos);
  EXPECT_EQ(rules->front().origins.front().find('\x07'), std::string::npos);
}

}  // namespace
}  // namespace wbverify
