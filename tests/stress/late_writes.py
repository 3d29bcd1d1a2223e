#!/usr/bin/python3
"""A write that arrives after its run has ended: whatever was held back on the way, and however the run ended, it is found and removed."""
import contextlib
import signal
import subprocess
import sys
import time

from world import Tally, World, options

from sandbox.box import Box
from sandbox.holding import Relay

ENDS = ("TERM", "INT", "KILL", "deadline", "probe")
AFTERWARDS = ("cleanup", "run", "too early")
# What a write looks like on its first bytes: everything that makes something, and of the W&B API what removes it too.
WRITES = {
    "bucket": rb"PUT /[^ ]*/wbverify/[0-9a-f]{16}/[^ ?]*",
    "mysql": rb"CREATE TABLE `_wbverify_[0-9a-f]{16}`",
    "files": rb"(?:PUT|POST) /(?![^ ]*/wbverify/[0-9a-f]{16}/)[^ ?]*",
    "wandb": rb"mutation [A-Za-z]+|POST /files/[^\r]*",
}
REMOVALS = ("mutation Remove", "mutation DeleteProject")
ONLY = {"bucket": "bucket", "mysql": "mysql", "files": "wandb", "wandb": "wandb"}


class Late:
    """An installation in which every service is reached through a relay."""

    def __init__(self, base, program, kinds=tuple(WRITES)):
        self.relays, self.kinds = {}, kinds
        self.stack = contextlib.ExitStack()
        box = self.stack.enter_context(base.fork([], change=self.arrange))
        self.world = World(box, program)
        self.writes = self.count_writes()

    def arrange(self, box):
        box.wandb()
        web = box.change_web()
        store = box.add(Relay(box.rgw.port, b"(?:%s)|(?:%s)" % (WRITES["bucket"], WRITES["files"])))
        web.bucket.upstream = store.port
        app = box.add(Relay(box.standin.port, WRITES["wandb"]))
        web.app_port = app.port
        database = box.add(Relay(box.mysql.port, WRITES["mysql"]))
        box.mysql_url(port=database.port, query="?tls=false")
        self.relays = {"bucket": store, "files": store, "wandb": app, "mysql": database}

    def count_writes(self):
        """How many writes of each kind an undisturbed run makes."""
        counts = {}
        for kind in self.kinds:
            relay = self.relays[kind]
            relay.hold(WRITES[kind], skip=10**6)
            status, said = self.world.run("--only", ONLY[kind])
            counts[kind] = 10**6 - relay.skip
            relay.release(0)
            assert counts[kind] > 0, f"no write of {kind}: exit {status}\n{said}"
        left = self.world.left()
        assert not left, left
        return counts

    def trial(self, kind, number, end, afterwards):
        """(what was held, what is wrong)."""
        relay, world, wrong, self.arrived = self.relays[kind], self.world, [], []
        relay.hold(WRITES[kind], skip=number)
        process = world.start("--only", ONLY[kind], "--timeout", "3s" if end == "deadline" else "60s")
        if not relay.held.wait(30):
            process.kill()
            process.communicate()
            return "nothing", [f"write {number} of {kind} was never made"]
        what = relay.what
        time.sleep(0.2)
        if end in ("TERM", "INT", "KILL"):
            process.send_signal(getattr(signal, "SIG" + end))
        try:
            said, _ = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return what, ["the run did not end"]
        on_record = bool(world.journals())
        told = end == "KILL" or "may still arrive" in said or "may not have been removed" in said
        if afterwards == "too early":
            status, said = world.run("cleanup")
            if on_record and what not in REMOVALS and (status != 3 or not world.journals()):
                wrong.append(f"before it arrived: exit {status}, {len(world.journals())} journals\n{said}")
        if not relay.release():
            wrong.append("it could not be delivered")
        self.arrived = [thing for thing in world.left() if not thing.startswith("journal")]
        if self.arrived and not on_record:
            wrong.append("no journal was left")
        if self.arrived and not told:
            wrong.append("the run did not tell of it")
        status, said = world.run(*(["--only", ONLY[kind]] if afterwards == "run" else ["cleanup"]))
        if status not in (0, 3):
            wrong.append(f"{afterwards}: exit {status}\n{said}")
        things = [thing for thing in world.left() if not thing.startswith("journal")]
        # An upload through the W&B server belongs to its project, which waits for it until nothing can arrive.
        if things and not (kind in ("files", "wandb") and world.journals()):
            wrong.append(f"after {afterwards}: {things}\n{said}")
        world.let_time_pass()
        status, said = world.run("cleanup")
        if status != 0 or world.left():
            wrong.append(f"at last: exit {status}, {world.left()}\n{said}")
        return what, wrong


def main():
    kinds = sorted(WRITES)
    arguments = options(__doc__, 100, lambda parser: parser.add_argument("--kind", choices=kinds, help="writes of this service alone"))
    tally = Tally(arguments)
    with Box.healthy() as base:
        late = Late(base, arguments.program, [arguments.kind] if arguments.kind else kinds)
        with late.stack:
            every = [(kind, number) for kind in late.kinds for number in range(late.writes[kind])]
            print(f"writes: {late.writes}", flush=True)
            for trial, dice in tally.trials():
                # Each write once, then again, with another end and another look.
                kind, number = every[trial % len(every)]
                end, afterwards = dice.choice(ENDS), dice.choice(AFTERWARDS)
                what, wrong = late.trial(kind, number, end, afterwards)
                tally.judge(trial, f"{kind} {number}: {what[:80]}, {end}, {afterwards}", wrong)
                tally.note(f"{kind}: " + ("something was there after it had arrived" if late.arrived else "nothing was there after it had arrived"))
                late.world.reset()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
