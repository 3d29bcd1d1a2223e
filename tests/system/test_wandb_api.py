"""The W&B API part as a whole: few requests, everything cleaned up, old servers borne."""
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from program import clean_up_at_last, command, environment, verify

ONLY = ("--only", "wandb")
MOST_REQUESTS = 40



def remaining(box):
    state = box.wandb_state()
    ours = [project for project in state["projects"] if "wbverify" in project["name"]]
    return ours, [name for name in box.bucket_objects() if "wbverify" in name]


def test_few_requests_and_nothing_left(base):
    before, log = len(base.wandb_state()["requests"]), len(base.web.log().splitlines())
    run = verify(base, *ONLY)
    assert run.exit == 0, run.stdout
    probes = {probe["id"]: probe["round_trips"] for probe in run.report["probes"] if probe["id"].startswith("wandb")}
    assert sum(probes.values()) <= MOST_REQUESTS, probes
    api = len(base.wandb_state()["requests"]) - before
    store = [line for line in base.web.log().splitlines()[log:] if "/wandb-files/" in line]
    # The server's own count: four questions of the checks of HOST come in front.
    assert api + len(store) <= MOST_REQUESTS + 4, (api, len(store))
    assert remaining(base) == ([], [])


def test_read_only_makes_nothing(base):
    before = len(base.wandb_state()["requests"])
    run = verify(base, *ONLY, "--read-only")
    assert run.exit == 0
    made = [r for r in base.wandb_state()["requests"][before:] if "upsertBucket" in r["fields"] or r["path"].endswith("/file_stream")]
    assert made == []
    assert {row["status"] for i, row in run.results.items() if row["check"] in ("wandb.run", "wandb.upload", "wandb.sweep")} == {"skip"}


def test_no_key_asks_what_anybody_may(base):
    with base.fork([], change=lambda box: box.yaml.update(api_key_file=None)) as box:
        run = verify(box, *ONLY)
    assert run.exit == 0, run.stdout
    assert run.status("wandb.api") == "pass"
    assert run.status("wandb.login") == "skip"
    assert run.status("wandb.version") == "pass"
    assert "authorize" in run.results["wandb.login"]["observed"] + run.results["wandb.login"]["fix"]


@pytest.mark.parametrize("generation", ["old", "mid", "new"])
def test_no_generation_is_failed_for_its_age(base, generation):
    with base.fork([], change=lambda box: box.wandb(generation=generation)) as box:
        run = verify(box, *ONLY)
        left = remaining(box)[0]
    bad = {i: (r["status"], r["cause"], r["observed"]) for i, r in run.results.items() if r["status"] in ("fail", "unknown", "blocked")}
    assert not bad
    assert left == []


def test_two_entities_are_verified_each(base):
    with base.fork([], change=lambda box: box.args.extend(["--entity", "production", "--entity", "research"])) as box:
        run = verify(box, *ONLY)
    assert run.exit == 0, run.stdout
    assert run.status("wandb.upload/production") == run.status("wandb.upload/research") == "pass"


def test_an_entity_that_fails_does_not_hide_the_others(base):
    with base.fork([], change=lambda box: box.args.extend(["--entity", "elsewhere", "--entity", "research"])) as box:
        run = verify(box, *ONLY)
    assert run.exit == 1, run.stdout
    assert [i for i, row in run.results.items() if row["status"] == "fail"] == ["wandb.entity/elsewhere"]
    for check in ("wandb.run", "wandb.upload", "wandb.download", "wandb.cors", "wandb.state"):
        rows = {i: row for i, row in run.results.items() if row["check"] == check}
        assert all(row["status"] == ("blocked" if "/elsewhere" in i else "pass") for i, row in rows.items()), (check, run.stdout)
        assert {i.split("/")[1] for i in rows} == {"elsewhere", "research"}
    assert {row["status"] for row in run.results.values() if row["check"] == "wandb.artifact"} <= {"pass", "blocked"}


def test_an_identity_token_is_exchanged(base):
    def change(box):
        box.yaml["api_key_file"] = None
        token = Path(box.dir, "identity-token")
        token.touch(mode=0o600)
        token.write_text(box.api_keys["identity"])
        box.env["WANDB_IDENTITY_TOKEN_FILE"] = str(token)
    with base.fork([], change=change) as box:
        run = verify(box, *ONLY)
    assert run.exit == 0, run.stdout
    assert run.status("wandb.login") == "pass"


@pytest.mark.parametrize("moment", [0.05 * i for i in range(1, 15)])
def test_a_signal_at_any_moment_leaves_nothing(base, moment):
    process = subprocess.Popen(command(base, *ONLY), env=environment(base), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert process.returncode in (-signal.SIGINT, 0)
    if "may still arrive" in said:   # on a busy machine the store's answer takes longer than the grace of such an upload
        clean_up_at_last(base)
    assert remaining(base) == ([], []), said


@pytest.mark.parametrize("batch", range(4))
def test_a_kill_at_any_moment_is_mended_by_cleanup(base, batch):
    dice = random.Random(20261128 + batch)
    full = verify(base, *ONLY).report["run"]["duration_ms"] / 1000
    for _ in range(25):
        process = subprocess.Popen(command(base, *ONLY), env=environment(base), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.02, full))
        process.kill()
        process.wait()
        clean_up_at_last(base)
        assert remaining(base) == ([], [])


def test_cleanup_shows_what_wandb_verify_left_and_removes_it_when_told(base):
    with base.fork(["wandb.left-over"]) as box:
        def cleanup(*args):
            return subprocess.run([command(box)[0], "cleanup", "--wandb-verify", *args, *command(box)[1:]], env=environment(box), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60)
        shown = cleanup()
        assert shown.returncode == 0 and "abcd1234" in shown.stdout, shown.stdout + shown.stderr
        assert any(project["name"] == "verify" for project in box.wandb_state()["projects"])
        removed = cleanup("--yes")
        assert removed.returncode == 0, removed.stdout + removed.stderr
        assert not any(project["name"] == "verify" for project in box.wandb_state()["projects"])
        assert "nothing" in cleanup().stdout
    assert os.path.exists(base.dir)
