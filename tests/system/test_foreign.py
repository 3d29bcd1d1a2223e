"""What belongs to somebody else stays, whatever is in a journal, in an answer, or put in at the wrong moment. Single cases; tests/stress tries hundreds."""
import json
import random
import re
import threading
import time

import pytest
from sessions import ONLY, Requests, killed, left_by_wandb_verify
from world import GENERATIONS, KINDS, Thing, World
from program import PROGRAM

VERIFY = ("cleanup", "--wandb-verify", "--yes")


@pytest.fixture
def world(request, base):
    with base.fork([], change=lambda box: box.wandb(**getattr(request, "param", {}))) as box:
        yield World(box, PROGRAM)


def names(world):
    return sorted(project["name"] for project in world.seen())


def things_left(world, foreign):
    """Journals apart: a run that was killed may have sent what has not arrived yet."""
    return [what for what in world.left(foreign) if not what.startswith("journal")]


def journal(world, *entries, state="a"):
    """A file of a run that died."""
    folder = world.box.dir / f"state-{state}" / "wbverify" / "journal"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "0123456789abcdef.jsonl"
    file.touch(mode=0o600)
    file.write_text("".join(json.dumps({"state": "announced", "at": 1} | entry) + "\n" for entry in entries))


@pytest.mark.parametrize("world", [{"generation": name} for name in GENERATIONS], ids=GENERATIONS, indirect=True)
def test_a_run_that_a_colleague_puts_into_our_project_stays(world):
    """Somebody who polls the list of projects, and writes at once into what he finds there."""
    placed, over = {}, threading.Event()

    def poll():
        while not over.is_set():
            for name in names(world):
                if name not in placed:
                    placed[name] = Thing("run", f"precious-{len(placed)}", name)
                    placed[name].place(world)
            time.sleep(0.005)
    thread = threading.Thread(target=poll)
    thread.start()
    try:
        status, said = world.run("--only", "wandb,host,tls")
    finally:
        over.set()
        thread.join()
    ours = [thing for thing in placed.values() if re.fullmatch("wbverify-[0-9a-f]{16}", thing.project)]
    assert ours and all(thing.placed for thing in ours), "there was nothing to write into"
    assert [thing.where(world.seen()) for thing in ours] == [thing.project for thing in ours], said
    assert status in (0, 1) and ours[0].project in said, "it says what it leaves, and why"


@pytest.mark.parametrize("description", ["my own project with reports", None])
def test_an_empty_project_called_verify_stays(world, description):
    world.api().ask("mutation($i:UpsertModelInput!){upsertModel(input:$i){inserted}}", i={"name": "verify", "entityName": "sandbox", "description": description})
    status, said = world.run(*VERIFY)
    assert status == 0 and names(world) == ["verify"], said


def test_a_sweep_that_is_called_almost_like_that_of_wandb_verify_stays_with_its_runs(world):
    api = world.api(project="verify")
    sweep, _ = api.make_sweep("method: grid\nname: my_verify_sweep_lr\nparameters:\n  x:\n    values: [1]\n")
    for name in ("train-1", "train-2"):
        api.make_run(name, sweep=sweep["name"])
    status, said = world.run(*VERIFY)
    (project,) = world.seen()
    assert status == 0 and [run["name"] for run in project["runs"]] == ["train-1", "train-2"] and len(project["sweeps"]) == 1, said
    assert project["sweeps"][0]["state"] == "RUNNING", "and it goes on"


@pytest.mark.parametrize("world", [{"most_per_page": 3}], indirect=True)
@pytest.mark.parametrize("kind", KINDS[:-1])
def test_what_stands_on_a_later_page_is_seen(world, kind):
    thing = Thing(kind, "precious", "verify")
    assert thing.place(world)
    left_by_wandb_verify(world)
    api = world.api(project="verify")
    for number in range(10):
        api.make_run(f"abcd123{number}-graphql_put", state="finished")
    status, said = world.run(*VERIFY)
    seen = world.seen()
    assert status == 0 and thing.where(seen) == "verify", said
    assert [run["name"] for run in seen[0]["runs"] if run["name"].startswith("abcd")] == [], "what wandb verify left is gone"


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_of_the_users_that_is_called_wbverify_stays_after_a_crash(world, kind):
    thing = Thing(kind, "precious", "wbverify")
    assert thing.place(world)
    assert killed(world, random.Random(1), 20, 20), "the run had made something"
    world.let_time_pass()   # no upload of the killed run can arrive any more
    status, said = world.run("cleanup")
    assert status in (0, 3) and thing.where(world.seen()) == "wbverify", said
    assert things_left(world, [thing]) == []


@pytest.mark.parametrize("entry", [
    {"kind": "wandb-verify", "name": "project", "where": "{host}/sandbox/verify"},
    {"kind": "wandb", "name": "project", "where": "{host}/research/wbverify"},
    {"kind": "wandb", "name": "wbverify-0123456789abcdef", "where": "{host}/sandbox/wbverify"},
    {"kind": "wandb-project", "name": "training", "where": "{host}/sandbox"},
    {"kind": "wandb-project", "name": "wbverify", "where": "{host}/sandbox"},
    {"kind": "wandb-project", "name": "wbverify-0123456789abcdef-mine", "where": "{host}/sandbox"},
    {"kind": "wandb-project", "name": "wbverify-0123456789ABCDEF", "where": "{host}/sandbox"},
    {"kind": "wandb-project", "name": "wbverify-0123456789abcdef", "where": "{host}/research"},
    {"kind": "wandb-project", "name": "wbverify-0123456789abcdef", "where": "https://other.localhost/sandbox"},
    {"kind": "wandb-project", "name": "wbverify-0123456789abcdef", "where": "{host}/sandbox/.."},
    {"kind": "wandb-project", "name": "removed-by-wbverify-0123456789abcdef", "where": "{host}/sandbox"},
], ids=lambda entry: "-".join([entry["kind"], entry["name"], entry["where"].rpartition("}")[2].strip("/")]))
def test_a_journal_is_not_believed(world, entry):
    """Empty projects of somebody else, and entries that no run of ours writes, or that are about another place."""
    for entity, project in (("sandbox", "verify"), ("sandbox", "wbverify"), ("research", "wbverify"), ("sandbox", "training"), ("research", "wbverify-0123456789abcdef"),
                            ("sandbox", "wbverify-0123456789abcdef-mine"), ("sandbox", "wbverify-0123456789ABCDEF"), ("sandbox", "removed-by-wbverify-0123456789abcdef")):
        world.api(entity).ask("mutation($i:UpsertModelInput!){upsertModel(input:$i){inserted}}", i={"entityName": entity, "name": project})
    before = names(world)
    journal(world, {key: value.format(host=world.box.origin) for key, value in entry.items()})
    for words in (("cleanup",), ("--only", "config")):
        status, said = world.run(*words)
        assert names(world) == before, said
        assert status in (0, 1, 3), said


def test_what_another_machine_left_is_removed_when_it_is_old_and_told(world):
    """Without the journal: a container that was killed, another host."""
    assert killed(world, random.Random(2), 25, 25), "the run had made something"
    young = names(world)
    status, said = world.run("cleanup", "--all", "--yes", state="b")
    assert names(world) == young, "a run that began a moment ago may be running: " + said
    world.age(2 * 3600)
    status, said = world.run("cleanup", "--all", "--yes", state="b")
    assert names(world) == [] and young[0] in said, (status, said)


@pytest.mark.parametrize("kind", ["run", "sweep", "artifact", "report", "queue", "automation"])
def test_a_list_that_fails_is_not_an_empty_one(world, kind):
    """A resolver that is too slow: null in its place, and an error beside it, in every answer of `cleanup`."""
    from partial import Early, Spoiler
    thing = Thing(kind, "precious", "")
    with Requests(world) as requests:
        process = world.start(*ONLY)
        early = Early(world, thing, lambda number, side, keys: process.kill() if "useArtifact" in keys and side == "before" else None)
        requests.at = early.at
        process.communicate(timeout=60)
    assert thing.placed
    with Requests(world) as requests:
        spoiler = Spoiler(requests, kind, "null with an error", 1, True)
        requests.at, world.standin.behaviour.rewrite = spoiler.at, spoiler.rewrite
        _, said = world.run("cleanup")
        world.standin.behaviour.rewrite = None
    assert spoiler.spoilt, "it looked"
    assert thing.where(world.seen()) == thing.project, said
    assert world.journals(), "the next one looks again"
    world.let_time_pass()   # no upload of the killed run can arrive any more
    _, said = world.run("cleanup")
    assert thing.where(world.seen()) == thing.project and things_left(world, [thing, *(Thing("run", other, "") for other in thing.others)]) == [], said
