#include "checks/wandb/probe_remains.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

/// Mutations in one request.
constexpr std::size_t most_at_once = 25;

constexpr GraphqlDocument look_document{"Leftovers", R"(query Leftovers($entity: String) {
  ours: project(name: "wbverify", entityName: $entity) { ...Things ours: artifactType(name: "wbverify") { ...Collections } }
  theirs: project(name: "verify", entityName: $entity) { ...Things theirs: artifactType(name: "artsy") { ...Collections } }
}
fragment Things on Project {
  id createdAt
  runs(first: 1000) { edges { node { id name sweepName createdAt } } }
  sweeps(first: 500) { edges { node { id name <Sweep.displayName|displayName> config state createdAt } } }
  artifactTypes(first: 100) { edges { node { name } } }
}
fragment Collections on ArtifactType {
  artifactCollections(first: 500) { edges { node { id name createdAt artifacts(first: 100) { edges { node { id } } } } } }
})"};

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

/// `wbverify-0123456789abcdef` at the beginning of a name of ours, or empty.
std::string tag_of(std::string_view name) {
  constexpr std::string_view begin = "wbverify-";
  constexpr std::size_t id = 16;
  if (!name.starts_with(begin) || name.size() < begin.size() + id || !is_hex(name.substr(begin.size(), id))) return "";
  const std::string_view rest = name.substr(begin.size() + id);
  return rest.empty() || rest.front() == '-' ? std::string(name.substr(0, begin.size() + id)) : "";
}

/// The eight characters that one execution of `wandb verify` puts before its names, or empty.
std::string prefix_of(std::string_view name, std::initializer_list<std::string_view> ends) {
  constexpr std::size_t length = 8;
  if (name.size() <= length || name[length] != '-') return "";
  const bool letters = std::all_of(name.begin(), name.begin() + length, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  const bool known = std::find(ends.begin(), ends.end(), name.substr(length + 1)) != ends.end();
  return letters && known ? std::string(name.substr(0, length)) : "";
}

std::vector<const json*> nodes(const json* connection) {
  std::vector<const json*> out;
  const json* const edges = connection == nullptr ? nullptr : json_at(*connection, "edges");
  if (edges == nullptr || !edges->is_array()) return out;
  for (const auto& edge : *edges) {
    const json* const node = json_at(edge, "node");
    if (node != nullptr && node->is_object()) out.push_back(node);
  }
  return out;
}

/// One of the two projects.
class Project {
 public:
  Project(const json& data, std::string name, bool ours) : data_(data), name_(std::move(name)), ours_(ours) {}

  std::vector<WandbRemain> remains() {
    std::set<std::string> sweeps;
    bool foreign = false;
    for (const json* node : nodes(json_at(data_, "sweeps"))) {
      const std::string group = sweep_group(*node);
      if (group.empty()) {
        foreign = true;
        continue;
      }
      sweep_groups_[json_raw(*node, "name")] = group;
      sweeps_.push_back(remain("sweep", *node, group));
      sweeps_.back().state = json_text(*node, "state", 40);
    }
    for (const json* node : nodes(json_at(data_, ours_ ? "ours.artifactCollections" : "theirs.artifactCollections"))) {
      const std::string name = json_raw(*node, "name"), group = ours_ ? tag_of(name) : prefix_of(name, {"sing-artys", "my-artys"});
      if (group.empty()) {
        foreign = true;
        continue;
      }
      out_.push_back(remain("artifact", *node, group));
      for (const json* version : nodes(json_at(*node, "artifacts"))) out_.back().versions.push_back(json_raw(*version, "id"));
    }
    for (const json* node : nodes(json_at(data_, "runs"))) {
      const std::string group = run_group(*node);
      if (group.empty()) foreign = true;
      if (!group.empty()) out_.push_back(remain("run", *node, group));
    }
    for (const json* node : nodes(json_at(data_, "artifactTypes"))) {
      // Types that the server makes for every run hold nothing but what belongs to runs.
      const std::string type = json_raw(*node, "name");
      foreign |= type != (ours_ ? "wbverify" : "artsy") && type != "run" && type != "run_table" && type != "job" && type != "code" && type != "wandb-history";
    }
    out_.insert(out_.end(), sweeps_.begin(), sweeps_.end());
    if (!foreign && !json_raw(data_, "id").empty()) out_.push_back(remain("project", data_, "project"));
    return std::move(out_);
  }

 private:
  WandbRemain remain(std::string kind, const json& node, std::string group) const {
    WandbRemain out;
    out.kind = std::move(kind);
    out.id = json_raw(node, "id");
    out.name = out.kind == "project" ? name_ : json_text(node, "name", 140);
    out.project = name_;
    out.by = ours_ ? "wbverify" : "wandb verify";
    out.group = std::move(group);
    out.created_at = json_text(node, "createdAt", 40);
    return out;
  }

  std::string sweep_group(const json& node) const {
    if (ours_) return tag_of(json_raw(node, "displayName"));
    return json_raw(node, "displayName") == "verify_sweep" || json_raw(node, "config").find("verify_sweep") != std::string::npos ? "sweep " + json_text(node, "name", 60) : "";
  }

  std::string run_group(const json& node) const {
    const std::string name = json_raw(node, "name");
    const std::string own = ours_ ? tag_of(name) : prefix_of(name, {"graphql_put", "check_run", "log_artifact", "use_artifact"});
    if (!own.empty()) return own;
    const auto sweep = sweep_groups_.find(json_raw(node, "sweepName"));
    return sweep == sweep_groups_.end() ? "" : sweep->second;
  }

  const json& data_;
  std::string name_;
  bool ours_;
  std::map<std::string, std::string> sweep_groups_;   ///< of a sweep's name
  std::vector<WandbRemain> out_, sweeps_;
};

/// One request full of mutations.
class Batch {
 public:
  bool full() const { return count_ >= most_at_once; }
  bool empty() const { return count_ == 0; }

  /// `call` holds `$ID` where the variable goes.
  void add(std::size_t remain, std::string call, const std::string& id) {
    const std::string name = "m" + std::to_string(count_++);
    declarations_ += (declarations_.empty() ? "$" : ", $") + name + ": " + (call.starts_with("upsertSweep") ? "ID" : call.starts_with("deleteModel") ? "String!" : "ID!");
    variables_[name] = id;
    call.replace(call.find("$ID"), 3, "$" + name);
    calls_ += "  " + name + ": " + call + "\n";
    of_[name] = remain;
  }

  void send(WandbApi& api, std::vector<WandbRemoval>& removals) {
    const std::string text = "mutation Remove(" + declarations_ + ") {\n" + calls_ + "}";
    ApiAnswer answer;
    const json data = api.ask({"Remove", text}, variables_, {}, answer);
    for (const auto& [name, remain] : of_) {
      WandbRemoval& removal = removals[remain];
      const json* const done = json_at(data, name);
      const bool acknowledged = answer.json && done != nullptr && !done->is_null();
      // Of several steps each has to be acknowledged.
      removal.gone = acknowledged && (!removal.answer.asked || removal.gone);
      removal.answer = answer;
      if (removal.kind == "sweep") removal.state = json_text(data, name + ".sweep.state", 40);
    }
    *this = Batch();
  }

 private:
  std::size_t count_ = 0;
  std::string declarations_, calls_;
  json variables_ = json::object();
  std::map<std::string, std::size_t> of_;
};

std::string quoted(const std::string& text) { return dump_json(json(text)); }

}  // namespace

std::vector<WandbRemain> look_for_remains(WandbApi& api, const std::string& entity, ApiAnswer& answer) {
  const json data = api.ask(look_document, {{"entity", entity}}, {}, answer);
  std::vector<WandbRemain> out;
  if (const json* const ours = json_at(data, "ours"); ours != nullptr && ours->is_object()) out = Project(*ours, std::string(wandb_project), true).remains();
  if (const json* const theirs = json_at(data, "theirs"); theirs != nullptr && theirs->is_object()) {
    const auto more = Project(*theirs, std::string(wandb_verify_project), false).remains();
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

std::string default_entity(WandbApi& api, ApiAnswer& answer) {
  constexpr GraphqlDocument document{"Viewer", "query Viewer { viewer { id entity } }"};
  return json_raw(api.ask(document, json::object(), {"viewer.entity"}, answer), "viewer.entity");
}

std::vector<WandbRemoval> remove_remains(WandbApi& api, const std::string& entity, const std::vector<WandbRemain>& remains) {
  std::vector<WandbRemoval> removals;
  Batch batch;
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
    } else if (remain.kind == "sweep") {
      batch.add(at, "upsertSweep(input: {id: $ID, state: \"FINISHED\", entityName: " + quoted(entity) + ", projectName: " + quoted(remain.project) + "}) { sweep { id state } }", remain.id);
      removals.back().kept = true;
    } else {
      batch.add(at, "deleteModel(input: {id: $ID}) { success }", remain.id);
    }
  }
  if (!batch.empty()) batch.send(api, removals);
  // What stood in a project that is deleted goes with it, its sweeps too.
  for (const auto& project : removals) {
    if (project.kind != "project" || !project.gone) continue;
    for (auto& removal : removals) {
      if (removal.project == project.project && removal.kind == "sweep") removal.kept = false;
    }
  }
  return removals;
}

}  // namespace wbverify
