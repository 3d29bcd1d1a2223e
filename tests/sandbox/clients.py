"""Real W&B clients: the `wandb` package, newest and old, each in an environment of its own in the cache, run against an installation."""
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import prefix as prefixes
from .tunnel import Tunnel

NEWEST, OLD = "0.31.0", "0.17.9"   # 0.17 is the last line whose clients are all Python
PYTHON = "/usr/bin/python3"


def folder(version):
    return prefixes.cache() / f"wandb-{version}"


def prepared(version=NEWEST):
    return (folder(version) / "ready").exists()


def prepare(versions=(NEWEST, OLD), say=lambda text: None):
    """Installs the clients with pip, once."""
    for version in versions:
        if prepared(version):
            continue
        with prefixes.locked(f"wandb-{version}", say):
            if prepared(version):
                continue
            place, log = folder(version), prefixes.cache() / f"wandb-{version}.log"
            shutil.rmtree(place, ignore_errors=True)
            log.unlink(missing_ok=True)
            say(f"installing the W&B client {version} of PyPI")
            prefixes.run([PYTHON, "-m", "venv", place], log)
            prefixes.run([place / "bin/pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", f"wandb=={version}"], log)
            (place / "ready").touch()


@dataclass
class Done:
    exit: int
    stdout: str
    stderr: str
    home: Path


class Client:
    """One client with a home of its own: nothing of the user's is read or written, no key stands in the process list."""

    def __init__(self, box, version=NEWEST):
        self.box, self.version = box, version
        if not prepared(version):
            raise prefixes.SandboxError(f"the W&B client {version} is not installed yet: tests/sandbox/sandbox prepare --with wandb")

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="wandb-client-", dir=self.box.dir))
        self.tunnel = Tunnel(self.box.zone["addresses"])
        for name in ("tmp", "work"):
            (self.home / name).mkdir()
        return self

    def __exit__(self, *_):
        self.tunnel.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def environment(self):
        places = {"WANDB_DIR": "wandb", "WANDB_CACHE_DIR": "cache", "WANDB_CONFIG_DIR": "config", "WANDB_DATA_DIR": "data", "WANDB_ARTIFACT_DIR": "artifacts"}
        for name in places.values():
            (self.home / name).mkdir(exist_ok=True)
        ca = str(self.box.dir / "ca.pem")
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "TMPDIR": str(self.home / "tmp"), "LANG": "C.UTF-8", "PYTHONNOUSERSITE": "1", "PYTHONUNBUFFERED": "1",
                "WANDB_API_KEY": self.box.api_key, "WANDB_BASE_URL": self.box.origin, "WANDB_ERROR_REPORTING": "false",
                "SSL_CERT_FILE": ca, "REQUESTS_CA_BUNDLE": ca, "HTTPS_PROXY": self.tunnel.url, "HTTP_PROXY": self.tunnel.url,
                **{name: str(self.home / place) for name, place in places.items()}}

    def command(self, *words):
        """The client's Python with these words; `wandb verify` without any."""
        return [str(folder(self.version) / "bin/python"), *(words or ("-m", "wandb", "verify", "--host", self.box.origin))]

    def run(self, *words, limit=300, **environment):
        """The command in a process group of its own, which is ended at the limit."""
        process = subprocess.Popen(self.command(*words), cwd=self.home / "work", env=self.environment() | environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            stdout, stderr = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            stdout, stderr = process.communicate()
        return Done(process.returncode, stdout, stderr, self.home)

    def verify(self, limit=300):
        """`wandb verify`."""
        return self.run(limit=limit)
