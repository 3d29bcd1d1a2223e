"""Wrong input of every kind: a line that says what to write instead, and the right exit status."""
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest
from command_line import GOOD, PASSWORD, PROGRAM, environment, run, settings

COMMANDS = ["run", "plan", "config", "list", "explain", "replay", "cleanup", "version", "schema"]


@pytest.mark.parametrize("args,words", [
    (["--tiemout", "3s"], ["--tiemout", "--timeout"]),
    (["--nope"], ["--nope", "--help"]),
    (["lst"], ["lst", "list"]),
    (["--timeout", "20"], ["20s"]),
    (["--timeout", "49ms"], ["at least 50ms"]),
    (["--timeout"], ["--timeout needs a value"]),
    (["--timeout=-1s"], ["20s"]),
    (["--format", "xml"], ["terminal or json"]),
    (["--only", "mysq.version"], ["mysq.version", "mysql.version"]),
    (["--only", "config.well-formd"], ["config.well-formed"]),
    (["--skip", "nonsense-of-mine"], ["nonsense-of-mine", "wbverify list"]),
    (["explain", "config.wel-formed"], ["config.well-formed"]),
    (["list", "no.such.check"], ["no.such.check"]),
    (["--dns-server", "one.one.one.one"], ["192.0.2.1:53"]),
    (["run", "extra"], ["extra"]),
    (["--only", "\x1b[31mred\x1b[0m"], ["\\x1b[31mred"]),
    (["--only", "x" * 100000], ["xxx"]),
])
def test_wrong_usage(tmp_path, args, words):
    done = run(tmp_path, *args)
    assert done.returncode == 64, done.err
    assert done.out == ""
    assert done.err.startswith("wbverify: ") and done.err.count("\n") == 1
    assert len(done.err) < 600
    assert "\x1b" not in done.err
    for word in words:
        assert word in done.err


def test_help_names_everything(tmp_path):
    text = run(tmp_path, "--help").out
    for word in [*COMMANDS, "Exit status", "Examples", "--read-only"]:
        assert word in text
    assert all(len(line) <= 80 for line in text.splitlines())
    for command in COMMANDS:
        done = run(tmp_path, command, "--help")
        assert done.returncode == 0 and done.out.startswith(f"Usage: wbverify {command}")
        assert all(len(line.replace("…", ".")) <= 80 for line in done.out.splitlines())
    assert not [word for word in re.findall(r"--[a-z-]+", text) if re.search("password|secret|token|key(?!-file$)", word)]


@pytest.mark.parametrize("option", ["--config", "--env-file", "--ca-file", "--api-key-file"])
def test_files_that_cannot_be_read(tmp_path, option):
    # The last one can be opened, and every read of it fails.
    for path in ("no-such-file", tmp_path, "/proc/self/mem"):
        done = run(tmp_path, option, path, "--only", "config")
        assert done.returncode in (77, 78), done.err
        assert str(path) in done.err and done.out == ""


@pytest.mark.parametrize("text", [b"", b"not a record", b"{}", b'{"schema": "wbverify-record/99"}', b"[" * 100000, b"\xff\xfe\x00", b'{"schema": "wbverify-record/1"}'])
def test_records_that_are_none(tmp_path, text):
    done = run(tmp_path, "replay", settings(tmp_path, text, "record.json"))
    assert done.returncode == 77
    assert done.err.startswith("wbverify: ") and done.err.count("\n") == 1
    assert run(tmp_path, "replay", tmp_path).returncode == 77
    assert run(tmp_path, "replay", "no-such-file").returncode == 77


@pytest.mark.parametrize("path", ["no/such/folder/report.json", "."])
@pytest.mark.parametrize("option", ["--output", "--record"])
def test_files_that_cannot_be_written_are_said_before_anything_runs(tmp_path, option, path):
    done = run(tmp_path, "--env-file", settings(tmp_path), "--only", "config", option, path)
    assert done.returncode == 77
    assert "cannot write" in done.err and done.out == ""


def test_ten_megabytes_of_garbage_as_settings(tmp_path):
    started = time.monotonic()
    for garbage in (os.urandom(10 << 20), b"A" * (10 << 20), b"HOST=" + b"x" * (10 << 20), b"\n" * (10 << 20), b"X=1\n" * (2 << 20)):
        done = run(tmp_path, "--env-file", settings(tmp_path, garbage), "--only", "config", "--timeout", "10s")
        assert done.returncode in (1, 3, 77, 78), done.err[:500]
        assert len(done.out) + len(done.err) < 1 << 20
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", done.out + done.err)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("host", ["htps:/wandb", "https://", "https://wandb.example.com:99999", "://", "https://a b", "https://[::1", "javascript:alert(1)",
                                  "https://x/\x1b[2J", "https://\u202egro.elpmaxe", "https://user:%s@wandb.example.com" % PASSWORD])
def test_a_broken_url_in_host(tmp_path, host):
    done = run(tmp_path, "--env-file", settings(tmp_path, GOOD.replace("https://wandb.example.com", host)), "--only", "config.well-formed")
    assert done.returncode in (0, 1), done.err
    assert "\x1b" not in done.out and "\u202e" not in done.out
    assert "HOST" in done.out or done.returncode == 0


@pytest.mark.parametrize("name,value", [
    ("MYSQL", f"mysql://wandb:{PASSWORD}@db.example.com:99999/wandb"), ("MYSQL", f"postgres://wandb:{PASSWORD}@db.example.com/wandb"), ("MYSQL", f"mysql://wandb:{PASSWORD}@/wandb"),
    ("MYSQL", f"mysql://wandb:{PASSWORD}%zz@db.example.com/wandb"), ("MYSQL", f"mysql://{PASSWORD}\x1b[31m@[::1/wandb"),
    ("BUCKET", f"s3://KEY{PASSWORD}:{PASSWORD}/+@s3.example.com:port/files"), ("BUCKET", "ftp://files"), ("BUCKET", "s3://\u202eselif"),
    ("REDIS", f"redis://:{PASSWORD}@[fe80::1"), ("REDIS", f"http://:{PASSWORD}@redis.example.com"), ("BUCKET_QUEUE", "sqs:/x"), ("LICENSE", "not.a.token" + PASSWORD),
])
def test_a_broken_connection_string(tmp_path, name, value):
    lines = [line for line in GOOD.splitlines() if not line.startswith(name + "=")] + [f"{name}={value}"]
    done = run(tmp_path, "--env-file", settings(tmp_path, "\n".join(lines) + "\n"), "--only", "config.well-formed", "--only", "config.license")
    assert done.returncode == 1, done.out + done.err
    told = " ".join(done.out.split())   # the report folds its lines
    assert f"config.well-formed/{name}" in told and f"server.env line {len(lines)}" in told, done.out
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", done.out + done.err)


def test_a_pipe_that_says_nothing(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    done = run(tmp_path, "--env-file", tmp_path / "fifo", "--only", "config", "--timeout", "3s")
    assert done.returncode in (3, 77, 78)


def test_list_plan_config_version(tmp_path):
    checks = json.loads(run(tmp_path, "list", "--format", "json").out)["checks"]
    assert checks and all(set(check) == {"id", "title", "service", "probe", "needs", "explained_by", "tags", "rows", "writes"} for check in checks)
    ids = [check["id"] for check in checks]
    for place, check in enumerate(checks):
        assert {other.split("/")[0] for other in check["needs"]} <= set(ids), check
        assert set(check["explained_by"]) <= set(ids[:place]), check
    table = run(tmp_path, "list", "--format", "markdown").out
    for check in checks:
        assert f"`{check['id']}`" in table
        page = run(tmp_path, "explain", check["id"])
        assert page.returncode == 0 and check["id"] in page.out
    env_file = settings(tmp_path)
    plan = json.loads(run(tmp_path, "plan", "--env-file", env_file, "--format", "json").out)
    assert {probe["id"] for probe in plan["probes"]} >= {check["probe"] for check in checks}
    assert all(probe["reason"] for probe in plan["probes"] if not probe["runs"])
    read_only = json.loads(run(tmp_path, "plan", "--env-file", env_file, "--read-only", "--format", "json").out)
    assert not [touch for probe in read_only["probes"] for touch in probe["touches"] if touch["writes"]]
    assert run(tmp_path, "plan", "--env-file", env_file).returncode == 0
    for args in (("config",), ("config", "--format", "json")):
        shown = run(tmp_path, *args, "--env-file", env_file)
        assert shown.returncode == 0 and "wandb.example.com" in shown.out
    assert run(tmp_path, "version", "--short").out == run(tmp_path, "--version").out
    assert "OpenSSL" in run(tmp_path, "version").out


def test_cleanup_with_nothing_to_do(tmp_path):
    done = run(tmp_path, "cleanup", "--env-file", settings(tmp_path))
    assert done.returncode == 0 and "Nothing" in done.out
    assert run(tmp_path, "cleanup", "--dry-run").returncode == 0


def journal_line(kind, where, name, **more):
    return json.dumps({"state": "announced", "kind": kind, "where": where, "name": name, "at": int(time.time() * 1000), **more}) + "\n"


@pytest.fixture
def journal(tmp_path):
    folder = tmp_path / ".local/state/wbverify/journal"
    folder.mkdir(parents=True)
    return folder / "0123456789abcdef.jsonl"


OURS = "s3-object", "s3.amazonaws.com/wandb-files", "wbverify/0123456789abcdef/plain.bin"


def test_cleanup_leaves_the_journals_of_other_installations_alone(tmp_path, journal):
    text = journal_line("unheard-of", "s3.example.com/wandb", "x") + journal_line(OURS[0], OURS[1] + "-2", OURS[2]) + journal_line(OURS[0], OURS[1], OURS[2] + "/..")
    journal.write_text(text)
    for args in (["--dry-run"], []):
        shown = run(tmp_path, "cleanup", *args, "--env-file", settings(tmp_path))
        assert shown.returncode == 0 and shown.out.count("left alone") == 3, shown.out + shown.err
    assert journal.read_text() == text


def test_cleanup_names_what_is_no_journal_and_goes_on(tmp_path, journal):
    journal.write_text('{"state":"announced","kind":1,"where":"x","name":"y"}\n')
    os.mkfifo(journal.with_name("00000000000000ff.jsonl"))
    done = run(tmp_path, "cleanup", "--env-file", settings(tmp_path), limit=10)
    assert done.returncode == 0 and "0123456789abcdef.jsonl: line 1" in done.err and "00000000000000ff.jsonl" in done.err, done.err
    checked = run(tmp_path, "--env-file", settings(tmp_path), "--only", "config.required", limit=10)
    assert checked.returncode == 0, "a damaged journal stops no run"
    assert checked.err.count("jsonl") <= 1


def test_a_run_tells_of_thousands_of_journals_in_a_line(tmp_path, journal):
    """Those of other installations in none, and without a change to any of them."""
    env_file = tmp_path / "w.env"
    env_file.write_text("HOST=http://127.0.0.1:9\nMYSQL=mysql://u:" + PASSWORD + "@127.0.0.1:9/w\nBUCKET=s3://AKIAIOSFODNN7EXAMPLE:" + PASSWORD + "@127.0.0.1:9/wandb-files?tls=false&region=us-east-1\n")
    for i in range(2000):
        journal.with_name(f"{i:016x}.jsonl").write_text(journal_line(OURS[0], "s3.elsewhere.example/wandb-files", OURS[2]))
    for i in range(2000, 3000):
        journal.with_name(f"{i:016x}.jsonl").write_text("".join(journal_line(OURS[0], "127.0.0.1:9/wandb-files", f"wbverify/{i:016x}/{name}") for name in ("plain.bin", "large.bin")))
    before = sum(path.stat().st_size for path in journal.parent.iterdir())
    shown = json.loads(run(tmp_path, "plan", "--env-file", env_file, "--format", "json").out)
    assert shown["left_behind"] == [{"kind": "s3-object", "target": "127.0.0.1:9/wandb-files", "count": 2000}]
    assert "2000 s3-objects" in run(tmp_path, "plan", "--env-file", env_file).out
    done = run(tmp_path, "--env-file", env_file, "--only", "bucket", "-q")
    assert len([line for line in done.err.splitlines() if line.startswith("wbverify:")]) == 1, done.err
    assert "2000 s3-objects at 127.0.0.1:9/wandb-files" in done.err and "elsewhere" not in done.err
    for args in (("--only", "config"), ("--read-only",), ("--skip", "bucket")):
        assert "s3-object" not in run(tmp_path, "--env-file", env_file, *args, "-q").err
        assert json.loads(run(tmp_path, "plan", "--env-file", env_file, "--format", "json", *args).out)["left_behind"] == []
    assert sum(path.stat().st_size for path in journal.parent.iterdir()) == before
    cleaned = run(tmp_path, "cleanup", "--env-file", env_file)
    assert cleaned.returncode == 3, "the store could not be asked"
    assert len(cleaned.err.splitlines()) == 1 and cleaned.out.count("left alone") == 1


@pytest.fixture
def silent():
    """A service that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        server.settimeout(20)
        yield server


def hanging(tmp_path, server, *args):
    """The program, when it waits for the silent service."""
    port = server.getsockname()[1]
    text = GOOD.replace("mysql.example.com:3306", f"127.0.0.1:{port}").replace("https://wandb.example.com", f"http://127.0.0.1:{port}")
    process = subprocess.Popen([PROGRAM, "--env-file", str(settings(tmp_path, text)), "--only", "config", "--only", "mysql", "--timeout", "30s", *args],
                               env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.kept_open = server.accept()
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_report_so_far(tmp_path, silent, number):
    process = hanging(tmp_path, silent, "--output", str(tmp_path / "report.json"))
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == -number
    assert "stopped by a signal" in out
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["run"]["interrupted"] and report["run"]["exit_status"] == 128 + number


def test_a_second_signal_ends_at_once(tmp_path, silent):
    process = hanging(tmp_path, silent)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT


def test_an_ignored_signal_stays_ignored(tmp_path, silent):
    process = subprocess.Popen(["bash", "-c", "trap '' HUP; exec \"$@\"", "bash", PROGRAM, "--env-file", str(settings(tmp_path)), "--only", "config", "-q"],
                               env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=10)
    assert process.returncode in (0, -signal.SIGHUP)  # the signal may come before bash has set the trap
