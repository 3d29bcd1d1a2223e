"""What is printed where: formats, files, colour, width, progress."""
import json
import os
import re
import stat
import subprocess

import jsonschema
import pytest
from command_line import BROKEN, ESCAPE, GOOD, PROGRAM, ROOT, environment, on_terminal, run, settings

SCHEMA = json.loads((ROOT / "src/report/report.schema.json").read_text())
ONLY = ("--only", "config.well-formed")


def columns_of(text):
    return max(len(line) for line in ESCAPE.sub("", text).split("\n"))


def test_schema_command_prints_the_schema(tmp_path):
    assert json.loads(run(tmp_path, "schema").out) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text,status", [(GOOD, 0), (BROKEN, 1)])
def test_json_report_follows_the_schema(tmp_path, text, status):
    done = run(tmp_path, "--env-file", settings(tmp_path, text), *ONLY, "--format", "json")
    report = json.loads(done.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    assert done.returncode == report["run"]["exit_status"] == status
    assert done.err == ""
    counts = {word: sum(row["status"] == word for row in report["results"]) for word in ("pass", "warn", "fail", "unknown", "skip", "blocked")}
    assert {word: report["summary"][word] for word in counts} == counts
    assert (report["summary"]["first_to_fix"] is None) == (status == 0)


def test_the_schema_refuses_what_is_no_report():
    check = jsonschema.Draft202012Validator(SCHEMA)
    assert list(check.iter_errors({"schema": "wbverify-report/1"}))
    assert list(check.iter_errors({"schema": "other/1", "run": {}, "summary": {}, "results": [], "probes": []}))


def test_files_are_private_and_replays_agree(tmp_path):
    os.umask(0)
    done = run(tmp_path, "--env-file", settings(tmp_path, BROKEN), *ONLY, "--output", "report.json", "--record", "record.json")
    os.umask(0o022)
    report, record = tmp_path / "report.json", tmp_path / "record.json"
    for path in (report, record):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.name in done.out
    replay = run(tmp_path, "replay", record, "--format", "json")
    assert replay.out == report.read_text()
    assert replay.returncode == done.returncode == 1
    shown = run(tmp_path, "replay", record)
    lines = [line for line in done.out.splitlines() if not line.startswith(("Report ", "Record "))]
    assert shown.out.splitlines() == lines
    with record.open("rb") as pipe:
        assert run(tmp_path, "replay", "-", "--format", "json", stdin=pipe).out == report.read_text()
    assert sorted(os.listdir(tmp_path)) == ["record.json", "report.json", "server.env"]


def test_one_document_on_standard_output(tmp_path):
    env_file = settings(tmp_path)
    assert json.loads(run(tmp_path, "--env-file", env_file, *ONLY, "--output", "-").out)["schema"] == "wbverify-report/1"
    done = run(tmp_path, "--env-file", env_file, *ONLY, "--record", "-")
    assert json.loads(done.out)["schema"].startswith("wbverify-record/")
    assert "passed" in done.err


def test_fail_on_warn(tmp_path):
    env_file = settings(tmp_path, GOOD.replace("Correct-Horse", "Correct+Horse"))
    done = run(tmp_path, "--env-file", env_file, *ONLY, "--fail-on", "warn", "--format", "json", "--record", "record.json")
    if json.loads(done.out)["summary"]["warn"] == 0:
        pytest.skip("no warning for a raw + in a password")
    assert done.returncode == 2
    assert run(tmp_path, "--env-file", env_file, *ONLY).returncode == 0
    assert run(tmp_path, "replay", "record.json", "-q").returncode == 2
    assert run(tmp_path, "replay", "record.json", "-q", "--fail-on", "fail").returncode == 0


def test_no_colour_and_no_progress_in_a_pipe(tmp_path):
    done = run(tmp_path, "--env-file", settings(tmp_path, BROKEN), *ONLY)
    assert "\x1b" not in done.out + done.err and "\r" not in done.out + done.err
    assert done.err == ""
    assert "Exit status  1" in done.out


@pytest.mark.parametrize("env,args,coloured", [
    ({}, (), True),
    ({"NO_COLOR": "1"}, (), False),
    ({"NO_COLOR": ""}, (), True),
    ({"CLICOLOR": "0"}, (), False),
    ({"TERM": "dumb"}, (), False),
    ({"TERM": None}, (), False),
    ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, (), False),
    ({"NO_COLOR": "1"}, ("--color", "always"), True),
    ({"CLICOLOR_FORCE": "1"}, ("--color", "never"), False),
])
def test_colour_on_a_terminal(tmp_path, env, args, coloured):
    out, status = on_terminal(tmp_path, "--env-file", settings(tmp_path, BROKEN), *ONLY, *args, env=env, stdout_only=True)
    assert status == 1
    assert ("\x1b[" in out) == coloured


def test_colour_forced_in_a_pipe(tmp_path):
    env_file = settings(tmp_path)
    assert "\x1b[" in run(tmp_path, "--env-file", env_file, *ONLY, env={"CLICOLOR_FORCE": "1"}).out
    assert "\x1b[" in run(tmp_path, "--env-file", env_file, *ONLY, "--color", "always").out
    assert "\x1b[" not in run(tmp_path, "--env-file", env_file, *ONLY, env={"CLICOLOR_FORCE": "0"}).out


@pytest.mark.parametrize("columns,expected", [(40, 60), (60, 60), (80, 80), (120, 120), (200, 120)])
def test_the_width_of_the_terminal(tmp_path, columns, expected):
    out, _ = on_terminal(tmp_path, "--env-file", settings(tmp_path), *ONLY, "-v", columns=columns, stdout_only=True)
    assert expected - 4 <= columns_of(out) <= expected


def test_the_progress_line_is_erased(tmp_path):
    out, _ = on_terminal(tmp_path, "--env-file", settings(tmp_path), *ONLY)
    # A line that was redrawn ends erased: what follows the last carriage return begins with the erasing sequence.
    assert re.search(r"\r[^\n]*\d+ of \d+", out) is None or "\r\x1b[K" in out
    tail = out.rsplit("\r", 1)[-1]
    assert not re.search(r"\d+ of \d+  waiting", tail)
    for env, args in (({"TERM": "dumb"}, ()), ({}, ("--no-progress",))):
        out, _ = on_terminal(tmp_path, "--env-file", settings(tmp_path), *ONLY, *args, env=env)
        assert "\r" not in out


def test_without_utf8_everything_is_ascii(tmp_path):
    done = run(tmp_path, "--env-file", settings(tmp_path, BROKEN), "--only", "config", env={"LC_ALL": "C"})
    assert done.out.isascii()


def test_quiet_and_verbose(tmp_path):
    env_file = settings(tmp_path)
    quiet = run(tmp_path, "--env-file", env_file, *ONLY, "-q").out
    assert len(quiet.splitlines()) == 2 and "Exit status  0" in quiet
    normal, verbose = run(tmp_path, "--env-file", env_file, *ONLY).out, run(tmp_path, "--env-file", env_file, *ONLY, "-v").out
    assert len(verbose.splitlines()) > len(normal.splitlines())
    assert "config.well-formed/HOST" in verbose


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    command = f'"$@" | head -n 1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command, "bash", PROGRAM, "--env-file", str(settings(tmp_path)), *ONLY], env=environment(tmp_path), capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


@pytest.mark.parametrize("redirect", [">/dev/full", ">&-"])
@pytest.mark.parametrize("text,status", [(GOOD, 74), (BROKEN, 1)])
def test_a_report_that_cannot_be_written_is_said(tmp_path, redirect, text, status):
    done = subprocess.run(["bash", "-c", f'"$@" {redirect}', "bash", PROGRAM, "--env-file", str(settings(tmp_path, text)), *ONLY],
                          env=environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == status
    assert "cannot write" in done.stderr


def test_wait_gives_one_report_of_the_last_attempt(tmp_path):
    done = run(tmp_path, "--env-file", settings(tmp_path, BROKEN), *ONLY, "--wait", "4s", "--format", "json")
    report = json.loads(done.out)
    assert done.returncode == 1
    assert report["run"]["attempts"] == 2
    assert len(re.findall(r"attempt \d+:", done.err)) == 1
    done = run(tmp_path, "--env-file", settings(tmp_path), *ONLY, "--wait", "4s", "--format", "json")
    assert json.loads(done.out)["run"]["attempts"] == 1 and done.err == ""


def test_wait_sees_what_was_mended_meanwhile(tmp_path):
    env_file = settings(tmp_path, BROKEN)
    process = subprocess.Popen([PROGRAM, "--env-file", str(env_file), *ONLY, "--wait", "20s", "-q"], env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "attempt 1" in process.stderr.readline()
    settings(tmp_path, GOOD)
    out, _ = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "attempt 2" in out
