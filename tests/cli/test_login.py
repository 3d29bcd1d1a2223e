"""The log-in to the W&B API: where the key is found, wrong files, and no key in any output."""
import json
import os
import re
import subprocess

import pytest
from command_line import GOOD, PROGRAM, environment, run, settings

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00a1b2c3d"
OTHER = "d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f0"


def write(folder, name, text, mode=0o600):
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def config(folder, *args, env=None):
    """wbverify config as JSON, by name; looks at the table for people and the report as well, and for keys in all of them."""
    env_file = settings(folder)
    done = run(folder, "config", "--env-file", env_file, "--format", "json", *args, env=env)
    assert done.returncode == 0, done.err
    table, report = run(folder, "config", "--env-file", env_file, *args, env=env), run(folder, "--env-file", env_file, "--only", "config", "-v", "--record", "record.json", *args, env=env)
    for text in (done.out, table.out, report.out, report.err, (folder / "record.json").read_text()):
        for secret in (KEY, OTHER):
            assert secret not in text and secret[:20] not in text and secret[20:] not in text
    root = json.loads(done.out)
    return {row["name"]: row for row in root["settings"] + root["own"]} | {"issues": [(issue["setting"], issue["cause"]) for issue in root["issues"]]}


def test_the_key_is_found_in_each_place(tmp_path):
    netrc = write(tmp_path, ".netrc", f"machine wandb.example.com\n  login user\n  password {KEY}\n")
    shown = config(tmp_path)
    assert shown["WANDB_API_KEY"] == {"name": "WANDB_API_KEY", "alias": "machine wandb.example.com", "kind": "netrc", "file": str(netrc), "line": 1, "value": "[redacted]"}
    assert config(tmp_path, env={"WANDB_API_KEY": KEY})["WANDB_API_KEY"]["kind"] == "environment"
    path = write(tmp_path, "key", OTHER + "\n")
    shown = config(tmp_path, "--api-key-file", path, env={"WANDB_API_KEY": KEY})
    assert shown["WANDB_API_KEY"]["kind"] == "key-file" and shown["WANDB_API_KEY"]["file"] == str(path)
    assert shown["--api-key-file"]["value"] == str(path)
    assert shown["issues"] == [("WANDB_API_KEY", "sources-differ")]
    write(tmp_path, "wbverify.yaml", "api_key_file: key\nentities: [vision, nlp]\ndeep: true\n")
    shown = config(tmp_path, "--config", tmp_path / "wbverify.yaml")
    assert shown["WANDB_API_KEY"]["file"] == str(path) and shown["api_key_file"]["line"] == 1
    assert shown["deep"]["value"] == "true" and shown["entities"]["line"] == 2


def test_a_key_through_a_pipe_of_the_shell(tmp_path):
    env_file = settings(tmp_path)
    done = subprocess.run(["bash", "-c", f'"$0" config --env-file "$1" --api-key-file <(printf "%s\\n" "$KEY")', PROGRAM, env_file],
                          env=environment(tmp_path, {"KEY": KEY}), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[redacted]" in done.stdout and KEY not in done.stdout and "readable" not in done.stdout


@pytest.mark.parametrize("text,cause", [(f'"{KEY}"', "quoted"), (f" {KEY}", "surrounding-blanks"), (KEY[:20] + "\n" + KEY[20:], "line-end"), (f"WANDB_API_KEY={KEY}", "name-pasted"), (KEY[:33], "truncated"),
                                        (KEY + KEY, "pasted-twice"), (KEY + OTHER, "two-keys"), (f"<{KEY}>", "in-brackets"), (f"https://user:{KEY}@wandb.example.com/", "web-url")])
def test_a_key_pasted_wrong_is_named_and_not_shown(tmp_path, text, cause):
    assert config(tmp_path, env={"WANDB_API_KEY": text})["issues"] == [("WANDB_API_KEY", cause)]
    assert config(tmp_path, "--api-key-file", write(tmp_path, "key", text + "\n"))["issues"] == [("WANDB_API_KEY", cause)]
    done = run(tmp_path, "--env-file", settings(tmp_path), "--only", "config.well-formed", env={"WANDB_API_KEY": text})
    assert done.returncode == 1
    told = " ".join(done.out.split())   # the report folds its lines
    assert "config.well-formed/WANDB_API_KEY" in told and "WANDB_API_KEY=KEY" in told


def test_a_key_that_others_may_read_is_a_warning(tmp_path):
    path = write(tmp_path, "key", KEY, 0o644)
    done = run(tmp_path, "--env-file", settings(tmp_path), "--only", "config.well-formed", "--api-key-file", path)
    assert done.returncode == 0 and f"chmod 600 {path}" in done.out
    assert run(tmp_path, "--env-file", settings(tmp_path), "--only", "config.well-formed", "--api-key-file", path, "--fail-on", "warn").returncode == 2


def test_files_that_were_named_and_cannot_be_read(tmp_path):
    missing = tmp_path / "absent"
    done = run(tmp_path, "config", "--api-key-file", missing)
    assert done.returncode == 77 and done.out == "" and done.err == f"wbverify: {missing}: the file of the API key (--api-key-file) cannot be read: no such file.\n"
    assert run(tmp_path, "--api-key-file", tmp_path).returncode == 77
    done = run(tmp_path, "plan", env={"WANDB_IDENTITY_TOKEN_FILE": str(missing)})
    assert done.returncode == 77 and "WANDB_IDENTITY_TOKEN_FILE in the environment" in done.err
    done = run(tmp_path, "config", "--api-key-file", write(tmp_path, "empty", "\n"))
    assert done.returncode == 78 and "empty" in done.err
    done = run(tmp_path, "config", "--config", write(tmp_path, "wbverify.yaml", "\napi_key_file: absent\n"))
    assert done.returncode == 77 and "wbverify.yaml line 2" in done.err
    os.mkfifo(tmp_path / "fifo")
    assert run(tmp_path, "config", "--api-key-file", tmp_path / "fifo").returncode == 77


def test_a_key_that_was_given_for_a_file_is_not_shown(tmp_path):
    done = run(tmp_path, "config", "--api-key-file", KEY)
    assert done.returncode == 78 and done.out == "" and "looks like an API key" in done.err and KEY not in done.err


@pytest.mark.parametrize("args,words", [
    (["--api-key-file"], ["--api-key-file needs a value"]),
    (["--api-key-file", "--verbose"], ["file name is expected"]),
    (["--api-key", KEY], ["no option `--api-key`"]),
    (["--entity", "https://wandb.example.com/team"], ["--entity", "HOST/NAME"]),
    (["--entity", ""], ["--entity"]),
    (["--entity"], ["--entity needs a value"]),
    (["--entity", ".."], ["--entity", "HOST/NAME"]),
    ([word for number in range(33) for word in ("--entity", f"team-{number}")], ["--entity", "at most 32"]),
    (["--deeep"], ["--deep"]),
])
def test_wrong_usage(tmp_path, args, words):
    done = run(tmp_path, *args)
    assert done.returncode == 64 and done.out == "" and KEY not in done.err
    for word in words:
        assert word in done.err


def test_entities_and_depth_of_the_command_line(tmp_path):
    shown = run(tmp_path, "config", "--env-file", settings(tmp_path), "--entity", "vision", "--entity", "nlp").out
    assert [line.split()[:2] for line in shown.splitlines() if line.startswith("--entity")] == [["--entity", "vision"], ["--entity", "nlp"]]
    plans = [run(tmp_path, "plan", "--env-file", settings(tmp_path, GOOD), *args).out for args in ((), ("--entity", "vision"))]
    without_ids = [re.sub(r"[0-9a-f]{16}", "RUN", plan).replace("vision", "the default entity of the account") for plan in plans]
    assert without_ids[0].split() == without_ids[1].split()
    assert run(tmp_path, "plan", "--deep", "--env-file", settings(tmp_path)).returncode == 0


def test_the_settings_of_the_users_own_client_are_left_alone(tmp_path):
    folder = tmp_path / ".config" / "wandb"
    folder.mkdir(parents=True)
    own = write(folder, "settings", f"[default]\nbase_url = https://elsewhere.example.com\napi_key = {KEY}\n", 0o000)
    done = run(tmp_path, "config", "--env-file", settings(tmp_path))
    assert done.returncode == 0 and "WANDB_API_KEY" not in done.out and "elsewhere" not in done.out
    assert sorted(path.name for path in folder.iterdir()) == ["settings"] and own.stat().st_mode & 0o777 == 0
