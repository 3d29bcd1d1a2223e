#include <fmt/format.h>

#include <map>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string place_of(const WandbRemoval& removal) {
  const std::string project = removal.entity + "/" + removal.project;
  return removal.kind + " " + (removal.kind == "project" ? project : project + "/" + removal.name);
}

std::string list(const std::vector<const WandbRemoval*>& removals) {
  constexpr std::size_t most = 5;
  std::vector<std::string> out;
  for (const auto* removal : removals) {
    if (out.size() < most) out.push_back(place_of(*removal));
  }
  std::string text = join(out, ", ");
  if (removals.size() > most) text += fmt::format(" and {} more", removals.size() - most);
  return text;
}

std::string sum(const std::vector<const WandbRemoval*>& removals) {
  std::map<std::string, int> counts;
  for (const auto* removal : removals) ++counts[removal->kind];
  std::vector<std::string> out;
  for (const auto& [kind, count] : counts) out.push_back(fmt::format("{} {}{}", count, kind, count == 1 ? "" : "s"));
  return join(out, ", ");
}

std::string by_hand(const WandbWriteFacts& facts, const WandbRemoval& removal) {
  const std::string project = facts.place.base + "/" + removal.entity + "/" + removal.project;
  if (removal.kind == "run") return project + "/runs/" + removal.name;
  if (removal.kind == "sweep") return project + "/sweeps/" + removal.name;
  return removal.kind == "artifact" ? project + "/artifacts" : project;
}

/// Why it stayed, as far as its removal was answered.
std::string reason(const WandbRemoval& removal) {
  const ApiAnswer& answer = removal.answer;
  if (!answer.asked) return "There was no time left to remove it.";
  if (!answer.ok()) return tell(answer);
  if (!removal.reason.empty()) return removal.reason;
  return "The server said that it removed it, and still has it.";
}

std::string advice(const WandbWriteFacts& facts, const WandbRemoval& removal, const Scene& scene) {
  const std::string again = "wbverify cleanup\nOr by hand in the app: " + by_hand(facts, removal);
  if (!removal.answer.asked || removal.answer.ok()) return again;
  const std::string cause = trouble(facts.place, removal.answer, scene).cause;
  if (cause == "permission-denied")
    return "The key may create and not delete. With the key of an administrator of the team:\n" + again;
  return again;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  std::vector<const WandbRemoval*> gone, kept, left;
  for (const auto& removal : facts.removals) (removal.gone ? gone : removal.kept ? kept : left).push_back(&removal);
  if (facts.waits && left.empty()) {
    return {skipped("An upload had no answer and may still arrive. What was written stays until nothing can arrive any more, in 15 minutes; the next run, or wbverify cleanup, removes it.")};
  }
  if (facts.removals.empty()) return {skipped("Nothing was written.")};
  Finding finding;
  finding.setting = "HOST";
  finding.expected = "Everything that wbverify made is gone again.";
  finding.why = "wbverify leaves nothing behind. What it cannot delete, people cannot delete either with this key.";
  finding.reproduce = "wbverify cleanup";
  if (!left.empty()) {
    finding.status = Status::fail;
    finding.cause = "left-behind";
    finding.observed = fmt::format("{} still there: {}. {}",
                                   left.size() == 1 ? "One thing is" : fmt::format("{} things are", left.size()),
                                   list(left), reason(*left.front()));
    finding.fix = advice(facts, *left.front(), scene);
    return {finding};
  }
  if (!facts.looked) {
    // The removals themselves were answered; whether they lasted was not seen.
    finding = trouble(facts.place, facts.last_look, scene);
    finding.status = Status::unknown;
    finding.cause = "not-looked";
    if (finding.blame == Blame::none) finding.blame = Blame::target;
    finding.observed = sum(gone) + " removed, by the server's word; whether they are gone could not be seen" +
                       (facts.last_look.asked ? ": " + describe(facts.last_look) : "") + ".";
    finding.fix = "wbverify cleanup";
    return {finding};
  }
  const auto shared = std::find_if(kept.begin(), kept.end(), [](const auto* removal) { return removal->kind == "project"; });
  if (shared != kept.end()) {
    finding.status = Status::warn;
    finding.cause = "not-ours";
    finding.blame = Blame::none;
    finding.observed = fmt::format("The {} stays: {}", place_of(**shared), (*shared)->reason);
    finding.why = "wbverify makes a project for each run and removes it. What others put into one is theirs, and never removed.";
    finding.fix = "Move what is needed out of it, then delete it in the app: " + by_hand(facts, **shared);
    return {finding};
  }
  if (!kept.empty()) {
    finding.status = Status::warn;
    finding.cause = "kept";
    finding.observed = fmt::format("The server has no way to delete {}.", list(kept));
    finding.fix = "Delete it in the app: " + by_hand(facts, *kept.front()) + "\nNewer servers can: update this one.";
    return {finding};
  }
  finding = passed(sum(gone) + (gone.size() == 1 ? ", gone" : ", all gone"));
  finding.setting = "HOST";
  return {finding};
}

}  // namespace

CheckSpec wandb_cleanup_check() {
  CheckSpec spec;
  spec.id = "wandb.cleanup";
  spec.probe = "wandb.write";
  spec.title = "What was written for the test is gone again";
  spec.needs = {"wandb.entity"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
