"""The fault lab: every way of breaking the installation that the suite must name, and every oddity that it must bear."""
import importlib
from dataclasses import dataclass, field
from pathlib import Path

FAULTS, NEAR_MISSES = {}, {}


@dataclass
class Fault:
    name: str
    kills: dict            # check (or row) → cause
    text: str
    apply: object
    status: dict = field(default_factory=dict)   # check → `warn`, `unknown` or `skip`, where it is not `fail`
    exit: int = None       # exit status; None: 1, or 0 when all that it kills only warns, or 3 when something is only unknown
    needs: str = ""        # `minio`, when it needs a server that is not always there
    peer: str = ""         # the situation under which `wandb verify` was measured beside us, in its own words (bench/)

    def __post_init__(self):
        if self.exit is None:
            words = {self.status.get(check, "fail") for check in self.kills}
            self.exit = 1 if "fail" in words else 3 if "unknown" in words else 0


@dataclass
class Near:
    name: str
    spares: list           # checks that must not mind
    text: str
    apply: object
    needs: str = ""
    peer: str = ""         # as of a fault: where `wandb verify` minds and we must not


def fault(name, kills, text, **options):
    def declare(apply):
        assert name not in FAULTS and name not in NEAR_MISSES, name
        FAULTS[name] = Fault(name, kills, text, apply, **options)
        return apply
    return declare


def near(name, spares, text, **options):
    def declare(apply):
        assert name not in FAULTS and name not in NEAR_MISSES, name
        NEAR_MISSES[name] = Near(name, spares, text, apply, **options)
        return apply
    return declare


def named(name):
    if name in FAULTS:
        return FAULTS[name]
    if name in NEAR_MISSES:
        return NEAR_MISSES[name]
    raise KeyError(f"no fault {name}; see: tests/sandbox/sandbox faults")


for _file in sorted(Path(__file__).with_name("faults").glob("[a-z]*.py")):
    importlib.import_module(f"{__package__}.faults.{_file.stem}")
