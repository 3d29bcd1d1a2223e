#include "engine/plan.hpp"

#include <gmock/gmock.h>

#include "toy_suite.hpp"

namespace wbverify::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Plugin> suite() {
  ProbeSpec writer = toy_probe("writer", says("ok"), {"a.x"});
  writer.writes = true;
  CheckSpec tagged = toy_check("b.w", "writer");
  tagged.tags = {"browser"};
  return {{"a", "A", {toy_probe("p", says("ok"))}, {toy_check("a.x", "p"), toy_check("a.y", "p", {"a.x"})}, {}, {}},
          {"b", "B", {toy_probe("q", says("ok")), writer}, {toy_check("b.q", "q"), tagged}, {}, {}}};
}

std::vector<std::string> ids(const Selection& selection) { return run_suite(suite(), {}, selection).order; }

TEST(Plan, SelectsByIdGlobServiceAndTag) {
  EXPECT_THAT(ids({}), ElementsAre("a.x", "a.y", "b.q", "b.w"));
  EXPECT_THAT(ids({{"a.y"}, {}, false}), ElementsAre("a.y"));
  EXPECT_THAT(ids({{"b.*"}, {}, false}), ElementsAre("b.q", "b.w"));
  EXPECT_THAT(ids({{"a"}, {}, false}), ElementsAre("a.x", "a.y"));
  EXPECT_THAT(ids({{"browser"}, {}, false}), ElementsAre("b.w"));
}

TEST(Plan, WhatIsLeftOutIsTold) {
  const Ran ran = run_suite(suite(), {}, {{}, {"b.w", "a"}, false});
  EXPECT_EQ(ran.status("b.w"), Status::skip);
  EXPECT_EQ(ran.result("b.w").finding.cause, "left-out");
  EXPECT_EQ(ran.status("a.y"), Status::skip);
  EXPECT_EQ(ran.status("b.q"), Status::pass);
  for (const auto& probe : ran.outcome.report.probes) {
    if (probe.id == "writer" || probe.id == "p") {
      EXPECT_EQ(probe.outcome, "skipped") << probe.id;
    }
  }
}

TEST(Plan, ReadOnlyLeavesOutWhoWrites) {
  const Ran ran = run_suite(suite(), {}, {{}, {}, true});
  EXPECT_EQ(ran.status("b.w"), Status::skip);
  EXPECT_THAT(ran.result("b.w").finding.observed, HasSubstr("--read-only"));
}

TEST(Plan, AFailureOfWhatASelectedCheckNeedsIsShown) {
  auto catalog = suite();
  catalog[0].probes = {toy_probe("p", says("refused"))};
  const Ran ran = run_suite(catalog, {}, {{"b.w"}, {}, false});
  EXPECT_THAT(ran.order, ElementsAre("a.x", "b.w"));
  EXPECT_EQ(ran.status("b.w"), Status::blocked);
}

TEST(Plan, ACatalogueThatNeedsWhatItLacksIsRefused) {
  const auto plan_of = [](const std::string& need, const std::string& probe) {
    const std::vector<Plugin> catalog = {{"a", "A", {toy_probe("p", says("ok"))}, {toy_check("a.x", probe, {need})}, {}, {}}};
    return make_plan(catalog, Settings(), {});
  };
  EXPECT_THROW(plan_of("a.y", "p"), std::logic_error);
  EXPECT_THROW(plan_of("b.x/row", "p"), std::logic_error);
  EXPECT_THROW(plan_of("a.x", "q"), std::logic_error);
  EXPECT_NO_THROW(plan_of("a.x", "p"));
}

TEST(Plan, AnUnknownNameIsAnErrorWithTheNearest) {
  try {
    ids({{"b.qq"}, {}, false});
    FAIL();
  } catch (const SelectionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nearest is b.q"));
  }
  EXPECT_THROW(ids({{}, {"mysql"}, false}), SelectionError);
}

}  // namespace
}  // namespace wbverify::test
