"""A few trials of each stress program (tests/stress); the whole of them takes a quarter of an hour each."""
import os
import subprocess
import sys
from pathlib import Path

import pytest
from program import PROGRAM

STRESS = Path(__file__).resolve().parents[1] / "stress"
PROGRAMS = sorted(path.name for path in STRESS.glob("*.py") if os.access(path, os.X_OK))
COUNTS = {"pairs.py": 9, "placements.py": 60, "partial.py": 60, "limits.py": 40, "mutations.py": 48}
pytestmark = pytest.mark.long


def stress(name, program):
    done = subprocess.run([sys.executable, STRESS / name, "--count", str(COUNTS.get(name, 10)), "--seed", "2026", "--program", program],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_sample_passes(name):
    status, said = stress(name, PROGRAM)
    assert status == 0 and said.rstrip().splitlines()[-1].split(", ")[1] == "0 failed", said


@pytest.mark.parametrize("name", COUNTS)
def test_a_program_that_does_nothing_is_noticed(name):
    status, said = stress(name, "/bin/false")
    assert status == 1 and "FAILED" in said, said
