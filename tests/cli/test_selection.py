"""--only and --skip over the whole catalogue, without a server."""
import json
import os
import subprocess

import pytest
from command_line import PROGRAM

ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "XDG_STATE_HOME": "/nonexistent", "HOST": "https://127.0.0.1:1"}
CHECKS = [check["id"] for check in json.loads(subprocess.run([PROGRAM, "list", "--format", "json"], capture_output=True, check=True).stdout)["checks"]]


def run(*args):
    done = subprocess.run([PROGRAM, "run", "--format", "json", "--timeout", "5s", *args], env=ENV, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


@pytest.mark.parametrize("args", [["--only", "mysql", "--skip", "mysql"], ["--only", "*", "--skip", "*"], ["--skip", "*"], ["--only", "host.dns", "--skip", "host"],
                                  ["--only", "config.required/HOST", "--skip", "config.required/HOST"]])
def test_nothing_left_is_a_mistake_of_the_command_line(args):
    status, report, err = run(*args)
    assert (status, report) == (64, None) and "no check is left" in err


def test_a_selected_row_stands_alone():
    status, report, _ = run("--only", "config.required/HOST")
    assert status == 0 and [row["id"] for row in report["results"]] == ["config.required/HOST"]


@pytest.mark.parametrize("check", CHECKS)
def test_a_selected_check_counts_itself_and_what_it_needs(check):
    """No setting but HOST is set: what needs only HOST has nothing to do with the others that are missing."""
    _, report, _ = run("--only", check)
    for row in report["results"]:
        if row["check"] != check:
            assert row["id"] not in ("config.required/MYSQL", "config.required/BUCKET", "config.required/LICENSE") or check.split(".")[0] in ("mysql", "bucket"), row["id"]


def test_what_is_skipped_by_name_blocks_nothing():
    blocked = {row["id"]: row["blocked_by"] for row in run()[1]["results"] if row["status"] == "blocked"}
    causes = sorted({cause.split("/")[0] for by in blocked.values() for cause in by})
    assert causes
    for cause in causes:
        rest = run("--skip", cause)[1]["results"]
        assert not [row["id"] for row in rest if any(by.split("/")[0] == cause for by in row.get("blocked_by", []))], cause
