#include "util/version.hpp"

#include <gtest/gtest.h>

namespace wbverify {
namespace {

TEST(Versions, AreReadAtTheStartOfAText) {
  const std::pair<const char*, Version> cases[] = {{"0.83.0", {0, 83, 0}},
                                                   {"v0.83", {0, 83, 0}},
                                                   {"0.70.0-rc1", {0, 70, 0}},
                                                   {"8.0.31-google", {8, 0, 31}},
                                                   {"8.4.x", {8, 4, 0}}};
  for (const auto& [text, version] : cases) EXPECT_EQ(parse_version(text), version) << text;
  for (const char* text : {"", "8", "x", "v", "-8.0.1", "latest", "99999999999.0.0"})
    EXPECT_FALSE(parse_version(text)) << text;
}

TEST(Versions, CompareByNumbersAndAreShown) {
  EXPECT_LT(*parse_version("0.9.9"), *parse_version("0.70.0"));
  EXPECT_EQ(show({0, 70, 1}), "0.70.1");
}

}  // namespace
}  // namespace wbverify
