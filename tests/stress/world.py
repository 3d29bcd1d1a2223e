"""What every stress program needs: an installation whose W&B server lives in this process, people who run the program, foreign things, and what is left."""
import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
for _part in ("", "support", "system"):
    if str(TESTS / _part) not in sys.path:
        sys.path.insert(0, str(TESTS / _part))

from sandbox.box import Box  # noqa: E402
from sandbox.wandb.dump import state as dump  # noqa: E402
from sandbox.wandb.projects import Books  # noqa: E402
from wandb_api import Api  # noqa: E402

PERSONAL = {"sandbox": "sandbox", "colleague": "colleague"}   # user → own entity
TEAM = "production"                                           # both are members of it
BAD = ("fail", "warn", "unknown", "blocked")
GENERATIONS = ("new", "mid", "old")
NO_REPORT = "no report"
GRID = "method: grid\nname: {0}\nparameters:\n  x:\n    values: [1]\n"


def options(text, count, more=None):
    """The command line that all of them share."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--count", type=int, default=count, help=f"how many trials (default {count})")
    parser.add_argument("--seed", type=int, default=1, help="trial N of a seed is always the same (default 1)")
    parser.add_argument("--only", type=int, help="this trial alone, by its number in a line of failure")
    parser.add_argument("--program", default=os.environ.get("WBVERIFY", str(TESTS.parent / "build/release/wbverify")), help="default build/release/wbverify")
    if more:
        more(parser)
    return parser.parse_args()


class Tally:
    """Counts the trials; a line for each failure, one at the end."""

    def __init__(self, arguments):
        self.arguments, self.passed, self.failed, self.notes, self.started = arguments, 0, 0, {}, time.monotonic()

    def trials(self):
        """(number, its own source of chance) of each."""
        wanted = range(self.arguments.count) if self.arguments.only is None else [self.arguments.only]
        for number in wanted:
            yield number, random.Random(f"{self.arguments.seed}/{number}")

    def judge(self, number, about, wrong):
        """`wrong`: everything that is, in words."""
        if wrong:
            self.failed += 1
            print(f"FAILED --seed {self.arguments.seed} --only {number} ({about}): " + "; ".join(wrong), flush=True)
        else:
            self.passed += 1

    def note(self, what, times=1):
        """Counted and told at the end, and no failure."""
        self.notes[what] = self.notes.get(what, 0) + times

    def end(self, *needed):
        """The exit status. Where nothing was noted of what is needed, nothing was tried."""
        for what in needed if self.arguments.only is None else ():
            if not self.notes.get(what):
                self.failed += 1
                print(f"FAILED --seed {self.arguments.seed}: 0 {what}")
        for what, times in sorted(self.notes.items()):
            print(f"  {times:6} {what}")
        print(f"{self.passed} passed, {self.failed} failed, {time.monotonic() - self.started:.0f} s")
        return 1 if self.failed else 0


class World:
    """An installation, a W&B server of its own in this process, and the people who verify it."""

    def __init__(self, box, program):
        self.box, self.program, self.standin = box, program, box.standin.standin
        self.states = {}
        for name in PERSONAL:
            self.write_settings(name)
        self.clean_objects = self.objects()

    # -- people

    def write_settings(self, name):
        """A configuration file with this person's key."""
        key = self.box.dir / f"key-{name}"
        key.touch(mode=0o600)
        key.write_text((self.box.api_key if name == "sandbox" else self.box.api_keys[name]) + "\n")
        text = self.box.config_path.read_text().replace("api_key_file: api-key\n", f"api_key_file: {key.name}\n")
        assert key.name in text, text
        own = self.box.dir / f"wbverify-{name}.yaml"
        own.touch(mode=0o600)
        own.write_text(text)

    def api(self, entity="sandbox", project="demo"):
        """A client of the person to whom the entity belongs."""
        return Api(self.box, self.box.api_keys["colleague"] if entity == "colleague" else None, entity, project)

    def start(self, *words, person="sandbox", entity=None, state="a", report=None):
        """The program, running."""
        folder = self.box.dir / f"state-{state}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if report:
            report.unlink(missing_ok=True)
        more = (["--entity", entity] if entity else []) + (["--output", str(report), "--format", "json"] if report else [])
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.box.dir), "XDG_STATE_HOME": str(folder), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        return subprocess.Popen([self.program, *words, "--config", str(self.box.dir / f"wbverify-{person}.yaml"), *more], env=environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *words, limit=120, **options):
        """(exit status, everything that it said)."""
        process = self.start(*words, **options)
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            return "never", said
        return process.returncode, said

    # -- what is there

    def seen(self):
        """Everything on the W&B server (sandbox/wandb/dump.py)."""
        return dump(self.standin)["projects"]

    def objects(self):
        return {(bucket, key) for bucket in (self.box.bucket, self.box.team_bucket) for key in self.box.rgw.s3.objects(bucket)}

    def tables(self):
        return [row[0] if isinstance(row, (list, tuple)) else row for row in self.box.mysql_tables() if "_wbverify_" in str(row)]

    def journals(self):
        return [str(path.relative_to(self.box.dir)) for folder in self.box.dir.glob("state-*") for path in folder.rglob("*.jsonl")]

    def left(self, things=()):
        """What is there and belongs to nobody but the program, in words; `things` are foreign."""
        marks = {thing.mark for thing in things}
        left = []
        for project in self.seen():
            where = f"{project['entity']}/{project['name']}"
            names = [("run", run["name"]) for run in project["runs"]] + [("artifact", c["name"]) for c in project["collections"]] \
                + [("sweep", sweep["display_name"]) for sweep in project["sweeps"]]
            foreign = project["description"] in marks or any(extra["name"] in marks for part in ("views", "queues", "automations") for extra in project[part])
            foreign = foreign or any(name in marks for _, name in names)
            # A sweep cannot be deleted: in a project that is kept for somebody else's sake one that is finished stays.
            over = {sweep["display_name"] for sweep in project["sweeps"] if sweep["state"] in ("FINISHED", "CANCELED", "STOPPED")} if foreign else set()
            left += [f"{kind} {name} in {where}" for kind, name in names if name not in marks and not (kind == "sweep" and name in over)]
            if not foreign:
                left.append(f"project {where}")
        kept = {(self.standin.bucket_of(project.entity), key) for project in self.standin.books.projects.values() for key in self.keys_of(project)}
        left += [f"object {bucket}/{key}" for bucket, key in sorted(self.objects() - self.clean_objects - kept)]
        return left + [f"table {name}" for name in self.tables()] + [f"journal {name}" for name in self.journals()]

    @staticmethod
    def keys_of(project):
        files = [file for run in project.runs.values() for file in run.files.values()]
        for collection in project.collections.values():
            for artifact in collection.versions:
                files += [*artifact.files_by_name.values(), *(manifest.file for manifest in artifact.manifests)]
        return [file.key for file in files if file.key]

    def reset(self):
        """Nothing is there any more, as on the first day. The signed URLs of the objects are forgotten too."""
        self.standin.behaviour.before = self.standin.behaviour.after = None
        with self.standin.books.lock:
            self.standin.books = Books()
        self.standin.requests.clear()
        self.standin.watched.clear()
        for bucket, key in self.objects() - self.clean_objects:
            self.box.rgw.s3.call("DELETE", f"/{bucket}/{key}")
        for name in self.tables():
            self.box.mysql.sql(f"DROP TABLE {self.box.database}.`{name}`")
        for folder in self.box.dir.glob("state-*"):
            shutil.rmtree(folder)

    def let_time_pass(self):
        """Every entry of a journal is so old that what it announces cannot arrive any more."""
        from program import let_time_pass
        let_time_pass(self.box)

    def age(self, seconds):
        """Everything on the W&B server was made so long ago."""
        then = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - seconds))
        for thing in list(self.standin.books.by_id.values()):
            for name in ("created_at", "updated_at", "heartbeat_at"):
                if hasattr(thing, name):
                    setattr(thing, name, then)


@contextlib.contextmanager
def worlds(program, *behaviours):
    """A function of (index) → the world whose server behaves so; all share one installation, and one at a time is open."""
    with Box.healthy() as base, contextlib.ExitStack() as stack:
        open_one = {}

        def world(index):
            if index not in open_one:
                stack.pop_all().close()
                open_one.clear()
                open_one[index] = World(stack.enter_context(base.fork([], change=lambda box: box.wandb(**behaviours[index]))), program)
            return open_one[index]
        yield world


# -- what belongs to somebody else

KINDS = ("run", "sweep", "artifact", "report", "queue", "automation", "project")


@dataclass
class Thing:
    """Something that a person puts into a project, by the project's name."""
    kind: str
    mark: str                   # its name, which nothing else has
    project: str
    entity: str = "sandbox"
    trouble: str = None         # why it could not be put there
    placed: bool = False
    others: list = field(default_factory=list)

    def place(self, world):
        """True when it is there now."""
        api = world.api(self.entity, self.project)
        try:
            getattr(self, "make_" + self.kind)(api)
            self.placed = True
        except (AssertionError, TypeError, KeyError, OSError) as error:
            self.trouble = str(error)[:200]
        return self.placed

    def make_run(self, api):
        api.make_run(self.mark)

    def make_sweep(self, api):
        api.make_sweep(GRID.format(self.mark))

    def make_artifact(self, api):
        """It stays when the run that made it is deleted."""
        run = api.make_run(self.mark + "-by")["bucket"]["id"]
        self.others.append(self.mark + "-by")
        api.make_artifact({"a.txt": self.mark.encode()}, self.mark, "dataset", self.mark + "-by")
        api.ask("mutation($i:ID!){deleteRun(input:{id:$i}){clientMutationId}}", i=run)

    def make_report(self, api):
        self.make_project_there(api)
        api.make_view(self.mark)

    def make_queue(self, api):
        self.make_project_there(api)
        api.make_queue(self.mark)

    def make_automation(self, api):
        self.make_project_there(api)
        api.make_automation(self.mark)

    def make_project(self, api):
        """Only where there is none: what is there already would be somebody else's."""
        assert api.ask("query($p:String,$e:String){project(name:$p,entityName:$e){id}}", p=self.project, e=self.entity)["project"] is None, "there is one already"
        self.describe(api)

    def make_project_there(self, api):
        if api.ask("query($p:String,$e:String){project(name:$p,entityName:$e){id}}", p=self.project, e=self.entity)["project"] is None:
            self.describe(api)

    def describe(self, api):
        api.ask("mutation($i:UpsertModelInput!){upsertModel(input:$i){inserted}}", i={"entityName": self.entity, "name": self.project, "description": self.mark})

    def where(self, seen):
        """The name of the project in which it is now, or None."""
        for project in seen:
            names = {"run": [run["name"] for run in project["runs"]], "sweep": [sweep["display_name"] for sweep in project["sweeps"]],
                     "artifact": [c["name"] for c in project["collections"] if c["versions"]], "report": [view["name"] for view in project["views"]],
                     "queue": [queue["name"] for queue in project["queues"]], "automation": [automation["name"] for automation in project["automations"]],
                     "project": [project["description"]]}[self.kind]
            if project["entity"] == self.entity and self.mark in names:
                return project["name"]
        return None


def findings(path):
    """id → status of what a report complains of."""
    try:
        report = json.loads(Path(path).read_text())
    except (OSError, ValueError):
        return {NO_REPORT: "fail"}
    return {row["id"]: row["status"] for row in report["results"] if row["status"] in BAD}
