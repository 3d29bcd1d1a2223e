#!/usr/bin/python3
"""Two runs at once: neither finds what a lone run does not find, nothing foreign is lost, nothing is left."""
import sys
import time

from world import GENERATIONS, NO_REPORT, PERSONAL, TEAM, Tally, Thing, findings, options, worlds

FOREIGN = [("run", "wbverify"), ("report", "wbverify"), ("run", "verify"), ("sweep", "verify"), ("project", "wbverify-notes"), ("artifact", "training")]


def wait(process, limit=180):
    try:
        process.communicate(timeout=limit)
        return process.returncode
    except Exception:  # noqa: BLE001  a run that never ends is a failure of the trial, not of the program
        process.kill()
        process.communicate()
        return "never"


def lone(world, words, who):
    """What one run alone complains of, in any of three."""
    found = {}
    for number in range(3):
        report = world.box.dir / "lone.json"
        world.run(*words, person=who[0], entity=who[1], report=report)
        found |= findings(report)
        world.reset()
    return {row for row in found if row != NO_REPORT}


def trial(world, dice, words, known):
    """(what the trial was about, what is wrong)."""
    people = dice.choice([("sandbox", "sandbox"), ("sandbox", "colleague"), ("colleague", "sandbox")])
    entity = dice.choice([None, TEAM])
    states, offset = dice.choice([("a", "a"), ("a", "b")]), dice.uniform(0, 1)
    things = [Thing(kind, f"precious-{number}", project, entity or "sandbox") for number, (kind, project) in enumerate(FOREIGN)]
    for thing in things:
        if not thing.place(world):
            return "before", [f"{thing.kind} could not be placed: {thing.trouble}"]
    reports = [world.box.dir / f"report-{number}.json" for number in range(2)]
    running = []
    for person, state, report in zip(people, states, reports):
        running.append(world.start(*words, person=person, entity=entity, state=state, report=report))
        if len(running) == 1:
            time.sleep(offset)
    exits = [wait(process) for process in running]
    wrong = []
    for person, report, status in zip(people, reports, exits):
        more = {row: status for row, status in findings(report).items() if row not in known[person, entity]}
        if more or status not in (0, 1, 3):
            wrong.append(f"exit {status}, found beyond what a lone run finds: {more}")
    seen = world.seen()
    wrong += [f"lost: {thing.kind} {thing.mark} in {thing.project}" for thing in things if thing.where(seen) != thing.project]
    wrong += [f"left: {what}" for what in world.left(things)]
    return f"{'+'.join(people)}, {entity or 'own entities'}, state {'+'.join(states)}, offset {offset:.2f} s", wrong


def main():
    arguments = options(__doc__, 200, lambda parser: parser.add_argument("--whole", action="store_true", help="whole runs, not only the W&B part"))
    tally, words = Tally(arguments), [] if arguments.whole else ["--only", "wandb"]
    with worlds(arguments.program, *({"generation": name} for name in GENERATIONS)) as world_of:
        known = {}
        for number, dice in tally.trials():
            index = number * len(GENERATIONS) // max(arguments.count, number + 1)
            world = world_of(index)
            if index not in known:
                known[index] = {(person, entity): lone(world, words, (person, entity)) for person in PERSONAL for entity in (None, TEAM)}
            about, wrong = trial(world, dice, words, known[index])
            tally.judge(number, f"{GENERATIONS[index]}, {about}", wrong)
            world.reset()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
