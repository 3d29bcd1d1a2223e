"""The ways in which the program removes something, each brought to the point at which it is about to, and its requests one by one."""
import re
import threading
import time
from dataclasses import dataclass, field

OWN = re.compile(r"wbverify-[0-9a-f]{16}")
QUARANTINE = re.compile(r"removed-by-wbverify-[0-9a-f]{16}")
ONLY = ("--only", "wandb")


@dataclass
class Requests:
    """Counts what the program asks of the W&B server, and calls `at(number, side, keys)` before and after each; what that returns is sent instead.
    Requests of others, the tests' own above all, do not count."""
    world: object
    at: object = lambda number, side, keys: None
    keys: list = field(default_factory=list)         # of each request, in the order in which they came
    names: set = field(default_factory=set)          # of projects of the program's, ever seen
    answered: int = 0
    lock: object = field(default_factory=threading.Lock)

    def __enter__(self):
        behaviour = self.world.standin.behaviour
        behaviour.before, behaviour.after = self.before, self.after
        return self

    def __exit__(self, *_):
        behaviour = self.world.standin.behaviour
        behaviour.before = behaviour.after = None

    def before(self, request, keys):
        if not request.user_agent.startswith("wbverify/"):
            return None
        with self.lock:
            self.keys.append(keys)
            request.number = len(self.keys)
        return self.at(request.number, "before", keys)

    def after(self, request, keys):
        number = getattr(request, "number", None)
        if number is None:
            return None
        with self.lock:
            self.answered += 1
        self.names |= {project.name for project in list(self.world.standin.books.projects.values()) if OWN.fullmatch(project.name)}
        return self.at(number, "after", keys)

    def wait(self, seconds=5):
        """Until the server is done with all of them: it works on after the one who asked is gone, and takes up what was still on its way."""
        end, quiet = time.monotonic() + seconds, time.monotonic()
        while time.monotonic() < min(end, quiet + 0.1):
            before = len(self.keys)
            time.sleep(0.01)
            if self.answered < len(self.keys) or len(self.keys) > before:
                quiet = time.monotonic()


def killed(world, dice, first=3, last=30, words=ONLY, state="a"):
    """A run that was killed in the middle of a request; the names of its projects."""
    moment = dice.randint(first, last)
    with Requests(world) as requests:
        process = world.start(*words, state=state)
        requests.at = lambda number, side, keys: process.kill() if number == moment and side == "before" else None
        process.communicate(timeout=60)
        requests.wait()
    return requests.names


def left_by_wandb_verify(world):
    """Runs, a sweep and a collection in the shapes that an execution of `wandb verify` leaves."""
    api = world.api(project="verify")
    for name in ("graphql_put", "check_run", "log_artifact", "use_artifact"):
        api.make_run(f"abcd1234-{name}", state="finished")
    for name in ("sing-artys", "my-artys"):
        api.make_artifact({"a.txt": b"x"}, f"abcd1234-{name}", "artsy", "abcd1234-log_artifact")


class Session:
    """`prepare` brings the world to the point, `run` is watched."""
    words, state = ONLY, "a"

    def prepare(self, world, dice):
        return set()

    def run(self, world):
        return world.run(*self.words, state=self.state)


class WholeRun(Session):
    name = "run"


class Cleanup(Session):
    name, words = "cleanup", ("cleanup",)

    def prepare(self, world, dice):
        return killed(world, dice)


class Undo(Session):
    """Of the next run's start."""
    name = "undo"

    def prepare(self, world, dice):
        return killed(world, dice)


class WandbVerify(Session):
    name, words = "cleanup --wandb-verify", ("cleanup", "--wandb-verify", "--yes")

    def prepare(self, world, dice):
        left_by_wandb_verify(world)
        world.age(2 * 3600)
        return set()


class All(Session):
    """What another machine left, whose journal is not here."""
    name, words, state = "cleanup --all", ("cleanup", "--all", "--yes"), "b"

    def prepare(self, world, dice):
        names = killed(world, dice, state="a")
        world.age(2 * 3600)
        return names


SESSIONS = [WholeRun(), Cleanup(), Undo(), WandbVerify(), All()]

