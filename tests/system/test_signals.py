"""Ctrl-C, kill and kill -9: a partial report, nothing left behind, and the exit that the signal asks for."""
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from program import clean_up_at_last, command, environment, verify


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_gives_a_partial_report(number, base):
    with base.fork(["mysql.silent"]) as box:
        process = subprocess.Popen(command(box, "--timeout", "30s"), env=environment(box), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.0)
        started = time.monotonic()
        process.send_signal(number)
        stdout, _ = process.communicate(timeout=10)
        assert time.monotonic() - started < 5
    assert process.returncode == -number, stdout
    assert "interrupted" in stdout.lower() or "stopped by" in stdout.lower()
    assert "bucket" in stdout.lower()


# Where a probe waits when the signal comes, what it knows by then, and what it was waiting for.
WAITS = {
    "mysql.silent": (["mysql.dns", "mysql.reachable"], "mysql.greeting"),
    "bucket.silent": (["bucket.dns", "bucket.reachable"], "bucket.tls"),
    "bucket.hangs": (["bucket.dns", "bucket.reachable", "bucket.tls"], "bucket.endpoint"),
    "host.silent": (["host.dns", "host.tcp"], "tls.handshake"),
    "dns.silent": ([], "host.dns"),
}


@pytest.mark.parametrize("name", sorted(WAITS))
def test_what_is_known_when_a_signal_comes_is_judged(name, base, tmp_path):
    known, waiting = WAITS[name]
    report = tmp_path / "report.json"
    with base.fork([name]) as box:
        process = subprocess.Popen(command(box, "--timeout", "30s", "--output", str(report)), env=environment(box), stdout=subprocess.PIPE, text=True)
        time.sleep(1.0)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=10)
        seconds = time.monotonic() - started
    results = {row["id"]: row for row in json.loads(report.read_text())["results"]}
    assert seconds < 1.0, f"{seconds:.2f} s"
    for check in known:
        assert results[check]["status"] == "pass", stdout
    assert (results[waiting]["status"], results[waiting]["cause"]) == ("unknown", "interrupted"), stdout
    assert not [i for i, row in results.items() if row["status"] == "fail"], "a wait that was cut off is no failure\n" + stdout


def test_a_kill_at_any_moment_is_mended_by_cleanup(base):
    objects, tables = base.bucket_objects(), base.mysql_tables()
    full = verify(base).report["run"]["duration_ms"] / 1000
    dice = random.Random(20261125)
    for _ in range(20):
        process = subprocess.Popen(command(base), env=environment(base), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.02, full))
        process.kill()
        process.wait()
    clean_up_at_last(base)
    assert base.bucket_objects() == objects
    assert base.mysql_tables() == tables


def test_a_closed_pipe_ends_quietly(base):
    done = subprocess.run(["bash", "-c", '"$@" | head -n 1', "bash", *command(base)], env=environment(base), capture_output=True, text=True, timeout=30)
    assert done.returncode == 0
    assert "error" not in done.stderr.lower()


def test_no_core_dump_can_be_made(base):
    with base.fork(["mysql.silent"]) as box:
        process = subprocess.Popen(command(box, "--timeout", "10s", "--read-only"), env=environment(box), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        limits = Path(f"/proc/{process.pid}/limits").read_text() if os.geteuid() == 0 else ""
        process.kill()
        process.wait()
    if limits:
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
