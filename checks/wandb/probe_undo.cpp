#include <algorithm>
#include <map>

#include "checks/wandb/probe.hpp"
#include "checks/wandb/probe_remains.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// A group of what `wandb verify` left. Only shown: no journal lists one.
constexpr const char* theirs = "wandb-verify";
/// A run of ours lasts minutes at most, an execution of `wandb verify` one: what is younger may be at work.
constexpr std::int64_t longest_run_seconds = 3600, longest_verify_seconds = 600;

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

/// The entity of `https://wandb.example.com/ENTITY`, when it is of that server.
std::string entity_of(const std::string& where, const std::string& base) {
  if (base.empty() || !where.starts_with(base + "/")) return "";
  const std::string entity = where.substr(base.size() + 1);
  const bool plain = !entity.empty() && entity != "." && entity != ".." && entity.find_first_of("/?#%\\ ") == std::string::npos;
  return plain ? entity : "";
}

bool concerns(const JournalEntry& entry, const Settings& settings) {
  if (!is_wandb_tag(entry.name)) return false;
  const std::string entity = entity_of(entry.where, wandb_place(settings).base);
  const auto& chosen = settings.wandb.entities;
  return !entity.empty() && (chosen.empty() || std::find(chosen.begin(), chosen.end(), entity) != chosen.end());
}

/// Those that the settings name, or the one in which the account writes.
Result<std::vector<std::string>> entities_of(WandbApi& api, const Settings& settings) {
  if (!settings.wandb.entities.empty()) return settings.wandb.entities;
  ApiAnswer answer;
  const std::string own = default_entity(api, answer);
  if (!answer.ok()) return refusal("The account's entity could not be asked for: " + wandb_complaint(answer) + ".", answer.http);
  return std::vector<std::string>{own};
}

Result<Undone> undo(const JournalEntry& entry, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const std::string shown = for_display(entry.where + "/" + entry.name, 200);
  if (!settings.wandb.usable()) return refusal("There is no API key to log in with, so " + shown + " stays.");
  Outside outside(settings, deadline, stop);
  const std::string entity = entity_of(entry.where, outside.api().place().base);
  const auto entities = entities_of(outside.api(), settings);
  if (!entities) return tl::unexpected(entities.error());
  if (std::find(entities->begin(), entities->end(), entity) == entities->end()) return refusal("It is of the entity " + for_display(entity, 100) + ", which these settings do not name (--entity).");
  const WandbEnd end = clear_project(outside.api(), entity, entry.name);
  if (end.how == WandbEnd::How::failed) return refusal(end.text, end.answer.http);
  return end.how == WandbEnd::How::absent ? Undone::absent : Undone::emptied;
}

std::int64_t age_of(std::int64_t since) { return since < 0 ? 0 : wandb_now() / 1000 - since; }

std::string line(const std::string& entity, const WandbRemain& remain) { return remain.kind + " " + entity + "/" + remain.project + "/" + remain.name; }

FoundGroup group_of(std::string kind, std::string where, std::string name, std::int64_t since, std::int64_t longest) {
  return {{std::move(kind), std::move(where), std::move(name)}, {}, since < 0 ? 0 : since * 1000, age_of(since) < longest};
}

/// The executions of `wandb verify` in one entity, and the project when nothing of anybody else is in it.
Result<void> find_theirs(WandbApi& api, const std::string& entity, std::vector<FoundGroup>& out) {
  ApiAnswer answer;
  const auto contents = look_into(api, entity, std::string(wandb_verify_project), {}, answer);
  if (!contents) return refusal("What is left could not be asked for: " + contents.error().text + ".", answer.http);
  if (!*contents || !(*contents)->is_own()) return {};
  std::map<std::string, FoundGroup> groups;
  for (const auto& remain : (*contents)->own()) {
    const std::int64_t since = wandb_moment(remain.created_at);
    auto [found, fresh] = groups.try_emplace(remain.group, group_of(theirs, api.place().base + "/" + entity + "/" + remain.project, remain.group, since, longest_verify_seconds));
    FoundGroup& group = found->second;
    group.things.push_back(line(entity, remain));
    group.since = std::max(group.since, since * 1000);
    const bool at_work = remain.kind == "run" && remain.state == "running" && age_of(since) < longest_verify_seconds;
    group.in_use = at_work || (group.in_use && !fresh);
  }
  const bool busy = std::any_of(groups.begin(), groups.end(), [](const auto& pair) { return pair.second.in_use; });
  for (auto& [name, group] : groups) out.push_back(std::move(group));
  if (busy || !(*contents)->foreign().empty()) return {};
  FoundGroup project = group_of(theirs, api.place().base + "/" + entity, std::string(wandb_verify_project), (*contents)->since(), 0);
  project.things = {"project " + entity + "/" + std::string(wandb_verify_project) + ", when it is empty then"};
  out.push_back(std::move(project));
  return {};
}

/// Projects of runs of ours that no journal here lists.
Result<void> find_ours(WandbApi& api, const std::string& entity, std::vector<FoundGroup>& out) {
  ApiAnswer answer;
  const auto projects = wandb_projects(api, entity, answer);
  if (!projects) return refusal("The projects of " + entity + " could not be asked for: " + projects.error().text + ".", answer.http);
  for (const auto& project : *projects) {
    const std::string begin = wandb_quarantine("");
    const std::string tag = project.starts_with(begin) ? project.substr(begin.size()) : project;
    if (!is_wandb_tag(tag)) continue;
    const auto contents = look_into(api, entity, project, {tag}, answer);
    if (!contents) return refusal("What is in " + project + " could not be asked for: " + contents.error().text + ".", answer.http);
    if (!*contents || !(*contents)->is_own()) continue;
    FoundGroup group = group_of(std::string(wandb_journal_kind), api.place().base + "/" + entity, tag, (*contents)->since(), longest_run_seconds);
    for (const auto& remain : (*contents)->own()) group.things.push_back(line(entity, remain));
    if ((*contents)->foreign().empty()) group.things.push_back("project " + entity + "/" + project);
    if (!group.things.empty()) out.push_back(std::move(group));
  }
  return {};
}

template <class Finder>
Result<std::vector<FoundGroup>> find_with(Finder finder, const Settings& settings, Deadline deadline, std::stop_token stop) {
  if (!settings.wandb.usable()) return refusal("There is no API key to log in with: wbverify explain wandb.login says how to make one.");
  Outside outside(settings, deadline, std::move(stop));
  const auto entities = entities_of(outside.api(), settings);
  if (!entities) return tl::unexpected(entities.error());
  std::vector<FoundGroup> out;
  for (const auto& entity : *entities) {
    if (entity.empty()) continue;
    if (auto done = finder(outside.api(), entity, out); !done) return tl::unexpected(done.error());
  }
  return out;
}

/// All groups of one entity with one look, then the project.
void remove_of_entity(WandbApi& api, const std::string& entity, const std::vector<FoundGroup>& groups, std::vector<RemovedGroup>& out) {
  const std::string project(wandb_verify_project), mine = api.place().base + "/" + entity;
  ApiAnswer answer;
  const auto contents = look_into(api, entity, project, {}, answer);
  std::vector<WandbRemain> wanted;
  std::map<std::string, std::string> errors;
  const auto is_wanted = [&](const std::string& name) {
    return std::any_of(groups.begin(), groups.end(), [&](const auto& group) { return group.entry.where == mine + "/" + project && group.entry.name == name && !group.in_use; });
  };
  if (contents && *contents) {
    for (const auto& remain : (*contents)->own()) {
      if (is_wanted(remain.group)) wanted.push_back(remain);
    }
  }
  const auto removals = remove_remains(api, entity, wanted);
  for (std::size_t i = 0; i < removals.size(); ++i) {
    if (!removals[i].gone) errors[wanted[i].group] = "the " + removals[i].kind + " " + removals[i].name + " stays: " + wandb_complaint(removals[i].answer);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const JournalEntry& entry = groups[i].entry;
    if (groups[i].in_use) continue;
    if (entry.where == mine + "/" + project) {
      out[i].error = contents ? errors[entry.name] : contents.error().text;
    } else if (entry.where == mine && entry.name == project) {
      // Only what held something of theirs, and was seen to.
      if (!contents || wanted.empty()) {
        out[i].error = contents ? "nothing of wandb verify was in it" : contents.error().text;
        continue;
      }
      std::vector<WandbRemoval> none;
      const WandbEnd end = end_project(api, entity, project, {}, wandb_quarantine(wandb_tag(api.context().run_id)), {}, none);
      if (end.how == WandbEnd::How::foreign || end.how == WandbEnd::How::failed) out[i].error = end.text;
    }
  }
}

std::vector<RemovedGroup> remove_theirs(const std::vector<FoundGroup>& groups, const Settings& settings, Deadline deadline, std::stop_token stop) {
  std::vector<RemovedGroup> out;
  for (const auto& group : groups) out.push_back({group.entry, group.in_use ? "it may be at work" : ""});
  Outside outside(settings, deadline, std::move(stop));
  const auto entities = entities_of(outside.api(), settings);
  if (!entities) {
    for (auto& removed : out) removed.error = entities.error().text;
    return out;
  }
  for (const auto& entity : *entities) remove_of_entity(outside.api(), entity, groups, out);
  return out;
}

std::vector<RemovedGroup> remove_ours(const std::vector<FoundGroup>& groups, const Settings& settings, Deadline deadline, std::stop_token stop) {
  std::vector<RemovedGroup> out;
  for (const auto& group : groups) {
    if (group.in_use) {
      out.push_back({group.entry, "it may be at work"});
      continue;
    }
    const auto done = undo(group.entry, settings, deadline, stop);
    out.push_back({group.entry, done ? std::string() : done.error().text});
  }
  return out;
}

}  // namespace

std::vector<UndoSpec> wandb_undoers() {
  // What has arrived is removed with its project.
  const auto nothing = [](const JournalEntry&, const Settings&, Deadline, std::stop_token) -> Result<Undone> { return Undone::absent; };
  return {{std::string(wandb_journal_kind), concerns, undo}, {std::string(wandb_upload_kind), concerns, nothing, true}};
}

std::vector<LeftoverSpec> wandb_leftovers() {
  const auto theirs_of = [](const Settings& settings, Deadline deadline, std::stop_token stop) { return find_with(find_theirs, settings, deadline, std::move(stop)); };
  const auto ours_of = [](const Settings& settings, Deadline deadline, std::stop_token stop) { return find_with(find_ours, settings, deadline, std::move(stop)); };
  return {{"wandb-verify", theirs_of, remove_theirs}, {"all", ours_of, remove_ours}};
}

}  // namespace wbverify
