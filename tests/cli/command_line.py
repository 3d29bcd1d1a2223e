"""Runs the program as a user does. Nothing here needs a service: settings come from an environment file, and the checks
that are run look at nothing else, or at a listener of the test itself."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WBVERIFY", str(ROOT / "build/dev/wbverify"))
PASSWORD = "hunter2-Correct-Horse"
GOOD = f"""HOST=https://wandb.example.com
MYSQL=mysql://wandb:{PASSWORD}@mysql.example.com:3306/wandb_local
BUCKET=s3://wandb-files
AWS_REGION=us-east-1
"""
BROKEN = GOOD.replace("https://wandb.example.com", "htps:/wandb.example.com:99999")
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def environment(folder, extra=None):
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    for name, value in (extra or {}).items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def run(folder, *args, env=None, limit=30, **kwargs):
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([PROGRAM, *map(str, args)], env=environment(folder, env), capture_output=True, timeout=limit, cwd=folder, **kwargs)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    assert PASSWORD not in done.out + done.err
    return done


def on_terminal(folder, *args, env=None, columns=80, limit=30, stdout_only=False):
    """Runs the program on a terminal of its own: what came out, and the exit status."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([PROGRAM, *map(str, args)], env=environment(folder, env), stdin=terminal, stdout=terminal,
                               stderr=subprocess.DEVNULL if stdout_only else terminal, cwd=folder, start_new_session=True)
    os.close(terminal)
    out, end = b"", time.monotonic() + limit
    while time.monotonic() < end:
        if select.select([controller], [], [], 0.1)[0]:
            try:
                block = os.read(controller, 65536)
            except OSError:
                break
            if not block:
                break
            out += block
        elif process.poll() is not None:
            break
    os.close(controller)
    return out.decode().replace("\r\n", "\n"), process.wait(timeout=limit)


def settings(folder, text=GOOD, name="server.env"):
    path = Path(folder, name)
    path.touch(mode=0o600)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
