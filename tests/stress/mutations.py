#!/usr/bin/python3
"""What servers answer, spoilt byte by byte on its way: every run ends in its time, with a report, without a crash, and without a secret in it."""
import contextlib
import os
import select
import socket
import subprocess
import sys
import threading

from world import Tally, World, options

from sandbox.box import Box
from sandbox.listeners import Listener

TIMEOUT, GRACE = 4, 1.6
SPOILT = "answers that were spoilt"
# Which services are asked by a run of each kind.
ONLY = {"mysql": "mysql", "bucket": "bucket", "wandb": "host,wandb", "tls": "tls"}


class Spoil:
    """One change to the bytes that the server sends on one connection: at which byte, and what."""
    KINDS = ("flip", "zeros", "ones", "noise", "insert", "drop", "again", "cut", "stall")

    def __init__(self, dice, sizes):
        """`sizes`: bytes that the server sends on each connection of an undisturbed run."""
        self.kind, self.connection = dice.choice(self.KINDS), dice.randrange(len(sizes))
        self.at = int(max(1, sizes[self.connection]) ** dice.random()) - 1   # the first bytes of an answer are its most telling
        self.length = int(2 ** (dice.random() * (12 if self.kind == "insert" else 6)))
        self.bytes = bytes(dice.randrange(256) for _ in range(self.length))
        self.bit = 1 << dice.randrange(8)

    def __str__(self):
        return f"{self.kind} {self.length} at byte {self.at} of connection {self.connection}"

    def spoil(self, data, at):
        """What is sent instead of these bytes, the first of which the change is about at `at`; None: nothing any more."""
        before, here, behind = data[:at], data[at:at + self.length], data[at + self.length:]
        if self.kind in ("cut", "stall"):
            return None
        changed = {"flip": lambda: bytes(byte ^ self.bit for byte in here), "zeros": lambda: bytes(len(here)), "ones": lambda: b"\xff" * len(here), "noise": lambda: self.bytes[:len(here)],
                   "insert": lambda: self.bytes + here, "drop": lambda: b"", "again": lambda: here + here}[self.kind]()
        return before + changed + behind


class Spoiler:
    """Passes bytes between clients and a port of this machine, and spoils what the server sends."""

    def __init__(self, port):
        self.upstream, self.lock, self.spoil, self.sizes, self.spoilt = port, threading.Lock(), None, [], 0
        self.listener = Listener(self.serve)
        self.port, self.stop = self.listener.port, self.listener.stop

    def arm(self, spoil):
        with self.lock:
            self.spoil, self.sizes, self.spoilt = spoil, [], 0

    def serve(self, connection):
        with self.lock:
            number = len(self.sizes)
            mine = self.spoil if self.spoil and self.spoil.connection == number else None
            sizes = self.sizes
            sizes.append(0)
        client, sent = connection.sock, 0
        with socket.create_connection(("127.0.0.1", self.upstream)) as server:
            while True:
                for source in select.select([client, server], [], [], 30)[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is server:
                        length = len(data)
                        if mine and sent <= mine.at < sent + length:
                            self.spoilt += 1
                            data = mine.spoil(data, mine.at - sent)
                        sent += length
                        sizes[number] = sent
                        if data is None:
                            return connection.wait(TIMEOUT + GRACE) if mine.kind == "stall" else None
                    (client if source is server else server).sendall(data)


class Wires:
    """An installation whose services are all reached through a Spoiler, without TLS, so that what is spoilt is what the program reads; and, for
    TLS itself, one in front of nginx."""

    def __init__(self, base):
        self.stack = contextlib.ExitStack()
        self.boxes, self.spoilers = {}, {}
        self.usual = {}   # bytes that each server sends on each connection of an undisturbed run
        for name in ONLY:
            self.boxes[name] = self.stack.enter_context(base.fork([], change=lambda box, name=name: self.arrange(box, name)))

    def arrange(self, box, name):
        box.wandb()
        if name == "mysql":
            spoiler = box.add(Spoiler(box.mysql.port))
            box.mysql_url(port=spoiler.port, query="?tls=false")
        elif name == "bucket":
            spoiler = box.add(Spoiler(box.rgw.port))
            box.bucket_url(port=spoiler.port, query="?tls=false")
        elif name == "wandb":
            spoiler = box.add(Spoiler(box.standin.port))
            box.host_url(scheme="http", port=spoiler.port)
        else:
            spoiler = box.add(Spoiler(None))
            box.change_web()
            box.host_url(port=spoiler.port)
            box.after.append(lambda: setattr(spoiler, "upstream", box.web.host.port))
        self.spoilers[name] = spoiler


def trial(wires, name, dice):
    """(what was done, what is wrong)."""
    from program import verify
    box, spoiler = wires.boxes[name], wires.spoilers[name]
    about = name
    try:
        if name not in wires.usual:
            verify(box, "--only", ONLY[name])
            wires.usual[name] = list(spoiler.sizes)
            World(box, os.environ["WBVERIFY"]).reset()
        spoil = Spoil(dice, wires.usual[name])
        about = f"{name}: {spoil}"
        spoiler.arm(spoil)
        run = verify(box, "--only", ONLY[name], timeout=f"{TIMEOUT}s", limit=TIMEOUT + 20)
    except AssertionError as error:   # no report, a secret or a control character in it, a replay that says something else
        return about, [str(error)[:400]]
    except subprocess.TimeoutExpired:
        return about, ["it never ended"]
    wrong = [] if run.exit in (0, 1, 3) else [f"exit {run.exit}: {run.stderr[-300:]}"]
    if run.seconds > TIMEOUT + GRACE:
        wrong.append(f"it took {run.seconds:.1f} s")
    return about, wrong


def main():
    arguments = options(__doc__, 400, lambda parser: parser.add_argument("--kind", choices=sorted(ONLY), help="answers of this service alone"))
    os.environ["WBVERIFY"] = arguments.program
    tally = Tally(arguments)
    with Box.healthy() as base:
        wires = Wires(base)
        with wires.stack:
            for number, dice in tally.trials():
                name = arguments.kind or sorted(ONLY)[number % len(ONLY)]
                about, wrong = trial(wires, name, dice)
                tally.judge(number, about, wrong)
                if wires.spoilers[name].spoilt:
                    tally.note(SPOILT)
                    tally.note(f"  of {name}")
                World(wires.boxes[name], arguments.program).reset()
    return tally.end(SPOILT)


if __name__ == "__main__":
    sys.exit(main())
