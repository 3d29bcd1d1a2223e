"""One healthy installation for each test worker; every broken one is a fork of it."""
import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(Path(__file__).parent)]

from sandbox.box import Box  # noqa: E402

RESULTS = ROOT / "build" / "fault-results"


@pytest.fixture(scope="session")
def base():
    with Box.healthy() as box:
        yield box


@pytest.fixture(scope="session")
def healthy_results(base):
    from program import verify
    return verify(base)


def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # the controller, or the only process
        RESULTS.mkdir(parents=True, exist_ok=True)
        for old in RESULTS.glob("*.jsonl"):
            old.unlink()
    os.environ.setdefault("NO_COLOR", "1")


def pytest_terminal_summary(terminalreporter, config):
    if hasattr(config, "workerinput") or not RESULTS.exists():
        return
    rows = [json.loads(line) for path in sorted(RESULTS.glob("*.jsonl")) for line in path.read_text().splitlines()]
    if not rows:
        return
    rows.sort(key=lambda row: row["fault"])
    write = terminalreporter.write_line
    write("")
    write(f"{'fault':44} {'named as':62} {'s':>6}")
    for row in rows:
        write(f"{row['fault']:44} {row['named']:62} {row['seconds']:6.2f}{'' if row['right'] else '  WRONG'}")
    right = sum(row["right"] for row in rows)
    write(f"faults named right: {right} of {len(rows)}")
