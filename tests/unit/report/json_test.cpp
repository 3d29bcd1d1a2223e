#include "util/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/secret.hpp"
#include "sample.hpp"

namespace wbverify::test {
namespace {

TEST(Json, HasEverythingInOrder) {
  const Report report = one_failure();
  const std::string text = render_json(report);
  ASSERT_TRUE(text.ends_with("}\n"));
  const auto json = parse_json(text);
  EXPECT_EQ(json["schema"], "wbverify-report/1");
  EXPECT_EQ(json["run"]["started"], "2026-09-21T14:13:20.123Z");
  EXPECT_EQ(json["run"]["duration_ms"], 1234.568);
  EXPECT_EQ(json["run"]["exit_status"], 1);
  EXPECT_EQ(json["summary"]["fail"], 1);
  EXPECT_EQ(json["summary"]["blocked"], 5);
  EXPECT_EQ(json["summary"]["first_to_fix"], "mysql.login");
  ASSERT_EQ(json["results"].size(), report.results.size());
  for (std::size_t i = 0; i < report.results.size(); ++i) EXPECT_EQ(json["results"][i]["id"], report.results[i].id);
  EXPECT_EQ(json["results"][2]["fix"], report.results[2].finding.fix);
  EXPECT_EQ(json["results"][3]["blocked_by"], nlohmann::json({"mysql.login"}));
  EXPECT_EQ(json["probes"][2]["round_trips"], 31);
  EXPECT_EQ(json["probes"][2]["started_ms"], 0.8);
  EXPECT_TRUE(parse_json(render_json(healthy()))["summary"]["first_to_fix"].is_null());
}

TEST(Json, SaysWhatThisMachineCutShort) {
  EXPECT_TRUE(parse_json(render_json(healthy()))["run"]["cut"].is_null());
  EXPECT_TRUE(parse_json(render_json(unknowns()))["run"]["cut"].is_null()) << "a service that says nothing is not of this machine";
  const auto cut = parse_json(render_json(cut_short()))["run"]["cut"];
  EXPECT_EQ(cut["cause"], "run-deadline");
  EXPECT_EQ(cut["unfinished"], 5);
  EXPECT_EQ(cut["text"],
            "The time limit, 1 min 0 s, was reached with 2 checks not finished; try --timeout 5m. This process was stopped for a while, which cut 1 check "
            "short; run it again. This process may open only 14 files (ulimit -n); it needs 96: 2 checks not finished; raise the limit and run it again.");
  const auto causes = parse_json(report_schema())["properties"]["run"]["properties"]["cut"]["properties"]["cause"]["enum"];
  EXPECT_EQ(causes, nlohmann::json({"run-deadline", "machine-paused", "no-resources"}));
}

TEST(Json, HostileTextsAreCleanAndValid) {
  const std::string text = render_json(hostile());
  const auto json = parse_json(text);
  for (const char c : text) ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  const std::string fix = json["results"][2]["fix"];
  EXPECT_EQ(fix, "echo 'one  two'\n  indented \\x1b[31mred\\x1b[0m\n\n    tabbed\\x08");
}

TEST(Json, NoSecretLeaves) {
  const Secret secret(std::string("correct-horse-battery-staple"));
  Report report = one_failure();
  report.results[2].finding.observed = "Access denied with correct-horse-battery-staple here.";
  report.results[2].finding.fix = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ==";
  report.results[2].origin = "correct-horse-battery-staple";
  const std::string json = render_json(report), terminal = render_terminal(report, {});
  for (const char* shape : {"correct-horse", "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ"}) {
    EXPECT_THAT(json, testing::Not(testing::HasSubstr(shape)));
    EXPECT_THAT(terminal, testing::Not(testing::HasSubstr(shape)));
  }
}

TEST(Json, TheSchemaIsCompiledIn) {
  const auto schema = parse_json(report_schema());
  EXPECT_EQ(schema["properties"]["schema"]["const"], "wbverify-report/1");
}

TEST(ExitStatus, FollowsTheReport) {
  EXPECT_EQ(exit_status(healthy(), FailOn::fail), 0);
  EXPECT_EQ(exit_status(healthy(), FailOn::warn), 0);
  EXPECT_EQ(exit_status(one_failure(), FailOn::warn), 1);
  EXPECT_EQ(exit_status(warnings(), FailOn::fail), 0);
  EXPECT_EQ(exit_status(warnings(), FailOn::warn), 2);
  EXPECT_EQ(exit_status(unknowns(), FailOn::fail), 3);
  Report both = unknowns();
  both.results.push_back(one_failure().results[2]);
  EXPECT_EQ(exit_status(both, FailOn::fail), 1);
  Report warned = unknowns();
  warned.results.push_back(warnings().results.back());
  EXPECT_EQ(exit_status(warned, FailOn::warn), 3);
  Report stopped = healthy();
  stopped.run.interrupted = true;
  EXPECT_EQ(exit_status(stopped, FailOn::fail), 3);
  for (const int status : {0, 1, 2, 3, 64, 70, 74, 75, 77, 78, 130}) EXPECT_NE(exit_status_meaning(status), "unknown");
}

}  // namespace
}  // namespace wbverify::test
