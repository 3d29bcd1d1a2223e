"""A private Ceph RGW on loopback: a strict S3 server, with its own rules for cross-origin requests and its own policies."""
import subprocess
from pathlib import Path

from . import prefix as prefixes
from .process import Service, accepts, on_free_port
from .s3 import S3

CONF = """[global]
no_mon_config = true
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
plugin_dir = {libraries}/ceph
erasure_code_dir = {libraries}/ceph/erasure-code
[client.rgw.s]
rgw_backend_store = dbstore
rgw_config_store = dbstore
rgw_data = {folder}/data
rgw_dns_name = {name}
rgw_thread_pool_size = 64
dbstore_db_dir = {folder}/db
dbstore_config_uri = file:{folder}/db/config.db
rgw_frontends = beast endpoint=127.0.0.1:{port}
log_file = {folder}/rgw.log
admin_socket = {folder}/a
pid_file = {folder}/pid
run_dir = {folder}
rgw_enable_lc_threads = false
rgw_enable_gc_threads = false
"""


class Rgw:
    def __init__(self, folder, key, secret, region="us-east-1", name="s3.localhost"):
        self.folder, self.key, self.secret, self.region, self.name, self.port = Path(folder), key, secret, region, name, 0
        self.prefix = prefixes.servers()
        self.folder.mkdir(mode=0o700)
        self.service = None

    def words(self, name):
        return prefixes.program(self.prefix, f"usr/bin/{name}") + ["-c", str(self.folder / "ceph.conf"), "-n", "client.rgw.s"]

    def add_user(self, uid, key, secret):
        """Another account; its calls."""
        argv = ["setpriv", "--pdeathsig", "KILL", *self.words("radosgw-admin"), "user", "create", "--uid", uid, "--display-name", uid, "--access-key", key,
                "--secret-key", secret]
        for _ in range(3):
            try:
                done = subprocess.run(argv, capture_output=True, text=True, cwd=self.folder, stdin=subprocess.DEVNULL, timeout=10)
            except subprocess.TimeoutExpired:
                continue   # once in some hundred times it waits for itself at its end; the account may be there by then
            if done.returncode == 0 or "exists" in done.stderr:
                return S3(self.port, key, secret, self.region)
            raise prefixes.SandboxError("radosgw-admin: " + done.stderr[-400:])
        raise prefixes.SandboxError("radosgw-admin does not end")

    def start(self, clock=0):
        """`clock`: seconds by which the server's clock is ahead."""
        for name in ("data", "db"):
            (self.folder / name).mkdir(exist_ok=True)
        self.libraries = self.prefix / "root/usr/lib/x86_64-linux-gnu"
        self.env = None
        self.configure(0)
        self.add_user("wandb", self.key, self.secret)
        if clock:
            self.env = {"LD_PRELOAD": str(self.libraries / "faketime/libfaketimeMT.so.1"), "FAKETIME": f"{clock:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                        "PATH": "/usr/bin:/bin", "HOME": str(self.folder)}
        on_free_port(self.start_on, lambda: "in use" in (self.folder / "out.log").read_text(errors="replace"))
        self.s3 = S3(self.port, self.key, self.secret, self.region)
        return self

    def configure(self, port):
        (self.folder / "ceph.conf").write_text(CONF.format(libraries=self.libraries, folder=self.folder, name=self.name, port=port))

    def start_on(self, port):
        self.port = port
        self.configure(port)
        argv = self.words("radosgw") + ["-f"]
        if self.env:
            # The loader, not the environment, brings the library in: it is of another libc than this machine's programs.
            at = argv.index("--library-path")
            argv[at:at] = ["--preload", self.env["LD_PRELOAD"]]
        env = {k: v for k, v in (self.env or {}).items() if k != "LD_PRELOAD"} or None
        self.service = Service("radosgw", argv, self.folder / "out.log", cwd=self.folder, env=env)
        self.service.wait_until(lambda: accepts(port))

    def stop(self):
        if self.service:
            self.service.stop()
