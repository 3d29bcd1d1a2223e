#!/usr/bin/python3
"""Something foreign is put into a project at every moment of a run, of its end, of cleanup and of undo: it is never lost."""
import secrets
import sys
import threading

from sessions import OWN, QUARANTINE, SESSIONS, Requests
from world import GENERATIONS, KINDS, Tally, Thing, options, worlds

PLACES = ("wbverify", "verify", "living", "earlier", "quarantine")
WEIGHTS = (2, 2, 5, 3, 1)
PLACED = "placements that were made"


def project_of(world, place, requests, prepared):
    """The name by which a person addresses the place now; None when there is nothing to address."""
    now = sorted(project.name for project in list(world.standin.books.projects.values()))
    if place == "living":
        return next((name for name in now if OWN.fullmatch(name)), None)
    if place == "earlier":   # a name that was seen at some time, whether it is still there or not
        return next(iter(sorted(requests.names | prepared)), None)
    if place == "quarantine":
        return next((name for name in now if QUARANTINE.fullmatch(name)), None)
    return place


class Placement:
    """One thing, put in at one moment."""

    def __init__(self, world, kind, place, moment, side, requests, prepared):
        self.world, self.thing, self.place, self.moment, self.side = world, Thing(kind, f"precious-{kind}-{secrets.token_hex(4)}", ""), place, moment, side
        self.requests, self.prepared, self.tried, self.request, self.lock, self.over = requests, prepared, False, None, threading.Lock(), threading.Event()

    def at(self, number, side, keys):
        with self.lock:
            # An address that is not there yet is waited for.
            if self.tried or number < self.moment or (number == self.moment and side != self.side):
                return
            project = project_of(self.world, self.place, self.requests, self.prepared)
            if project is None:
                return
            self.tried, self.request = True, (number, side, "+".join(keys))
            self.thing.project = project
        try:
            self.thing.place(self.world)
        finally:
            self.over.set()


def looks_after(requests, placement):
    """Whether the program looked into the project once more, after the placement and before it deleted it."""
    if placement.request is None:
        return False
    number, side, _ = placement.request
    since = requests.keys[number if side == "after" else number - 1:]
    deletes = next((i for i, keys in enumerate(since) if "deleteModel" in keys), len(since))
    return any("project" in keys for keys in since[:deletes])


def moment_of(dice, length, keys):
    """Half of the moments anywhere, half around what removes."""
    removing = [n for n, key in enumerate(keys, 1) if any(word in key for word in ("deleteModel", "renameProject", "deleteRun", "deleteArtifact", "deleteArtifactSequence"))]
    if removing and dice.random() < 0.5:
        return max(1, dice.choice(removing) + dice.choice([-2, -1, 0, 0, 0, 1]))
    return dice.randint(1, max(1, length))


def trial(world, dice, session, typical, tally):
    prepared = session.prepare(world, dice)
    kind, place, side = dice.choice([kind for kind in KINDS if (kind, world.standin.behaviour.generation) != ("automation", "old")]), dice.choices(PLACES, WEIGHTS)[0], dice.choice(["before", "after"])
    moment = moment_of(dice, len(typical), typical)
    with Requests(world) as requests:
        placement = Placement(world, kind, place, moment, side, requests, prepared)
        requests.at = placement.at
        status, said = session.run(world)
        if placement.tried:
            placement.over.wait(30)   # the program need not have waited for the answer
    thing = placement.thing
    about = f"{session.name}, {kind} put into {thing.project or place} {side} request {placement.request or moment}"
    if not thing.placed:
        tally.note(f"not placed: {thing.trouble or 'nothing by that name is there'}"[:90])
        return about, [], False
    wrong = [f"exit {status}: {said[-300:]}"] if status not in (0, 1, 3) else []
    # Whatever was left for a reason is asked for once more, when no upload of a killed run can arrive any more.
    world.let_time_pass()
    _, more = world.run("cleanup", state=session.state)
    now = thing.where(world.seen())
    own = bool(OWN.search(thing.project))
    if now is None:
        behind = not looks_after(requests, placement)
        if place == "quarantine" and behind:
            tally.note("lost in the window that cannot be closed: put into removed-by-wbverify-… between the last look and deleteModel")
        elif own and behind and world.standin.behaviour.generation != "new":
            tally.note(f"lost on a server without renameProject ({world.standin.behaviour.generation}): put in between the last look and deleteModel")
        else:
            wrong.append("LOST")
    elif now != thing.project and place != "quarantine":
        wrong.append(f"it is in {now} now, where nobody looks for it")
    left = [what for what in world.left([thing, *(Thing("run", other, "") for other in thing.others)]) if not what.startswith("journal")]   # a run that was killed may have sent what is still on its way
    if world.standin.behaviour.generation != "new":
        left = [what for what in left if not what.endswith("/verify")]   # where it cannot be renamed, that project stays
    wrong += [f"left: {what}" for what in left] + ([f"it said: {said[-600:]}"] if left else [])
    return about, wrong, True


def typical_of(world, session, dice):
    """The keys of each request of the session when nobody disturbs it."""
    session.prepare(world, dice)
    with Requests(world) as requests:
        session.run(world)
    world.reset()
    return requests.keys


def main():
    names = [session.name for session in SESSIONS]
    arguments = options(__doc__, 600, lambda parser: parser.add_argument("--session", choices=names, action="append", help="only these; repeatable"))
    sessions = [session for session in SESSIONS if not arguments.session or session.name in arguments.session]
    tally, placed = Tally(arguments), 0
    # Two thirds on the newest server: the older ones do not know how to rename.
    servers = [{"generation": name} for name in GENERATIONS]
    with worlds(arguments.program, *servers) as world_of:
        typical = {}
        for number, dice in tally.trials():
            index = max(0, number * 6 // max(arguments.count, number + 1) - 3)
            world, session = world_of(index), sessions[number % len(sessions)]
            if (index, session.name) not in typical:
                typical[index, session.name] = typical_of(world, session, dice)
            about, wrong, there = trial(world, dice, session, typical[index, session.name], tally)
            placed += there
            tally.judge(number, f"{GENERATIONS[index]}, {about}", wrong)
            world.reset()
    tally.note(PLACED, placed)
    return tally.end(PLACED)


if __name__ == "__main__":
    sys.exit(main())
