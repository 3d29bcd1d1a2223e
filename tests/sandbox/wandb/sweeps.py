"""Sweeps: a search over parameters, agents that ask for work, one run for each heartbeat of an idle agent."""
import itertools
import json
import math
import random

import yaml

from .accounts import identifier, must_write
from .engine import ApiError, field
from .projects import next_number, now, page
from .runs import LETTERS

STATES = {"RUNNING", "PAUSED", "CANCELED", "FINISHED", "PENDING", "STOPPED"}
METHODS = ("grid", "random", "bayes", "custom")


class Sweep:
    def __init__(self, project, config_text, config, user):
        self.name = "".join(random.choice(LETTERS) for _ in range(8))
        self.id, self.project, self.user = identifier("Sweep", "v1", self.name, project.name, project.entity.name), project, user
        self.created_at = self.updated_at = self.heartbeat_at = now()
        self.state, self.display_name, self.description, self.best_loss = "RUNNING", None, None, None
        self.controller, self.controller_run_name, self.scheduler, self.early_stop_job_running = None, None, None, False
        self.run_list, self.agents_by_id = [], {}
        self.configure(config_text, config)

    method = property(lambda self: self.parsed.get("method", "custom"))
    run_count = property(lambda self: len(self.run_list))

    def configure(self, text, config):
        self.config, self.parsed = text, config
        self.grid = iter(grid_of(config)) if config.get("method") == "grid" else None

    @property
    def run_count_expected(self):
        counts = [len(values_of(p)) for p in self.parsed.get("parameters", {}).values()] if self.grid is not None else None
        return math.prod(counts) if counts is not None else self.parsed.get("run_cap")

    def next_parameters(self):
        """The parameters of the next run, or None when the search is over."""
        if self.parsed.get("run_cap") is not None and self.run_count >= self.parsed["run_cap"]:
            return None
        if self.grid is not None:
            return next(self.grid, None)
        return {name: random_of(parameter) for name, parameter in self.parsed.get("parameters", {}).items()}


class Agent:
    state = "RUNNING"

    def __init__(self, sweep, host):
        number = next_number()
        self.id, self.name, self.sweep, self.host = identifier("Agent", number), f"agent{number}", sweep, host
        self.created_at = self.heartbeat_at = now()
        self.given = []   # names of the runs that it was told to run

    total_runs = property(lambda self: len(self.given))


def values_of(parameter):
    if "values" in parameter:
        return list(parameter["values"])
    if "value" in parameter:
        return [parameter["value"]]
    if isinstance(parameter.get("min"), int) and isinstance(parameter.get("max"), int):
        return list(range(parameter["min"], parameter["max"] + 1))
    raise ApiError("a grid needs `values`, `value`, or whole numbers from `min` to `max`")


def grid_of(config):
    parameters = config.get("parameters", {})
    for chosen in itertools.product(*(values_of(parameter) for parameter in parameters.values())):
        yield dict(zip(parameters, chosen))


def random_of(parameter):
    if "min" in parameter and "max" in parameter:
        low, high = parameter["min"], parameter["max"]
        if parameter.get("distribution", "").startswith("log_uniform"):
            return math.exp(random.uniform(math.log(low), math.log(high)))
        return random.randint(low, high) if isinstance(low, int) and isinstance(high, int) else random.uniform(low, high)
    return random.choice(values_of(parameter))


def read_config(text):
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ApiError(f"invalid sweep config: {error}") from error
    if not isinstance(config, dict) or config.get("method") not in METHODS:
        raise ApiError("invalid sweep config: method is one of " + ", ".join(METHODS))
    if not isinstance(config.get("parameters"), dict) or not all(isinstance(parameter, dict) for parameter in config["parameters"].values()):
        raise ApiError("invalid sweep config: parameters is missing")
    if config["method"] == "grid":
        next(grid_of(config), None)
    return config


def find_sweep(context, entity, project, name):
    found = context.standin.books.project(context, entity, project)
    sweep = found.sweeps.get(name) if found else None
    if sweep is None:
        raise ApiError(f"could not find sweep {entity}/{project}/{name}", 404)
    must_write(context, found.entity.name)
    return sweep


# -- fields

@field("Mutation.upsertSweep")
def _(_, info, input):
    context, standin = info.context, info.context.standin
    context.must_log_in()
    config = read_config(input["config"]) if input.get("config") else None
    if input.get("id"):
        sweep, inserted = standin.books.must_find(Sweep, input["id"], "sweep"), False
        must_write(context, sweep.project.entity.name)
        if config:
            sweep.configure(input["config"], config)
    else:
        if not config:
            raise ApiError("a sweep needs a config")
        project = standin.books.project(context, input.get("entityName"), input.get("projectName") or "uncategorized", make=True)
        sweep, inserted = standin.books.keep(Sweep(project, input["config"], config, context.viewer)), True
        project.sweeps[sweep.name] = sweep
    if input.get("state"):
        if input["state"] not in STATES:
            raise ApiError(f"no such state of a sweep: {input['state']}")
        sweep.state = input["state"]
    for key, name in (("displayName", "display_name"), ("description", "description"), ("controller", "controller"), ("scheduler", "scheduler")):
        if input.get(key) is not None:
            setattr(sweep, name, input[key])
    sweep.display_name = sweep.display_name or sweep.parsed.get("name") or sweep.name
    sweep.updated_at = now()
    return {"sweep": sweep, "inserted": inserted, "configValidationWarnings": []}


@field("Mutation.createAgent")
def _(_, info, input):
    context = info.context
    viewer = context.must_log_in()
    sweep = find_sweep(context, input.get("entityName") or viewer.entity, input.get("projectName"), input["sweep"])
    agent = context.standin.books.keep(Agent(sweep, input["host"]))
    sweep.agents_by_id[agent.id] = agent
    return {"agent": agent}


@field("Mutation.agentHeartbeat")
def _(_, info, input):
    context, standin = info.context, info.context.standin
    context.must_log_in()
    agent = standin.books.must_find(Agent, input["id"], "agent")
    sweep = agent.sweep
    if standin.books.by_id.get(sweep.id) is not sweep:
        raise ApiError(f"could not find sweep {sweep.name}", 404)
    agent.heartbeat_at = sweep.heartbeat_at = now()
    return {"agent": agent, "commands": json.dumps(commands(standin, sweep, agent, json.loads(input.get("runState") or "{}")))}


def commands(standin, sweep, agent, states):
    if not standin.behaviour.sweep_controller or sweep.state == "PAUSED":
        return []
    if sweep.state in ("CANCELED", "STOPPED"):
        return [{"type": "stop", "run_id": name} for name, runs in states.items() if runs] + [{"type": "exit"}]
    if sweep.state == "FINISHED":
        return [] if any(states.values()) else [{"type": "exit"}]
    if any(states.values()):
        return []
    parameters = sweep.next_parameters()
    if parameters is None:
        sweep.state = "FINISHED"
        return [{"type": "exit"}]
    name = "".join(random.choice(LETTERS) for _ in range(8))
    agent.given.append(name)
    return [{"type": "run", "run_id": name, "program": sweep.parsed.get("program"), "args": {key: {"value": value} for key, value in parameters.items()}}]


@field("Project.sweep")
def _(project, info, sweepName):
    return project.sweeps.get(sweepName)


@field("Project.sweeps")
def _(project, info, filters=None, **pages):
    return page(reversed(project.sweeps.values()), **pages)


@field("Project.totalSweeps")
def _(project, info):
    return len(project.sweeps)


@field("Sweep.runs")
def _(sweep, info, order=None, **pages):
    return page(reversed(sweep.run_list), **pages)


@field("Sweep.agent")
def _(sweep, info, agentName):
    return next((agent for agent in sweep.agents_by_id.values() if agentName in (agent.name, agent.id)), None)


@field("Sweep.agents")
def _(sweep, info):
    return {"edges": [{"node": agent} for agent in sweep.agents_by_id.values()]}


@field("Agent.runs")
def _(agent, info, order=None, **pages):
    return page([run for run in agent.sweep.run_list if run.name in agent.given], **pages)
