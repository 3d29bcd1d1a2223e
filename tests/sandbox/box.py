"""An installation on loopback: started whole and healthy, or as a fork of a running one with something broken."""
import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .breaking import Breaking
from .certs import Authority
from .mysql import MySql
from .process import Service, accepts, on_free_port, program
from .settings import REGION, Settings, licence, password
from .store import Rgw
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
        self.bucket, self.database, self.user = "wandb-files", "wandb_local", "wandb_local"
        self.mysql_password, self.redis_password = password(), password()
        self.store_key, self.store_secret = "AK" + secrets.token_hex(9).upper(), secrets.token_urlsafe(26) + "/+" + secrets.token_urlsafe(3)
        self.licence, licence_secrets = licence()
        self.other_user = None
        self.secrets += [self.mysql_password, self.store_secret, self.redis_password, *licence_secrets]
        try:
            self.authority = Authority(self.dir / "certificates")
            self.mysql_certificate = self.authority.leaf("mysql.localhost", "mysql.wandb.test")
            self.mysql = self.add(MySql(self.dir / "mysql", self.mysql_certificate))
            self.mysql.launch()     # takes longest, so the others start meanwhile
            self.rgw = self.add(Rgw(self.dir / "store", self.store_key, self.store_secret, REGION)).start()
            self.start_redis()
            app_port = self.start_app()
            self.web = self.add(Web(self.dir / "web", Site("wandb.localhost", self.authority.leaf("wandb.localhost", "wandb.wandb.test")),
                                    Site("s3.localhost", self.authority.leaf("s3.localhost", "*.s3.localhost", "s3.wandb.test")), app_port, self.rgw.port)).start()
            self.rgw.s3.make_bucket(self.bucket, self.documented_cors())
            self.mysql.finish()
            self.mysql.add_database(self.database, self.user, self.mysql_password)
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

    def start_app(self):
        """The stand-in of the W&B Server; its port."""
        log = self.dir / "app.log"

        def start(port):
            self.add(Service("the stand-in of W&B Server", [PYTHON, "-m", "sandbox.wandb.app", "--port", str(port)], log,
                             env=os.environ | {"PYTHONPATH": str(PACKAGE_PARENT), "PYTHONDONTWRITEBYTECODE": "1"})).wait_until(lambda: accepts(port))
            return port
        return on_free_port(start, lambda: "in use" in log.read_text(errors="replace"))

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
    def fork(self, names, folder=None):
        """This installation with the named faults: what they do not change is shared, what they do is started anew. One fork at a time:
        a fault may change a setting of a shared server, and puts it back at the end."""
        from .lab import named
        box = Box(folder or tempfile.mkdtemp(prefix="fork-", dir=self.dir), parent=self)
        for name in ("authority", "mysql", "mysql_certificate", "mysql_password", "rgw", "web", "bucket", "database", "user", "store_key", "store_secret",
                     "redis_port", "redis_password", "licence"):
            setattr(box, name, getattr(self, name))
        box.faults, box.secrets = list(names), list(self.secrets)
        try:
            for name in names:
                named(name).apply(box)
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

    def bucket_objects(self):
        return self.rgw.s3.objects(self.bucket)

    def mysql_tables(self):
        return self.mysql.sql(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{self.database}'")

    def request_count(self):
        return len(self.web.log().splitlines())

    def write_count(self):
        return sum(1 for line in self.web.log().splitlines() if any(f'"{method} ' in line for method in ("PUT", "DELETE", "POST")))

    def pids(self):
        services = [part if isinstance(part, Service) else getattr(part, "service", None) for part in self.running]
        return [service.pid for service in services if isinstance(service, Service)]

    def describe(self):
        return {"dir": str(self.dir), "config": str(self.config_path), "host": self.settings.get("HOST"), "faults": self.faults,
                "bucket": f"https://{self.web.bucket.name}:{self.web.bucket.port}/{self.bucket}", "mysql": f"mysql.localhost:{self.mysql.port}",
                "redis": f"redis.localhost:{self.redis_port}", "pids": [*(self.parent.pids() if self.parent else []), *self.pids()]}
