#include <gmock/gmock.h>

#include <cstdlib>
#include <new>

#include "engine/judging.hpp"
#include "toy_suite.hpp"

namespace wbverify::test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

struct Hindrance {
  std::string recorded, cause, text, fix;
};

const std::vector<Hindrance> hindrances = {
    {"run-deadline", "run-deadline", "The time limit of the run ended this before it was done.", "--timeout"},
    {"machine-paused", "machine-paused", "This process was stopped for a while", "again"},
    {"no-resources: This process may open only 14 files (ulimit -n); it needs 96.", "no-resources", "This process may open only 14 files (ulimit -n); it needs 96.", "limit"},
};

std::vector<CheckResult> judged(const CheckSpec& check, const std::string& hindrance, Facts facts) {
  Scene scene;
  scene.settings["MYSQL"].name = "MYSQL";
  Judging judging({&check}, scene, {"*"}, {}, {"*"});
  ProbeRecord record;
  record.info.id = check.probe;
  record.info.outcome = "done";
  record.hindrance = hindrance;
  judging.probe_ended(record, std::move(facts));
  judging.settle();
  judging.close();
  return *judging.results(0);
}

std::vector<CheckResult> judged(const std::string& says, const std::string& hindrance) {
  static const CheckSpec check = toy_check("a.x", "p");
  return judged(check, hindrance, Facts::of(ToyFacts{says}));
}

TEST(Hindrance, AFailureOrWarningIsUnknownAndOfThisMachine) {
  for (const auto& hindrance : hindrances) {
    for (const char* says : {"refused", "warn"}) {
      const Finding finding = judged(says, hindrance.recorded).front().finding;
      EXPECT_EQ(finding.status, Status::unknown) << says;
      EXPECT_EQ(finding.blame, Blame::machine);
      EXPECT_EQ(finding.cause, hindrance.cause);
      EXPECT_THAT(finding.observed, StartsWith(hindrance.text));
      EXPECT_THAT(finding.observed, EndsWith(std::string(seen_until_then) + says));
      EXPECT_NE(finding.fix.find(hindrance.fix), std::string::npos) << finding.fix;
      EXPECT_EQ(finding.setting, "MYSQL");
    }
  }
}

TEST(Hindrance, WhatPassedOrDoesNotApplyStands) {
  for (const auto& hindrance : hindrances) {
    EXPECT_EQ(judged("ok", hindrance.recorded).front().finding.status, Status::pass);
    EXPECT_EQ(judged("skip", hindrance.recorded).front().finding.status, Status::skip);
  }
}

TEST(Hindrance, EachRowIsWeighedAlone) {
  for (const auto& hindrance : hindrances) {
    const auto results = judged("row:bad", hindrance.recorded);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].finding.status, Status::pass);
    EXPECT_EQ(results[1].id, "a.x/bad");
    EXPECT_EQ(results[1].finding.status, Status::unknown);
  }
}

TEST(Hindrance, AnUnknownKeepsItsReasonOnlyWhenThatIsOurs) {
  for (const Blame blame : {Blame::none, Blame::target, Blame::path, Blame::machine, Blame::tool}) {
    CheckSpec check = toy_check("a.x", "p");
    check.judge = [blame](const Facts&, const Scene&) {
      Finding finding;
      finding.status = Status::unknown;
      finding.cause = "of-its-own";
      finding.blame = blame;
      return Findings{finding};
    };
    const bool ours = blame == Blame::machine || blame == Blame::tool;
    for (const auto& hindrance : hindrances) EXPECT_EQ(judged(check, hindrance.recorded, Facts::of(ToyFacts{})).front().finding.cause, ours ? "of-its-own" : hindrance.cause);
  }
}

TEST(Hindrance, WithoutOneAFailureIsAFailure) {
  EXPECT_EQ(judged("refused", "").front().finding.status, Status::fail);
  EXPECT_EQ(judged("warn", "").front().finding.status, Status::warn);
}

/// The exit status of a process of its own: what is noted belongs to the process.
void run_out_of_memory() {
  const std::vector<Plugin> catalog = {{"a", "A", {toy_probe("p", [](const ProbeContext&) -> ToyFacts { throw std::bad_alloc(); })}, {toy_check("a.x", "p")}, {}, {}}};
  const Ran ran = run_suite(catalog);
  const Finding& finding = ran.result("a.x").finding;
  const bool right = finding.status == Status::unknown && finding.cause == "no-resources" && finding.blame == Blame::machine && finding.observed.find("memory") != std::string::npos;
  std::_Exit(right ? 0 : 1);
}

TEST(Hindrance, MemoryThatRunsOutInAProbeIsAShortageOfThisMachine) { EXPECT_EXIT(run_out_of_memory(), testing::ExitedWithCode(0), ""); }

}  // namespace
}  // namespace wbverify::test
