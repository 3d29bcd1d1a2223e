#include <algorithm>
#include <chrono>

#include "checks/wandb/probe.hpp"
#include "checks/wandb/probe_api.hpp"
#include "checks/wandb/probe_contents.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds leftovers_limit{10000};
constexpr std::size_t most_told = 200;

constexpr std::size_t most_projects = 5;
/// What is younger is at work, or somebody looks at it right now.
constexpr std::int64_t longest_run_seconds = 3600;

constexpr GraphqlDocument leftovers_document{"Leftovers", R"(query Leftovers($entity: String) {
  models(entityName: $entity, first: 1000) { edges { node { name createdAt } } }
})"};

/// Projects of which a name says that something may be left in them, on the first page: cleanup looks at all.
std::vector<std::pair<std::string, WandbOwner>> suspects(const json& data) {
  std::vector<std::pair<std::string, WandbOwner>> out;
  const json* const edges = json_at(data, "models.edges");
  if (edges == nullptr || !edges->is_array()) return out;
  const std::string begin = wandb_quarantine("");
  for (const auto& edge : *edges) {
    const std::string name = json_raw(edge, "node.name");
    const std::string tag = name.starts_with(begin) ? name.substr(begin.size()) : name;
    const std::int64_t made = wandb_moment(json_raw(edge, "node.createdAt"));
    if (name == wandb_verify_project) out.emplace_back(name, WandbOwner{});
    if (is_wandb_tag(tag) && made >= 0 && wandb_now() / 1000 - made > longest_run_seconds && out.size() < most_projects) out.emplace_back(name, WandbOwner{tag});
  }
  return out;
}

std::vector<WandbRemain> left_in(const WandbContents& contents, const WandbOwner& owner) {
  auto out = contents.own();
  // A project that others use as well is no longer ours: what cannot be removed from it is no leftover.
  if (!owner.tag.empty() && !contents.foreign().empty()) out = contents.unfinished();
  if (contents.is_own() && contents.foreign().empty()) out.push_back({"project", contents.id(), contents.project(), contents.project(), owner.tag.empty() ? "wandb verify" : "wbverify", "", "", {}, ""});
  return out;
}

WandbLeftoverFacts find_leftovers(const ProbeContext& context) {
  WandbLeftoverFacts facts;
  WandbApi api(context);
  facts.entities = context.settings.wandb.entities;
  if (facts.entities.empty()) {
    const Facts session = context.facts_of("wandb");
    if (session && !session.as<WandbFacts>().default_entity.empty()) facts.entities = {session.as<WandbFacts>().default_entity};
  }
  for (const auto& entity : facts.entities) {
    if (api.stopped()) break;
    const json data = api.ask(leftovers_document, {{"entity", entity}}, {}, facts.answer);   // null: no entity of that name is visible to this account
    if (!facts.answer.ok()) break;
    for (const auto& [project, owner] : suspects(data)) {
      const auto contents = look_into(api, entity, project, owner, facts.answer);
      // What is there is not known then, which is not the same as nothing.
      if (!contents && facts.answer.ok()) facts.answer.message = contents.error().text;
      if (!contents || !*contents) continue;
      const auto remains = left_in(**contents, owner);
      facts.count += static_cast<int>(remains.size());
      for (const auto& remain : remains) {
        if (facts.found.size() < most_told) facts.found.push_back({entity, remain.project, remain.kind, remain.name, remain.by, remain.created_at});
      }
    }
  }
  return facts;
}

bool transient(const WandbLeftoverFacts& facts) { return facts.answer.asked && (facts.answer.http.answered() ? facts.answer.http.is_gateway_error() : facts.answer.http.transient); }

std::vector<Touch> leftover_touches(const Settings& settings) {
  return {{wandb_place(settings).base, "POST /graphql: which projects there are; what stands in verify, and in projects of runs of wbverify older than an hour", false, "about 4 KiB"}};
}

}  // namespace

ProbeSpec wandb_leftovers_probe() {
  ProbeSpec spec;
  spec.id = "wandb.leftovers";
  spec.needs = {"wandb.login"};
  spec.reads = {"wandb"};
  spec.limit = leftovers_limit;
  spec.skip = wandb_login_skip;
  spec.touches = leftover_touches;
  return make_probe<WandbLeftoverFacts>(std::move(spec), find_leftovers, transient);
}

}  // namespace wbverify
