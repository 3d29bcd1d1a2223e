#include "engine/record.hpp"

#include <gmock/gmock.h>

#include "toy_suite.hpp"

namespace wbverify::test {
namespace {

using namespace std::chrono_literals;

std::string shape(const Report& report) {
  std::string out = report.run.id + " " + std::to_string(report.run.duration_ms) + "\n";
  for (const auto& r : report.results) {
    out += r.id + "|" + r.check + "|" + std::string(name(r.finding.status)) + "|" + r.finding.cause + "|" + r.finding.title + "|" +
           r.finding.observed + "|" + r.origin + "|" + r.more + "|" + std::to_string(r.duration_ms) + "|";
    for (const auto& id : r.blocked_by) out += id + ",";
    out += "\n";
  }
  for (const auto& p : report.probes) out += p.id + "|" + p.outcome + "|" + std::to_string(p.attempts) + "\n";
  return out;
}

std::vector<Plugin> suite() {
  ProbeSpec elsewhere = toy_probe("elsewhere", says("ok"));
  elsewhere.skip = [](const Settings&) { return "Only on Mars."; };
  return {{"a", "A", {toy_probe("p", says("row:bad", 20ms)), elsewhere}, {toy_check("a.rows", "p"), toy_check("a.leaf", "p", {"a.rows/bad"}), toy_check("a.mars", "elsewhere")}, {}, {}},
          {"b", "B", {toy_probe("q", says("warn")), toy_probe("r", says("ok"), {"a.rows"}),
                      toy_probe("hung", [](const ProbeContext& c) { while (!c.stop.stop_requested()) std::this_thread::sleep_for(5ms); std::this_thread::sleep_for(800ms); return ToyFacts{"ok"}; })},
           {toy_check("b.w", "q"), toy_check("b.r", "r"), toy_check("b.hung", "hung"), toy_check("b.after", "q", {"b.hung"})}, {}, {}}};
}

TEST(Record, AReplayGivesTheSameReport) {
  // Never destroyed: a thread that was given up may still look at it.
  static const auto& catalog = *new auto(suite());
  RunOptions options;
  options.timeout = 300ms;
  for (const Selection& selection : {Selection{}, Selection{{"b.after", "a.rows/fine"}, {}, false}, Selection{{}, {"a.rows/bad", "b.w"}, false}}) {
    const Ran ran = run_suite(catalog, options, selection);
    const auto record = decode_record(encode_record(ran.outcome.record));
    ASSERT_TRUE(record) << record.error().text;
    EXPECT_EQ(encode_record(*record), encode_record(ran.outcome.record));
    const auto replayed = judge_record(*record, catalog);
    ASSERT_TRUE(replayed) << replayed.error().text;
    EXPECT_EQ(shape(*replayed), shape(ran.outcome.report));
  }
  std::this_thread::sleep_for(900ms);
}

TEST(Record, AYoungerCheckJudgesAnOldRecord) {
  static const auto& then = *new auto(suite());
  RunOptions options;
  options.timeout = 200ms;
  const Ran ran = run_suite(then, options);
  auto catalog = then;
  catalog[1].checks.push_back(toy_check("b.younger", "q"));
  const auto replayed = judge_record(ran.outcome.record, catalog);
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->results.back().id, "b.younger");
  EXPECT_EQ(replayed->results.back().finding.status, Status::warn);
  std::this_thread::sleep_for(900ms);
}

TEST(Record, OtherTextIsRefusedWithTheReason) {
  for (const char* text : {"", "{", "[]", "{}", "{\"schema\":\"wbverify-record/1\"}", "{\"schema\":\"other/9\"}", "null", "{\"schema\":3}"}) {
    const auto record = decode_record(text);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().cause, "malformed");
    EXPECT_FALSE(record.error().text.empty());
  }
}

}  // namespace
}  // namespace wbverify::test
