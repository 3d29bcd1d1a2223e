"""An installation on loopback: started whole and healthy, or as a fork of a running one with something broken."""
import json
import os
import secrets
import shutil
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from .breaking import Breaking
from .certs import Authority
from .mysql import MySql
from .process import Service, accepts, answers, bound, loopback, on_free_port, program
from .settings import REGION, Settings, licence, password
from .store import Rgw
from .wandb.keys import new_keys
from .web import Site, Web

PACKAGE_PARENT = Path(__file__).resolve().parents[1]
PYTHON = "/usr/bin/python3"


class Box(Settings, Breaking):
    def __init__(self, folder, parent=None):
        self.dir, self.parent = Path(folder), parent
        self.running = []           # everything with stop() that this box started, newest last
        self.undo = []              # called at the end, newest first
        self.after = []             # called when the web server of a fork runs
        self.faults = []
        self.secrets = []           # every secret of the installation
        self.ca_pem = None          # what ca.pem holds instead of the root
        self.cors = None
        self.zone = {"addresses": {}, "aliases": {}, "texts": {}}
        self.store_name = "rgw"
        self.standin = None         # of a fork with a stand-in of its own
        self.begin_settings(parent)

    # -- life

    @classmethod
    @contextmanager
    def healthy(cls, folder=None):
        """A healthy installation, in a folder of its own unless one is given."""
        own = folder is None
        box = cls(folder or tempfile.mkdtemp(prefix="wbverify-sandbox-"))
        try:
            yield box.start()
        finally:
            box.stop()
            if own:
                shutil.rmtree(box.dir, ignore_errors=True)

    def start(self):
        self.dir.mkdir(mode=0o700, exist_ok=True)
        self.bucket, self.team_bucket, self.database, self.user = "wandb-files", "wandb-research", "wandb_local", "wandb_local"
        self.mysql_password, self.redis_password = password(), password()
        self.store_key, self.store_secret = "AK" + secrets.token_hex(9).upper(), secrets.token_urlsafe(26) + "/+" + secrets.token_urlsafe(3)
        self.licence, licence_secrets = licence()
        self.other_user = None
        self.api_keys = new_keys()
        self.api_key = self.api_keys["local"]
        self.secrets += [self.mysql_password, self.store_secret, self.redis_password, *licence_secrets, *self.api_keys.values()]
        try:
            self.authority = Authority(self.dir / "certificates")
            self.mysql_certificate = self.authority.leaf("mysql.localhost", "mysql.wandb.test")
            self.mysql = self.add(MySql(self.dir / "mysql", self.mysql_certificate))
            self.mysql.launch()     # takes longest, so the others start meanwhile
            self.rgw = self.add(Rgw(self.dir / "store", self.store_key, self.store_secret, REGION)).start()
            self.start_redis()
            sockets = self.app_sockets()
            self.web = self.add(Web(self.dir / "web", Site("wandb.localhost", self.authority.leaf("wandb.localhost", "wandb.wandb.test")),
                                    Site("s3.localhost", self.authority.leaf("s3.localhost", "*.s3.localhost", "s3.wandb.test")),
                                sockets[0].getsockname()[1], self.rgw.port)).start()
            self.start_app(sockets)
            self.make_buckets()
            self.mysql.finish()
            self.mysql.add_database(self.database, self.user, self.mysql_password)
            self.app.wait_until(lambda: answers(self.app_port))
            self.write()
        except BaseException:
            self.stop()
            raise
        return self

    def start_redis(self):
        folder = self.dir / "redis"
        folder.mkdir(mode=0o700)
        redis = program("redis-server", "redis-server")

        def start(port):
            self.redis_port = port
            conf = folder / "redis.conf"
            conf.touch(mode=0o600)
            conf.write_text(f'bind 127.0.0.1 -::1\nport {port}\nrequirepass "{self.redis_password}"\ndir {folder}\nsave ""\n')
            return Service("redis-server", [redis, str(conf)], folder / "out.log").wait_until(lambda: accepts(port))
        self.add(on_free_port(start, lambda: "in use" in (folder / "out.log").read_text(errors="replace")))

    @staticmethod
    def app_sockets():
        """Of the stand-in of the W&B Server, and of the tests' view of its inside. They listen before it runs: what asks early waits in the queue."""
        sockets = [bound(addresses=loopback()[:1])[1][0] for _ in range(2)]
        for sock in sockets:
            sock.listen(128)
        return sockets

    def start_app(self, sockets):
        settings = self.dir / "app.json"
        settings.touch(mode=0o600)
        settings.write_text(json.dumps({"keys": self.api_keys, "storage": self.app_storage()}))
        self.app_port, self.control_port = (sock.getsockname()[1] for sock in sockets)
        words = [PYTHON, "-m", "sandbox.wandb.app", "--settings", str(settings), "--listen", str(sockets[0].fileno()), "--control", str(sockets[1].fileno())]
        self.app = self.add(Service("the stand-in of W&B Server", words, self.dir / "app.log", cwd=PACKAGE_PARENT, sockets=sockets,
                                    env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}))
        for sock in sockets:
            sock.close()

    def app_storage(self):
        """How the stand-in reaches the store, and by what address its clients do."""
        site = self.web.bucket
        return {"port": self.rgw.port, "key": self.store_key, "secret": self.store_secret, "region": REGION, "bucket": self.bucket,
                "parts": self.store_name == "minio", "public": f"{'https' if site.certificate else 'http'}://{site.name}:{site.port}"}

    def make_buckets(self, cors=True):
        for bucket in (self.bucket, self.team_bucket):
            self.rgw.s3.make_bucket(bucket, self.documented_cors() if cors else None)

    def add(self, part):
        """Stopped with this box."""
        self.running.append(part)
        return part

    def stop(self):
        errors = []
        for undo in reversed(self.undo):
            try:
                undo()
            except Exception as error:  # noqa: BLE001  the next must be undone all the same
                errors.append(error)
        for part in reversed(self.running):
            part.stop()
        self.running, self.undo = [], []
        if errors:
            raise errors[0]

    @contextmanager
    def fork(self, names, folder=None, change=None):
        """This installation with the named faults, and with what change(fork) does: what they do not change is shared, what they do is started anew.
        One fork at a time: a fault may change a setting of a shared server, and puts it back at the end."""
        from .lab import named
        box = Box(folder or tempfile.mkdtemp(prefix="fork-", dir=self.dir), parent=self)
        for name in ("authority", "mysql", "mysql_certificate", "mysql_password", "rgw", "web", "bucket", "team_bucket", "database", "user", "store_key", "store_secret",
                     "redis_port", "redis_password", "licence", "api_keys", "api_key"):
            setattr(box, name, getattr(self, name))
        box.faults, box.secrets = list(names), list(self.secrets)
        try:
            for name in names:
                named(name).apply(box)
            if change:
                change(box)
            if box.web is not self.web:
                box.add(box.web).start()
            for hook in box.after:
                hook()
            box.write()
            yield box
        finally:
            try:
                box.stop()
            finally:
                if not folder:
                    shutil.rmtree(box.dir, ignore_errors=True)

    # -- what happened to it

    def wandb_state(self):
        """Everything that its W&B server has, and every request that it got (wandb/dump.py)."""
        return self.ask_wandb("/")

    def handed_out(self):
        """The signatures and tokens that its W&B server has given away since this was last asked."""
        return self.ask_wandb("/secrets")

    def ask_wandb(self, path):
        with urllib.request.urlopen(self.control_url + path, timeout=10) as answer:
            return json.load(answer)

    @property
    def control_url(self):
        """Of the tests' view of the W&B server's inside."""
        return f"http://127.0.0.1:{self.standin.control_port}" if self.standin else self.parent.control_url if self.parent else f"http://127.0.0.1:{self.control_port}"

    def bucket_objects(self):
        return self.rgw.s3.objects(self.bucket)

    def mysql_tables(self):
        return self.mysql.sql(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{self.database}'")

    def request_count(self):
        return len(self.web.log().splitlines())

    def write_count(self):
        """Requests that write; questions in GraphQL are posted too."""
        return sum(1 for line in self.web.log().splitlines() if any(f'"{method} ' in line for method in ("PUT", "DELETE", "POST")) and '"POST /graphql' not in line)

    def pids(self):
        services = [part if isinstance(part, Service) else getattr(part, "service", None) for part in self.running]
        return [service.pid for service in services if isinstance(service, Service)]

    def describe(self):
        return {"dir": str(self.dir), "config": str(self.config_path), "host": self.settings.get("HOST"), "faults": self.faults,
                "bucket": f"https://{self.web.bucket.name}:{self.web.bucket.port}/{self.bucket}", "mysql": f"mysql.localhost:{self.mysql.port}",
                "api_key_file": str(self.dir / "api-key"), "wandb_state": self.control_url + "/",
                "redis": f"redis.localhost:{self.redis_port}", "pids": [*(self.parent.pids() if self.parent else []), *self.pids()]}
