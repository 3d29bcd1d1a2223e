#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string plural(int count, const std::string& kind) {
  return fmt::format("{} {}{}", count, kind, count == 1 ? "" : "s");
}

/// `26 runs and 4 artifacts of wandb verify, 1 run of wbverify`.
std::string sum(const WandbLeftoverFacts& facts) {
  std::map<std::string, std::map<std::string, int>> counts;
  for (const auto& left : facts.found) ++counts[left.by][left.kind];
  std::vector<std::string> by;
  for (const auto& [who, kinds] : counts) {
    std::vector<std::string> words;
    for (const auto& [kind, count] : kinds) words.push_back(plural(count, kind));
    by.push_back(join(words, " and ") + " of " + who);
  }
  return join(by, ", ");
}

std::string where(const WandbLeftoverFacts& facts) {
  std::vector<std::string> places;
  for (const auto& left : facts.found) {
    const std::string place = left.entity + "/" + left.project;
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  return for_display(join(places, ", "), 160);
}

std::string oldest(const WandbLeftoverFacts& facts) {
  std::string first;
  for (const auto& left : facts.found) {
    if (!left.created_at.empty() && (first.empty() || left.created_at < first)) first = left.created_at;
  }
  return first.substr(0, 10);
}

Findings judge(const WandbLeftoverFacts& facts, const Scene& scene) {
  if (facts.entities.empty() && !facts.answer.asked)
    return {skipped("The account has no default entity to look into; --entity names one.")};
  if (!facts.answer.ok() && facts.count == 0) {
    // What cannot be looked at is nobody's failure: nothing depends on it.
    WandbPlace place;
    place.base = facts.answer.http.url.substr(0, facts.answer.http.url.rfind("/graphql"));
    Finding finding = trouble(place, facts.answer, scene);
    if (finding.cause == "old-server") {
      finding = skipped("The server is too old to be asked for what earlier runs left.");
      finding.cause = "old-server";
    } else if (finding.status != Status::unknown) {
      finding.status = Status::unknown;
      finding.blame = Blame::target;
    }
    finding.reproduce.clear();
    return {finding};
  }
  if (facts.count == 0)
    return {passed("none in " + (facts.entities.empty() ? "the project" : join(facts.entities, ", ")))};
  Finding finding;
  finding.status = Status::warn;
  finding.cause = "left-over";
  const std::string since = oldest(facts);
  const int more = facts.count - static_cast<int>(facts.found.size());
  finding.observed =
      fmt::format("{} {} left in {}{}{}.", facts.found.empty() ? plural(facts.count, "thing") : sum(facts),
                  facts.count == 1 ? "is" : "are", facts.found.empty() ? join(facts.entities, ", ") : where(facts),
                  since.empty() ? "" : ", the oldest of " + since,
                  more > 0 && !facts.found.empty() ? fmt::format(", and {} more", more) : "");
  finding.expected = "Nothing of earlier verifications.";
  const auto is_by = [&](std::string_view who) {
    return std::any_of(facts.found.begin(), facts.found.end(), [&](const auto& left) { return left.by == who; });
  };
  const bool ours = is_by("wbverify"), theirs = is_by("wandb verify") || !ours;
  if (theirs) {
    finding.why =
        "wandb verify deletes nothing: each time it leaves thirteen runs, two artifacts and a sweep that still counts as "
        "running, among what people look for.";
  }
  if (ours) finding.why += std::string(theirs ? " " : "") + "A run of wbverify was killed elsewhere, or its key may not delete.";
  finding.fix = std::string("This shows what it would remove, asks, and removes it:") +
                (theirs ? "\nwbverify cleanup --wandb-verify" : "") + (ours ? "\nwbverify cleanup --all" : "");
  finding.reproduce = "wbverify --only wandb.leftovers";
  finding.setting = "HOST";
  return {finding};
}

}  // namespace

CheckSpec wandb_leftovers_check() {
  CheckSpec spec;
  spec.id = "wandb.leftovers";
  spec.probe = "wandb.leftovers";
  spec.title = "Nothing is left of earlier verifications";
  spec.needs = {"wandb.login"};
  return make_check<WandbLeftoverFacts>(std::move(spec), judge);
}

}  // namespace wbverify
