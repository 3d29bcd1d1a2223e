"""The healthy installation passes whole, and nothing stays behind."""
import os
import subprocess
from pathlib import Path

from program import catalogue, command, environment, verify


def test_everything_that_applies_passes(healthy_results):
    run = healthy_results
    bad = {i: (r["status"], r["observed"]) for i, r in run.results.items() if r["status"] not in ("pass", "skip")}
    assert not bad, run.stdout
    assert run.exit == 0
    skipped = {i: r["observed"] for i, r in run.results.items() if r["status"] == "skip"}
    assert all(skipped.values()), "a skip without a reason"


def test_the_report_follows_the_catalogue(healthy_results):
    order = []
    for row in healthy_results.report["results"]:
        if row["check"] not in order:
            order.append(row["check"])
    assert order == list(catalogue())


def test_nothing_stays_behind(base):
    before = set(os.listdir("/tmp"))
    objects, tables = base.bucket_objects(), base.mysql_tables()
    run = verify(base)
    assert run.exit == 0
    assert base.bucket_objects() == objects
    assert base.mysql_tables() == tables
    assert not list((Path(base.dir) / "state").rglob("*.jsonl"))
    assert not {name for name in set(os.listdir("/tmp")) - before if "wbverify" in name and not name.startswith("wbverify-sandbox")}


def test_the_shortest_time_limit_blames_no_service(base):
    run = verify(base, timeout="50ms")
    assert run.exit == 3, run.stdout
    assert not {i: r["observed"] for i, r in run.results.items() if r["status"] in ("fail", "warn")}
    assert run.report["run"]["deadline_ms"] <= 50 and run.seconds < 1.5


def test_read_only_writes_nothing(base):
    requests = base.write_count()
    run = verify(base, "--read-only")
    assert run.exit == 0
    assert base.write_count() == requests
    assert any("--read-only" in r["observed"] for r in run.results.values() if r["status"] == "skip")


def test_selection(base):
    run = verify(base, "--only", "mysql.version", "--only", "tls")
    assert {row["check"].split(".")[0] for row in run.report["results"]} == {"mysql", "tls"}
    run = verify(base, "--skip", "bucket")
    assert {r["status"] for i, r in run.results.items() if i.startswith("bucket.")} == {"skip"}


def test_plan_touches_nothing_and_names_every_target(base):
    before = base.request_count()
    done = subprocess.run([command(base)[0], "plan", *command(base)[1:]], env=environment(base), capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    for host in ("wandb.localhost", "mysql.localhost", "s3.localhost"):
        assert host in done.stdout
    assert base.request_count() == before
