"""MinIO, the store of many W&B installations, built by Go from its module."""
import os
import re
import subprocess
from pathlib import Path

from . import prefix as prefixes
from .process import Service, accepts, on_free_port, program
from .s3 import S3

MODULE = "github.com/minio/minio@latest"
OLDEST_GO = (1, 24)


def go(say):
    """A Go that can build it: the one on the PATH, or Debian sid's, unpacked."""
    try:
        found = program("go", "golang-go")
        version = re.search(r"go(\d+)\.(\d+)", subprocess.run([found, "version"], capture_output=True, text=True).stdout)
        if version and (int(version[1]), int(version[2])) >= OLDEST_GO:
            return found, {}
    except prefixes.SandboxError:
        pass
    root = prefixes.unpacked("go", ["golang-go"], say) / "root/usr"
    home = sorted((root / "lib").glob("go-1.*"))[-1]
    # Debian keeps the parts that belong to no architecture in /usr/share, behind links to absolute places.
    for name in ("src", "api", "misc", "test"):
        link = home / name
        if link.is_symlink():
            target = root / "share" / home.name / name
            link.unlink()
            link.symlink_to(target)
    return str(home / "bin/go"), {"GOROOT": str(home)}


def prepared():
    return (prefixes.cache() / "minio/minio").exists()


def binary(say=lambda text: None):
    folder = prefixes.cache() / "minio"
    if not prepared():
        with prefixes.locked("minio", say):
            if not prepared():
                command, env = go(say)
                folder.mkdir(exist_ok=True)
                say("building MinIO from its Go module: some minutes")
                environment = os.environ | env | {"GOBIN": str(folder), "GOFLAGS": "-trimpath -modcacherw", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
                                                  "GOPATH": str(prefixes.cache() / "go-path"), "GOCACHE": str(prefixes.cache() / "go-build")}
                prefixes.run([command, "install", "-ldflags=-s -w", MODULE], prefixes.cache() / "minio.log", env=environment)
                # A gigabyte of sources and objects is of no use any more.
                subprocess.run([command, "clean", "-cache", "-modcache"], env=environment, capture_output=True)
    return folder / "minio"


class Minio:
    def __init__(self, folder, key, secret, region="us-east-1"):
        self.folder, self.key, self.secret, self.region, self.service = Path(folder), key, secret, region, None

    def start(self, cors_origin=None):
        self.folder.mkdir(mode=0o700)
        self.env = os.environ | {"MINIO_ROOT_USER": self.key, "MINIO_ROOT_PASSWORD": self.secret, "MINIO_REGION": self.region, "MINIO_BROWSER": "off",
                                 "MINIO_UPDATE": "off", "HOME": str(self.folder)}
        if cors_origin:
            self.env["MINIO_API_CORS_ALLOW_ORIGIN"] = cors_origin
        on_free_port(self.start_on, lambda: "in use" in (self.folder / "out.log").read_text(errors="replace"))
        return self

    def start_on(self, port):
        self.port = port
        self.service = Service("minio", [str(binary()), "server", "--quiet", "--address", f"127.0.0.1:{port}", str(self.folder / "data")],
                               self.folder / "out.log", env=self.env)
        self.service.wait_until(lambda: accepts(port))
        self.s3 = S3(port, self.key, self.secret, self.region)
        self.service.wait_until(lambda: self.s3.call("GET", "/")[0] == 200)

    def stop(self):
        if self.service:
            self.service.stop()
