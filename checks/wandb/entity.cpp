#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Runs may be created";

bool says(const ApiAnswer& answer, std::initializer_list<std::string_view> words) {
  const std::string lower = to_lower(answer.message);
  return std::any_of(words.begin(), words.end(), [&](auto word) { return lower.find(word) != std::string::npos; });
}

/// What is known only of runs and entities; else what any question can meet.
std::string cause_of(const ApiAnswer& create, const std::string& otherwise) {
  if (!create.json || speaks_of_license(create)) return otherwise;
  if (says(create, {"personal entit", "personal project"})) return "personal-entity-disabled";
  if (says(create, {"read only", "read-only", "readonly", "view only", "view-only"})) return "read-only-entity";
  if (says(create, {"storage limit", "quota", "limit exceeded", "seat"})) return "quota-exceeded";
  const bool of_entity = says(create, {"entity", "team", "organization"});
  if ((otherwise == "not-found" || otherwise == "refused") && of_entity &&
      says(create, {"not find", "not found", "unknown", "does not exist", "no such"}))
    return "entity-unknown";
  return otherwise;
}

std::string choose(const WandbWriteFacts& facts) {
  return fmt::format("wbverify --entity TEAM\nSee which you are a member of:\n{}",
                     curl_graphql(facts.place, "{ viewer { username entity teams { edges { node { name } } } } }"));
}

void explain(const WandbWriteFacts& facts, const WandbRun& run, Finding& finding) {
  const WandbPlace& place = facts.place;
  const bool chosen = std::find(place.entities.begin(), place.entities.end(), run.entity) != place.entities.end();
  const std::string whose = chosen ? run.entity : run.entity + ", the default entity of the key,";
  if (finding.cause == "personal-entity-disabled") {
    finding.why =
        "GORILLA_DISABLE_PERSONAL_ENTITY is on: runs belong to teams here, and whoever names none fails in this way.";
    finding.fix =
        "Name a team, and set a default team for the account at " + place.base + "/settings:\n" + choose(facts);
  } else if (finding.cause == "read-only-entity") {
    finding.why = "The key may look at " + run.entity +
                  " and not write into it: its owner has the role of a viewer there, or the team is locked.";
    finding.fix = "An administrator of the team gives the account the role Member at " + place.base + "/" + run.entity +
                  ". Or name another one:\n" + choose(facts);
  } else if (finding.cause == "entity-unknown") {
    finding.why =
        "Nobody is called that on this server; names of teams are written in lower case, as they stand in the URL of "
        "the team's page.";
    finding.fix =
        "Correct the name, or have the team created. Open " + place.base + "/" + run.entity + ", or:\n" + choose(facts);
  } else if (finding.cause == "quota-exceeded") {
    finding.why = "The licence, or a quota of the organisation, is used up: nobody in it starts a run.";
    finding.fix = "See what is used up in the organisation dashboard and at " + place.base +
                  "/system-admin; remove what is not needed, or ask W&B for more.";
  } else if (finding.cause == "permission-denied") {
    finding.why = "The key is right and may not write into " + whose + " or its project " + run.project +
                  ": its owner is no member, the team does not exist, the project is restricted, or personal entities "
                  "are switched off.";
    finding.fix = "Have the account added to the team at " + place.base + "/" + run.entity +
                  ", or name one in which it may write:\n" + choose(facts);
  } else if (finding.cause == "rate-limited") {
    return;
  } else if (finding.cause == "server-error" || finding.cause == "database-error") {
    finding.why =
        "No run starts. The first write needs MySQL with all its rights and migrations; reading may well have worked.";
    finding.fix = "The server's log has the reason. " + server_log() +
                  "\nThe checks of the database say more: wbverify --only 'mysql.*'";
  } else if (finding.cause == "refused") {
    finding.why = "No run starts in " + run.entity + " while the server refuses them.";
  }
  if (finding.status == Status::fail) finding.expected = "The run is created.";
  const std::string variables =
      fmt::format(R"({{"entity":"{}","project":"{}","run":"{}"}})", run.entity, run.project, "by-hand");
  finding.reproduce = curl_graphql(place,
                                   "mutation($entity:String,$project:String,$run:String){ "
                                   "upsertBucket(input:{entityName:$entity,modelName:$project,name:$run}) "
                                   "{ bucket { id } inserted } }",
                                   variables);
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  if (facts.runs.empty() && facts.cause == "no-entity") {
    Finding finding;
    finding.status = Status::fail;
    finding.cause = facts.cause;
    finding.observed = "The account has no default entity, and none was named.";
    finding.expected = "An entity in which runs are made.";
    finding.why = "wandb.init without an entity fails in the same way for this account.";
    finding.fix = "Set a default team at " + facts.place.base + "/settings, or name one:\n" + choose(facts);
    finding.reproduce = curl_graphql(facts.place, "{ viewer { username entity teams { edges { node { name } } } } }");
    finding.setting = facts.place.setting;
    return {finding};
  }
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles&) -> Findings {
    if (run.create.ok()) return {passed(fmt::format("{}, after {:.0f} ms", run.entity, run.create.http.duration_ms))};
    Finding finding = trouble(facts.place, run.create, scene);
    finding.cause = cause_of(run.create, finding.cause);
    if (run.create.asked) explain(facts, run, finding);
    return {finding};
  });
}

}  // namespace

CheckSpec wandb_entity_check() {
  CheckSpec spec;
  spec.id = "wandb.entity";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.login"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
