"""The benchmarks measure what they say."""
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import delay  # noqa: E402
import faults  # noqa: E402
from measure import API, Ended, Place, files_under, watched  # noqa: E402

MIB = 1 << 20


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def python(place, code, **more):
    return watched([sys.executable, "-c", code], place.environment(), place.work, **more)


def test_memory_is_the_process_s_own_and_that_of_its_children(place):
    here = bytearray(200 * MIB)   # what the measuring process has does not count
    child = f"import time; held = bytearray({30 * MIB}); time.sleep(0.5)"
    ended = python(place, f"import subprocess, sys; held = bytearray({50 * MIB}); subprocess.run([sys.executable, '-c', {child!r}], start_new_session=True)")
    assert ended.exit == 0 and len(here) == 200 * MIB
    assert 50 < ended.largest < 80 and 80 < ended.together < 140


def test_at_the_limit_children_that_made_themselves_independent_are_ended_too(place):
    code = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid, flush=True); time.sleep(60)"
    ended = python(place, code, limit=1)
    assert ended.exit is None and 1 <= ended.seconds < 5
    child = Path("/proc", ended.stdout.strip(), "stat")
    end = time.monotonic() + 5
    while child.exists() and child.read_text().split()[2] != "Z" and time.monotonic() < end:
        time.sleep(0.02)
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_what_is_left_is_counted(place, tmp_path):
    python(place, "import os, pathlib; pathlib.Path('a').write_bytes(b'12'); os.mkdir('d'); pathlib.Path(os.environ['HOME'], 'b').write_bytes(b'345')")
    assert files_under(tmp_path) == (2, 5)


@pytest.mark.parametrize("line, counts", [('"POST /graphql HTTP/1.1"', True), ('"PUT /wandb-files/x HTTP/1.1"', True), ('"GET /files/a/b HTTP/1.1"', True),
                                          ('"GET /env.js HTTP/1.1"', False), ('"GET / HTTP/1.1"', False), ('"GET /ready HTTP/1.1"', False)])
def test_requests_of_the_api_and_the_store(line, counts):
    assert bool(API.search(line)) == counts


def events(connection, *steps):
    return [[connection, 1000 + connection, 443, what, when] for what, when in steps]


def test_the_chain_goes_back_through_what_ended_last():
    log = [*events(1, ("open", 0), ("ask", 0.001), ("answer", 0.2), ("ask", 0.201), ("answer", 0.301), ("ask", 0.5), ("answer", 0.6), ("close", 0.7)),
           *events(2, ("open", 0.302), ("ask", 0.303), ("answer", 0.49), ("close", 0.5)),
           *events(3, ("open", 0), ("close", 0))]
    trips = delay.round_trips(log, ["1001 POST /graphql Session", "1001 POST /graphql UpsertBucket", "1002 PUT /wandb-files/wandb_artifacts/x"])
    assert sorted((trip.connection, trip.what) for trip in trips) == [(1, "POST /graphql Session"), (1, "POST /graphql UpsertBucket"), (1, "TCP"), (1, "TLS"),
                                                                      (2, "PUT /wandb-files/wandb_artifacts/x"), (2, "TCP")]
    chain = delay.chain_of(trips)
    assert [trip.what for trip in chain] == ["TCP", "TLS", "POST /graphql Session", "TCP", "PUT /wandb-files/wandb_artifacts/x", "POST /graphql UpsertBucket"]


def said(stdout="", stderr="", status=1):
    return faults.words_of(Ended(0, 1, status, stdout, stderr, 0, 0))


def test_the_words_of_wandb_verify():
    assert said("Checking sweep....✅\n", status=0) == ("all passes", False)
    assert said("Checking a...✅\nChecking b...❌\n\x1b[31mIt is broken.\x1b[0m\nChecking c...❌\nThat too.\n") == ("It is broken. / That too.", False)
    assert said("Checking a...✅\nChecking b......", status=None) == ("silent at “Checking b”", False)
    assert said("Checking a...❌\nIt is broken.\nChecking b......", status=None) == ("It is broken.; then silent at “Checking b”", False)
    assert said("", "Traceback (most recent call last):\n  File\nwandb.errors.errors.CommError: permission denied\n") == ("traceback: CommError: permission denied", True)
    assert said("Checking version\nToo old.\n", status=0) == ("all passes; Too old.", False)


def test_a_row_of_the_table():
    row = faults.Row("host.refused", "port refused", "host.tcp: refused", True, 1.23, 1, "a|b\n<c>", 60.1, None, False)
    assert "| port refused | `host.refused` | host.tcp: refused | 1.2 | 1 | a\\|b &lt;c> | 60.1 | killed |" in faults.page([row], "0.31.0").splitlines()
