// What stores and browsers are told: answers in, causes and words out.
#include "checks/shared/store.hpp"

#include <gmock/gmock.h>

#include "checks/shared/cors.hpp"

namespace wbverify {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

StoreRefusal refusal(StoreVerb verb, int status, std::string code = "", bool stranger = false) {
  return {verb, status, std::move(code), "", stranger, "", "wandb-files", ""};
}

TEST(StoreCause, IsTheMostTellingOne) {
  using enum StoreVerb;
  EXPECT_EQ(store_cause(refusal(put, 403, "AccessDenied")), "put-denied");
  EXPECT_EQ(store_cause(refusal(get, 401)), "get-denied");
  EXPECT_EQ(store_cause(refusal(remove, 403)), "delete-denied");
  EXPECT_EQ(store_cause(refusal(get, 404, "NoSuchKey")), "not-stored");
  EXPECT_EQ(store_cause(refusal(put, 404, "NoSuchUpload")), "refused");
  EXPECT_EQ(store_cause(refusal(put, 413, "", true)), "body-too-large");
  EXPECT_EQ(store_cause(refusal(put, 403, "", true)), "refused-by-proxy");
  EXPECT_EQ(store_cause(refusal(put, 500, "", true)), "store-error");
  EXPECT_EQ(store_cause(refusal(put, 503, "SlowDown")), "store-busy");
  StoreRefusal kms = refusal(put, 400, "InvalidRequest");
  kms.message = "The KMS key is disabled";
  EXPECT_EQ(store_cause(kms), "key-management");
}

TEST(StoreAdvice, IsThereForEveryCause) {
  StoreRefusal given = refusal(StoreVerb::put, 507);
  given.product = "MinIO";
  given.request_id = "17F";
  for (const char* cause :
       {"body-too-large", "length-required", "refused-by-proxy", "signed-url-refused", "store-full", "key-management",
        "not-stored", "checksum-refused", "store-busy", "store-error", "refused"}) {
    const StoreAdvice advice = advise_on_store(cause, given);
    EXPECT_TRUE(advice.expected.ends_with('.')) << cause;
    EXPECT_TRUE(advice.why.ends_with('.')) << cause;
    EXPECT_NE(advice.fix, "") << cause;
  }
  EXPECT_THAT(advise_on_store("store-full", given).fix, HasSubstr("mc quota info ALIAS/wandb-files"));
  EXPECT_THAT(advise_on_store("store-error", given).fix, HasSubstr("request 17F"));
  EXPECT_EQ(advise_on_store("put-denied", given).fix, "");
  EXPECT_EQ(advise_on_store("put-denied", given).expected, "The keys may put objects: s3:PutObject.");
}

TEST(BucketPolicy, NamesTheBucketAndWhatIsInIt) {
  EXPECT_THAT(bucket_policy("b", "eu-west-1"),
              AllOf(HasSubstr("\"arn:aws:s3:::b\""), HasSubstr("\"arn:aws:s3:::b/*\""), HasSubstr("s3:PutObject")));
  EXPECT_THAT(bucket_policy("b", "cn-north-1"), HasSubstr("arn:aws-cn:s3:::b"));
  EXPECT_THAT(bucket_policy("b", "us-gov-west-1"), HasSubstr("arn:aws-us-gov:s3:::b"));
}

TEST(ProxyLines, TheOneThatMattersComesFirst) {
  EXPECT_THAT(proxy_lines("client_max_body_size"), HasSubstr(":\n  client_max_body_size 0;\n"));
  EXPECT_THAT(proxy_lines("Host"), HasSubstr(":\n  proxy_set_header Host $http_host;\n"));
}

TEST(CorsHeaders, AreReadWhateverTheirCase) {
  const CorsHeaders cors = read_cors_headers({{"access-control-allow-origin", "https://a.example"},
                                              {"Access-Control-Allow-Origin", "*"},
                                              {"Access-Control-Allow-Methods", "GET, PUT ,, HEAD"},
                                              {"Access-Control-Expose-Headers", "ETag"},
                                              {"Access-Control-Allow-Credentials", " true"},
                                              {"Vary", "Origin"}});
  EXPECT_THAT(cors.allow_origin, ElementsAre("https://a.example", "*"));
  EXPECT_THAT(cors.allow_methods, ElementsAre("GET", "PUT", "HEAD"));
  EXPECT_THAT(cors.allow_headers, IsEmpty());
  EXPECT_TRUE(cors.allow_credentials);
  EXPECT_TRUE(exposes_etag(cors));
  EXPECT_FALSE(exposes_etag({}));
}

TEST(PreflightCause, FollowsTheFetchStandard) {
  const char* const page = "https://wandb.example.com";
  CorsExchange exchange{
      "PUT", "content-md5,content-type", 204, "", {{page}, {"PUT"}, {"Content-MD5", "content-type"}, {}, false}};
  EXPECT_EQ(preflight_cause(exchange, page), "");
  exchange.cors.allow_headers = {"*"};
  exchange.cors.allow_methods = {"*"};
  EXPECT_EQ(preflight_cause(exchange, page), "");
  exchange.cors.allow_methods.clear();
  EXPECT_EQ(preflight_cause(exchange, page), "method-not-listed");
  exchange.method = "GET";
  EXPECT_EQ(preflight_cause(exchange, page), "") << "GET need not be listed";
  exchange.cors.allow_headers = {"content-type"};
  EXPECT_EQ(preflight_cause(exchange, page), "headers-not-listed");
  exchange.cors.allow_origin = {"https://a.example, https://b.example"};
  EXPECT_EQ(preflight_cause(exchange, page), "two-origins");
  exchange.cors.allow_origin = {"http://wandb.example.com"};
  EXPECT_EQ(preflight_cause(exchange, page), "other-origin");
  exchange.cors.allow_origin.clear();
  EXPECT_EQ(preflight_cause(exchange, page), "no-cors-headers");
  exchange.status = 403;
  EXPECT_EQ(preflight_cause(exchange, page), "refused");
  exchange.status = 302;
  EXPECT_EQ(preflight_cause(exchange, page), "redirected");
  exchange.status = 0;
  EXPECT_EQ(preflight_cause(exchange, page), "stopped");
  exchange.cause = "timed-out";
  EXPECT_EQ(preflight_cause(exchange, page), "timed-out");
}

TEST(CorsConfiguration, KeepsTheRulesThatAreThere) {
  const std::string own = cors_configuration("https://w.example", {});
  EXPECT_THAT(own,
              StartsWith("{\"CORSRules\":[{\"AllowedHeaders\":[\"*\"],\"AllowedMethods\":[\"GET\",\"PUT\",\"HEAD\"]"));
  EXPECT_THAT(cors_configuration("https://w.example", {{{"https://a.example"}, {"GET"}, {}, {}}}),
              HasSubstr("https://a.example"));
  EXPECT_EQ(cors_configuration("https://w.example", {{{"https://w.example"}, {"GET"}, {}, {}}}), own)
      << "its own is replaced";
}

}  // namespace
}  // namespace wbverify
