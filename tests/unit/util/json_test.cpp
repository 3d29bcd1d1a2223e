#include "util/json.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "util/json_members.hpp"

namespace wbverify::test {

enum class Side { left, right };

struct Inner {
  std::string text;
  bool operator==(const Inner&) const = default;
};

struct Outer {
  std::string text = "default";
  bool flag = false;
  int number = -7;
  std::uint64_t large = 0;
  double real = 0;
  Side side = Side::left;
  std::optional<Inner> maybe{};
  std::vector<Inner> list{};
  std::vector<bool> flags{};
  std::map<std::string, std::vector<int>> named{};
  bool operator==(const Outer&) const = default;
};

WBVERIFY_JSON(Inner, text)
WBVERIFY_JSON(Outer, text, flag, number, large, real, side, maybe, list, flags, named)

std::string encode(const Outer& value) {
  return json_members::encode([&](nlohmann::json& json) { to_json(json, value); });
}

Outer decode(std::string_view text) {
  Outer out;
  out.text = "from before";
  json_members::decode(text, [&](const nlohmann::json& json) { from_json(json, out); });
  return out;
}

TEST(JsonMembers, EveryKindComesBackAsItWas) {
  const Outer value{"a \"b\"\n\u00fc",
                    true,
                    std::numeric_limits<int>::min(),
                    std::numeric_limits<std::uint64_t>::max(),
                    0.1,
                    Side::right,
                    Inner{"x"},
                    {{"y"}, {""}},
                    {true, false},
                    {{"", {}}, {"n", {1, -2}}}};
  EXPECT_EQ(decode(encode(value)), value);
  EXPECT_EQ(decode(encode(Outer{})), Outer{});
}

TEST(JsonMembers, TheTextIsPlainJson) {
  EXPECT_EQ(
      encode({.side = Side::right, .named = {{"n", {1}}}}),
      R"({"flag":false,"flags":[],"large":0,"list":[],"maybe":null,"named":{"n":[1]},"number":-7,"real":0.0,"side":1,"text":"default"})");
}

TEST(JsonMembers, AbsentMembersHaveTheirDefaultsAndUnknownOnesAreNoMatter) {
  EXPECT_EQ(decode("{}"), Outer{});
  EXPECT_EQ(decode(R"({"number": 1, "of a later release": [{}]})"), Outer{.number = 1});
}

TEST(JsonMembers, AnotherTypeIsRefused) {
  for (const char* text : {"[]", "3", R"({"text": 1})", R"({"text": null})", R"({"flag": 0})", R"({"number": "1"})",
                           R"({"real": []})", R"({"list": {}})", R"({"list": ["x"]})", R"({"named": []})",
                           R"({"named": {"n": 1}})", R"({"maybe": "x"})", R"({"number": )"}) {
    EXPECT_THROW(decode(text), nlohmann::json::exception) << text;
  }
}

TEST(Json, BytesThatAreNoUtf8AreReplacedInWhatIsShownAndRefusedInFacts) {
  EXPECT_EQ(dump_json(nlohmann::json("a\xff")), "\"a\ufffd\"");
  EXPECT_EQ(dump_json(nlohmann::ordered_json{{"b", 1}, {"a", "\xff"}}, 1), "{\n \"b\": 1,\n \"a\": \"\ufffd\"\n}");
  EXPECT_THROW(encode({.text = "\xff"}), nlohmann::json::exception)
      << "a secret is looked for in what was observed, byte by byte";
  EXPECT_TRUE(try_parse_json("{").is_discarded());
  EXPECT_THROW(parse_json("{"), nlohmann::json::exception);
}

}  // namespace wbverify::test
