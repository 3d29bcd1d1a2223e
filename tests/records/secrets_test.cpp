// A secret in any text of any facts leaves in none of the outputs, whatever the checks make of that text.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "core/secret.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"
#include "walk.hpp"

namespace wbverify::walk {
namespace {

using nlohmann::json;

constexpr std::string_view secret = "zQ8/kV3+lm9Xw2&trLo7g=Bn";
constexpr std::size_t readable = 8;
constexpr std::uint64_t tries = 3;   // of many texts at once, for each of the facts

struct Written {
  std::string what, text;
};

/// As servers and proxies write it.
const std::vector<Written>& encodings() {
  static const std::vector<Written> all = {{"plain", std::string(secret)},
                                           {"percent-encoded", percent_encode(secret)},
                                           {"base64", base64_encode(secret)},
                                           {"hexadecimal", hex_encode(secret)}};
  return all;
}

/// Any part of the secret that could be read: in the output as it is, and without the line ends that a terminal's width gives it.
std::string leak(const std::string& shown) {
  std::string joined;
  joined.reserve(shown.size());
  std::copy_if(shown.begin(), shown.end(), std::back_inserter(joined), [](char c) { return c != '\n' && c != ' '; });
  // Each part of that length holds one of these: they begin at every fourth character.
  constexpr std::size_t step = 4, length = readable - step + 1;
  for (const auto& [what, text] : encodings()) {
    for (std::size_t at = 0; at + length <= text.size(); at += step) {
      const std::string part = text.substr(at, length);
      for (auto found = joined.find(part); found != std::string::npos; found = joined.find(part, found + 1)) {
        std::size_t from = at, to = at + length, before = found;
        while (from > 0 && before > 0 && text[from - 1] == joined[before - 1]) --from, --before;
        while (to < text.size() && text[to] == joined[found + to - at]) ++to;
        if (to - from >= readable) return what + ": …" + joined.substr(before < 120 ? 0 : before - 120, 200) + "…";
      }
    }
  }
  return {};
}

/// Alone, in a sentence, and where a check that cuts would cut it.
std::string sentence(std::size_t kind, const std::string& text) {
  if (kind == 0) return text;
  if (kind == 1) return "the server says " + text + " and more";
  return std::string(kind == 2 ? 100 : kind == 3 ? 145 : 290, 'y') + " " + text;
}

class FactsOf : public testing::TestWithParam<const ProbeSpec*> {};

TEST_P(FactsOf, EveryTextIsReached) {
  const Shape shape = shape_of(*GetParam());
  EXPECT_EQ(shape.unfilled, std::vector<std::string>{});
  const json facts = parse_json(shape.filled);
  const auto all = texts(shape, facts);
  EXPECT_FALSE(all.empty());
  json changed = facts;
  for (const auto& place : all) {
    if (!place.is_name) put(changed, place, place.str());
  }
  EXPECT_EQ(parse_json(GetParam()->decode(dump_json(changed)).encode()), changed);
  for (const auto& place : all) {
    if (!place.is_name) continue;
    json renamed = facts;
    put(renamed, place, "of the walk");
    EXPECT_EQ(parse_json(GetParam()->decode(dump_json(renamed)).encode()), renamed) << place.str();
  }
}

/// That the test would see one.
TEST(Leak, IsSeenInEachEncodingAndAcrossLines) {
  for (const auto& [what, text] : encodings()) {
    EXPECT_NE(leak("says " + text), "") << what;
    EXPECT_NE(leak("says " + text.substr(3, 8)), "") << what;
    EXPECT_EQ(leak("says " + text.substr(3, 7)), "") << what;
    EXPECT_NE(leak("says " + text.substr(0, 5) + "\n      " + text.substr(5)), "") << what;
  }
  const ProbeSpec& probe = *probes().front();
  json facts = parse_json(shape_of(probe).filled);
  put(facts, texts(shape_of(probe), facts).front(), std::string(secret));
  EXPECT_NE(leak(shown(probe, dump_json(facts), scene())), "") << "nobody knows the secret yet";
}

TEST_P(FactsOf, ShowNoSecret) {
  const Secret registered{std::string(secret)};
  const ProbeSpec& probe = *GetParam();
  const Shape shape = shape_of(probe);
  std::size_t inputs = 0, leaks = 0, number = 0;
  const auto see = [&](const json& facts, const std::string& where) {
    ++inputs;
    const std::string found = leak(shown(probe, dump_json(facts), scene()));
    constexpr std::size_t most_told = 20;
    if (!found.empty() && ++leaks <= most_told) ADD_FAILURE() << probe.id << " " << where << " " << found;
  };
  const auto text = [&] {
    ++number;
    return sentence(number % 5, encodings()[number / 5 % encodings().size()].text);
  };
  std::set<std::string> seen;
  for (const json& base : bases(probe, shape)) {
    const auto places = texts(shape, base);
    for (const auto& place : new_kinds(shape, base, places, seen)) {
      json facts = base;
      put(facts, place, text());
      see(facts, place.str());
    }
    for (std::uint64_t some = 0; some < tries; ++some) see(sprinkled(base, places, some, text), "some at once");
    json facts = base;
    for (const auto& place : places) {
      if (!place.is_name) put(facts, place, text());
    }
    see(facts, "all at once");
  }
  RecordProperty("inputs", static_cast<int>(inputs));
}

INSTANTIATE_TEST_SUITE_P(EveryProbe, FactsOf, testing::ValuesIn(probes()), [](const auto& each) {
  std::string name = each.param->id;
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace wbverify::walk
