"""The W&B API part when the server is far away: it may take as long as its longest chain of dependent round trips, and little more."""
import json
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from measure import API, PROGRAM, Place, bar, watched

ROUND_TRIP, MOST, RUNS = 0.1, 1.3, 5
FAR = "127.0.0.2"
# The longest of the chains that go side by side, by design (checks/wandb/probe_*.cpp): an artifact, from the log-in until it is removed.
CHAIN = ["/graphql2? (Session|Viewer)", "/graphql UpsertBucket", "/graphql CreateArtifact", "/graphql CreateArtifactManifest", "/graphql CreateArtifactFiles",
         "PUT .*/wandb_artifacts/", "/graphql CreateArtifactManifest", "PUT .*/wandb_artifacts/", "/graphql CommitArtifact", "/graphql UseArtifact", "GET .*/wandb_artifacts/",
         "/graphql Remove", "/graphql Contents", "/graphql DeleteProject", "/graphql StillThere"]
ADDRESS = ["GET /(healthz|ready|env.js)?$"]
OF_CHAIN = re.compile("|".join(f"(.* )?{words}" if words[0] == "/" else words for words in CHAIN + ADDRESS))
LOG = """map $request_body $operation {{ default ''; '~(?:query|mutation) (?<word>[A-Za-z]+)' ' $word'; }}
  log_format measured '$remote_port $request_method $uri$operation'; access_log {path} measured;"""


@dataclass
class RoundTrip:
    connection: int
    begin: float
    end: float
    what: str = ""


class FarAway:
    """An installation whose nginx is on an address of its own, with a long way in front of it."""

    def __init__(self, box):
        from sandbox.process import loopback
        self.box, self.web, self.requests = box, box.web, box.dir / "measured.log"
        if len(loopback()) < 2:
            raise SystemExit("the long way needs ::1 too")
        self.web.stop()
        self.web.host.addresses = self.web.bucket.addresses = [FAR]
        self.web.http = LOG.format(path=self.requests)
        self.way(0)
        self.web.start()

    def way(self, seconds):
        """In place of the one before."""
        from sandbox.process import Service, accepts
        if hasattr(self, "link"):
            self.link.stop()
        ports = [self.web.host.port, self.web.bucket.port, self.web.http_port]
        self.log = self.box.dir / f"way-{seconds}.log"
        words = [sys.executable, str(Path(__file__).with_name("slow_link.py")), str(seconds), str(self.log), FAR, *map(str, ports)]
        self.link = self.box.add(Service("the long way", words, self.box.dir / "way.out")).wait_until(lambda: all(accepts(port, "::1") for port in ports))

    def verify(self):
        """(seconds, its round trips)"""
        time.sleep(0.3)   # what belongs to the run before has arrived
        at, requests = len(self.log.read_text().splitlines()), len(self.requests.read_text().splitlines())
        with tempfile.TemporaryDirectory() as folder:
            place = Place(folder)
            ended = watched([PROGRAM, "--config", str(self.box.config_path), "--only", "wandb"], place.environment(), place.work)
        if ended.exit:
            raise SystemExit(f"the healthy installation does not pass\n{ended.stdout}{ended.stderr}")
        time.sleep(0.3)
        return ended.seconds, round_trips([json.loads(line) for line in self.log.read_text().splitlines()[at:]], self.requests.read_text().splitlines()[requests:])


def round_trips(events, requests):
    """Of every connection: its opening, then whatever left the client up to the last that came back before the next left."""
    out, of = [], {}
    for connection, own_port, port, what, when in events:
        trips = of.setdefault((connection, own_port), [])
        if what == "open":
            trips.append(RoundTrip(connection, when, when, "TCP"))
        elif what == "ask" and (trips[-1].what == "TCP" or trips[-1].end > trips[-1].begin):
            trips.append(RoundTrip(connection, when, when))
        elif what == "answer" and trips[-1].what != "TCP":
            trips[-1].end = when
    asked = {}
    for line in requests:
        port, words = line.split(" ", 1)
        asked.setdefault(int(port), []).append(words)
    for (_, own_port), trips in of.items():
        names = asked.get(own_port, [])
        trips = [trips[0]] + [trip for trip in trips[1:] if trip.end > trip.begin]   # what nobody answered was waited for by nobody
        for trip, name in zip(trips[1:], ["TLS"] * (len(trips) - 1 - len(names)) + names):
            trip.what = name
        # The opening, which the client does not notice, stands where its first bytes wait for it. Without any it took no time.
        if len(trips) > 1:
            trips[0].end = trips[1].begin = trips[0].begin + ROUND_TRIP
            out += trips
    return out


def of_chain(trips):
    """Without those of other chains, which may have ended just before by chance."""
    def named(word):
        return sorted((trip for trip in trips if trip.what.endswith(word)), key=lambda trip: trip.begin)
    others = named("UpsertBucket")[1:]   # the sweep makes a run too
    first = {}
    for trip in trips:
        if trip.what not in ("TCP", "TLS"):
            first.setdefault(trip.connection, trip)

    def belongs(trip):
        asked = first.get(trip.connection) if trip.what in ("TCP", "TLS") else trip   # a connection is opened for its first request
        return asked is None or OF_CHAIN.match(asked.what) and not any(asked is other for other in others)
    return [trip for trip in trips if belongs(trip)]


def chain_of(trips):
    """From the last to end, back through whatever ended last before it began."""
    trips = of_chain(trips)
    chain = [max(trips, key=lambda trip: trip.end)]
    while before := [trip for trip in trips if trip.end <= chain[0].begin + 0.001 and trip.begin < chain[0].begin]:
        chain.insert(0, max(before, key=lambda trip: trip.end))
    return chain


def report():
    from sandbox.box import Box
    with Box.healthy() as box:
        far = FarAway(box)
        near = statistics.median([far.verify()[0] for _ in range(RUNS + 1)][1:])   # the first warms the servers' caches
        far.way(ROUND_TRIP / 2)
        runs = [far.verify() for _ in range(RUNS)]
    seconds = statistics.median(run[0] for run in runs)
    chain = chain_of(next(trips for took, trips in runs if took == seconds))
    begun = chain[0].begin
    print(f"\n{'the longest chain of round trips':60} {'from, ms':>9} {'took, ms':>9}")
    for trip in chain:
        print(f"{trip.what[:60]:60} {(trip.begin - begun) * 1000:9.0f} {(trip.end - trip.begin) * 1000:9.0f}")
    set_up = [trip for trip in chain if trip.what in ("TCP", "TLS")]
    of_api = [trip for trip in chain if API.search(trip.what)]
    allowed = len(chain) * ROUND_TRIP + near
    print(f"\n{len(chain)} round trips in a row: {len(set_up)} to open connections, {len(of_api)} requests of the API and the store, {len(chain) - len(set_up) - len(of_api)} of the address")
    print(f"without delay {near:.2f} s; with {ROUND_TRIP * 1000:.0f} ms more for each round trip {seconds:.2f} s; {len(chain)} x {ROUND_TRIP:.1f} s + {near:.2f} s = {allowed:.2f} s")
    bar("requests of the API and the store in a row", len(of_api), len(CHAIN), "{:.0f}")
    bar("wall, as a ratio to what the chain takes", seconds / allowed, MOST, "{:.2f}")
