"""Files that the program reads and writes: pipes, devices, links of other people, permissions."""
import os
import signal
import stat
import subprocess
import time

import pytest
from command_line import PROGRAM


def start(folder, *args, **kwargs):
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(folder), "HOST": "https://127.0.0.1:1"}
    return subprocess.Popen([PROGRAM, "run", "--only", "config.required/HOST", *map(str, args)], env=env, cwd=folder, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)


def run(folder, *args):
    process = start(folder, *args)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def test_a_pipe_that_nobody_reads_from_is_given_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    status, _, err = run(tmp_path, "--output", tmp_path / "pipe")
    assert status == 74 and "nobody reads from this pipe" in err


def test_a_pipe_with_a_reader_gets_the_report(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE)
    assert run(tmp_path, "--output", tmp_path / "pipe")[0] == 0
    assert reader.communicate(timeout=10)[0].startswith(b"{")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_ends_a_wait_for_a_pipe(tmp_path, number):
    os.mkfifo(tmp_path / "pipe")
    process = start(tmp_path, "--output", tmp_path / "pipe", preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
    time.sleep(1)
    assert process.poll() is None, "it should wait for a reader"
    process.send_signal(number)
    assert process.wait(timeout=2) == -number


@pytest.mark.skipif(not os.access("/proc/kmsg", os.R_OK), reason="/proc/kmsg is for root")
def test_a_kernel_file_without_an_end_is_given_up(tmp_path):
    begun = time.monotonic()
    status, _, err = run(tmp_path, "--env-file", "/proc/kmsg")
    assert status in (77, 78) and time.monotonic() - begun < 15, err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make links of other people")
@pytest.mark.parametrize("option", ["--output", "--record"])
@pytest.mark.parametrize("through_folder", [False, True])
def test_no_link_of_another_user_is_followed_from_a_folder_open_to_all(tmp_path, option, through_folder):
    public, private = tmp_path / "public", tmp_path / "private"
    public.mkdir()
    public.chmod(0o1777)
    private.mkdir()
    target = private / "owned.json"
    target.write_text("mine")
    target.chmod(0o644)
    link = public / "link"
    link.symlink_to(private if through_folder else target)
    os.lchown(link, 65534, 65534)
    status, _, err = run(tmp_path, option, link / "owned.json" if through_folder else link)
    assert status == 77 and "belongs to another user" in err
    assert target.read_text() == "mine" and stat.S_IMODE(target.stat().st_mode) == 0o644
    # One's own link, and one that root made, are followed.
    os.lchown(link, 0, 0)
    assert run(tmp_path, option, link / "owned.json" if through_folder else link)[0] == 0
    assert target.read_text().startswith("{") and link.is_symlink()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path, mode):
    target = tmp_path / "report.json"
    target.write_text("old")
    target.chmod(mode)
    assert run(tmp_path, "--output", target)[0] == 0
    assert target.read_text().startswith("{") and stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    assert run(tmp_path, "--output", tmp_path / "report.json")[0] == 0
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600
