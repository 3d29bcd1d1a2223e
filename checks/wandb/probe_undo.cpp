#include <algorithm>
#include <set>

#include "checks/wandb/probe.hpp"
#include "checks/wandb/probe_remains.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* ours = "wandb";
constexpr const char* theirs = "wandb-verify";

/// The API outside of a run.
class Outside {
 public:
  Outside(const Settings& settings, Deadline deadline, std::stop_token stop)
      : context_{settings, deadline, std::move(stop), settings.scene.run_id, journal_, {}, std::make_shared<std::atomic<int>>(0)}, api_(context_) {}
  WandbApi& api() { return api_; }

 private:
  NoJournal journal_;
  ProbeContext context_;
  WandbApi api_;
};

tl::unexpected<Error> refusal(std::string text, const HttpAnswer& http = {}) {
  return fail({http.cause.empty() ? "not-undone" : http.cause, std::move(text), Blame::target, http.transient});
}

std::string words(const ApiAnswer& answer) {
  if (!answer.http.answered()) return answer.http.text;
  if (!answer.message.empty()) return "the server says: " + answer.message;
  return "the server answers " + std::to_string(answer.http.status) + (answer.json ? "" : ", and not in JSON");
}

/// `https://wandb.example.com/ENTITY/PROJECT` taken apart.
struct Where {
  std::string base, entity, project;
};
Where where_of(const std::string& text) {
  const auto last = text.rfind('/'), middle = last == std::string::npos || last == 0 ? std::string::npos : text.rfind('/', last - 1);
  if (middle == std::string::npos) return {};
  return {text.substr(0, middle), text.substr(middle + 1, last - middle - 1), text.substr(last + 1)};
}

std::vector<WandbRemain> of_project(const std::vector<WandbRemain>& all, const std::string& project) {
  std::vector<WandbRemain> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](const auto& remain) { return remain.project == project; });
  return out;
}

/// Nothing but sweeps that are over, and the project that holds them.
bool is_empty_but_for_project(const std::vector<WandbRemain>& remains) {
  return !remains.empty() && remains.back().kind == "project" && std::all_of(remains.begin(), remains.end(), [](const auto& remain) {
           return remain.kind == "project" || (remain.kind == "sweep" && (remain.state == "FINISHED" || remain.state == "CANCELED"));
         });
}

bool concerns(const JournalEntry& entry, const Settings& settings) {
  const std::string base = wandb_place(settings).base;
  return !base.empty() && base == where_of(entry.where).base;
}

Result<Undone> undo(const JournalEntry& entry, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const Where where = where_of(entry.where);
  const std::string shown = for_display(entry.name, 100) + " in " + for_display(entry.where, 200);
  if (!settings.wandb.usable()) return refusal("There is no API key to log in with, so " + shown + " stays.");
  Outside outside(settings, deadline, stop);
  ApiAnswer answer;
  auto all = of_project(look_for_remains(outside.api(), where.entity, answer), where.project);
  if (!answer.json || !answer.message.empty()) return refusal("What is left of " + shown + " could not be asked for: " + words(answer) + ".", answer.http);
  std::vector<WandbRemain> wanted;
  std::copy_if(all.begin(), all.end(), std::back_inserter(wanted), [&](const auto& remain) { return remain.group == entry.name; });
  if (!wanted.empty()) {
    remove_remains(outside.api(), where.entity, wanted);
    all = of_project(look_for_remains(outside.api(), where.entity, answer), where.project);
    if (!answer.json) return refusal("Whether " + shown + " is gone could not be asked for: " + words(answer) + ".", answer.http);
  }
  if (entry.kind == ours && is_empty_but_for_project(all)) {
    const auto removals = remove_remains(outside.api(), where.entity, {all.back()});
    if (removals.front().gone) return Undone::removed;
  }
  for (const auto& remain : all) {
    if (remain.group == entry.name && remain.kind != "sweep") return refusal("The " + remain.kind + " " + remain.name + " in " + for_display(entry.where, 200) + " could not be removed.");
  }
  return wanted.empty() ? Undone::absent : Undone::removed;
}

Result<std::vector<FoundGroup>> find(const Settings& settings, Deadline deadline, std::stop_token stop) {
  if (!settings.wandb.usable()) return refusal("There is no API key to log in with: wbverify explain wandb.login says how to make one.");
  Outside outside(settings, deadline, stop);
  std::vector<std::string> entities = settings.wandb.entities;
  ApiAnswer answer;
  if (entities.empty()) entities.push_back(default_entity(outside.api(), answer));
  std::vector<FoundGroup> out;
  for (const auto& entity : entities) {
    const auto all = entity.empty() ? std::vector<WandbRemain>() : look_for_remains(outside.api(), entity, answer);
    if (!answer.json || !answer.message.empty()) return refusal("What is left could not be asked for: " + words(answer) + ".", answer.http);
    std::set<std::string> seen;
    for (const auto& remain : all) {
      if (remain.by != "wandb verify" || !seen.insert(remain.group).second) continue;
      out.push_back({{theirs, outside.api().place().base + "/" + entity + "/" + remain.project, remain.group}, {remain.group}, 0, false});
    }
  }
  return out;
}

std::vector<RemovedGroup> remove(const std::vector<FoundGroup>& groups, const Settings& settings, Deadline deadline, std::stop_token stop) {
  std::vector<RemovedGroup> out;
  for (const auto& group : groups) {
    const auto done = undo(group.entry, settings, deadline, stop);
    out.push_back({group.entry, done ? std::string() : done.error().text});
  }
  return out;
}

}  // namespace

std::vector<UndoSpec> wandb_undoers() { return {{ours, concerns, undo}, {theirs, concerns, undo}}; }

LeftoverSpec wandb_verify_leftovers() { return {"wandb-verify", find, remove}; }

}  // namespace wbverify
