"""What wbverify says of a broken installation, beside what `wandb verify` says of the same one."""
import multiprocessing
import os
import platform
import queue
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

from measure import PROGRAM, watched

LIMIT, SIDE_BY_SIDE = 60, 4   # seconds that `wandb verify` is waited for; it sleeps most of the time
WARM_CACHE = {"wandb.artifact-bytes-cached"}
TELLING = ("fail", "unknown", "warn")


@dataclass
class Row:
    fault: str
    situation: str
    named: str
    right: bool
    seconds: float
    exit: int
    peer_said: str
    peer_seconds: float
    peer_exit: int          # None: it was ended
    traceback: bool


def ours(box, case, row):
    from program import verify
    run = verify(box)
    told = {check: result for check, result in run.results.items() if result["status"] in TELLING or check in getattr(case, "kills", {})}
    row.named = ", ".join(f"{check}: {result['cause']}" for check, result in told.items()) or "nothing, it is healthy"
    row.seconds, row.exit = run.seconds, run.exit
    if hasattr(case, "spares"):
        row.right = not told and run.exit == 0
    else:
        found = {check: (result["status"], result["cause"]) for check, result in told.items()}
        row.right = found == {check: (case.status.get(check, "fail"), cause) for check, cause in case.kills.items()} and run.exit == case.exit


def theirs(base, box, case, row):
    from sandbox.clients import Client
    with Client(box) as client:
        if case.name in WARM_CACHE:
            with Client(base) as earlier:
                earlier.verify()
                shutil.copytree(earlier.home / "cache", client.home / "cache")
        ended = watched(client.command(), environment(box, client), client.home / "work", LIMIT, pause=0.2)
    row.peer_said, row.traceback = words_of(ended)
    row.peer_seconds, row.peer_exit = ended.seconds, ended.exit


def environment(box, client):
    """With the key that wbverify is given."""
    env = client.environment()
    if box.yaml.get("api_key_file", "") is None:
        del env["WANDB_API_KEY"]
        env |= {name: value for name, value in box.env.items() if name == "WANDB_API_KEY"}
    return env


def words_of(ended):
    """(what it says, whether that is a traceback)"""
    def lines(text):
        return [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]
    out, err = lines(ended.stdout), lines(ended.stderr)
    if "Traceback (most recent call last):" in err and ended.exit:
        return "traceback: " + err[-1].removeprefix("wandb.errors.errors."), True
    # Each check has a line with a mark at its end; what is wrong stands in the next.
    failed = " / ".join(after for line, after in zip(out, out[1:]) if line.endswith("❌"))
    if ended.exit is None:
        return "; ".join(filter(None, [failed, f"then silent at “{out[-1].rstrip('.')}”" if out else "silent"])).removeprefix("then "), False
    return failed or "; ".join(["all passes", *(line for line in out if not line.startswith("Checking"))][:2]), False


def work(names, rows):
    """One of several installations side by side: a fault may change what its forks share."""
    from sandbox.box import Box
    from sandbox.lab import named
    with Box.healthy() as base:
        while (name := names.get()) is not None:
            case = named(name)
            row = Row(name, case.peer, "", False, 0, 0, "", 0, 0, False)
            try:
                with base.fork([name]) as box:
                    ours(box, case, row)
                    theirs(base, box, case, row)
            except Exception as error:  # noqa: BLE001  the other rows are worth having
                row.named, row.right = f"not measured: {error}"[:300], False
            rows.put(row)


def measured(cases):
    names, rows = multiprocessing.Queue(), multiprocessing.Queue()
    for case in cases:
        names.put(case.name)
    workers = [multiprocessing.Process(target=work, args=(names, rows)) for _ in range(SIDE_BY_SIDE)]
    for worker in workers:
        names.put(None)
        worker.start()
    by_name = {}
    while len(by_name) < len(cases):
        try:
            row = rows.get(timeout=5)
        except queue.Empty:
            if not any(worker.is_alive() for worker in workers):
                raise SystemExit("the installations ended before their time") from None
            continue
        by_name[row.fault] = row
        if sys.stderr.isatty():
            print(f"\r{len(by_name)} of {len(cases)} ", end="\r", file=sys.stderr, flush=True)
    for worker in workers:
        worker.join()
    return [by_name[case.name] for case in cases]


def exit_word(status):
    return "killed" if status is None else str(status)


def summary(rows):
    exits = [row.peer_exit for row in rows]
    return [f"wbverify: the right cause {sum(row.right for row in rows)} of {len(rows)}, {max(row.seconds for row in rows):.1f} s at most, {len(rows)} of {len(rows)} ended by themselves",
            f"wandb verify: exit 0 {exits.count(0)}, killed after {LIMIT} s {exits.count(None)}, a traceback {sum(row.traceback for row in rows)}, of {len(rows)}"]


def report(markdown=None):
    from sandbox import clients, lab
    cases = [case for case in [*lab.FAULTS.values(), *lab.NEAR_MISSES.values()] if case.peer]
    started = time.time()
    rows = measured(cases)
    print(f"\n{'situation':48} {'wbverify':58} {'s':>5} {'exit':>4}  {'wandb verify ' + clients.NEWEST:78} {'s':>5} {'exit':>6}")
    for row in rows:
        print(f"{row.situation[:48]:48} {row.named[:58]:58} {row.seconds:5.1f} {row.exit:4}  {row.peer_said[:78]:78} {row.peer_seconds:5.1f} {exit_word(row.peer_exit):>6}"
              f"{'' if row.right else '  NOT RIGHT'}")
    print("", *summary(rows), f"measured in {(time.time() - started) / 60:.1f} min", sep="\n")
    if markdown:
        markdown.write_text(page(rows, clients.NEWEST))


def cell(text):
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def page(rows, version):
    program = subprocess.run([PROGRAM, "version", "--short"], capture_output=True, text=True, check=True).stdout.strip()
    lines = ["# The same faults, told by wbverify and by `wandb verify`", "",
             f"Made by `bench/run faults --markdown FILE` on {time.strftime('%Y-%m-%d', time.gmtime())}: {program}, wandb {version}, "
             f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {SIDE_BY_SIDE} installations side by side.",
             f"Each situation is a fault or a near miss of the lab (`tests/sandbox/faults`), and both programs look at the same installation; `wandb verify` is ended after {LIMIT} s.",
             "Of `wandb verify` the lines are quoted that tell of something wrong; of a traceback the last.", "",
             "| situation | fault | wbverify | s | exit | `wandb verify` | s | exit |", "|---|---|---|---:|---:|---|---:|---:|"]
    for row in rows:
        words = (f"{row.situation}", f"`{row.fault}`", row.named + ("" if row.right else " **not right**"), f"{row.seconds:.1f}", f"{row.exit}", row.peer_said,
                 f"{row.peer_seconds:.1f}", exit_word(row.peer_exit))
        lines.append("| " + " | ".join(cell(word) for word in words) + " |")
    return "\n".join([*lines, "", *(f"- {line}" for line in summary(rows))]) + "\n"
