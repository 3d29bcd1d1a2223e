"""Sweeps and their agents."""
import json

import pytest

GRID = "method: grid\nname: small\nparameters:\n  x:\n    values: [1, 2]\n  y:\n    value: z\n"


def test_a_grid_is_given_out_one_by_one_and_ends(api):
    sweep, agent = api.make_sweep(GRID)
    given = []
    for _ in range(2):
        (command,) = api.heartbeat(agent)
        assert command["type"] == "run" and api.heartbeat(agent, {command["run_id"]: True}) == [], "one at a time"
        given.append({name: value["value"] for name, value in command["args"].items()})
        api.make_run(command["run_id"], sweep=sweep["name"])
    assert given == [{"x": 1, "y": "z"}, {"x": 2, "y": "z"}]
    assert api.heartbeat(agent) == [{"type": "exit"}]
    (edge,) = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){sweeps{edges{node{name displayName config state runCount runCountExpected method}}}}}",
                      p=api.project)["project"]["sweeps"]["edges"]
    assert edge["node"] == {"name": sweep["name"], "displayName": "small", "config": GRID, "state": "FINISHED", "runCount": 2, "runCountExpected": 2, "method": "grid"}


def test_a_sweep_stops_when_it_is_told(api):
    sweep, agent = api.make_sweep("method: random\nparameters: {x: {min: 0.0, max: 1.0}}")
    (command,) = api.heartbeat(agent)
    assert 0 <= command["args"]["x"]["value"] <= 1
    api.ask("mutation($i:UpsertSweepInput!){upsertSweep(input:$i){sweep{state}}}", i={"id": sweep["id"], "state": "CANCELED"})
    assert [c["type"] for c in api.heartbeat(agent, {command["run_id"]: True})] == ["stop", "exit"]


def test_a_sweep_that_is_gone_is_404(api):
    _, agent = api.make_sweep(GRID)
    project = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){id}}", p=api.project)["project"]["id"]
    api.ask("mutation($i:String!){deleteModel(input:{id:$i}){success}}", i=project)
    assert api.graphql("mutation($i:ID!){agentHeartbeat(input:{id:$i}){commands}}", i=agent).status == 404


@pytest.mark.parametrize("config", ["method: [", "just text", "method: nonsense\nparameters: {}", "method: grid", "method: grid\nparameters: {x: {min: 0.5, max: 1}}"])
def test_wrong_configs_of_sweeps(api, config):
    assert api.graphql("mutation($i:UpsertSweepInput!){upsertSweep(input:$i){sweep{id}}}", i={"config": config, "projectName": api.project}).status == 400
