// Answers of the API and facts, spoiled in the same ways on every machine: nothing crashes, hangs, or shows what it
// should not.
#include "mutation.hpp"

#include <gtest/gtest.h>

#include "answers.hpp"
#include "checks/wandb/healthy.hpp"
#include "target.hpp"
#include "util/json.hpp"

namespace wbverify::fuzz {
namespace {

using nlohmann::json;

struct Recorded {
  const char* probe;
  std::string facts;
};

const std::vector<Recorded>& healthy_facts() {
  static const std::vector<Recorded> facts = {{"wandb", encode_facts(wandb_cases::healthy())},
                                              {"wandb.leftovers", encode_facts(wandb_cases::no_leftovers())},
                                              {"wandb.write", encode_facts(wandb_cases::written({"ada"}))},
                                              {"wandb.write", encode_facts(wandb_cases::written({"ada", "team-a"}))}};
  return facts;
}

TEST(Answers, AreThere) {
  ASSERT_GE(recorded_answers().size(), 20U);
  for (const auto& answer : recorded_answers()) EXPECT_EQ(feed_answer(answer.body), "") << answer.name;
}

TEST(Answers, WithEveryValueOfAWrongType) {
  // Each place takes some of the values, and the next place the others: all values for every place take minutes.
  constexpr std::size_t at_each_place = 2;
  std::size_t next = 0;
  for (const auto& [name, body] : recorded_answers()) {
    const json answer = parse_json(body);
    for (const auto& place : places(answer)) {
      for (std::size_t i = 0; i < at_each_place; ++i, ++next) {
        const std::size_t value = next % hostile_values().size();
        ASSERT_EQ(feed_answer(spell(with(answer, place, hostile_values()[value]))), "")
            << name << " " << place << ", value " << value;
      }
    }
  }
}

TEST(Answers, CutAnywhere) {
  for (const auto& [name, body] : recorded_answers()) {
    for (std::size_t length = 0; length < body.size(); length += 1 + body.size() / 300) {
      ASSERT_EQ(feed_answer(body.substr(0, length)), "") << name << " cut to " << length;
    }
  }
}

TEST(Answers, BrokenAndSpoiled) {
  for (const auto& [name, body] : recorded_answers()) {
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      Random random(seed);
      ASSERT_EQ(feed_answer(broken(body, random)), "") << name << ", seed " << seed;
      ASSERT_EQ(feed_answer(broken(spell(spoiled(parse_json(body), random)), random)), "")
          << name << ", seed " << seed;
    }
  }
}

TEST(Facts, HealthyOnesAreJudged) {
  for (const auto& [probe, text] : healthy_facts()) EXPECT_EQ(feed_facts(probe, text), "") << probe;
}

TEST(Facts, WithOtherValuesOfTheirTypes) {
  for (const auto& [probe, text] : healthy_facts()) {
    const json facts = parse_json(text);
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      Random random(seed);
      ASSERT_EQ(feed_facts(probe, dump_json(other_facts(facts, random))), "") << probe << ", seed " << seed;
    }
  }
}

TEST(Facts, WithValuesOfWrongTypes) {
  for (const auto& [probe, text] : healthy_facts()) {
    const json facts = parse_json(text);
    const auto all = places(facts);
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      Random random(seed);
      const json& value = hostile_values()[random.below(hostile_values().size())];
      ASSERT_EQ(feed_facts(probe, spell(with(facts, all[random.below(all.size())], value))), "")
          << probe << ", seed " << seed;
      ASSERT_EQ(feed_facts(probe, broken(text, random)), "") << probe << ", seed " << seed;
    }
  }
}

TEST(Facts, ThatAreMissing) {
  const char* const sparse[] = {
      "{}",
      "[]",
      "null",
      "",
      R"({"place":{}})",
      R"({"runs":[{}],"files":[{}],"artifact":{"tried":true},"sweep":{"tried":true},"bodies":[{}]})",
      R"({"artifact":{"tried":true,"entries":[{}]},"multipart":[{}],"place":{"deep":true},"removals":[{}]})",
      R"({"runs":[{},{}],"files":[]})",
      R"({"viewer_known":true,"browser":[{}],"features":[{}],"features_known":true})",
      R"({"found":[{}],"count":-1})"};
  for (const char* probe : {"wandb", "wandb.leftovers", "wandb.write"}) {
    for (const char* text : sparse) EXPECT_EQ(feed_facts(probe, text), "") << probe << " " << text;
  }
}

}  // namespace
}  // namespace wbverify::fuzz
