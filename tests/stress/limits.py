#!/usr/bin/python3
"""A healthy installation, and a machine that is not: too little time, files, threads or memory, and a process that is stopped. None of it is a failure of a service."""
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from sessions import Requests
from world import BAD, GENERATIONS, Tally, options, worlds

SERVICES = ("config", "host", "tls", "mysql", "bucket", "wandb")
KINDS = ("time", "stop", "files", "threads", "space", "data")
PRLIMIT = {"files": "nofile", "threads": "nproc", "space": "as", "data": "data"}
MIB = 1 << 20
# What a sentence about a limit of this machine has to name.
NAMED = re.compile(r"ulimit -[nuvd]|files|thread|memory")
LOADER = "error while loading shared libraries"
# How much later than its limit a run may end on a machine that others use too.
LATE = 5


def log_scale(dice, least, most):
    return math.exp(dice.uniform(math.log(least), math.log(most)))


def limits_of(dice):
    """kind → how much of it there is."""
    kinds = dice.sample(KINDS, dice.choices((1, 2, 3), (5, 3, 1))[0])
    amounts = {
        "time": lambda: log_scale(dice, 0.05, 3 if dice.random() < 0.95 else 20),
        "stop": lambda: (dice.uniform(0, 0.5), dice.uniform(0.2, 3)),
        "files": lambda: dice.randint(3, 128) if dice.random() < 0.5 else dice.randint(3, 32),
        "threads": lambda: dice.randint(1, 40) if dice.random() < 0.5 else dice.randint(1, 12),
        "space": lambda: int(log_scale(dice, 60 * MIB, 2048 * MIB)),
        "data": lambda: int(log_scale(dice, 20 * MIB, 1024 * MIB)),
    }
    return {kind: amounts[kind]() for kind in sorted(kinds)}


def in_words(limits):
    units = {"time": "{0:.3f} s", "stop": "stopped after {0[0]:.2f} s for {0[1]:.2f} s", "files": "{0} files", "threads": "{0} threads"}
    return ", ".join(units[kind].format(amount) if kind in units else f"{kind} {amount >> 20} MiB" for kind, amount in limits.items())


class Limited:
    """The program as a user of its own, so that nobody else's threads count, in a folder that this user may read."""

    def __init__(self, world):
        self.world = world
        self.user = 61000 + os.getpid() % 4000 if os.geteuid() == 0 else None
        self.folder, self.state = world.box.dir / "limited", world.box.dir / "state-limited"
        self.folder.mkdir(mode=0o700)
        for name in ("wandb.env", "ca.pem", "key-sandbox", "wbverify-sandbox.yaml"):
            shutil.copy(world.box.dir / name, self.folder / name)
            (self.folder / name).chmod(0o600)
        if self.user is not None:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, self.user, self.user)
            for path in (world.box.dir, world.box.dir.parent):
                path.chmod(0o711)

    def start(self, words, limits, report=None):
        self.state.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(self.state, self.user, self.user)
        if report:
            report.unlink(missing_ok=True)
        words = [*words, "--config", str(self.folder / "wbverify-sandbox.yaml"), *(["--output", str(report)] if report else [])]
        if "time" in limits:
            words += ["--timeout", f"{max(50, int(limits['time'] * 1000))}ms"]
        # By a program in between: what is set in a child of this process, which has threads, may hang.
        prefix = ["prlimit", *(f"--{PRLIMIT[kind]}={amount}:{amount}" for kind, amount in limits.items() if kind in PRLIMIT), "--"]
        user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user is not None else {}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_STATE_HOME": str(self.state), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        return subprocess.Popen([*(prefix if len(prefix) > 2 else []), self.world.program, *words], env=environment, cwd="/", stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **user)

    def run(self, words, limits, report=None, patience=60):
        """(exit status, standard output, standard error, seconds)."""
        process, started = self.start(words, limits, report), time.monotonic()
        try:
            if "stop" in limits:
                after, length = limits["stop"]
                try:
                    out, err = process.communicate(timeout=after)
                    return process.returncode, out, err, time.monotonic() - started
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGSTOP)
                    time.sleep(length)
                    process.send_signal(signal.SIGCONT)
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return "never", out, err, time.monotonic() - started
        return process.returncode, out, err, time.monotonic() - started


def rows_of(text):
    """id → (status, cause, who is to blame) of what is not as it should be, and what the report says was cut; None, None without a report."""
    try:
        report = json.loads(text)
        return {row["id"]: (row["status"], row["cause"], row["blame"]) for row in report["results"] if row["status"] in BAD}, report["run"]["cut"]
    except (ValueError, KeyError, TypeError):
        return None, None


def complaints(status, rows, cut, err, known):
    """What is wrong with what the program said."""
    if status == 127:
        return [] if LOADER in err else ["exit 127, and not by the loader"]
    if status == 70:
        return [] if NAMED.search(err) else ["exit 70 without the name of a limit"]
    if status not in (0, 3):
        return [f"exit {status}"]
    if rows is None:
        return [f"exit {status} without a report"]
    new = {row: said for row, said in rows.items() if row not in known}
    blamed = {row: said for row, said in new.items() if said[0] in ("fail", "warn") or (said[0] == "unknown" and said[2] != "machine")}
    wrong = [f"blamed a service: {blamed}"] if blamed else []
    unfinished = [row for row, said in rows.items() if said[1] in ("run-deadline", "machine-paused", "no-resources")]
    if len(unfinished) != (cut["unfinished"] if cut else 0) or (cut and not cut["text"]):
        wrong.append(f"unfinished are {unfinished}, and the report says {cut}")
    return wrong


def trial(limited, dice, known, tally):
    world, limits, wrong = limited.world, limits_of(dice), []
    words = [] if dice.random() < 0.6 else ["--only", dice.choice(SERVICES)]
    report = limited.folder / "report.json" if dice.random() < 0.5 else None
    about = f"{' '.join(words) or 'whole'}, {in_words(limits)}"
    with Requests(world) as requests:
        status, out, err, seconds = limited.run(words + ([] if report else ["--format", "json"]), limits, report)
        requests.wait()
    text = out if not report else report.read_text() if report.exists() else ""
    wrong = complaints(status, *rows_of(text), err, known)
    longest = (limits["time"] if "time" in limits else 60) + (sum(limits["stop"]) if "stop" in limits else 0) + LATE
    if seconds > longest:
        wrong.append(f"it took {seconds:.1f} s")
    tally.note(f"exit {status}")
    for kind in limits:
        tally.note(f"trials with a limit on {kind}")
    if wrong:
        wrong.append("it said: " + (err or out)[-600:])
    if any(not thing.startswith("journal") for thing in world.left()):
        tally.note("runs that left something on the journal")
    world.let_time_pass()
    ended, *said, _ = limited.run(["cleanup"], {})
    left = world.left()
    if left or ended != 0:
        wrong.append(f"cleanup ended with {ended} and left {left}: {''.join(said)[-600:]}")
    return about, wrong


def main():
    arguments = options(__doc__, 1000)
    tally = Tally(arguments)
    with worlds(os.path.abspath(arguments.program), *({"generation": name} for name in GENERATIONS)) as world_of:
        known, limited = {}, None
        for number, dice in tally.trials():
            index = number * len(GENERATIONS) // max(arguments.count, number + 1)
            world = world_of(index)
            if index not in known:
                limited = Limited(world)
                status, out, err, _ = limited.run(["--format", "json"], {})
                known[index] = rows_of(out)[0] or {}
                if status not in (0, 3):
                    tally.judge(number, f"{GENERATIONS[index]}, without limits", [f"exit {status}: {known[index]} {err[-600:]}"])
            about, wrong = trial(limited, dice, known[index], tally)
            tally.judge(number, f"{GENERATIONS[index]}, {about}", wrong)
            if wrong:
                world.reset()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
