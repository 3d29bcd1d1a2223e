#include "checks/wandb/probe_contents.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

constexpr int most_pages = 500;
constexpr std::string_view tag_begin = "wbverify-";
constexpr std::size_t id_length = 16;

/// A list in a project, or in one of its artifact types.
struct List {
  std::string_view kind, member, fields;
  std::string_view mark;   ///< the ID of the member, where older servers lack it
  bool in_pages = true;
};
constexpr std::string_view collection_fields = "id name createdAt artifacts(first: 5) { edges { node { id } } }";
constexpr List runs{"run", "runs", "id name jobType sweepName state createdAt", ""};
constexpr List sweeps{"sweep", "sweeps", "id name <Sweep.displayName|displayName> config state createdAt", ""};
constexpr List reports{"report", "allViews", "id name displayName createdAt", "Project.allViews"};
constexpr List queues{"queue", "runQueues", "id name", "Project.runQueues", false};
constexpr List automations{"automation", "triggers", "id name createdAt", "Project.triggers", false};
constexpr List collections{"artifact", "artifactCollections", collection_fields, ""};
constexpr List types{"type", "artifactTypes", "name", ""};

/// The list as a document asks for it: the first page, or the one behind `$after`. `inner` stands in each node as well.
std::string question(const List& list, bool further, const std::string& inner = "") {
  std::string text(list.member);
  const std::string node = std::string(list.fields) + (inner.empty() ? "" : " " + inner);
  if (list.in_pages) {
    text += std::string("(first: 100") + (further ? ", after: $after" : "") + ") { edges { node { " + node + " } } pageInfo { endCursor hasNextPage } }";
  } else {
    text += " { " + node + " }";
  }
  return list.mark.empty() || further ? text : "<" + std::string(list.mark) + "|" + text + ">";
}

const std::string& contents_text() {
  static const std::string text = "query Contents($entity: String, $project: String!) { project(name: $project, entityName: $entity) { id name description createdAt " +
                                  question(runs, false) + " " + question(sweeps, false) + " " + question(types, false, question(collections, false)) + " " +
                                  question(reports, false) + " " + question(queues, false) + " " + question(automations, false) + " } }";
  return text;
}

tl::unexpected<Error> incomplete(std::string text) { return fail({"incomplete-answer", std::move(text), Blame::target}); }

/// The nodes of one answer, whole: an error when it does not say everything that it must.
Result<std::vector<const json*>> nodes_of(const json* found, const List& list) {
  const auto wrong = [&] { return incomplete("the server's answer does not say what is in " + std::string(list.member)); };
  const json* const edges = found == nullptr ? nullptr : list.in_pages ? json_at(*found, "edges") : found;
  if (edges == nullptr || !edges->is_array()) return wrong();
  std::vector<const json*> out;
  for (const auto& edge : *edges) {
    const json* const node = list.in_pages ? json_at(edge, "node") : &edge;
    if (node == nullptr || !node->is_object() || (json_raw(*node, "id").empty() && json_raw(*node, "name").empty())) return wrong();
    out.push_back(node);
  }
  return out;
}

/// The cursor of the next page; empty at the end.
Result<std::string> next_page(const json& connection, const List& list) {
  const json* const more = json_at(connection, "pageInfo.hasNextPage");
  if (more == nullptr || !more->is_boolean()) return incomplete("the server's answer does not say whether more is in " + std::string(list.member));
  if (!more->get<bool>()) return std::string();
  std::string cursor = json_raw(connection, "pageInfo.endCursor");
  if (cursor.empty()) return incomplete("the server has more in " + std::string(list.member) + ", and does not say how to ask for it");
  return cursor;
}

/// The eight characters that one execution of `wandb verify` puts before its names, or empty.
std::string prefix_of(std::string_view name, std::initializer_list<std::string_view> ends) {
  constexpr std::size_t length = 8;
  if (name.size() <= length || name[length] != '-') return "";
  const bool letters = std::all_of(name.begin(), name.begin() + length, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  const bool known = std::find(ends.begin(), ends.end(), name.substr(length + 1)) != ends.end();
  return letters && known ? std::string(name.substr(0, length)) : "";
}

/// Whether a sweep's configuration is the one that `wandb verify` writes, in YAML or JSON.
bool is_verify_sweep(std::string config) {
  std::erase_if(config, [](char c) { return c == ' ' || c == '"' || c == '\''; });
  std::replace(config.begin(), config.end(), ',', '\n');
  std::replace(config.begin(), config.end(), '{', '\n');
  std::replace(config.begin(), config.end(), '}', '\n');
  const auto lines = split(config, '\n');
  const auto has = [&](std::string_view line) { return std::find(lines.begin(), lines.end(), line) != lines.end(); };
  return has("name:verify_sweep") && has("name:score") && has("goal:minimize") && config.find("0.01") != std::string::npos && config.find("0.05") != std::string::npos;
}

/// Puts together what is in a project, by whose marks.
class Look {
 public:
  Look(WandbApi& api, const std::string& entity, const std::string& project, const WandbOwner& owner, ApiAnswer& answer)
      : api_(api), owner_(owner), answer_(answer), project_(project), variables_{{"entity", entity}, {"project", project}} {}

  /// `data` of the first answer; a null when there is no such project.
  Result<json> begin() {
    auto data = ask({"Contents", contents_text()}, variables_);
    if (!data) return data;
    const json* const found = json_at(*data, "project");
    if (found == nullptr || !(found->is_object() || found->is_null())) return incomplete("the server's answer does not say whether the project " + project_ + " is there");
    if (found->is_object() && (json_raw(*found, "id").empty() || json_raw(*found, "name") != project_)) return incomplete("the server's answer is about another project");
    return *found;
  }

  Result<void> read(const json& project, std::vector<WandbRemain>& things) {
    things_ = &things;
    if (auto done = take(sweeps, json_at(project, sweeps.member), "project.", ""); !done) return done;
    if (auto done = take(runs, json_at(project, runs.member), "project.", ""); !done) return done;
    if (auto done = take(types, json_at(project, types.member), "project.", ""); !done) return done;
    for (const List& list : {reports, queues, automations}) {
      if (api_.lacks(list.mark)) continue;
      if (auto done = take(list, json_at(project, list.member), "project.", ""); !done) return done;
    }
    return {};
  }

 private:
  Result<json> ask(const GraphqlDocument& document, const json& variables) {
    json data = api_.ask(document, variables, {}, answer_);
    if (!answer_.ok() || answer_.http.status / 100 != 2) return fail({answer_.http.cause.empty() ? "not-told" : answer_.http.cause, wandb_complaint(answer_), Blame::target, answer_.http.transient});
    return data;
  }

  /// All pages of a list, of the project or of an artifact type.
  Result<void> take(const List& list, const json* first, const std::string& way, const std::string& type) {
    json page;
    std::set<std::string> seen;
    for (const json* at = first;;) {
      const auto nodes = nodes_of(at, list);
      if (!nodes) return tl::unexpected(nodes.error());
      for (const json* node : *nodes) {
        if (list.kind != types.kind) {
          things_->push_back(thing(list, *node, type));
        } else if (auto done = take(collections, json_at(*node, collections.member), "project.artifactType.", json_raw(*node, "name")); !done) {
          return done;
        }
      }
      if (!list.in_pages) return {};
      const auto cursor = next_page(*at, list);
      if (!cursor) return tl::unexpected(cursor.error());
      if (cursor->empty()) return {};
      if (!seen.insert(*cursor).second || seen.size() > most_pages) return incomplete("the server's pages of " + std::string(list.member) + " have no end");
      auto next = further(list, *cursor, type);
      if (!next) return tl::unexpected(next.error());
      page = std::move(*next);
      at = json_at(page, way + std::string(list.member));
    }
  }

  Result<json> further(const List& list, const std::string& cursor, const std::string& type) {
    const bool inside = !type.empty();
    const std::string what = question(list, true, list.kind == types.kind ? question(collections, false) : "");
    const std::string text = std::string("query ContentsPage($entity: String, $project: String!, $after: String") + (inside ? ", $type: String!" : "") +
                             ") { project(name: $project, entityName: $entity) { id " + (inside ? "artifactType(name: $type) { " + what + " }" : what) + " } }";
    json variables = variables_;
    variables["after"] = cursor;
    if (inside) variables["type"] = type;
    return ask({"ContentsPage", text}, variables);
  }

  WandbRemain thing(const List& list, const json& node, const std::string& type) {
    WandbRemain out;
    out.kind = list.kind;
    out.id = json_raw(node, "id");
    const std::string name = json_raw(node, "name"), shown = json_text(node, "displayName", 140);
    out.name = list.kind == reports.kind && !shown.empty() ? shown : for_display(name, 140);
    out.project = project_;
    out.created_at = json_text(node, "createdAt", 40);
    out.state = json_text(node, "state", 40);
    out.group = list.kind == runs.kind ? run_group(node, name) : list.kind == sweeps.kind ? sweep_group(node, name) : list.kind == collections.kind ? collection_group(name, type) : "";
    if (!out.group.empty()) out.by = owner_.tag.empty() ? "wandb verify" : "wbverify";
    if (list.kind == collections.kind) note_versions(node, out);
    return out;
  }

  static void note_versions(const json& node, WandbRemain& out) {
    const json* const edges = json_at(node, "artifacts.edges");
    if (edges == nullptr || !edges->is_array()) return;
    for (const auto& edge : *edges) {
      if (std::string id = json_raw(edge, "node.id"); !id.empty()) out.versions.push_back(std::move(id));
    }
  }

  std::string sweep_group(const json& node, const std::string& name) {
    const std::string config = json_raw(node, "config");
    std::string group;
    if (owner_.tag.empty()) {
      if (is_verify_sweep(config)) group = "sweep " + for_display(name, 60);
    } else if (json_raw(json_inside(config), "name") == owner_.tag || json_raw(node, "displayName") == owner_.tag) {
      group = owner_.tag;
    }
    if (!group.empty()) sweep_groups_.emplace_back(name, group);
    return group;
  }

  std::string run_group(const json& node, const std::string& name) const {
    if (!owner_.tag.empty()) return json_raw(node, "jobType") == owner_.tag ? owner_.tag : "";
    const std::string sweep = json_raw(node, "sweepName");
    const auto found = sweep.empty() ? sweep_groups_.end() : std::find_if(sweep_groups_.begin(), sweep_groups_.end(), [&](const auto& pair) { return pair.first == sweep; });
    const std::string prefix = prefix_of(name, {"graphql_put", "check_run", "log_artifact", "use_artifact"});
    return !prefix.empty() ? prefix : found == sweep_groups_.end() ? "" : found->second;
  }

  std::string collection_group(const std::string& name, const std::string& type) const {
    if (owner_.tag.empty()) return type == "artsy" ? prefix_of(name, {"sing-artys", "my-artys"}) : "";
    return type == "wbverify" && name == owner_.tag ? owner_.tag : "";
  }

  WandbApi& api_;
  const WandbOwner& owner_;
  ApiAnswer& answer_;
  std::string project_;
  json variables_;
  std::vector<std::pair<std::string, std::string>> sweep_groups_;   ///< name of a sweep, its group
  std::vector<WandbRemain>* things_ = nullptr;
};

bool is_over(const WandbRemain& sweep) { return sweep.state == "FINISHED" || sweep.state == "CANCELED" || sweep.state == "STOPPED"; }

/// Artifacts belong to runs: they go first.
int order(const WandbRemain& remain) { return remain.kind == "artifact" ? 0 : remain.kind == "run" ? 1 : 2; }

}  // namespace

bool is_wandb_tag(std::string_view name) {
  return name.starts_with(tag_begin) && name.size() == tag_begin.size() + id_length && name.substr(tag_begin.size()).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string wandb_quarantine(std::string_view tag) { return "removed-by-" + std::string(tag); }

std::string wandb_project_mark(std::string_view tag) { return "Made by the run " + std::string(tag) + " of wbverify, which removes it when it ends."; }

std::int64_t wandb_moment(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = -1;
    if (text.size() >= at + digits) std::from_chars(text.data() + at, text.data() + at + digits, value);
    return value;
  };
  using namespace std::chrono;
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))), day(static_cast<unsigned>(number(8, 2)))};
  if (text.size() < 19 || !date.ok()) return -1;
  return sys_days(date).time_since_epoch().count() * std::int64_t{86400} + number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
}

std::vector<WandbRemain> WandbContents::own() const {
  std::vector<WandbRemain> out;
  std::copy_if(things_.begin(), things_.end(), std::back_inserter(out), [](const auto& thing) { return !thing.by.empty(); });
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return order(a) < order(b); });
  return out;
}

std::vector<WandbRemain> WandbContents::foreign() const {
  std::vector<WandbRemain> out;
  std::copy_if(things_.begin(), things_.end(), std::back_inserter(out), [](const auto& thing) { return thing.by.empty(); });
  return out;
}

std::vector<WandbRemain> WandbContents::unfinished() const {
  auto out = own();
  std::erase_if(out, [](const auto& thing) { return thing.kind == "sweep" && is_over(thing); });
  return out;
}

std::int64_t WandbContents::since() const {
  std::int64_t youngest = wandb_moment(created_at_);
  for (const auto& thing : own()) youngest = std::max(youngest, wandb_moment(thing.created_at));
  return youngest;
}

Result<std::optional<WandbContents>> look_into(WandbApi& api, const std::string& entity, const std::string& project, const WandbOwner& owner, ApiAnswer& answer) {
  Look look(api, entity, project, owner, answer);
  const auto found = look.begin();
  if (!found) return tl::unexpected(found.error());
  if (found->is_null()) return std::optional<WandbContents>();
  WandbContents out;
  out.id_ = json_raw(*found, "id");
  out.project_ = project;
  out.created_at_ = json_raw(*found, "createdAt");
  const std::string description = json_raw(*found, "description");
  out.marked_ = !owner.tag.empty() && description == wandb_project_mark(owner.tag);
  if (auto done = look.read(*found, out.things_); !done) return tl::unexpected(done.error());
  // A request to rename that arrives after the project is gone makes an empty one by the new name.
  out.marked_ |= !owner.tag.empty() && project == wandb_quarantine(owner.tag) && out.things_.empty() && description.empty();
  if (!description.empty() && !out.marked_) out.things_.push_back({"description", "", for_display(description, 60), project, "", "", "", {}, ""});
  return out;
}

Result<std::vector<std::string>> wandb_projects(WandbApi& api, const std::string& entity, ApiAnswer& answer) {
  constexpr GraphqlDocument document{"Projects", R"(query Projects($entity: String, $after: String) {
  models(entityName: $entity, first: 100, after: $after) { edges { node { name } } pageInfo { endCursor hasNextPage } }
})"};
  constexpr List projects{"project", "models", "name", ""};
  std::vector<std::string> out;
  std::set<std::string> seen;
  json variables = {{"entity", entity}};
  for (;;) {
    const json data = api.ask(document, variables, {"models"}, answer);
    if (!answer.ok()) return fail({answer.http.cause.empty() ? "not-told" : answer.http.cause, wandb_complaint(answer), Blame::target, answer.http.transient});
    const json* const page = json_at(data, "models");
    const auto nodes = nodes_of(page, projects);
    if (!nodes) return tl::unexpected(nodes.error());
    for (const json* node : *nodes) out.push_back(json_raw(*node, "name"));
    const auto cursor = next_page(*page, projects);
    if (!cursor) return tl::unexpected(cursor.error());
    if (cursor->empty()) return out;
    if (!seen.insert(*cursor).second || seen.size() > most_pages) return incomplete("the server's pages of projects have no end");
    variables["after"] = *cursor;
  }
}

std::string default_entity(WandbApi& api, ApiAnswer& answer) {
  constexpr GraphqlDocument document{"Viewer", "query Viewer { viewer { id entity } }"};
  return json_raw(api.ask(document, json::object(), {"viewer.entity"}, answer), "viewer.entity");
}

std::string wandb_complaint(const ApiAnswer& answer) {
  if (!answer.asked) return "there was no time left to ask";
  if (!answer.http.answered()) return answer.http.text;
  if (!answer.message.empty()) return "the server says: " + answer.message;
  return "the server answers " + std::to_string(answer.http.status) + (answer.json ? "" : ", and not in JSON");
}

}  // namespace wbverify
