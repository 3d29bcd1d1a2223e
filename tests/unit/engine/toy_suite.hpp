#pragma once
// A suite whose probes do what a test tells them, so that the runner's own behaviour can be looked at.
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "engine/run.hpp"

namespace wbverify::test {

struct ToyFacts {
  std::string text;
  bool transient = false;
  bool operator==(const ToyFacts&) const = default;
};
std::string encode_facts(const ToyFacts& facts);
void decode_facts(std::string_view text, ToyFacts& facts);

/// "ok" passes, "warn" warns, "skip" skips, "row:NAME" fails that row and passes row `fine`, anything else fails with it as cause.
Findings judge_toy(const ToyFacts& facts, const Scene& scene);

inline ProbeSpec toy_probe(std::string id, std::function<ToyFacts(const ProbeContext&)> gather, std::vector<std::string> needs = {}) {
  ProbeSpec spec;
  spec.id = std::move(id);
  spec.needs = std::move(needs);
  spec.gather = [gather = std::move(gather)](const ProbeContext& context) { return Facts::of(gather(context)); };
  spec.decode = [](std::string_view json) {
    ToyFacts facts;
    decode_facts(json, facts);
    return Facts::of(facts);
  };
  spec.transient = [](const Facts& facts) { return facts.as<ToyFacts>().transient; };
  return spec;
}

inline CheckSpec toy_check(std::string id, std::string probe, std::vector<std::string> needs = {}) {
  CheckSpec spec;
  spec.id = std::move(id);
  spec.probe = std::move(probe);
  spec.title = "the toy works";
  spec.needs = std::move(needs);
  return make_check<ToyFacts>(spec, judge_toy);
}

inline std::function<ToyFacts(const ProbeContext&)> says(std::string text, std::chrono::milliseconds after = {}) {
  return [text = std::move(text), after](const ProbeContext&) {
    std::this_thread::sleep_for(after);
    return ToyFacts{text, false};
  };
}

struct Ran {
  RunOutcome outcome;
  std::vector<std::string> order;   ///< ids as they left
  double seconds = 0;
  Status status(const std::string& id) const;
  const CheckResult& result(const std::string& id) const;
};
Ran run_suite(const std::vector<Plugin>& catalog, RunOptions options = {}, const Selection& selection = {});

}  // namespace wbverify::test
