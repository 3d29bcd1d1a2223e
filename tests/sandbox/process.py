"""Child processes of a sandbox, and the ports they listen on."""
import os
import random
import signal
import socket
import subprocess
import time
from functools import lru_cache
from pathlib import Path

from .prefix import SandboxError

# Below the kernel's range for outgoing connections (ip_local_port_range starts at 32768), so that none of those takes a port
# between its choice and the server's bind.
PORTS = range(20000, 32700)


@lru_cache(maxsize=1)
def loopback():
    """The loopback addresses of this machine: a name under .localhost means all of them (RFC 6761)."""
    addresses = [(socket.AF_INET, "127.0.0.1")]
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        addresses.append((socket.AF_INET6, "::1"))
    except OSError:
        pass
    return addresses


def bind(port, kind=socket.SOCK_STREAM, addresses=None, shared=True):
    """Sockets bound to the port on every loopback address, or nothing when it is taken on one of them. Unless `shared`, nobody else can
    bind to it while none of them listens."""
    sockets = []
    for family, address in addresses or loopback():
        sock = socket.socket(family, kind)
        if kind == socket.SOCK_STREAM and shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sockets.append(sock)
        try:
            sock.bind((address, port))
        except OSError:
            for one in sockets:
                one.close()
            return []
    return sockets


def bound(kind=socket.SOCK_STREAM, addresses=None, shared=True):
    """A port of our own, and the sockets that hold it. Not listening, they refuse connections for as long as they live."""
    for _ in range(200):
        port = random.choice(PORTS)
        sockets = bind(port, kind, addresses, shared)
        if sockets:
            return port, sockets
    raise SandboxError("no free port on loopback")


def free_ports(count):
    """Different ports that were free a moment ago; the server that takes one may still find it taken, and must try another."""
    held = [bound(shared=False) for _ in range(count)]
    for _, sockets in held:
        for sock in sockets:
            sock.close()
    return [port for port, _ in held]


def free_port():
    return free_ports(1)[0]


def accepts(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), timeout=0.5).close()
        return True
    except OSError:
        return False


def answers(port):
    """Something on the port answers in HTTP: it not only has a socket there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as sock:
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return sock.recv(5) == b"HTTP/"
    except OSError:
        return False


def program(name, package):
    """The path of a program of this machine."""
    for folder in [*os.environ.get("PATH", "").split(":"), "/usr/sbin", "/sbin"]:
        path = Path(folder or ".", name)
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise MissingPackage(package)


class MissingPackage(SandboxError):
    def __init__(self, *packages):
        super().__init__("not installed: " + " ".join(packages) + f"; as root: apt-get install --no-install-recommends {' '.join(packages)}")


class Service:
    """A server in a process group of its own. It ends with its parent, however that ends."""
    record = None   # file that keeps the process ids of this sandbox

    def __init__(self, name, argv, log, cwd=None, env=None, sockets=()):
        """`sockets` stay open in the server, under the same numbers."""
        self.name, self.log = name, Path(log)
        with open(log, "ab") as out:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                                            env=env, start_new_session=True, pass_fds=[sock.fileno() for sock in sockets])

    @property
    def pid(self):
        return self.process.pid

    def wait_until(self, ready, seconds=30):
        end = time.monotonic() + seconds
        pause = 0.002
        while time.monotonic() < end and self.process.poll() is None:
            if ready():
                return self
            time.sleep(pause)
            pause = min(pause * 1.3, 0.02)
        self.stop()
        tail = self.log.read_text(errors="replace").splitlines()[-8:] if self.log.exists() else []
        raise SandboxError(f"{self.name} did not start; the end of {self.log}:\n" + "\n".join(tail))

    def stop(self):
        """Nothing that it keeps is of use to anybody, so it is killed."""
        kill_group(self.process.pid)
        self.process.wait()


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def on_free_port(start, taken, tries=5):
    """start(port) with one port after the other while taken() says that somebody else was quicker."""
    for attempt in range(tries):
        try:
            return start(free_port())
        except SandboxError:
            if attempt == tries - 1 or not taken():
                raise
