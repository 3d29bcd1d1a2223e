#include "config/license.hpp"

#include <gtest/gtest.h>

#include "core/redactor.hpp"
#include "parse.hpp"
#include "util/encoding.hpp"

namespace wbverify {
namespace {

std::string url64(std::string_view text) {
  std::string out = base64_encode(text);
  while (out.ends_with('=')) out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}
const std::string header = url64(R"({"alg":"RS256","kid":"1"})");
const std::string signature = url64(std::string(256, 'x'));
std::string token(std::string_view claims) { return header + "." + url64(claims) + "." + signature; }

Parsed<License> license(const std::string& text) { return parse<License>(parse_license, text, "LICENSE"); }

TEST(License, IsReadWithoutItsKeys) {
  const auto out = license(token(R"({"exp":1900000000,"trial":true,"deploymentId":"0b1c","accessKey":"5ec4e7aa-acce-55ed","maxUsers":10,"seats":3,"maxTeams":4,"flags":["SCALABLE","mysql",7]})"));
  ASSERT_TRUE(out.target) << out.text();
  EXPECT_TRUE(out.issues.empty());
  EXPECT_EQ(out.target->expires, 1900000000);
  EXPECT_TRUE(out.target->trial);
  EXPECT_EQ(out.target->deployment_id, "0b1c");
  EXPECT_EQ(out.target->seats, 10);
  EXPECT_EQ(out.target->teams, 4);
  EXPECT_EQ(out.target->flags, (std::vector<std::string>{"SCALABLE", "mysql"}));
  EXPECT_EQ(Redactor::process().redact("key 5ec4e7aa-acce-55ed"), "key [redacted]") << "the access key within is a secret";
}

TEST(License, BearsClaimsOfOtherKinds) {
  const auto out = license(token(R"({"exp":"never","trial":"no","deploymentId":5,"flags":"x","maxUsers":null,"accessKey":1})"));
  ASSERT_TRUE(out.target);
  EXPECT_EQ(out.first().substr(0, 9), "no-expiry");
  EXPECT_EQ(license(token(R"({"exp":1e300})")).target->expires, 9000000000000000);
}

TEST(License, IsRefused) {
  const std::string good = token(R"({"exp":1900000000})");
  const std::string claims = url64(R"({"exp":1900000000})");
  const std::pair<std::string, std::string> cases[] = {
      {"not-a-licence", "not-three-parts@0"},
      {"a.b", "not-three-parts@0"},
      {good + ".x", "not-three-parts@0"},
      {" " + good, "surrounding-blanks@1"},
      {good + "\n", "surrounding-blanks@" + std::to_string(good.size() + 1)},
      {good.substr(0, 40) + " " + good.substr(40), "blank-inside@41"},
      {good.substr(0, 40) + "\n" + good.substr(40), "line-end@41"},
      {good.substr(0, 40) + "=" + good.substr(40), "foreign-character@41"},
      {"\"" + good + "\"", "quoted@1"},
      {url64("plain") + "." + claims + "." + signature, "not-a-token@1"},
      {header + "." + url64("[1]") + "." + signature, "not-a-token@" + std::to_string(header.size() + 2)},
      {header + "." + claims.substr(0, 10) + "." + signature, "not-a-token@" + std::to_string(header.size() + 2)},
      {header + "." + claims + ".", "truncated@" + std::to_string(header.size() + claims.size() + 3)},
      {header + "." + claims + ".xxxxx", "truncated@" + std::to_string(header.size() + claims.size() + 3)},
      {url64(std::string(5000, '[')) + "." + claims + "." + signature, "not-a-token@1"}};
  for (const auto& [text, issue] : cases) {
    const auto out = license(text);
    EXPECT_FALSE(out.target) << text;
    EXPECT_EQ(out.first(), issue) << text;
    EXPECT_EQ(out.text().find(claims), std::string::npos) << "the licence is a secret";
  }
}

}  // namespace
}  // namespace wbverify
