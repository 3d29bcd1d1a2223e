"""Runs the program on a sandbox and looks at what it said."""
import base64
import json
import os
import subprocess
import tempfile
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WBVERIFY", str(ROOT / "build/release/wbverify"))
SCHEMA = json.loads((ROOT / "src/report/report.schema.json").read_text())


@dataclass
class Run:
    exit: int
    report: dict
    stdout: str
    stderr: str
    record: str
    seconds: float
    results: dict = field(default_factory=dict)

    def __post_init__(self):
        self.results = {row["id"]: row for row in self.report.get("results", [])}

    def status(self, check):
        return self.results[check]["status"]


def encodings(secret):
    raw = secret.encode()
    yield secret
    yield urllib.parse.quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        yield text[4 if shift else 0 : len(text) - 2]


def assert_no_secret(box, *texts):
    for secret in [*box.secrets, *box.handed_out()]:
        if len(secret) < 6:
            continue
        for shape in encodings(secret):
            for text in texts:
                assert shape not in text, f"a secret of the sandbox stands in the output, {len(shape)} characters"


def environment(box, extra=None):
    env = {"PATH": os.environ["PATH"], "HOME": str(box.dir), "XDG_STATE_HOME": str(box.dir / "state"), "LC_ALL": "C.UTF-8"}
    env.update(getattr(box, "env", {}) or {})
    env.update(extra or {})
    return env


def command(box, *args):
    return [PROGRAM, "--config", str(box.config_path), *getattr(box, "args", []), *args]


def verify(box, *args, timeout="20s", limit=60, env=None):
    """One run with everything asked for: the terminal report, the JSON report, the record."""
    with tempfile.TemporaryDirectory() as folder:
        output, record = Path(folder, "report.json"), Path(folder, "record.json")
        started = time.monotonic()
        done = subprocess.run(command(box, "--timeout", timeout, "--output", str(output), "--record", str(record), *args),
                              env=environment(box, env), stdin=subprocess.DEVNULL, capture_output=True, timeout=limit)
        seconds = time.monotonic() - started
        stdout, stderr = done.stdout.decode(), done.stderr.decode()
        assert output.exists(), f"no report; exit {done.returncode}\n{stdout}\n{stderr}"
        text, kept = output.read_text(), record.read_text()
        report = json.loads(text)
        jsonschema.validate(report, SCHEMA)
        assert report["run"]["exit_status"] == done.returncode
        assert_no_secret(box, stdout, stderr, text, kept)
        for shown in (stdout, stderr):
            assert not [c for c in shown if ord(c) < 32 and c not in "\n" or 0x7F <= ord(c) < 0xA0], "control characters"
        replayed = subprocess.run([PROGRAM, "replay", str(record), "--format", "json"], env=environment(box), capture_output=True, timeout=limit)
        assert replayed.stdout.decode() == text, "a replay gives another report"
        assert replayed.returncode == done.returncode
        return Run(done.returncode, report, stdout, stderr, kept, seconds)


def catalogue():
    done = subprocess.run([PROGRAM, "list", "--format", "json"], capture_output=True, check=True)
    return {check["id"]: check for check in json.loads(done.stdout)["checks"]}


def journals(box):
    return sorted(Path(box.dir).glob("state*/wbverify/journal/*.jsonl"))


def let_time_pass(box, minutes=16):
    """Makes every line of the journals that much older: a write without an answer lives for 15 minutes at most."""
    for journal in journals(box):
        lines = [json.loads(line) for line in journal.read_text().splitlines() if line]
        journal.write_text("".join(json.dumps({**line, "at": line["at"] - minutes * 60000}) + "\n" for line in lines))


def clean_up(box, *args, **kwargs):
    return subprocess.run([PROGRAM, "cleanup", *args, *command(box)[1:]], env=environment(box), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, **kwargs)


def clean_up_at_last(box):
    """Twice: at once, and when whatever had no answer can no longer arrive. The output of both."""
    first = clean_up(box)
    assert first.returncode in (0, 3), first.stdout + first.stderr
    let_time_pass(box)
    second = clean_up(box)
    assert second.returncode == 0, second.stdout + second.stderr
    assert journals(box) == [], "everything is settled"
    return first.stdout + first.stderr + second.stdout + second.stderr
