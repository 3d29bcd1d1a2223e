"""A few trials of tests/stress/late_writes.py: what arrives after its run has ended is found and removed."""
import sys
from pathlib import Path

import pytest
from program import PROGRAM

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "stress"))
from late_writes import Late  # noqa: E402

KINDS = ("bucket", "mysql", "files")


@pytest.fixture(scope="module")
def late(base):
    installation = Late(base, PROGRAM, KINDS)
    with installation.stack:
        yield installation


@pytest.mark.parametrize("kind,number,end,afterwards", [
    ("bucket", 0, "TERM", "cleanup"), ("bucket", 1, "KILL", "too early"), ("bucket", 3, "deadline", "run"), ("bucket", 4, "INT", "too early"),
    ("mysql", 0, "TERM", "cleanup"), ("mysql", 0, "KILL", "too early"), ("mysql", 0, "deadline", "run"), ("mysql", 0, "probe", "too early"),
    ("files", 0, "TERM", "cleanup"), ("files", 2, "KILL", "too early"), ("files", 4, "deadline", "run")])
def test_a_write_that_arrives_late_is_found(late, kind, number, end, afterwards):
    what, wrong = late.trial(kind, number, end, afterwards)
    late.world.reset()
    assert not wrong, what
    assert late.arrived, f"{what} made nothing when it arrived: this trial shows nothing"
