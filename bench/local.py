"""What a user waits for on this machine alone."""
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from measure import PROGRAM, ROOT, Place, watched


def milliseconds(argv, runs=40):
    """Median, each run a process of its own."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        os.waitpid(pid, 0)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def mebibytes(argv, runs=10):
    """The largest that was seen."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        return max(watched(argv, place.environment(), place.work, pause=0.0005).largest for _ in range(runs))


def start_up():
    floor = milliseconds(["/bin/true"])
    print(f"{'start-up':28} {'ms':>8} {'MiB':>8} {'x /bin/true':>12}")
    for name, argv in (("wbverify version", [PROGRAM, "version", "--short"]), ("curl --version", ["/usr/bin/curl", "--version"]), ("/bin/true", ["/bin/true"])):
        ms = milliseconds(argv)
        size = f"{mebibytes(argv):8.1f}" if name != "/bin/true" else ""   # which is over before anybody looks
        print(f"{name:28} {ms:8.2f} {size:8} {ms / floor:12.1f}")


def longest_chain(probes):
    """From the probe that ended last back through those that ended just before the next began."""
    def end(probe):
        return probe["started_ms"] + probe["duration_ms"]
    chain = [max(probes, key=end)]
    while before := [p for p in probes if p not in chain and p["attempts"] and end(p) <= chain[0]["started_ms"] + 1]:
        chain.insert(0, max(before, key=end))
    return chain


def suite(runs=7):
    from sandbox.box import Box
    reports = []
    with Box.healthy() as box, tempfile.TemporaryDirectory() as folder:
        place, output = Place(folder), Path(folder, "report.json")
        argv = [PROGRAM, "--config", str(box.config_path), "--output", str(output), "--quiet"]
        for _ in range(runs + 1):
            ended = watched(argv, place.environment(), place.work)
            if ended.exit != 0:
                raise SystemExit("the healthy installation does not pass")
            reports.append(json.loads(output.read_text()) | {"wall": ended.seconds * 1000, "largest": ended.largest})
    reports = reports[1:]   # the first one warmed the servers' caches

    def middle(value):
        return statistics.median(value(report) for report in reports)
    wall, run, peak = middle(lambda r: r["wall"]), middle(lambda r: r["run"]["duration_ms"]), max(report["largest"] for report in reports)
    total = middle(lambda r: sum(p["duration_ms"] for p in r["probes"]))
    to_slowest = middle(lambda r: r["run"]["duration_ms"] / max(p["duration_ms"] for p in r["probes"]))
    to_chain = middle(lambda r: r["run"]["duration_ms"] / sum(p["duration_ms"] for p in longest_chain(r["probes"])))
    slowest = max(reports[-1]["probes"], key=lambda p: p["duration_ms"])["id"]
    chain = " > ".join(p["id"] for p in longest_chain(reports[-1]["probes"]))
    print(f"\ndefault suite: {wall:.0f} ms wall, {run:.0f} ms of it the run, {peak:.1f} MiB; one probe after another {total:.0f} ms")
    print(f"  ratio to the slowest probe, {slowest}: {to_slowest:.2f} (aim 1.25)")
    print(f"  ratio to the longest chain, {chain}: {to_chain:.2f}")
    print(f"\n{'probe':20} {'began, ms':>10} {'ms':>8} {'round trips':>12}")
    for index, probe in enumerate(reports[0]["probes"]):
        began, ms = (middle(lambda r: r["probes"][index][key]) for key in ("started_ms", "duration_ms"))
        print(f"{probe['id']:20} {began:10.1f} {ms:8.1f} {probe['round_trips']:12}")


def redactor():
    program = ROOT / "build/release/bench/redactor_bench"
    if program.exists():
        print(flush=True)
        subprocess.run([str(program)], check=True)
