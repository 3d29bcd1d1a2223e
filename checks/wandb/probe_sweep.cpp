#include <chrono>

#include "checks/wandb/probe_chains.hpp"
#include "checks/wandb/probe_documents.hpp"
#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// A grid of one point: over after one run. JSON is YAML.
std::string sweep_config(const std::string& name) {
  const json config = {{"name", name},
                       {"method", "grid"},
                       {"metric", {{"goal", "minimize"}, {"name", "score"}}},
                       {"parameters", {{"x", {{"values", {0.25}}}}}}};
  return dump_json(config);
}

/// A controller that is alive answers the first or second time; clients ask every five seconds.
constexpr milliseconds first_beat{250}, longest_beat{2000};

class SweepTrip {
 public:
  SweepTrip(WandbApi& api, const WandbRun& run, WandbSweep& sweep, Made& made) : api_(api), sweep_(sweep), made_(made) {
    sweep_.tried = true;
    sweep_.entity = run.entity;
    sweep_.project = run.project;
  }

  void go() {
    if (create() && hire() && wait_for_command() && sweep_.command == "run") work();
  }

 private:
  bool goes_on(const ApiAnswer& answer) const { return answer.ok() && !api_.stopped(); }

  bool create() {
    const std::string tag = wandb_tag(api_.context().run_id);
    const json variables = {{"entity", sweep_.entity}, {"project", sweep_.project}, {"config", sweep_config(tag)}, {"name", tag}};
    const json data = api_.ask(wandb_documents::create_sweep, variables, {"upsertSweep.sweep.id", "upsertSweep.sweep.name"}, sweep_.create);
    sweep_.name = json_text(data, "upsertSweep.sweep.name", 100);
    const std::string id = json_raw(data, "upsertSweep.sweep.id");
    if (id.empty()) {
      made_.came_without(sweep_.create);
    } else {
      made_.add({"sweep", id, sweep_.name, sweep_.project, "wbverify", tag, "", {}, ""});
    }
    return goes_on(sweep_.create);
  }

  bool hire() {
    const json variables = {{"entity", sweep_.entity}, {"project", sweep_.project}, {"sweep", sweep_.name}, {"host", "wbverify"}};
    const json data = api_.ask(wandb_documents::create_agent, variables, {"createAgent.agent.id"}, sweep_.agent);
    agent_ = json_raw(data, "createAgent.agent.id");
    hired_ = Deadline::Clock::now();
    return goes_on(sweep_.agent);
  }

  bool wait_for_command() {
    for (milliseconds pause = first_beat;; pause = std::min(pause * 2, longest_beat)) {
      const json data = api_.ask(wandb_documents::heartbeat, {{"agent", agent_}, {"runs", "{}"}}, {"agentHeartbeat.agent"}, sweep_.heartbeat);
      ++sweep_.heartbeats;
      if (!sweep_.heartbeat.ok()) return false;
      if (take_command(data)) return true;
      if (elapsed_ms(hired_) > static_cast<double>(wandb_visible_limit.count()) || !pause_for(api_, pause)) return false;
    }
  }

  bool take_command(const json& data) {
    const json* const given = json_at(data, "agentHeartbeat.commands");
    const json commands = given == nullptr ? json() : given->is_string() ? json_inside(given->get_ref<const std::string&>()) : *given;
    const json* const command = commands.is_array() && !commands.empty() ? &commands[0] : nullptr;
    if (command == nullptr || !command->is_object()) return false;
    sweep_.command = json_text(*command, "type", 40);
    sweep_.command_ms = elapsed_ms(hired_);
    run_ = json_raw(*command, "run_id");
    sweep_.run = for_display(run_, 100);
    const json* const x = json_at(*command, "args.x.value");
    sweep_.right_parameter = x != nullptr && x->is_number() && x->get<double>() == 0.25;
    return true;
  }

  void work() {
    const json variables = {{"entity", sweep_.entity}, {"project", sweep_.project}, {"run", run_}, {"sweep", sweep_.name}};
    const json data = api_.ask(wandb_documents::create_sweep_run, variables, {"upsertBucket.bucket.id"}, sweep_.run_create);
    const std::string id = json_raw(data, "upsertBucket.bucket.id");
    if (id.empty()) {
      made_.came_without(sweep_.run_create);
      return;
    }
    made_.add({"run", id, sweep_.run, sweep_.project, "wbverify", wandb_tag(api_.context().run_id), "", {}, ""});
    if (api_.stopped()) return;
    WandbRun ordered;
    ordered.entity = sweep_.entity;
    ordered.project = sweep_.project;
    ordered.name = run_;
    const json body = {{"files",
                        {{"wandb-history.jsonl", {{"offset", 0}, {"content", {R"({"score":0.5,"_step":0})"}}}},
                         {"wandb-summary.json", {{"offset", 0}, {"content", {R"({"score":0.5})"}}}}}},
                       {"complete", true},
                       {"exitcode", 0}};
    api_.stream(ordered, dump_json(body), sweep_.run_finish);
  }

  WandbApi& api_;
  WandbSweep& sweep_;
  Made& made_;
  std::string agent_, run_;
  Deadline::Clock::time_point hired_;
};

}  // namespace

void run_sweep(WandbApi& api, const WandbRun& run, WandbSweep& sweep, Made& made) { SweepTrip(api, run, sweep, made).go(); }

}  // namespace wbverify
