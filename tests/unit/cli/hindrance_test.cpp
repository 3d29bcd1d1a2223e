#include "util/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "checks/catalog.hpp"
#include "engine/judging.hpp"

namespace wbverify::test {
namespace {

const ProbeSpec& probe_of(const CheckSpec& check) {
  for (const auto& plugin : catalog()) {
    for (const auto& probe : plugin.probes) {
      if (probe.id == check.probe) return probe;
    }
  }
  throw std::out_of_range(check.probe);
}

/// What a probe may have seen before it was cut, by the fields of its facts: nothing, or the same for each of a kind.
enum class Seen { nothing, flags, texts, numbers, everything };

void fill(nlohmann::json& value, Seen seen) {
  const auto is = [&](Seen kind) { return seen == kind || seen == Seen::everything; };
  if (value.is_boolean() && is(Seen::flags)) value = true;
  if (value.is_string() && is(Seen::texts)) value = "timed-out";
  if (value.is_number() && is(Seen::numbers)) value = 1;
  if (value.is_structured()) {
    for (auto& child : value) fill(child, seen);
  }
}

Facts facts_of(const ProbeSpec& probe, Seen seen) {
  const Facts none = probe.decode("{}");   // absent members keep their defaults
  nlohmann::json json = parse_json(none.encode());
  fill(json, seen);
  return probe.decode(dump_json(json));
}

ProbeRecord record_of(const std::string& probe, const std::string& hindrance) {
  ProbeRecord record;
  record.info.id = probe;
  record.info.outcome = "done";
  record.hindrance = hindrance;
  return record;
}

/// What the check says, as if everything that it needs had passed.
std::vector<CheckResult> judged(CheckSpec check, const std::string& hindrance, Seen seen) {
  check.needs.clear();
  check.explained_by.clear();
  Judging judging({&check}, Scene(), {"*"}, {}, {"*"});
  judging.probe_ended(record_of(check.probe, hindrance), facts_of(probe_of(check), seen));
  judging.settle();
  judging.close();
  return *judging.results(0);
}

const std::vector<std::string> hindrances = {"run-deadline", "machine-paused", "no-resources: This process may open only 14 files (ulimit -n); it needs 96."};

TEST(Hindrance, OfNoCheckInTheCatalogueDoesItMakeAFailure) {
  std::size_t checks = 0, complaints = 0;
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) {
      ++checks;
      bool complained = false;
      for (const Seen seen : {Seen::nothing, Seen::flags, Seen::texts, Seen::numbers, Seen::everything}) {
        for (const auto& result : judged(check, "", seen)) complained = complained || result.finding.status == Status::fail || result.finding.status == Status::warn;
        for (const auto& hindrance : hindrances) {
          const auto results = judged(check, hindrance, seen);
          EXPECT_FALSE(results.empty()) << check.id;
          for (const auto& result : results) {
            const Finding& finding = result.finding;
            EXPECT_TRUE(finding.status != Status::fail && finding.status != Status::warn) << result.id << ", " << hindrance << ": " << finding.observed;
            EXPECT_TRUE(finding.status != Status::unknown || finding.blame == Blame::machine) << result.id << ", " << hindrance << ": " << finding.cause << ", " << finding.observed;
          }
        }
      }
      if (complained) ++complaints;
    }
  }
  EXPECT_GT(checks, 60U);
  EXPECT_GT(complaints, 20U) << "otherwise little was tried";
}

TEST(Hindrance, WhatFoundNothingOutPassesNowhere) {
  std::vector<const CheckSpec*> checks;
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) checks.push_back(&check);
  }
  for (const auto& hindrance : hindrances) {
    Judging judging(checks, Scene(), {"*"}, {}, {"*"});
    for (const auto& plugin : catalog()) {
      for (const auto& probe : plugin.probes) judging.probe_ended(record_of(probe.id, probe.touches ? hindrance : ""), facts_of(probe, Seen::nothing));
    }
    judging.settle();
    judging.close();
    for (std::size_t i = 0; i < checks.size(); ++i) {
      if (!probe_of(*checks[i]).touches) continue;
      const auto results = judging.results(i);
      ASSERT_TRUE(results);
      for (const auto& result : *results) {
        const Status status = result.finding.status;
        EXPECT_TRUE(status == Status::unknown || status == Status::blocked || status == Status::skip) << result.id << ": " << name(status) << " " << result.finding.observed;
      }
    }
  }
}

}  // namespace
}  // namespace wbverify::test
