"""Loaded first for whatever part of the tests runs: import paths, and the table of faults that ends a run."""
import os
import signal
import sys
from pathlib import Path

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS), *(str(TESTS / part) for part in ("system", "support", "stress"))]


def pytest_configure(config):
    os.environ.setdefault("NO_COLOR", "1")
    # A script that starts the tests in the background, or with nohup, makes them ignore these, and what they start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    config.addinivalue_line("markers", "long: takes most of a minute; started first, so that the other workers need not wait for it at the end")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter):
    """The rows travel in the tests' reports, so that they reach the one process that prints, whoever ran the test."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind if getattr(report, "when", "") == "call"]
    rows = sorted((row for report in reports for name, row in report.user_properties if name == "fault"), key=lambda row: row["fault"])
    if not rows:
        return
    write = terminalreporter.write_line
    write("")
    write(f"{'fault':44} {'named as':62} {'s':>6}")
    for row in rows:
        write(f"{row['fault']:44} {row['named']:62} {row['seconds']:6.2f}{'' if row['right'] else '  WRONG'}")
    write(f"faults named right: {sum(row['right'] for row in rows)} of {len(rows)}")
