#include "checks/wandb/probe_remains.hpp"

#include <algorithm>
#include <map>

#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

/// Mutations in one request.
constexpr std::size_t most_at_once = 25;

constexpr std::string_view renaming = "Mutation.renameProject";

/// One request full of mutations, which the server does one after the other.
class Batch {
 public:
  explicit Batch(const std::string& entity) : entity_(entity) {}

  bool full() const { return count_ >= most_at_once; }
  bool empty() const { return count_ == 0; }

  /// `call` holds `$ID` where the variable goes.
  void add(std::size_t remain, std::string call, const std::string& id) {
    const std::string name = "m" + std::to_string(count_++);
    declarations_ += (declarations_.empty() ? "$" : ", $") + name + ": " + (call.starts_with("upsertSweep") ? "ID" : "ID!");
    variables_[name] = id;
    call.replace(call.find("$ID"), 3, "$" + name);
    calls_ += "  " + name + ": " + call + "\n";
    of_[name] = remain;
  }

  /// As the last one of this request.
  void add(WandbRename& rename) {
    rename_ = &rename;
    const std::string mark = "<" + std::string(renaming) + "|";
    declarations_ += mark + (declarations_.empty() ? "" : ", ") + "$entity: String!, $from: String!, $to: String!>";
    calls_ += "  " + mark + "renameProject(input: {entityName: $entity, oldProjectName: $from, newProjectName: $to}) { project { id name } }>\n";
    variables_.update({{"entity", entity_}, {"from", rename.from}, {"to", rename.to}});
  }

  void send(WandbApi& api, std::vector<WandbRemoval>& removals) {
    const std::string text = "mutation Remove(" + declarations_ + ") {\n" + calls_ + "}";
    ApiAnswer answer;
    WandbApi::Manner manner;
    if (empty()) manner.needs = renaming;
    const json data = api.ask({"Remove", text}, variables_, {}, answer, manner);
    if (rename_ != nullptr) {
      rename_->how = api.lacks(renaming) ? WandbRename::How::unknown : json_raw(data, "renameProject.project.name") == rename_->to ? WandbRename::How::done : WandbRename::How::refused;
      rename_->answer = answer;
    }
    for (const auto& [name, remain] : of_) {
      WandbRemoval& removal = removals[remain];
      const json* const done = json_at(data, name);
      const bool acknowledged = answer.json && done != nullptr && !done->is_null();
      // Of several steps each has to be acknowledged.
      removal.gone = acknowledged && (!removal.answer.asked || removal.gone);
      removal.answer = answer;
      if (removal.kind == "sweep") removal.state = json_text(data, name + ".sweep.state", 40);
    }
    *this = Batch(entity_);
  }

 private:
  std::string entity_;
  WandbRename* rename_ = nullptr;
  std::size_t count_ = 0;
  std::string declarations_, calls_;
  json variables_ = json::object();
  std::map<std::string, std::size_t> of_;
};

std::string quoted(const std::string& text) { return dump_json(json(text)); }

/// `run train-1, report "Results" and 3 more`.
std::string list(const std::vector<WandbRemain>& things) {
  constexpr std::size_t most = 3;
  std::vector<std::string> out;
  for (const auto& thing : things) {
    if (out.size() < most) out.push_back("the " + thing.kind + " " + thing.name);
  }
  return join(out, ", ") + (things.size() > most ? " and " + std::to_string(things.size() - most) + " more" : "");
}

std::string whose(const std::vector<WandbRemain>& foreign) { return list(foreign) + (foreign.size() == 1 ? " in it is" : " in it are") + " not of this tool's making."; }

/// A project on its way out.
class Ending {
 public:
  Ending(WandbApi& api, const std::string& entity, const std::string& project, const WandbOwner& owner, const std::string& quarantine)
      : api_(api), entity_(entity), project_(project), quarantine_(quarantine), owner_(owner) {}

  WandbEnd go(const std::vector<WandbRemain>& remains, std::vector<WandbRemoval>& removals) {
    WandbRename rename{project_, quarantine_, {}, {}};
    removals = remove_remains(api_, entity_, remains, &rename);
    end_.answer = rename.answer;
    switch (rename.how) {
      case WandbRename::How::done:
        return decide(quarantine_);
      case WandbRename::How::unknown:
        // Whoever knows the name can write into it until the end: only of ours nobody does.
        if (owner_.tag.empty()) return stays(WandbEnd::How::failed, "This server cannot rename projects, so nothing could be kept out of it while it is deleted. Delete it in the app when it is empty.");
        return decide(project_);
      case WandbRename::How::refused:
        break;
    }
    // An answer that was lost, or is there in part, does not say that nothing was done.
    ApiAnswer look;
    if (const auto renamed = look_into(api_, entity_, quarantine_, owner_, look); renamed && *renamed && (*renamed)->is_own()) return decide(quarantine_);
    return stays(WandbEnd::How::failed, "It could not be renamed: " + wandb_complaint(end_.answer) + ".");
  }

  /// The rest of it, for a project that has the one name or the other.
  WandbEnd decide(const std::string& now) {
    const auto contents = look_into(api_, entity_, now, owner_, end_.answer);
    if (!contents) return back(now, WandbEnd::How::failed, "What is in it could not be found out: " + contents.error().text + ".");
    if (!*contents) return stays(WandbEnd::How::absent, "");
    const auto foreign = (*contents)->foreign(), left = (*contents)->unfinished();
    if (!left.empty()) return back(now, WandbEnd::How::failed, list(left) + " could not be removed.");
    if (!foreign.empty()) return back(now, WandbEnd::How::foreign, whose(foreign));
    if (!remove((*contents)->id())) return back(now, WandbEnd::How::failed, wandb_complaint(end_.answer) + ".");
    return stays(WandbEnd::How::gone, "");
  }

 private:
  bool remove(const std::string& id) {
    constexpr GraphqlDocument document{"DeleteProject", "mutation DeleteProject($id: String!) { deleteModel(input: {id: $id}) { success } }"};
    const json data = api_.ask(document, {{"id", id}}, {"deleteModel"}, end_.answer);
    const json* const done = json_at(data, "deleteModel.success");
    return end_.answer.ok() && done != nullptr && done->is_boolean() && done->get<bool>();
  }

  WandbEnd stays(WandbEnd::How how, std::string text) {
    end_.how = how;
    end_.text = std::move(text);
    return end_;
  }

  /// It stays, under the name by which people know it. `answer` remains the one that says why.
  WandbEnd back(const std::string& now, WandbEnd::How how, std::string text) {
    const ApiAnswer why = end_.answer;
    if (now == quarantine_) {
      WandbRename rename{quarantine_, project_, {}, {}};
      remove_remains(api_, entity_, {}, &rename);
      if (rename.how != WandbRename::How::done) {
        text += " It is called " + quarantine_ + " now, because it could not be given its name back: " + wandb_complaint(rename.answer) + ".";
        how = WandbEnd::How::failed;
      }
    }
    end_.answer = why;
    return stays(how, std::move(text));
  }

  WandbApi& api_;
  std::string entity_, project_, quarantine_;
  WandbOwner owner_;
  WandbEnd end_;
};

}  // namespace

std::vector<WandbRemoval> remove_remains(WandbApi& api, const std::string& entity, const std::vector<WandbRemain>& remains, WandbRename* rename) {
  std::vector<WandbRemoval> removals;
  Batch batch(entity);
  for (const auto& remain : remains) {
    WandbRemoval& removal = removals.emplace_back();
    removal.kind = remain.kind;
    removal.name = remain.name;
    removal.entity = entity;
    removal.project = remain.project;
    const std::size_t at = removals.size() - 1;
    if (batch.full()) batch.send(api, removals);
    if (remain.kind == "run") {
      batch.add(at, "deleteRun(input: {id: $ID, deleteArtifacts: true}) { clientMutationId }", remain.id);
    } else if (remain.kind == "artifact") {
      for (const auto& version : remain.versions) batch.add(at, "deleteArtifact(input: {artifactID: $ID, deleteAliases: true}) { artifact { id } }", version);
      batch.add(at, "deleteArtifactSequence(input: {artifactSequenceID: $ID}) { artifactCollection { id } }", remain.id);
    } else {
      batch.add(at, "upsertSweep(input: {id: $ID, state: \"FINISHED\", entityName: " + quoted(entity) + ", projectName: " + quoted(remain.project) + "}) { sweep { id state } }", remain.id);
      removals.back().kept = true;
    }
  }
  if (rename != nullptr) batch.add(*rename);
  if (!batch.empty() || rename != nullptr) batch.send(api, removals);
  return removals;
}

WandbEnd end_project(WandbApi& api, const std::string& entity, const std::string& project, const WandbOwner& owner, const std::string& quarantine,
                     const std::vector<WandbRemain>& remains, std::vector<WandbRemoval>& removals) {
  return Ending(api, entity, project, owner, quarantine).go(remains, removals);
}

WandbEnd clear_project(WandbApi& api, const std::string& entity, const std::string& tag) {
  const WandbOwner owner{tag};
  WandbEnd end;
  end.how = WandbEnd::How::absent;
  // In quarantine first: what is called `tag` beside it is a late write of ours, or somebody else's.
  for (const std::string& name : {wandb_quarantine(tag), tag}) {
    const auto contents = look_into(api, entity, name, owner, end.answer);
    if (!contents) return {WandbEnd::How::failed, "What is in " + name + " could not be found out: " + contents.error().text + ".", end.answer};
    if (!*contents) continue;
    if (!(*contents)->is_own()) {
      // Somebody else's, from the name on.
      end.how = end.how == WandbEnd::How::absent ? WandbEnd::How::foreign : end.how;
      end.text = "It is not of this tool's making.";
      continue;
    }
    const auto own = (*contents)->own(), foreign = (*contents)->foreign();
    std::vector<WandbRemoval> removals;
    Ending ending(api, entity, tag, owner, wandb_quarantine(tag));
    WandbEnd one;
    if (name == tag && foreign.empty()) {
      one = ending.go(own, removals);
    } else {
      removals = remove_remains(api, entity, own);
      const bool done = std::all_of(removals.begin(), removals.end(), [](const auto& removal) { return removal.gone; });
      if (name == tag && done) return {WandbEnd::How::foreign, whose(foreign), end.answer};
      one = ending.decide(name);
    }
    if (one.how != WandbEnd::How::gone && one.how != WandbEnd::How::absent) return one;
    end = one;
  }
  return end;
}

}  // namespace wbverify
