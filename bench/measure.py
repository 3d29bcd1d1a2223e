"""What every benchmark measures with: a process watched from outside, and what it leaves behind."""
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("WBVERIFY", str(ROOT / "build/release/wbverify"))
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/system")]

# What both tools are for; wbverify looks at the address in front of it too.
API = re.compile(r'\w+ /(graphql2?|files|artifacts|artifactsV2|oidc|wandb-\w+)\b')


class Place:
    """An empty HOME, working directory and TMPDIR of a process, to see what it leaves there."""

    def __init__(self, folder):
        self.home, self.work, self.tmp = (Path(folder, name) for name in ("home", "work", "tmp"))
        for path in (self.home, self.work, self.tmp):
            path.mkdir()

    def environment(self, more=None):
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.tmp), "LC_ALL": "C.UTF-8"} | (more or {})


def files_under(folder):
    """How many, and their bytes."""
    sizes = [path.lstat().st_size for path in Path(folder).rglob("*") if not path.is_dir()]
    return len(sizes), sum(sizes)


@dataclass
class Ended:
    started: float          # seconds since the epoch
    seconds: float
    exit: int               # None: it was ended at the limit
    stdout: str
    stderr: str
    largest: float          # MiB, the peak of the process that took most
    together: float         # MiB, the peak of the sum of all its processes


class Family(threading.Thread):
    """Looks at the memory of every process with this HOME: children that made themselves independent are found by it too. The
    kernel's ru_maxrss will not do: it counts what the process that started it had before exec()."""

    def __init__(self, home, first, pause):
        super().__init__(daemon=True)
        self.mark, self.pause, self.known = f"HOME={home}".encode(), pause, {str(first): True}
        self.peaks, self.together, self.over = {}, 0, threading.Event()

    def run(self):
        self.look()
        while not self.over.wait(self.pause):
            self.look()

    def members(self):
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            if name not in self.known:
                try:
                    self.known[name] = self.mark in Path("/proc", name, "environ").read_bytes().split(b"\0")
                except OSError:
                    self.known[name] = False
            if self.known[name]:
                yield name

    def look(self):
        total = 0
        for name in list(self.members()):
            try:
                words = dict(line.split(":", 1) for line in Path("/proc", name, "status").read_text().splitlines())
                peak, now = (int(words[key].split()[0]) for key in ("VmHWM", "VmRSS"))
            except (OSError, KeyError):
                continue   # it has ended
            self.peaks[name] = max(self.peaks.get(name, 0), peak)
            total += now
        self.together = max(self.together, total)

    def kill(self):
        for _ in range(3):   # whom one of them has started meanwhile too
            for name in list(self.members()):
                try:
                    os.kill(int(name), 9)
                except ProcessLookupError:
                    pass
            time.sleep(0.02)


def watched(argv, env, cwd, limit=600, pause=0.02):
    """Runs it to its end, or until the limit, when every process of its HOME is ended."""
    started, clock = time.time(), time.perf_counter()
    process = subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                               start_new_session=True)
    family = Family(env["HOME"], process.pid, pause)
    family.start()
    late = False
    try:
        stdout, stderr = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
        family.kill()
        stdout, stderr = process.communicate()
    seconds = time.perf_counter() - clock
    family.over.set()
    family.join()
    family.kill()
    return Ended(started, seconds, None if late else process.returncode, stdout, stderr, max(family.peaks.values(), default=0) / 1024, family.together / 1024)

def bar(what, figure, most, form="{:.3f}"):
    print(f"{what:48} {form.format(figure):>8}   at most {form.format(most):>6}   {'met' if figure <= most else 'NOT MET'}")
