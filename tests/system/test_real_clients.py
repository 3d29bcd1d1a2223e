"""The stand-in of the W&B Server is right as far as real clients can tell: the newest, and an old one against an older server."""
import json
import re
from pathlib import Path

import pytest
from program import assert_no_secret
from sandbox.clients import NEWEST, OLD, Client
from wandb_api import Api

SESSION, PROJECTS = (str(Path(__file__).with_name(name)) for name in ("client_session.py", "client_projects.py"))
SETUPS = [pytest.param(NEWEST, "new", id=f"{NEWEST}-new"), pytest.param(OLD, "mid", id=f"{OLD}-mid")]
pytestmark = pytest.mark.long   # conftest.py starts them first
CHECKS = {NEWEST: 10, OLD: 9}   # 0.17 has no sweep check


@pytest.fixture
def server(request, base):
    with base.fork([], change=lambda box: box.wandb(generation=request.param)) as box:
        yield box


@pytest.mark.parametrize("version, server", SETUPS, indirect=["server"])
def test_wandb_verify_passes_whole(version, server):
    with Client(server, version) as client:
        done = client.verify()
    lines = [line for line in done.stdout.splitlines() if line.startswith("Checking")]
    assert done.exit == 0, done.stdout + done.stderr
    assert len(lines) == CHECKS[version] and all(line.endswith("✅") for line in lines), done.stdout
    assert "❌" not in done.stdout and not done.stderr.strip()
    assert_no_secret(server, done.stdout, done.stderr)
    state = server.wandb_state()
    runs = [run for project in state["projects"] for run in project["runs"]]
    assert [project["name"] for project in state["projects"]] == ["verify"]
    assert len(runs) == (13 if version == NEWEST else 4) and {run["state"] for run in runs} == {"finished"}
    assert state["counts"]["artifacts"] == 2
    keys = {file["key"] for run in runs for file in run["files"].values()}
    assert keys and keys <= set(server.bucket_objects()), "the files are in the store"


@pytest.mark.parametrize("version, server", SETUPS, indirect=["server"])
def test_what_a_client_writes_it_reads_back(version, server):
    before = set(server.bucket_objects())
    with Client(server, version) as client:
        done = client.run(SESSION, "demo")
    assert done.exit == 0, done.stderr
    told = json.loads(done.stdout)
    read, artifact = told["read"], told["artifact"]
    assert told["version"] == version and read["state"] == "finished" and read["name"] == "first" and read["tags"] == ["one", "two"]
    assert read["config"] == {"epochs": 4, "text": "naïve ☃ 😀", "nested": {"list": [1, "two", {"three": 3.5}]}}
    assert read["loss"] == read["best"] == 0.2 and read["steps"] == 5
    assert read["scanned"] == [1, 2, 3, 4, 5] and read["nested"] == [2, 4, 6, 8, 10] and read["sampled"] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert read["not finite"] == ["NaN", "Infinity"]
    assert read["content"] == "grüße 😀\n" and read["size"] == len(read["content"].encode()) and "a file & 100%.txt" in read["files"]
    assert read["artifacts"] == ["numbers:v0"]
    assert artifact["same bytes"] and artifact["names"] == ["a.bin", "inside/b.bin", "reference.txt"] and artifact["aliases"] == ["latest", "newest"]
    assert artifact["version"] == "v0" and artifact["metadata"] == {"rows": 3} and artifact["made by"] == told["run"] and artifact["size"] == 10013
    assert re.fullmatch("[0-9a-f]{32}", artifact["digest"])
    assert told["sweep"]["scores"] == [10, 20] and told["sweep"]["xs"] == [1, 2] and told["runs"] == ["first", "second"]
    assert told["deleted"]
    state = server.wandb_state()
    (project,) = state["projects"]
    assert told["run"] not in [run["name"] for run in project["runs"]] and state["counts"]["artifacts"] == 0
    new = set(server.bucket_objects()) - before
    assert not [key for key in new if told["run"] in key or key.startswith("wandb_artifacts/")], "what was deleted has left the store"
    assert [sweep["display_name"] for sweep in project["sweeps"]] == ["of two"]


@pytest.mark.parametrize("version, server", SETUPS[:1], indirect=["server"])
def test_the_client_sees_what_else_is_in_a_project_and_renames_it(version, server):
    api = Api(server)
    api.make_run("a run")
    for number in range(3):
        api.make_view(f"report {number}")
    with Client(server, version) as client:
        done = client.run(PROJECTS, "sandbox", "demo")
    assert done.exit == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["reports"] == [[f"report {number}", {"version": 5}, "sandbox"] for number in range(3)]
    assert told["queue"] == ["a queue", "PROJECT", "DISABLED", "local-process", True]
    assert told["automations"] == [["watch the loss", "demo", True]] and told["automation is deleted"]
    assert told["renamed"] == [False, "demo-renamed"] and told["projects"] == ["demo-renamed", "model-registry"] and told["runs"] == ["a run"]
    assert "already exists" in told["taken"]
    kept = {project["name"]: project for project in server.wandb_state()["projects"]}
    assert len(kept["demo-renamed"]["views"]) == 3 and not kept["model-registry"]["queues"]
