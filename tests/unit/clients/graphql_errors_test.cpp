// The forms in which the API says no.
#include <gtest/gtest.h>

#include "clients/graphql.hpp"

namespace wbverify {
namespace {

std::vector<GraphqlError> errors(const std::string& body) {
  HttpResponse response;
  response.status = 400;
  response.body = body;
  return read_graphql(response).errors;
}

TEST(GraphqlErrors, AnotherServicesJsonIsNoAnswer) {
  const auto is_graphql = [](const std::string& body) {
    HttpResponse response;
    response.status = 200;
    response.body = body;
    return read_graphql(response).graphql;
  };
  EXPECT_TRUE(is_graphql(R"({"data":null})"));
  EXPECT_TRUE(is_graphql(R"({"errors":[{"message":"no"}]})"));
  EXPECT_TRUE(is_graphql(R"({"error":"no"})"));
  EXPECT_FALSE(is_graphql(R"({"status":"ok"})"));
  EXPECT_FALSE(is_graphql("ok"));
}

TEST(GraphqlErrors, AreReadInEveryForm) {
  const struct {
    const char* body;
    const char* message;
  } cases[] = {{R"({"errors":[{"message":"permission denied"}],"data":null})", "permission denied"},
               {R"({"errors":["no"]})", "no"},
               {R"({"errors":[{}]})", "an error without a text"},
               {R"({"error":"internal database error"})", "internal database error"},
               {R"({"error":{"message":"no"}})", "no"},
               {R"({"error":"invalid_grant","error_description":"the token has expired"})",
                "invalid_grant: the token has expired"},
               {R"({"error":"invalid_grant","error_description":7})", "invalid_grant"}};
  for (const auto& c : cases) {
    ASSERT_EQ(errors(c.body).size(), 1U) << c.body;
    EXPECT_EQ(errors(c.body).front().message, c.message);
  }
  EXPECT_TRUE(errors(R"({"error":null,"error_description":"x"})").empty());
  EXPECT_TRUE(errors(R"({"data":{}})").empty());
}

TEST(GraphqlErrors, CarryCodeAndPath) {
  const auto all = errors(
      R"({"errors":[{"message":"no","path":["upsertBucket","tags",0],"extensions":{"code":"PERMISSION_ERROR"}},{"message":"two"}]})");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].code, "PERMISSION_ERROR");
  EXPECT_EQ(all[0].path, "upsertBucket.tags.0");
}

}  // namespace
}  // namespace wbverify
