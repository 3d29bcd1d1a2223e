#include "engine/run.hpp"

#include <gmock/gmock.h>

#include "core/redactor.hpp"
#include "core/secret.hpp"
#include "toy_suite.hpp"

namespace wbverify::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Run, ResultsLeaveInCatalogueOrderWhileLaterProbesWork) {
  const std::vector<Plugin> catalog = {{"a", "A", {toy_probe("slow", says("ok", 120ms))}, {toy_check("a.one", "slow")}, {}, {}},
                                       {"b", "B", {toy_probe("quick", says("ok"))}, {toy_check("b.one", "quick")}, {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_THAT(ran.order, ElementsAre("a.one", "b.one"));
}

TEST(Run, IndependentProbesRunSideBySide) {
  // None ends before all have begun.
  std::atomic<int> begun = 0;
  const auto together = [&](const ProbeContext&) {
    ++begun;
    for (int i = 0; begun < 5 && i < 400; ++i) std::this_thread::sleep_for(5ms);
    return ToyFacts{begun == 5 ? "ok" : "alone"};
  };
  std::vector<Plugin> catalog;
  for (const char* id : {"a", "b", "c", "d", "e"}) {
    catalog.push_back({id, id, {toy_probe(id, together)}, {toy_check(std::string(id) + ".x", id)}, {}, {}});
  }
  const Ran ran = run_suite(catalog);
  for (const auto& id : ran.order) EXPECT_EQ(ran.status(id), Status::pass) << id;
}

TEST(Run, OneCauseBlocksAllThatDependOnIt) {
  bool asked = false;
  const std::vector<Plugin> catalog = {
      {"a", "A", {toy_probe("first", says("refused"))}, {toy_check("a.root", "first"), toy_check("a.leaf", "first", {"a.root"})}, {}, {}},
      {"b", "B", {toy_probe("second", [&](const ProbeContext&) { asked = true; return ToyFacts{"ok"}; }, {"a.leaf"})}, {toy_check("b.leaf", "second")}, {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(ran.status("a.root"), Status::fail);
  EXPECT_EQ(ran.status("a.leaf"), Status::blocked);
  EXPECT_EQ(ran.status("b.leaf"), Status::blocked);
  EXPECT_THAT(ran.result("b.leaf").blocked_by, ElementsAre("a.root"));
  EXPECT_FALSE(asked) << "a probe whose need did not pass must not touch its service";
  EXPECT_EQ(ran.result("a.root").origin, "MYSQL in /etc/wandb.env line 4");
}

TEST(Run, WhatCouldNotBeFoundOutExplainsNoFailure) {
  const auto explained = [](std::string id, std::string probe) {
    CheckSpec check = toy_check(std::move(id), std::move(probe));
    check.explained_by = {"a.root"};
    return check;
  };
  const std::vector<Plugin> catalog = {{"a",
                                        "A",
                                        {toy_probe("first", says("stopped")), toy_probe("second", says("refused"))},
                                        {toy_check("a.root", "first"), explained("a.failed", "second"), explained("a.unknown", "first")},
                                        {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(ran.status("a.root"), Status::unknown);
  EXPECT_EQ(ran.status("a.failed"), Status::fail);
  EXPECT_EQ(ran.status("a.unknown"), Status::blocked);
}

TEST(Run, WhereACheckJudgesByPartOnlyTheLackingPartsAreBlocked) {
  const auto by_part = [](std::string id, std::string probe, std::vector<std::string> needs) {
    CheckSpec check = toy_check(std::move(id), std::move(probe), std::move(needs));
    check.by_part = true;
    return check;
  };
  const std::vector<Plugin> catalog = {{"a",
                                        "A",
                                        {toy_probe("p", says("row:bad")), toy_probe("q", says("ok"))},
                                        {toy_check("a.rows", "p"), by_part("a.same-rows", "p", {"a.rows"}), by_part("a.whole", "q", {"a.rows"}), toy_check("a.strict", "p", {"a.rows"})},
                                        {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(ran.status("a.same-rows/bad"), Status::blocked);
  EXPECT_THAT(ran.result("a.same-rows/bad").blocked_by, ElementsAre("a.rows/bad"));
  EXPECT_EQ(ran.status("a.same-rows/fine"), Status::pass);
  EXPECT_EQ(ran.status("a.whole"), Status::blocked);
  EXPECT_EQ(ran.status("a.strict"), Status::blocked);
}

TEST(Run, AFailureThatAnotherExplainsIsBlockedByItAndAPassStaysOne) {
  const auto explained = [](std::string id, std::string probe) {
    CheckSpec check = toy_check(std::move(id), std::move(probe));
    check.explained_by = {"a.root", "a.fine", "z.not-there"};
    return check;
  };
  const std::vector<Plugin> catalog = {
      {"a", "A", {toy_probe("first", says("refused", 50ms)), toy_probe("fine", says("ok"))}, {toy_check("a.root", "first"), toy_check("a.fine", "fine")}, {}, {}},
      {"b", "B", {toy_probe("same", says("refused")), toy_probe("other", says("ok"))}, {explained("b.same", "same"), explained("b.other", "other"), toy_check("b.leaf", "other", {"b.same"})}, {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(ran.status("b.same"), Status::blocked);
  EXPECT_THAT(ran.result("b.same").blocked_by, ElementsAre("a.root"));
  EXPECT_THAT(ran.result("b.same").finding.observed, HasSubstr("Seen here: "));
  EXPECT_EQ(ran.status("b.other"), Status::pass);
  EXPECT_THAT(ran.result("b.leaf").blocked_by, ElementsAre("a.root"));
}

TEST(Run, ANeedMayNameARow) {
  const std::vector<Plugin> catalog = {{"a",
                                        "A",
                                        {toy_probe("p", says("row:bad")), toy_probe("q", says("ok"))},
                                        {toy_check("a.rows", "p"), toy_check("a.on-bad", "q", {"a.rows/bad"}),
                                         toy_check("a.on-fine", "q", {"a.rows/fine"}), toy_check("a.on-absent", "q", {"a.rows/absent"})},
                                        {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(ran.status("a.rows/bad"), Status::fail);
  EXPECT_EQ(ran.status("a.on-bad"), Status::blocked);
  EXPECT_EQ(ran.status("a.on-fine"), Status::pass);
  EXPECT_EQ(ran.status("a.on-absent"), Status::pass);
}

TEST(Run, SkipsAndWarningsDoNotBlock) {
  ProbeSpec elsewhere = toy_probe("elsewhere", says("ok"));
  elsewhere.skip = [](const Settings&) { return "Only on Mars."; };
  const std::vector<Plugin> catalog = {{"a",
                                        "A",
                                        {elsewhere, toy_probe("w", says("warn")), toy_probe("q", says("ok"))},
                                        {toy_check("a.mars", "elsewhere"), toy_check("a.warn", "w"), toy_check("a.last", "q", {"a.mars", "a.warn"})},
                                        {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(ran.status("a.mars"), Status::skip);
  EXPECT_EQ(ran.result("a.mars").finding.observed, "Only on Mars.");
  EXPECT_EQ(ran.status("a.last"), Status::pass);
}

TEST(Run, AHungProbeIsGivenUpAndTheReportIsComplete) {
  static std::atomic<bool> release = false;
  // Never destroyed: the thread that was given up may still look at it.
  static const auto& catalog = *new std::vector<Plugin>{
      {"a", "A", {toy_probe("hung", [](const ProbeContext&) { while (!release) std::this_thread::sleep_for(5ms); return ToyFacts{"ok"}; })},
       {toy_check("a.hung", "hung"), toy_check("a.after", "hung", {"a.hung"})}, {}, {}},
      {"b", "B", {toy_probe("fine", says("ok"))}, {toy_check("b.fine", "fine")}, {}, {}}};
  RunOptions options;
  options.timeout = 400ms;
  const Ran ran = run_suite(catalog, options);
  release = true;
  EXPECT_LT(ran.seconds, 1.4);
  EXPECT_TRUE(ran.outcome.hung);
  EXPECT_EQ(ran.status("a.hung"), Status::unknown);
  EXPECT_EQ(ran.result("a.hung").finding.cause, "run-deadline");
  EXPECT_EQ(ran.status("a.after"), Status::blocked);
  EXPECT_EQ(ran.status("b.fine"), Status::pass);
  std::this_thread::sleep_for(50ms);
}

TEST(Run, ATransientOutcomeIsAskedAgain) {
  std::atomic<int> asked = 0;
  const std::vector<Plugin> catalog = {
      {"a", "A", {toy_probe("flaky", [&](const ProbeContext&) { return ++asked < 2 ? ToyFacts{"refused", true} : ToyFacts{"ok", false}; })}, {toy_check("a.x", "flaky")}, {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(ran.status("a.x"), Status::pass);
  EXPECT_EQ(ran.outcome.report.probes.front().attempts, 2);
  asked = -100;
  RunOptions once;
  once.retries = 0;
  EXPECT_EQ(run_suite(catalog, once).status("a.x"), Status::fail);
  EXPECT_EQ(asked, -99);
}

TEST(Run, WhatAnAttemptFoundStandsWhenTheNextIsCut) {
  std::atomic<int> asked = 0;
  const std::vector<Plugin> catalog = {{"a", "A", {toy_probe("slow", [&](const ProbeContext& context) {
                                                    if (++asked == 1) return ToyFacts{"refused", true};
                                                    while (!context.deadline.expired()) std::this_thread::sleep_for(5ms);
                                                    return ToyFacts{"timed-out", true};
                                                  })}, {toy_check("a.x", "slow")}, {}, {}}};
  RunOptions options;
  options.timeout = 1500ms;
  const Ran ran = run_suite(catalog, options);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(ran.status("a.x"), Status::fail);
  EXPECT_EQ(ran.result("a.x").finding.cause, "refused");
}

TEST(Run, ASignalEndsItEarlyWithAPartialReport) {
  std::stop_source source;
  bool cleaned_up = false;
  const std::vector<Plugin> catalog = {
      {"a", "A", {toy_probe("quick", says("ok"))}, {toy_check("a.x", "quick")}, {}, {}},
      {"b", "B", {toy_probe("long", [&](const ProbeContext& context) {
         while (!context.stop.stop_requested()) std::this_thread::sleep_for(2ms);
         cleaned_up = true;
         return ToyFacts{"ok"};
       })}, {toy_check("b.x", "long")}, {}, {}},
      {"c", "C", {toy_probe("never", says("ok"), {"b.x"})}, {toy_check("c.x", "never")}, {}, {}}};
  RunOptions options;
  options.stop = source.get_token();
  const std::jthread killer([&] {
    std::this_thread::sleep_for(100ms);
    source.request_stop();
  });
  const Ran ran = run_suite(catalog, options);
  EXPECT_LT(ran.seconds, 10);
  EXPECT_TRUE(cleaned_up);
  EXPECT_TRUE(ran.outcome.report.run.interrupted);
  EXPECT_FALSE(ran.outcome.hung);
  EXPECT_EQ(ran.status("a.x"), Status::pass);
  EXPECT_EQ(ran.status("c.x"), Status::unknown);
  EXPECT_EQ(ran.result("c.x").finding.cause, "interrupted");
}

TEST(Run, WhatAProbeFoundBeforeASignalIsJudged) {
  std::stop_source source;
  const auto until_stopped = [](std::string text) {
    return [text](const ProbeContext& context) {
      while (!context.stop.stop_requested()) std::this_thread::sleep_for(2ms);
      return ToyFacts{text};
    };
  };
  const std::vector<Plugin> catalog = {
      {"a", "A", {toy_probe("found", until_stopped("ok"))}, {toy_check("a.x", "found"), toy_check("a.y", "found")}, {}, {}},
      {"b", "B", {toy_probe("waited", until_stopped("stopped"))}, {toy_check("b.x", "waited"), toy_check("b.y", "waited", {"b.x"})}, {}, {}}};
  RunOptions options;
  options.stop = source.get_token();
  const std::jthread killer([&] {
    std::this_thread::sleep_for(50ms);
    source.request_stop();
  });
  const Ran ran = run_suite(catalog, options);
  EXPECT_LT(ran.seconds, 1);
  EXPECT_EQ(ran.status("a.x"), Status::pass);
  EXPECT_EQ(ran.status("a.y"), Status::pass);
  EXPECT_EQ(ran.status("b.x"), Status::unknown) << "the check calls it a failure; a client that was stopped says nothing about the other side";
  EXPECT_EQ(ran.result("b.x").finding.cause, "interrupted");
  EXPECT_EQ(ran.result("b.x").finding.blame, Blame::machine);
  EXPECT_EQ(ran.status("b.y"), Status::blocked);
}

TEST(Run, MistakesOfAPluginAreToldAndHarmNothingElse) {
  const std::vector<Plugin> catalog = {
      {"a", "A", {toy_probe("thrower", [](const ProbeContext&) -> ToyFacts { throw std::runtime_error("boom\x1b[31m"); }), toy_probe("bad", says("throw")), toy_probe("empty", says("nothing"))},
       {toy_check("a.thrown", "thrower"), toy_check("a.bad", "bad"), toy_check("a.empty", "empty")}, {}, {}}};
  const Ran ran = run_suite(catalog);
  for (const char* id : {"a.thrown", "a.bad", "a.empty"}) {
    EXPECT_EQ(ran.status(id), Status::unknown) << id;
    EXPECT_EQ(ran.result(id).finding.blame, Blame::tool) << id;
    EXPECT_EQ(ran.result(id).finding.observed.find('\x1b'), std::string::npos) << id;
  }
}

TEST(Run, FindingsAndRecordsAreRedacted) {
  const Secret secret("correct-horse-battery");
  const std::vector<Plugin> catalog = {{"a", "A", {toy_probe("p", says("Access denied using correct-horse-battery"))}, {toy_check("a.x", "p")}, {}, {}}};
  const Ran ran = run_suite(catalog);
  EXPECT_THAT(ran.result("a.x").finding.observed, HasSubstr("[redacted]"));
  EXPECT_THAT(encode_record(ran.outcome.record), Not(HasSubstr("correct-horse")));
}

TEST(Run, ACircleOfNeedsEnds) {
  const std::vector<Plugin> catalog = {{"a", "A", {toy_probe("p", says("ok"))}, {toy_check("a.x", "p", {"a.y"}), toy_check("a.y", "p", {"a.x"})}, {}, {}}};
  EXPECT_EQ(run_suite(catalog).status("a.x"), Status::unknown);
}

TEST(Run, ReadsWaitForTheOtherProbe) {
  ProbeSpec reader = toy_probe("reader", [](const ProbeContext& context) { return ToyFacts{context.facts_of("source").as<ToyFacts>().text}; });
  reader.reads = {"source"};
  const std::vector<Plugin> catalog = {{"a", "A", {reader, toy_probe("source", says("ok", 60ms))}, {toy_check("a.r", "reader"), toy_check("a.s", "source")}, {}, {}}};
  EXPECT_EQ(run_suite(catalog).status("a.r"), Status::pass);
}

}  // namespace
}  // namespace wbverify::test
