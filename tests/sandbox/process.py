"""Child processes of a sandbox, and the ports they listen on."""
import os
import signal
import socket
import subprocess
import time

from .prefix import SandboxError


def free_port():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), timeout=0.5).close()
        return True
    except OSError:
        return False


class Service:
    """A server in a process group of its own, so that stopping it stops all of it."""

    def __init__(self, name, argv, log, cwd=None, env=None):
        self.name, self.log = name, log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd, env=env, start_new_session=True)

    @property
    def pid(self):
        return self.process.pid

    def wait_until(self, ready, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if ready():
                return self
            time.sleep(0.01)
        self.stop()
        tail = open(self.log, errors="replace").read().splitlines()[-8:]
        raise SandboxError(f"{self.name} did not start; the end of {self.log}:\n" + "\n".join(tail))

    def stop(self, number=signal.SIGTERM):
        stop_group(self.process.pid, number, self.process.poll)


def stop_group(pid, number=signal.SIGTERM, ended=None):
    def signal_group(n):
        try:
            os.killpg(pid, n)
            return True
        except (ProcessLookupError, PermissionError):
            return False

    def gone():
        if ended is not None:
            return ended() is not None
        try:
            os.kill(pid, 0)
            return False
        except ProcessLookupError:
            return True

    if not signal_group(number):
        return
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if gone():
            return
        time.sleep(0.005)
    signal_group(signal.SIGKILL)
