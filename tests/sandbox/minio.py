"""MinIO, the store of many W&B installations, built by Go from its module."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import prefix as prefixes
from .process import Service, accepts, free_port
from .store import S3

MODULE = "github.com/minio/minio@latest"
OLDEST_GO = (1, 24)


def go():
    """A Go that can build it: the one on the PATH, or Debian sid's, unpacked."""
    found = shutil.which("go")
    if found:
        version = re.search(r"go(\d+)\.(\d+)", subprocess.run([found, "version"], capture_output=True, text=True).stdout)
        if version and (int(version[1]), int(version[2])) >= OLDEST_GO:
            return [found], {}
    root = prefixes.unpacked("go", ["golang-go"]) / "root/usr/lib"
    home = sorted(root.glob("go-1.*"))[-1]
    return [str(home / "bin/go")], {"GOROOT": str(home)}


def binary():
    folder = prefixes.cache() / "minio"
    with prefixes.locked("minio"):
        if not (folder / "minio").exists():
            words, env = go()
            folder.mkdir(exist_ok=True)
            environment = os.environ | env | {"GOBIN": str(folder), "GOFLAGS": "-trimpath", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
                                              "GOPATH": str(prefixes.cache() / "go"), "GOCACHE": str(prefixes.cache() / "go-build")}
            prefixes.run(words + ["install", MODULE], prefixes.cache() / "minio.log", env=environment)
            # A gigabyte of sources and objects is of no use any more.
            subprocess.run(words + ["clean", "-cache", "-modcache"], env=environment, capture_output=True)
    return folder / "minio"


class Minio:
    def __init__(self, folder, key, secret, region="us-east-1"):
        self.folder, self.key, self.secret, self.region = Path(folder), key, secret, region

    def start(self, cors_origin=None):
        self.folder.mkdir()
        self.port = free_port()
        env = os.environ | {"MINIO_ROOT_USER": self.key, "MINIO_ROOT_PASSWORD": self.secret, "MINIO_REGION": self.region, "MINIO_BROWSER": "off",
                            "MINIO_UPDATE": "off", "HOME": str(self.folder)}
        if cors_origin:
            env["MINIO_API_CORS_ALLOW_ORIGIN"] = cors_origin
        self.service = Service("minio", [str(binary()), "server", "--quiet", "--address", f"127.0.0.1:{self.port}", str(self.folder / "data")],
                               self.folder / "out.log", env=env)
        self.service.wait_until(lambda: accepts(self.port))
        self.s3 = S3(self.port, self.key, self.secret, self.region)
        self.service.wait_until(lambda: self.s3.call("GET", "/")[0] == 200)
        return self
