"""The W&B API part beside `wandb verify`, one after the other on the same server."""
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from measure import API, PROGRAM, Place, bar, files_under, watched

MOST_REQUESTS, MOST_MIB, SHARE, SHARE_WITHOUT_SWEEP = 40, 20, 1 / 40, 1 / 4
RUNS = 5
LOG = "log_format measured '$request_length $bytes_sent $connection \"$request\" $status'; access_log {path} measured;"


@dataclass
class Figures:
    seconds: list = field(default_factory=list)
    without_sweep: list = field(default_factory=list)
    requests: int = 0
    of_api: int = 0
    of_store: int = 0
    connections: int = 0
    sent: int = 0
    received: int = 0
    largest: float = 0
    together: float = 0
    exit: int = 0
    on_server: dict = field(default_factory=dict)
    on_client: tuple = (0, 0)


class Server:
    """A healthy installation whose nginx, in front of the W&B server and of the store, counts."""

    def __init__(self, box):
        self.box, self.log = box, box.dir / "measured.log"
        box.web.stop()
        box.web.http = LOG.format(path=self.log)
        box.web.start()

    def lines(self):
        return self.log.read_text().splitlines()

    def holds(self):
        state = self.box.wandb_state()
        parts = ("runs", "collections", "sweeps", "projects")
        return {part: sum(len(p[part]) for p in state["projects"]) if part != "projects" else len(state["projects"]) for part in parts} | {
            "objects": len(self.box.bucket_objects())}

    def measure(self, argv, env, cwd, home, into):
        before, at = self.holds(), len(self.lines())
        ended = watched(argv, env, cwd)
        lines = self.lines()[at:]
        into.seconds.append(ended.seconds)
        into.exit = into.exit or ended.exit
        into.largest, into.together = max(into.largest, ended.largest), max(into.together, ended.together)
        into.requests, into.of_api = len(lines), sum(1 for line in lines if API.search(line))
        into.of_store = sum(1 for line in lines if "/wandb-" in line.split('"')[1])
        into.connections = len({line.split()[2] for line in lines})
        into.sent, into.received = (sum(int(line.split()[column]) for line in lines) for column in (0, 1))
        for what, count in self.holds().items():
            into.on_server[what] = into.on_server.get(what, 0) + count - before[what]
        into.on_client = files_under(home)
        sweeps = [request["time"] for request in self.box.wandb_state()["requests"] if "upsertSweep" in request["fields"] and request["time"] > ended.started]
        if sweeps:
            into.without_sweep.append(sweeps[0] - ended.started)
        return ended


def measured():
    """(ours, theirs, their version)"""
    from sandbox import clients
    from sandbox.box import Box
    ours, theirs = Figures(), Figures()
    with Box.healthy() as box:
        server = Server(box)
        for turn in range(RUNS + 1):
            with tempfile.TemporaryDirectory() as folder:
                place = Place(folder)
                argv = [PROGRAM, "--config", str(box.config_path), "--only", "wandb"]
                server.measure(argv, place.environment(), place.work, folder, ours if turn else Figures())   # the first warms the servers' caches
        with clients.Client(box) as client:
            ended = server.measure(client.command(), client.environment(), client.home / "work", client.home, theirs)
        if ours.exit or theirs.exit:
            raise SystemExit(f"on the healthy installation wbverify ends with {ours.exit}, wandb verify with {theirs.exit}\n{ended.stdout}{ended.stderr}")
    return ours, theirs, clients.NEWEST


def left(server):
    return ", ".join(f"{what} {count}" for what, count in server.items() if count) or "nothing"


def report():
    ours, theirs, version = measured()
    wall, their_wall = statistics.median(ours.seconds), statistics.median(theirs.seconds)
    their_rest = statistics.median(theirs.without_sweep)
    files = [f"{count} files, {size / 1024:.0f} KiB" if count else "nothing" for count, size in (ours.on_client, theirs.on_client)]
    rows = [("wall, s", f"{wall:.2f}", f"{their_wall:.1f}", f"1/{their_wall / wall:.0f}"),
            ("  without its sweep check", "", f"{their_rest:.2f}", f"1/{their_rest / wall:.1f}"),
            ("requests of the API and the store", ours.of_api, theirs.of_api, f"1/{theirs.of_api / ours.of_api:.1f}"),
            ("  of these, of the store", ours.of_store, theirs.of_store, ""),
            ("requests in front, of the address", ours.requests - ours.of_api, theirs.requests - theirs.of_api, ""),
            ("connections", ours.connections, theirs.connections, ""),
            ("KiB sent", ours.sent // 1024, theirs.sent // 1024, f"{ours.sent / theirs.sent:.2f}"),
            ("KiB received", ours.received // 1024, theirs.received // 1024, ""),
            ("largest process, MiB", f"{ours.largest:.1f}", f"{theirs.largest:.1f}", f"1/{theirs.largest / ours.largest:.1f}"),
            ("all its processes, MiB", f"{ours.together:.1f}", f"{theirs.together:.1f}", f"1/{theirs.together / ours.together:.1f}"),
            ("exit status", ours.exit, theirs.exit, ""),
            ("left on the server", left(ours.on_server), left(theirs.on_server), ""),
            ("left on the client", *files, "")]
    widths = [max(len(str(row[column])) for row in rows) for column in (1, 2)]
    print(f"\n{'the W&B API, healthy':36} {'wbverify':>{widths[0]}}  {'wandb verify ' + version:>{widths[1]}}  ratio")
    for name, one, other, ratio in rows:
        print(f"{name:36} {one!s:>{widths[0]}}  {other!s:>{widths[1]}}  {ratio}")
    print()
    bar("requests of the API and the store", ours.of_api, MOST_REQUESTS, "{:.0f}")
    bar("wall, as a share of wandb verify's", wall / their_wall, SHARE)
    bar("wall, as a share of it without the sweep check", wall / their_rest, SHARE_WITHOUT_SWEEP)
    bar("largest process, MiB", ours.largest, MOST_MIB, "{:.1f}")
    bar("left on the server", sum(ours.on_server.values()), 0, "{:.0f}")
    bar("left on the client, files", ours.on_client[0], 0, "{:.0f}")
