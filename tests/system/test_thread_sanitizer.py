"""Whole runs of a program that is built with the thread sanitizer (preset tsan): no two threads meet in anything."""
import os
import random
import signal
import subprocess
import time

import pytest
from program import clean_up_at_last, command, environment

PROGRAM = os.environ.get("WBVERIFY_TSAN", "")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="tests/run builds the program that this needs, preset tsan")

# Ones that hang, cut, reset, retry and refuse, of every service.
FAULTS = ["bucket.drip", "bucket.hangs", "bucket.loses", "bucket.missing", "bucket.silent", "bucket.slow-down", "bucket.wrong-range", "bucket.wrong-secret", "dns.silent", "host.refused", "host.silent",
          "mysql.ends-at-login", "mysql.offline", "mysql.silent", "mysql.slow", "tls.addresses-differ", "tls.expired", "tls.untrusted-root", "wandb.range-ignored", "wandb.upsert-crash", "wandb.wrong-secret"]


class Watched:
    """Starts runs, and reads what the sanitizer wrote of each."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def start(self, box, *words):
        self.count += 1
        log = self.folder / f"run-{self.count}"
        options = f"log_path={log} exitcode=66 halt_on_error=0"
        return subprocess.Popen([PROGRAM, *command(box, *words)[1:]], env=environment(box) | {"TSAN_OPTIONS": options}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def run(self, box, *words):
        process = self.start(box, *words)
        return process.communicate(timeout=180)[0], process.returncode

    def reports(self):
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("run-*")))[:20000]


@pytest.fixture
def watched(tmp_path):
    watched = Watched(tmp_path)
    yield watched
    assert watched.count, "something ran"
    assert watched.reports() == ""


def test_a_healthy_run(base, watched):
    said, status = watched.run(base, "--record", str(watched.folder / "record"))
    assert status == 0, said


def test_several_entities(base, watched):
    """Each entity has threads of its own in the W&B part, which one entity alone never starts."""
    said, status = watched.run(base, "--entity", "sandbox", "--entity", "production")
    assert status == 0, said


def test_a_run_that_is_repeated(base, watched):
    """--wait: the engine and its threads are made anew in one process."""
    with base.fork(["mysql.refused"]) as box:
        said, status = watched.run(box, "--wait", "6s", "--timeout", "5s", "--skip", "wandb")
    assert status == 1, said


def test_the_sanitizer_is_in_it(base):
    """What is never reported proves nothing in a program that cannot report."""
    done = subprocess.run([PROGRAM, "version"], env={"TSAN_OPTIONS": "help=1"}, capture_output=True, text=True)
    assert "ThreadSanitizer" in done.stdout + done.stderr


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault(base, watched, name):
    with base.fork([name]) as box:
        said, status = watched.run(box, "--timeout", "10s")
        assert status in (0, 1, 3), said


def test_two_at_once(base, watched):
    for offset in (0, 0.2, 0.6):
        first = watched.start(base)
        time.sleep(offset)
        second = watched.start(base)
        for process in (first, second):
            said, _ = process.communicate(timeout=180)
            assert process.returncode == 0, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(base, watched, number):
    dice = random.Random(int(number))
    for _ in range(8):
        process = watched.start(base)
        time.sleep(dice.uniform(0.05, 3))
        process.send_signal(number)
        said, _ = process.communicate(timeout=180)
        assert process.returncode in (0, -number), said
    watched.run(base, "cleanup")
    clean_up_at_last(base)


def test_a_kill_and_the_clean_up(base, watched):
    for moment in (0.5, 1, 2):
        process = watched.start(base)
        time.sleep(moment)
        process.kill()
        process.communicate()
        watched.run(base, "cleanup")
    clean_up_at_last(base)


@pytest.mark.parametrize("limit", ["100ms", "500ms", "1s", "2s"])
def test_a_short_time(base, watched, limit):
    said, status = watched.run(base, "--timeout", limit)
    assert status in (0, 3), said
    clean_up_at_last(base)
