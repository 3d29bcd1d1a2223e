"""Servers that Debian 12 does not have, unpacked from Debian's sid packages into a cache: nothing is installed, no root."""
import fcntl
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

RECIPE = "1"   # part of the folder's name: a change of what is unpacked makes a new one
PACKAGES = ["mysql-server-core", "mysql-client-core", "radosgw"]
# Parts of the closure that neither server loads.
UNWANTED = re.compile(r"^(perl|libperl|libgdbm|libc-gconv|gcc-|libdb5|systemd|python3|libpython3)")


class SandboxError(Exception):
    pass


def cache():
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "wbverify" / "sandbox"


@contextmanager
def locked(name):
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def debian_mirror():
    """The Debian mirror that this machine is configured to use."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for path in files:
        if not path.is_file():
            continue
        for line in path.read_text(errors="replace").splitlines():
            found = re.match(r"\s*(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(\S+)", line)
            if found and "security" not in found[1]:
                return found[1]
    raise SandboxError("No Debian mirror in /etc/apt: cannot fetch the servers' packages.")


def run(argv, log, **options):
    with open(log, "ab") as out:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        tail = Path(log).read_text(errors="replace").splitlines()[-8:]
        raise SandboxError(f"{argv[0]} ended with status {done.returncode}; the end of {log}:\n" + "\n".join(tail))


def apt(apt_root, log, *words):
    options = {
        "Dir::Etc::sourcelist": apt_root / "sources.list", "Dir::Etc::sourceparts": "/dev/null", "Dir::State::Lists": apt_root / "lists",
        "Dir::Cache": apt_root / "cache", "Dir::Cache::archives": apt_root / "archives/", "APT::Sandbox::User": "", "Acquire::Languages": "none",
        # An empty list of installed packages makes apt resolve the whole closure, libc included, from sid.
        "Dir::State::status": apt_root / "status", "Debug::NoLocking": "true",
    }
    run(["apt-get", "-q", *(part for k, v in options.items() for part in ("-o", f"{k}={v}")), *words], log)


def unpacked(name, packages, say=lambda text: None):
    """The folder with the packages and their whole closure unpacked, from the cache when it is there."""
    prefix = cache() / f"{name}-{RECIPE}"
    with locked(name):
        if (prefix / "ready").exists():
            return prefix
        work = cache() / f"{name}-{RECIPE}.new"
        shutil.rmtree(work, ignore_errors=True)
        apt_root = work / "apt"
        for folder in ("lists/partial", "cache", "archives/partial"):
            (apt_root / folder).mkdir(parents=True)
        (apt_root / "status").touch()
        (apt_root / "sources.list").write_text(
            f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {debian_mirror()} sid main\n")
        log = cache() / f"{name}.log"
        log.unlink(missing_ok=True)
        say("reading Debian's package lists")
        apt(apt_root, log, "update")
        say("downloading " + ", ".join(packages))
        apt(apt_root, log, "--no-install-recommends", "--download-only", "-y", "install", *packages)
        say("unpacking")
        for package in sorted((apt_root / "archives").glob("*.deb")):
            if not UNWANTED.match(package.name):
                run(["dpkg-deb", "-x", str(package), str(work / "root")], log)
        shutil.rmtree(apt_root)
        (work / "ready").touch()
        shutil.rmtree(prefix, ignore_errors=True)
        work.rename(prefix)
        return prefix


def servers(say=lambda text: None):
    """The folder with MySQL and RGW."""
    return unpacked("servers", PACKAGES, say)


def program(prefix, path):
    """Words that start a program of the prefix with the prefix's own loader and libraries."""
    libraries = prefix / "root/usr/lib/x86_64-linux-gnu"
    path = prefix / "root" / path
    folders = ":".join(str(libraries / part) for part in ("", "ceph", "systemd"))
    return [str(libraries / "ld-linux-x86-64.so.2"), "--argv0", str(path), "--library-path", folders, str(path)]
