"""Servers that Debian 12 does not have, unpacked from Debian's sid packages into a cache: nothing is installed, no root."""
import fcntl
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

RECIPE = "2"   # part of the folder's name: a change of what is unpacked makes a new one
PACKAGES = ["mysql-server-core", "mysql-client-core", "radosgw", "libfaketime"]
# Parts of the closure that no server loads.
UNWANTED = re.compile(r"^(perl|libperl|libgdbm|libc-gconv|gcc-|libdb5|systemd|python3|libpython3|adduser|passwd|debconf|libsemanage)")
KEPT_PROGRAMS = {"mysql", "radosgw", "radosgw-admin"}
UNWANTED_FOLDERS = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/bash-completion"]
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = re.compile(r"^(stable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)$")


class SandboxError(Exception):
    pass


def cache():
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "wbverify" / "sandbox"


@contextmanager
def locked(name, say=lambda text: None):
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another start that prepares {name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sources():
    """(URI, suites, components) of every package source of this machine, in either of apt's two formats."""
    parts = Path("/etc/apt/sources.list.d")
    for path in [Path("/etc/apt/sources.list"), *sorted(parts.glob("*.list"))]:
        for line in path.read_text(errors="replace").splitlines() if path.is_file() else []:
            found = re.match(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line)
            if found:
                yield found[1], [found[2]], found[3].split()
    for path in sorted(parts.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            text = "\n".join(line for line in stanza.splitlines() if not line.startswith("#"))
            fields = {m[1].lower(): m[2].split() for m in re.finditer(r"^([\w-]+):((?:.*)(?:\n[ \t].*)*)", text, re.M)}
            if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"])[0].lower() not in ("no", "false"):
                for uri in fields.get("uris", []):
                    yield uri, fields.get("suites", []), fields.get("components", [])


def debian_mirror():
    """The Debian mirror that this machine is configured to use."""
    for uri, suites, components in sources():
        if "main" in components and any(SUITES.match(suite) for suite in suites):
            return uri
    raise SandboxError("no Debian mirror in /etc/apt/sources.list or /etc/apt/sources.list.d: cannot fetch the servers' packages")


def run(argv, log, **options):
    with open(log, "ab") as out:
        done = subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        tail = Path(log).read_text(errors="replace").splitlines()[-8:]
        raise SandboxError(f"{argv[0]} ended with status {done.returncode}; the end of {log}:\n" + "\n".join(tail))


def apt(apt_root, log, *words):
    options = {
        "Dir::Etc::sourcelist": apt_root / "sources.list", "Dir::Etc::sourceparts": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::Lists": apt_root / "lists", "Dir::Cache": apt_root / "cache", "Dir::Cache::archives": apt_root / "archives/",
        "APT::Sandbox::User": "", "Acquire::Languages": "none", "APT::Update::Post-Invoke-Success": "", "APT::Update::Post-Invoke": "",
        # An empty list of installed packages makes apt resolve the whole closure, libc included, from sid.
        "Dir::State::status": apt_root / "status", "Debug::NoLocking": "true",
    }
    run(["apt-get", "-q", *(part for k, v in options.items() for part in ("-o", f"{k}={v}")), *words], log)


def forget_older(folder):
    """Removes what earlier recipes made."""
    name = folder.name.rpartition("-")[0]
    for old in folder.parent.glob(f"{name}-[0-9]*"):
        if old.name.rpartition("-")[2].isdigit() and old != folder:
            shutil.rmtree(old, ignore_errors=True)


def prune(root):
    for name in UNWANTED_FOLDERS:
        shutil.rmtree(root / name, ignore_errors=True)
    if (root / "usr/bin/radosgw").exists():
        for path in [*(root / "usr/bin").iterdir(), *(root / "usr/lib/mysql/plugin").glob("*_client.so")]:
            if path.name not in KEPT_PROGRAMS and not path.is_dir():
                path.unlink()


def unpacked(name, packages, say=lambda text: None):
    """The folder with the packages and their whole closure unpacked, from the cache when it is there."""
    prefix = cache() / f"{name}-{RECIPE}"
    if (prefix / "ready").exists():
        return prefix
    with locked(name, say):
        if (prefix / "ready").exists():
            return prefix
        work = cache() / f"{name}-{RECIPE}.new"
        shutil.rmtree(work, ignore_errors=True)
        apt_root = work / "apt"
        for folder in ("lists/partial", "cache", "archives/partial"):
            (apt_root / folder).mkdir(parents=True)
        (apt_root / "status").touch()
        (apt_root / "sources.list").write_text(f"deb [signed-by={KEYRING}] {debian_mirror()} sid main\n")
        log = cache() / f"{name}.log"
        log.unlink(missing_ok=True)
        started = time.monotonic()

        def tell(text):
            say(f"{time.monotonic() - started:5.1f} s  {text}")
        tell("reading the package lists of Debian sid")
        apt(apt_root, log, "update")
        tell("downloading " + ", ".join(packages) + " and all that they need")
        apt(apt_root, log, "--no-install-recommends", "--download-only", "-y", "install", *packages)
        archives = [path for path in sorted((apt_root / "archives").glob("*.deb")) if not UNWANTED.match(path.name)]
        tell(f"unpacking {len(archives)} packages, {sum(path.stat().st_size for path in archives) // 1000000} MB")
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            list(workers.map(lambda path: run(["dpkg-deb", "-x", path, work / "root"], log), archives))
        shutil.rmtree(apt_root)
        prune(work / "root")
        (work / "ready").touch()
        shutil.rmtree(prefix, ignore_errors=True)
        work.rename(prefix)
        forget_older(prefix)
        tell(f"unpacked to {prefix}")
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
