#include <algorithm>
#include <chrono>

#include "checks/wandb/probe.hpp"
#include "checks/wandb/probe_api.hpp"
#include "checks/wandb/probe_remains.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds leftovers_limit{10000};
constexpr std::size_t most_told = 200;

/// What this very run is making meanwhile is nobody's leftover, nor the project that it may have made for it.
std::vector<WandbRemain> without_own(std::vector<WandbRemain> remains, const std::string& tag) {
  const auto is_own = [&](const WandbRemain& remain) { return remain.group == tag; };
  const bool working = std::any_of(remains.begin(), remains.end(), is_own);
  std::erase_if(remains, [&](const WandbRemain& remain) { return is_own(remain) || (working && remain.kind == "project" && remain.project == wandb_project); });
  return remains;
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
    const auto remains = without_own(look_for_remains(api, entity, facts.answer), wandb_tag(context.run_id));
    facts.count += static_cast<int>(remains.size());
    for (const auto& remain : remains) {
      if (facts.found.size() < most_told) facts.found.push_back({entity, remain.project, remain.kind, remain.name, remain.by, remain.created_at});
    }
    if (!facts.answer.ok()) break;
  }
  return facts;
}

bool transient(const WandbLeftoverFacts& facts) { return facts.answer.asked && (facts.answer.http.answered() ? facts.answer.http.is_gateway_error() : facts.answer.http.transient); }

std::vector<Touch> leftover_touches(const Settings& settings) {
  return {{wandb_place(settings).base, "POST /graphql: what stands in the projects verify and wbverify", false, "about 4 KiB"}};
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
