#include "config/api_key.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "parse.hpp"
#include "util/encoding.hpp"

namespace wbverify {
namespace {

// Keys that nobody has.
const std::string hex = "0f1e2d3c4b5a69788796a5b4c3d2e1f00a1b2c3d";
const std::string other_hex = "d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f0";
const std::string longer = "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";
const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl";

struct Outcome {
  std::string shape, issue, kind, text;
};

Outcome judge(const std::string& key) {
  IssueList issues("WANDB_API_KEY", key);
  Outcome out;
  out.shape = parse_api_key(issues);
  Parsed<std::string> parsed;
  parsed.issues = issues.take();
  out.issue = parsed.first();
  out.kind = parsed.kind();
  out.text = parsed.text();
  return out;
}

TEST(ApiKey, OfEveryShapeIsTaken) {
  ASSERT_EQ(hex.size(), 40U);
  ASSERT_EQ(longer.size(), 86U);
  const std::pair<std::string, std::string> cases[] = {{hex, "legacy-40"},
                                                       {std::string(40, 'Z'), "legacy-40"},
                                                       {"local-" + hex, "local-40"},
                                                       {"a-" + hex, "local-40"},
                                                       {"my_prefix-" + hex, "local-40"},
                                                       {longer, "long"},
                                                       {"local-" + longer, "long"},
                                                       {"ab-" + longer.substr(0, 45) + "-" + longer.substr(48), "long"},
                                                       {token, "jwt"},
                                                       {token.substr(3), "jwt"}};
  for (const auto& [key, shape] : cases) {
    const Outcome out = judge(key);
    EXPECT_EQ(out.shape, shape) << key;
    EXPECT_EQ(out.issue, "") << key;
  }
}

TEST(ApiKey, PastedWrongIsNamedAndNotShown) {
  const std::pair<std::string, std::string> cases[] = {{"\"" + hex + "\"", "quoted@1"},
                                                       {"'" + hex + "'", "quoted@1"},
                                                       {"“" + hex + "”", "quoted@1"},
                                                       {"\"" + hex, "quoted@1"},
                                                       {hex + "'", "quoted@41"},
                                                       {" " + hex, "surrounding-blanks@1"},
                                                       {hex + " ", "surrounding-blanks@41"},
                                                       {hex + "\r", "surrounding-blanks@41"},
                                                       {"\t" + hex, "surrounding-blanks@1"},
                                                       {hex.substr(0, 20) + " " + hex.substr(20), "blank-inside@21"},
                                                       {hex.substr(0, 20) + "\n" + hex.substr(20), "line-end@21"},
                                                       {hex.substr(0, 20) + "\r\n" + hex.substr(20), "line-end@21"},
                                                       {"WANDB_API_KEY=" + hex, "name-pasted@1"},
                                                       {"export WANDB_API_KEY=\"" + hex + "\"", "name-pasted@1"},
                                                       {"api_key: " + hex, "name-pasted@1"},
                                                       {"user:" + hex, "name-pasted@1"},
                                                       {"<" + hex + ">", "in-brackets@1"},
                                                       {"[" + hex + "]", "in-brackets@1"},
                                                       {hex.substr(0, 39), "truncated@0"},
                                                       {"local-" + hex.substr(0, 30), "truncated@0"},
                                                       {"local-", "truncated@0"},
                                                       {"f", "truncated@0"},
                                                       {"0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", "truncated@0"},
                                                       {hex + hex, "pasted-twice@1"},
                                                       {longer + longer, "pasted-twice@1"},
                                                       {"local-" + hex + "local-" + hex, "pasted-twice@1"},
                                                       {hex + other_hex, "two-keys@1"},
                                                       {"local-" + hex + "local-" + other_hex, "two-keys@1"},
                                                       {"local-local-" + hex, "prefix-twice@1"},
                                                       {"https://wandb.example.com/authorize", "web-url@1"},
                                                       {"https://user:" + hex + "@wandb.example.com", "web-url@1"},
                                                       {"wandb.example.com", "foreign-character@6"},
                                                       {"a.b.c", "foreign-character@2"},
                                                       {hex.substr(0, 39) + "+", "foreign-character@40"},
                                                       {hex.substr(0, 39) + "é", "foreign-character@40"},
                                                       {hex.substr(0, 10) + "****" + hex.substr(10), "masked-value@11"},
                                                       {hex.substr(0, 4) + "…" + hex.substr(36), "masked-value@5"},
                                                       {hex.substr(0, 4) + "..." + hex.substr(36), "masked-value@5"},
                                                       {"••••••••", "masked-value@1"},
                                                       {"\u200B" + hex, "invisible-character@1"},
                                                       {hex + "\u00A0", "invisible-character@41"},
                                                       {"\uFEFF" + hex, "invisible-character@1"},
                                                       {"\xff\xfe" + hex, "not-utf8@1"},
                                                       {"eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9", "not-three-parts@0"},
                                                       {"eyJhbGciOiJSUzI1NiJ9..c2lnbmF0dXJl", "not-three-parts@0"},
                                                       {token + ".more", "not-three-parts@0"},
                                                       {std::string(70000, 'a'), "too-long@0"},
                                                       {"", "empty@0"}};
  for (const auto& [key, issue] : cases) {
    const Outcome out = judge(key);
    EXPECT_EQ(out.shape, "") << key.substr(0, 100);
    EXPECT_EQ(out.issue, issue) << key.substr(0, 100);
    EXPECT_EQ(out.kind, "malformed") << key.substr(0, 100);
    for (const std::string& secret :
         {hex.substr(0, 10), hex.substr(20), longer.substr(0, 20), token.substr(0, 16), std::string("wandb.example")}) {
      EXPECT_EQ(out.text.find(secret), std::string::npos) << out.text;
    }
  }
}

TEST(ApiKey, TellsHowLongATruncatedOneIs) {
  EXPECT_NE(judge(hex.substr(0, 39)).text.find("39 characters"), std::string::npos);
  EXPECT_NE(judge("local-" + hex.substr(0, 30)).text.find("30 characters after its prefix"), std::string::npos);
  EXPECT_NE(judge("f").text.find("1 character,"), std::string::npos);
}

TEST(ApiKey, OfAnOddLengthIsUsedWithARemark) {
  for (const std::string& key :
       {hex + "12345678", longer.substr(0, 60), longer + longer.substr(5, 30), "local-" + hex + "xy"}) {
    const Outcome out = judge(key);
    EXPECT_EQ(out.shape, "long") << key;
    EXPECT_EQ(out.kind, "suspicious") << key;
    EXPECT_EQ(out.issue, "odd-length@0") << key;
  }
}

TEST(ApiKey, SecretsAreFoundWhateverStandsAround) {
  for (const std::string& text :
       {hex, "\"" + hex + "\"", "WANDB_API_KEY=" + hex, " " + hex + "\n",
        "machine wandb.example.com login user password " + hex, "https://user:" + hex + "@wandb.example.com",
        hex + " " + other_hex, "<" + hex + ">", "YOUR_API_KEY " + hex}) {
    const auto secrets = secrets_in_key(text);
    EXPECT_NE(std::find(secrets.begin(), secrets.end(), hex), secrets.end()) << text;
  }
  for (const auto& secret : secrets_in_key("WANDB_API_KEY=" + hex)) EXPECT_EQ(secret, hex);
  EXPECT_EQ(secrets_in_key("tr0ub4dor"), std::vector<std::string>{"tr0ub4dor"});
  EXPECT_EQ(secrets_in_key(token), std::vector<std::string>{token});
  for (const char* text : {"", "wandb", "WANDB_API_KEY", "changeme", "true", "YOUR_API_KEY",
                           "https://wandb.example.com/authorize", "wandb.example.com", "password"}) {
    EXPECT_TRUE(secrets_in_key(text).empty()) << text;
  }
}

std::string url64(std::string_view text) {
  std::string out = base64_encode(text);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

TEST(IdentityToken, IsAToken) {
  constexpr std::int64_t now = 1780000000000;
  const std::string head = url64(R"({"alg":"RS256"})");
  const auto check = [&](const std::string& text) {
    IssueList issues("WANDB_IDENTITY_TOKEN_FILE", text);
    const bool taken = check_identity_token(issues, now);
    const auto list = issues.take();
    return std::string(taken ? "taken" : "refused") + (list.empty() ? "" : " " + list.front().cause);
  };
  EXPECT_EQ(check(head + "." + url64(R"({"exp":1780000600})") + ".c2ln"), "taken");
  EXPECT_EQ(check(head + "." + url64(R"({"sub":"x"})") + ".c2ln"), "taken");
  EXPECT_EQ(check(head + "." + url64(R"({"exp":1779990000})") + ".c2ln"), "taken token-expired");
  EXPECT_EQ(check(head + "." + url64(R"({"exp":"soon"})") + ".c2ln"), "taken");
  EXPECT_EQ(check(""), "refused empty");
  EXPECT_EQ(check(R"({"id_token":"x"})"), "refused json-document");
  EXPECT_EQ(check(hex), "refused not-a-token");
  EXPECT_EQ(check("a.b.c"), "refused not-a-token");
  EXPECT_EQ(check(head + "." + url64(std::string(3000, '[')) + ".c2ln"), "refused not-a-token");
  EXPECT_EQ(check("\"" + head + ".e30.c2ln\""), "refused not-a-token");
}

}  // namespace
}  // namespace wbverify
