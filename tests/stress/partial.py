#!/usr/bin/python3
"""Answers that are partial, repeated, refused or cut, one kind after the other in every request of a run, of cleanup and of undo: nothing foreign is ever deleted."""
import secrets
import sys
import threading

from sessions import OWN, SESSIONS, Requests
from world import GENERATIONS, KINDS, Tally, Thing, options, worlds

from sandbox.wandb.behaviour import Reply

# Where an answer tells of a thing of each kind.
HOLDERS = {"run": {"runs"}, "sweep": {"sweeps"}, "artifact": {"artifactTypes", "artifactCollections", "artifacts"}, "report": {"allViews"}, "queue": {"runQueues"},
           "automation": {"triggers"}, "project": {"models", "projects", "runs", "sweeps", "allViews"}}


PLACED, SPOILT = "things that were placed", "answers that were spoilt"


def cut_off():
    """The connection ends in the middle of the answer."""
    def pieces():
        yield b'{"data":{"project":'
        raise ConnectionAbortedError
    return Reply(200, pieces, headers=(("Content-Length", "100000"),))


REFUSED = Reply(500, '{"errors":[{"message":"context deadline exceeded"}],"data":null}')
EMPTY = Reply(200, '{"data":{}}')
GATEWAY = Reply(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")

# Instead of the whole answer: (before the request is done or after, what is sent).
WHOLE = {f"{word} {side}": (side, reply) for side in ("before", "after") for word, reply in (("500", REFUSED), ("cut", cut_off()), ("empty", EMPTY), ("502", GATEWAY))}


# In place of a list or connection: (its value, errors' path) → the value; whether the answer gets an error.
def null(value):
    return None, True


def null_unsaid(value):
    return None, False


def no_edges(value):
    return (value | {"edges": None} if isinstance(value, dict) else None), True


def null_nodes(value):
    return (value | {"edges": [{"node": None} for _ in value["edges"]]} if isinstance(value, dict) else [None for _ in value]), True


def first_half(value):
    """A page shorter than what was asked for, which says so."""
    if not isinstance(value, dict) or not value["edges"]:
        return value, False
    return value | {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}, False


def no_page_info(value):
    return ({key: part for key, part in value.items() if key != "pageInfo"} | {"pageInfo": None, "edges": []} if isinstance(value, dict) else []), True


def same_cursor(value):
    """Page after page, and never another cursor."""
    return (value | {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": "Y3Vyc29yOjE="}} if isinstance(value, dict) else value), False


IN_PART = {"null with an error": null, "null without one": null_unsaid, "edges null": no_edges, "nodes null": null_nodes, "a short page": first_half, "no pageInfo": no_page_info,
           "the same cursor": same_cursor}


class Spoiler:
    """Spoils the answer of one request, or of all from it on."""

    def __init__(self, requests, kind, fault, number, lasting):
        self.requests, self.holders, self.fault, self.number, self.lasting = requests, HOLDERS[kind], fault, number, lasting
        self.mine, self.spoilt = threading.local(), 0

    def due(self, number):
        return number >= self.number if self.lasting else number == self.number

    def at(self, number, side, keys):
        self.mine.number = number
        if self.fault in WHOLE and self.due(number) and side == WHOLE[self.fault][0]:
            self.spoilt += 1
            return WHOLE[self.fault][1]
        return None

    def rewrite(self, name, answer):
        number = getattr(self.mine, "number", None)
        self.mine.number = None
        if self.fault in IN_PART and number is not None and self.due(number):
            paths = []
            self.walk(answer.get("data"), [], paths)
            if paths:
                answer = answer | {"errors": [*answer.get("errors", []), *({"message": "context deadline exceeded", "path": path} for path in paths if path)]}
                if not answer["errors"]:
                    del answer["errors"]
        return answer

    def walk(self, value, path, paths):
        if isinstance(value, list):
            for index, part in enumerate(value):
                self.walk(part, [*path, index], paths)
        elif isinstance(value, dict):
            for key, part in value.items():
                if key in self.holders and (isinstance(part, list) or isinstance(part, dict) and isinstance(part.get("edges"), list)):
                    value[key], error = IN_PART[self.fault](part)
                    self.spoilt += 1
                    paths.append([*path, key] if error else [])
                else:
                    self.walk(part, [*path, key], paths)


class Early:
    """Puts the thing into the program's own project as soon as there is one."""

    def __init__(self, world, thing, inner):
        self.world, self.thing, self.inner, self.done = world, thing, inner, thing.placed

    def at(self, number, side, keys):
        if not self.done:
            project = next((p.name for p in list(self.world.standin.books.projects.values()) if OWN.fullmatch(p.name)), None)
            if project:
                self.done, self.thing.project = True, project
                self.thing.place(self.world)
        return self.inner(number, side, keys)


def trial(world, dice, session, fault, length, tally):
    names = session.prepare(world, dice)
    kind = dice.choice([kind for kind in KINDS if kind != "project" and (kind, world.standin.behaviour.generation) != ("automation", "old")])
    thing = Thing(kind, f"precious-{kind}-{secrets.token_hex(4)}", "verify" if "verify" in session.name else next(iter(sorted(names)), ""))
    if thing.project:
        thing.place(world)
    number, lasting = dice.randint(1, max(1, length)), dice.random() < 0.4
    with Requests(world) as requests:
        spoiler = Spoiler(requests, kind, fault, number, lasting)
        requests.at = Early(world, thing, spoiler.at).at
        world.standin.behaviour.rewrite = spoiler.rewrite
        status, said = session.run(world)
        world.standin.behaviour.rewrite = None
    about = f"{session.name}, {kind} in {thing.project}, {fault} from request {number}{' on' if lasting else ''}, {requests.keys[number - 1:number]}"
    wrong = [f"exit {status}: {said[-300:]}"] if status not in (0, 1, 3, 4) else []
    tally.note(PLACED if thing.placed else "not placed")
    tally.note(SPOILT, spoiler.spoilt)
    first = thing.where(world.seen())
    if thing.placed and first is None:
        return about, [*wrong, "LOST"]
    world.let_time_pass()   # no upload of a killed run can arrive any more
    world.run("cleanup", state=session.state)
    now = thing.where(world.seen())
    if thing.placed and now is None:
        wrong.append("LOST by the cleanup behind it")
    elif thing.placed and now != thing.project:
        wrong.append(f"it is in {now} now, where nobody looks for it")
    if session.name in ("run", "cleanup", "undo"):
        wrong += [f"left: {what}" for what in world.left([thing, *(Thing("run", other, "") for other in thing.others)]) if not what.startswith("journal")]
    return about, wrong


def main():
    names = [session.name for session in SESSIONS]
    arguments = options(__doc__, 600, lambda parser: parser.add_argument("--session", choices=names, action="append", help="only these; repeatable"))
    sessions = [session for session in SESSIONS if not arguments.session or session.name in arguments.session]
    tally, faults = Tally(arguments), [*WHOLE, *IN_PART]
    with worlds(arguments.program, *({"generation": name} for name in GENERATIONS)) as world_of:
        lengths = {}
        for number, dice in tally.trials():
            index = max(0, number * 6 // max(arguments.count, number + 1) - 3)
            world, session, fault = world_of(index), sessions[number % len(sessions)], faults[number // len(sessions) % len(faults)]
            if (index, session.name) not in lengths:
                session.prepare(world, dice)
                with Requests(world) as requests:
                    session.run(world)
                world.reset()
                lengths[index, session.name] = len(requests.keys)
            about, wrong = trial(world, dice, session, fault, lengths[index, session.name], tally)
            tally.judge(number, f"{GENERATIONS[index]}, {about}", wrong)
            world.reset()
    return tally.end(PLACED, SPOILT)


if __name__ == "__main__":
    sys.exit(main())
