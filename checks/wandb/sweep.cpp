#include <fmt/format.h>

#include <algorithm>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view why_sweeps =
    "Nobody can search for hyperparameters: `wandb sweep` and `wandb agent` fail, or agents wait for work that never "
    "comes.";

struct Case {
  const WandbWriteFacts& facts;
  const WandbSweep& sweep;
  const Scene& scene;
};

/// A sweep of one run that does nothing, and its agent.
std::string sweep_by_hand(const Case& at) {
  const std::string base = "WANDB_BASE_URL=" + shell_quote(at.facts.place.base) + " wandb ";
  return R"(printf 'method: grid\ncommand: ["true"]\nparameters:\n  x:\n    values: [1]\n' > /tmp/sweep.yaml; )" +
         base + "sweep --entity " + shell_quote(at.sweep.entity) + " --project " + shell_quote(at.sweep.project) +
         " /tmp/sweep.yaml\n" + base + "agent --count 1 " +
         shell_quote(at.sweep.entity + "/" + at.sweep.project + "/ID-THAT-IT-PRINTS");
}

std::string controller() {
  return "Sweeps are planned by a service of their own. With Kubernetes it is anaconda2:\n"
         "kubectl get pods -n NAMESPACE | grep anaconda\nkubectl logs -n NAMESPACE deploy/wandb-anaconda2 --tail 100\n"
         "If it is not there, switch it on in the values of the chart (anaconda2.install: true); if it restarts, its "
         "log "
         "says why, most often the database or Redis. With Docker it runs in the container, and its lines stand in the "
         "log:\n"
         "docker logs wandb-local 2>&1 | grep -i -E 'anaconda|sweep' | tail -50\ndocker restart wandb-local";
}

Finding wrong(std::string cause, const Case& at) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.why = why_sweeps;
  finding.setting = "HOST";
  finding.reproduce = sweep_by_hand(at);
  return finding;
}

/// `what` is a sentence without its full stop.
Finding refused(const ApiAnswer& answer, std::string_view what, const Case& at) {
  Finding finding = trouble(at.facts.place, answer, at.scene);
  if (finding.cause == "interrupted") return finding;
  finding.observed = fmt::format("{}: {}", what, finding.observed);
  finding.why = why_sweeps;
  finding.reproduce = sweep_by_hand(at);
  return finding;
}

Finding create_row(const Case& at) {
  const WandbSweep& sweep = at.sweep;
  if (!sweep.create.asked) return interrupted("The creation of a sweep");
  if (!sweep.create.ok()) return refused(sweep.create, "No sweep can be made in the project " + sweep.project, at);
  if (!sweep.name.empty()) {
    return passed(fmt::format("sweep {} in {:.0f} ms", sweep.name, sweep.create.http.duration_ms));
  }
  Finding finding = wrong("unexpected-answer", at);
  finding.observed = "The server says that it made a sweep, and gives it no name.";
  finding.expected = "The name of the sweep in upsertSweep.sweep.name.";
  finding.fix = "The server's log says what became of it. " + server_log();
  return finding;
}

bool is_vanished(const ApiAnswer& answer) {
  const std::string message = to_lower(answer.message);
  return answer.json && (answer.http.status == 404 || message.find("not found") != std::string::npos ||
                         message.find("could not find") != std::string::npos);
}

Finding vanished(const ApiAnswer& answer, const Case& at) {
  Finding finding = wrong("vanished", at);
  finding.observed =
      fmt::format("The sweep {} was made, and then the server does not know it: {}", at.sweep.name, tell(answer));
  finding.expected = "A sweep that was made is there for its agents.";
  finding.fix =
      "One part of the server writes sweeps where another does not look: replicas with different databases, a read "
      "replica that lags behind, or somebody who deletes the project. Compare MYSQL of all parts:\n"
      "kubectl describe deploy -n NAMESPACE | grep -E '^Name:|MYSQL'\n" +
      server_log();
  return finding;
}

/// What came in place of the order to do a run.
Finding judge_command(const Case& at) {
  const WandbSweep& sweep = at.sweep;
  if (sweep.command.empty()) {
    Finding finding = wrong("no-command", at);
    finding.observed =
        fmt::format("The agent asked {} {} for work and was given none. The sweep was made and the agent is known.",
                    sweep.heartbeats, sweep.heartbeats == 1 ? "time" : "times");
    finding.expected = "A command of type `run` with the parameters of the first run.";
    finding.fix = controller();
    return finding;
  }
  if (sweep.command == "exit" || sweep.command == "stop") {
    Finding finding = wrong("ended-at-once", at);
    finding.observed = fmt::format("A new sweep has runs to give, and the agent is told `{}` after {} {}.",
                                   sweep.command, sweep.heartbeats, sweep.heartbeats == 1 ? "question" : "questions");
    finding.expected = "A command of type `run`.";
    finding.fix =
        "The server takes the sweep for finished, cancelled or over its limit. Its state is in the answer to the "
        "command below; who ends it stands in the log of the sweep service.\n" +
        controller();
    return finding;
  }
  Finding finding = wrong("unexpected-answer", at);
  finding.observed = fmt::format("In place of a run the agent is ordered `{}`.", sweep.command);
  finding.expected = "A command of type `run`.";
  finding.fix = controller();
  return finding;
}

Finding agent_row(const Case& at) {
  const WandbSweep& sweep = at.sweep;
  if (!sweep.agent.asked) return interrupted("An agent's place in the sweep");
  if (!sweep.agent.ok()) {
    return is_vanished(sweep.agent) ? vanished(sweep.agent, at)
                                    : refused(sweep.agent, "The sweep is made, and takes no agent", at);
  }
  if (!sweep.heartbeat.asked) return interrupted("The agent's first order");
  if (!sweep.heartbeat.ok()) {
    return is_vanished(sweep.heartbeat) ? vanished(sweep.heartbeat, at)
                                        : refused(sweep.heartbeat, "The agent asks for work and is given an error", at);
  }
  if (sweep.command != "run") return judge_command(at);
  if (sweep.run.empty() || !sweep.right_parameter) {
    Finding finding = wrong("wrong-parameter", at);
    finding.observed = sweep.run.empty()
                           ? "The agent is ordered a run that has no name."
                           : fmt::format(
                                 "The agent is ordered the run {} with a parameter that is none of those in the "
                                 "sweep's configuration.",
                                 sweep.run);
    finding.expected = "One of the values that the sweep was made with.";
    finding.fix =
        "Server and sweep service do not read the configuration alike, most often because an upgrade left one of "
        "them at an older version. Bring all parts to the same version:\nkubectl get pods -n NAMESPACE -o "
        "custom-columns=POD:.metadata.name,IMAGE:.spec.containers[*].image\n" +
        controller();
    return finding;
  }
  if (sweep.command_ms <= policy::wandb_late_ms) {
    return passed(fmt::format("the first order after {:.0f} ms", std::max(sweep.command_ms, 0.0)));
  }
  Finding finding = wrong("late", at);
  finding.status = Status::warn;
  finding.observed =
      fmt::format("The first order came after {:.1f} s and {} questions.", sweep.command_ms / 1000, sweep.heartbeats);
  finding.expected = fmt::format("An order within {:.0f} s.", policy::wandb_late_ms / 1000);
  finding.why = "Each run of a sweep begins with this wait: with short runs the machines idle most of the time.";
  finding.fix = controller();
  return finding;
}

Finding run_row(const Case& at) {
  const WandbSweep& sweep = at.sweep;
  if (!sweep.run_create.asked) return interrupted("The run that the agent was ordered");
  if (!sweep.run_create.ok()) {
    Finding finding =
        refused(sweep.run_create, fmt::format("The run {} that the sweep ordered cannot be made", sweep.run), at);
    if (finding.cause != "interrupted") {
      finding.why =
          "Other runs can be made, those of a sweep cannot: agents start one run after the other, and each fails.";
    }
    return finding;
  }
  if (!sweep.run_finish.asked) return interrupted("The end of the run that was ordered");
  if (!sweep.run_finish.ok()) {
    if (!at.facts.runs.empty() && as_metrics(sweep.run_finish, at.facts.runs.front(), at.facts.place, at.scene))
      return skipped(
          fmt::format("Run {} made; its end is not taken, for the same reason as wandb.history says.", sweep.run));
    return refused(sweep.run_finish, fmt::format("The run {} that the sweep ordered cannot be ended", sweep.run), at);
  }
  return passed(fmt::format("run {} made and ended", sweep.run));
}

Finding finish_row(const Case& at) {
  const WandbSweep& sweep = at.sweep;
  if (!sweep.stop.asked) return interrupted("The end of the sweep");
  if (!sweep.stop.ok()) return refused(sweep.stop, fmt::format("The sweep {} cannot be ended", sweep.name), at);
  if (iequals(sweep.state, "finished") || iequals(sweep.state, "canceled")) return passed(sweep.state);
  Finding finding = wrong("not-finished", at);
  finding.observed = fmt::format("The server accepts that the sweep {} is finished, and afterwards {}.", sweep.name,
                                 sweep.state.empty() ? "tells no state of it" : "it is " + sweep.state);
  finding.expected = "FINISHED.";
  finding.why =
      "Sweeps that never end go on giving work to every agent that asks, and the project's list fills with them.";
  finding.fix = controller();
  return finding;
}

struct Row {
  const char* name;
  const char* title;
  Finding (*judge)(const Case&);
  const char* without;  ///< said when the row before did not pass
};

constexpr Row rows[] = {
    {"create", "A sweep can be made", create_row, ""},
    {"agent", "An agent of the sweep is given work", agent_row, "there is no sweep"},
    {"run", "The run that the sweep ordered can be done", run_row, "no run was ordered"},
    {"finish", "The sweep can be ended", finish_row, "there is no sweep"},
};

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  if (!facts.sweep.tried) return {not_written(facts)};
  const Case at{facts, facts.sweep, scene};
  Findings findings;
  bool made = true, ordered = true;
  for (const Row& row : rows) {
    const std::string_view name = row.name;
    const bool possible = name == "create" || (made && (name != "run" || ordered));
    findings.push_back(possible ? row.judge(at) : skipped(fmt::format("Not tried: {}.", row.without)));
    findings.back().row = row.name;
    findings.back().title = row.title;
    const bool passes = findings.back().status == Status::pass || findings.back().status == Status::warn;
    if (name == "create") made = passes;
    if (name == "agent") ordered = passes;
  }
  return in_first_entity(std::move(findings), facts, facts.sweep.entity);
}

}  // namespace

CheckSpec wandb_sweep_check() {
  CheckSpec spec;
  spec.id = "wandb.sweep";
  spec.probe = "wandb.write";
  spec.title = "A sweep is made, gives work to an agent, and ends";
  spec.needs = {"wandb.run"};
  spec.by_part = true;
  spec.tags = {"sweeps"};
  for (const Row& row : rows) spec.rows.emplace_back(row.name);
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
