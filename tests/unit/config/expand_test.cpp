#include "config/expand.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

namespace wbverify {
namespace {

std::string expand(const std::string& value, const std::map<std::string, std::string>& known = {{"A", "1"}, {"B", "$(A)2"}, {"LOOP", "$(LOOP)x"}, {"EMPTY", ""}}) {
  return expand_references(value, [&](const std::string& name) -> std::optional<std::string> {
    const auto at = known.find(name);
    return at == known.end() ? std::nullopt : std::optional(at->second);
  });
}

TEST(Expand, FollowsKubernetes) {
  EXPECT_EQ(expand("x$(A)y"), "x1y");
  EXPECT_EQ(expand("$(A)$(A)"), "11");
  EXPECT_EQ(expand("$(B)"), "12");
  EXPECT_EQ(expand("$(EMPTY)"), "");
  EXPECT_EQ(expand("$(UNKNOWN) $(A)"), "$(UNKNOWN) 1");
  EXPECT_EQ(expand("$$(A) $(A)"), "$(A) 1");
  EXPECT_EQ(expand("a$$b $(A)"), "a$b 1");
  EXPECT_EQ(expand("$(A"), "$(A");
  EXPECT_EQ(expand("mysql://$(U):$(P)@$(H)/d", {{"U", "wandb"}, {"P", "p%40"}, {"H", "db:3306"}}), "mysql://wandb:p%40@db:3306/d");
}

TEST(Expand, LeavesValuesAloneThatNoChartWrote) {
  EXPECT_EQ(expand("pa$$word"), "pa$$word");
  EXPECT_EQ(expand("$A ${A} $$"), "$A ${A} $$");
  EXPECT_EQ(expand("$$(A)"), "$$(A)");
  EXPECT_EQ(expand(""), "");
}

TEST(Expand, EndsOnCirclesAndExplosions) {
  EXPECT_EQ(expand("$(LOOP)").substr(0, 7), "$(LOOP)");
  std::map<std::string, std::string> bomb;
  for (char name = 'A'; name < 'J'; ++name) {
    std::string value;
    for (int i = 0; i < 1000; ++i) value += std::string("$(") + static_cast<char>(name + 1) + ")";
    bomb[std::string(1, name)] = value;
  }
  bomb["J"] = "";
  const auto start = std::chrono::steady_clock::now();
  expand("$(A)", bomb);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace wbverify
