"""An installation on loopback: started whole and healthy, or as a fork of a running one with something broken."""
import atexit
import json
import os
import secrets
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from .certs import Authority
from .mysql import MySql
from .process import Service, accepts, free_port
from .store import Rgw, S3, cors_rules
from .web import Site, Web

PACKAGE_PARENT = Path(__file__).resolve().parents[1]
REGION = "us-east-1"


def encode(text):
    from urllib.parse import quote
    return quote(text, safe="")


def password():
    """Random, with characters that a connection string must escape."""
    return secrets.token_urlsafe(12) + "@/+#%"


class Box:
    def __init__(self, folder, parent=None):
        self.dir = Path(folder)
        self.parent = parent
        self.services = []          # started by this box, newest last
        self.undo = []              # called at the end, newest first
        self.env = {}               # environment of the program under test
        self.args = []              # its further arguments
        self.yaml = {}              # lines of wbverify.yaml besides the usual ones
        self.settings = {}          # lines of wandb.env
        self.extra_lines = []       # raw lines of wandb.env
        self.secrets = []
        self.after = []             # called when everything runs
        self.web_changed = False

    # -- life

    @classmethod
    @contextmanager
    def healthy(cls, folder=None):
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
        self.authority = Authority()
        self.mysql = MySql(self.dir / "mysql", self.authority.leaf("mysql.localhost"), password())
        self.rgw = Rgw(self.dir / "store", "AK" + secrets.token_hex(9).upper(), secrets.token_urlsafe(28) + "/+", REGION)
        self.secrets += [self.mysql.password, self.rgw.secret]
        try:
            self.mysql.start()
            self.services.append(self.mysql.service)
            self.rgw.start()
            self.services.append(self.rgw.service)
            self.start_redis()
            self.app_port = self.start_python("sandbox.wandb.app")
            self.web = Web(self.dir / "web", Site("wandb.localhost", self.authority.leaf("wandb.localhost")),
                           Site("s3.localhost", self.authority.leaf("s3.localhost", "*.s3.localhost")), self.app_port, self.rgw.port)
            self.start_web()
            self.bucket, self.database, self.user = "wandb-files", "wandb_local", "wandb_local"
            self.store_key, self.store_secret = self.rgw.key, self.rgw.secret
            self.mysql.add_database(self.database, self.user, self.mysql.password)
            self.write_defaults()
            self.rgw.s3.make_bucket(self.bucket, cors_rules(self.origin))
        except BaseException:
            self.stop()
            raise
        self.write()
        return self

    def start_redis(self):
        self.redis_port, self.redis_password = free_port(), password()
        self.secrets.append(self.redis_password)
        folder = self.dir / "redis"
        folder.mkdir()
        conf = folder / "redis.conf"
        conf.write_text(f'bind 127.0.0.1\nport {self.redis_port}\nrequirepass "{self.redis_password}"\ndir {folder}\nsave ""\n')
        conf.chmod(0o600)
        self.add(Service("redis-server", ["redis-server", str(conf)], folder / "out.log").wait_until(lambda: accepts(self.redis_port)))

    def start_python(self, module, *words, port=None):
        """A server of this package on a free port, which is its first argument unless given."""
        port = port or free_port()
        argv = ["/usr/bin/python3", "-m", module, str(port), *words] if module.endswith("app") else ["/usr/bin/python3", "-m", module, *words[:1], str(port), *words[1:]]
        service = Service(module, argv, self.dir / f"{module}-{port}.log", env=os.environ | {"PYTHONPATH": str(PACKAGE_PARENT)})
        if words[:1] != ("drops",):
            service.wait_until(lambda: accepts(port), 10)
        else:
            import time
            time.sleep(0.4)
        self.add(service)
        return port

    def listener(self, kind, *words, port=None):
        return self.start_python("sandbox.listeners", kind, *words, port=port)

    def add(self, service):
        self.services.append(service)
        return service

    def start_web(self):
        self.web.start()
        self.add(self.web.service)

    def stop(self):
        for undo in reversed(self.undo):
            undo()
        for service in reversed(self.services):
            service.stop()
        self.services, self.undo = [], []

    @contextmanager
    def fork(self, names):
        """This installation with the named faults: what they do not change is shared, what they do is started anew."""
        from .lab import named
        box = Box(tempfile.mkdtemp(prefix="fork-", dir=self.dir), parent=self)
        box.authority, box.mysql, box.rgw, box.app_port = self.authority, self.mysql, self.rgw, self.app_port
        box.bucket, box.database, box.user = self.bucket, self.database, self.user
        box.store_key, box.store_secret = self.store_key, self.store_secret
        box.redis_port, box.redis_password = self.redis_port, self.redis_password
        box.web = self.web
        box.settings, box.yaml, box.secrets = dict(self.settings), dict(self.yaml), list(self.secrets)
        try:
            for name in names:
                named(name).apply(box)
            if box.web_changed:
                box.start_web()
                box.write_addresses()
            for hook in box.after:
                hook()
            box.write()
            yield box
        finally:
            box.stop()
            shutil.rmtree(box.dir, ignore_errors=True)

    # -- for faults

    def change_web(self):
        """An own nginx for this fork, to be changed before it starts."""
        if not self.web_changed:
            self.web_changed = True
            old = self.web
            self.web = Web(self.dir / "web", Site(old.host.name, old.host.certificate), Site(old.bucket.name, old.bucket.certificate),
                           self.app_port, self.rgw.port)
            # Another port is another origin, so the bucket of this fork is its own as well.
            self.own_bucket()
        return self.web

    def own_bucket(self, cors="default"):
        """A bucket of this fork's own. `cors` is the rules, or None for none."""
        if self.bucket == self.parent.bucket:
            self.bucket = f"wandb-{secrets.token_hex(6)}"
            self.rgw.s3.make_bucket(self.bucket)
            self.bucket_cors = "default"
            self.after.append(self._arrange_bucket)
            self.undo.append(self._drop_bucket)
        if cors != "default":
            self.bucket_cors = cors
        return self.bucket

    def _arrange_bucket(self):
        self.write_bucket()
        rules = cors_rules(self.origin) if self.bucket_cors == "default" else self.bucket_cors() if callable(self.bucket_cors) else self.bucket_cors
        if rules:
            self.rgw.s3.set_cors(self.bucket, rules)

    def _drop_bucket(self):
        for name in self.rgw.s3.objects(self.bucket):
            self.rgw.s3.call("DELETE", f"/{self.bucket}/{name}")
        self.rgw.s3.call("DELETE", f"/{self.bucket}")

    def own_database(self, charset="utf8mb4", collation="utf8mb4_general_ci", grants=None):
        """A database and an account of this fork's own; `grants` with {db} and {user} replaces the documented statement."""
        tag = secrets.token_hex(5)
        self.database, self.user = f"wandb_{tag}", f"user_{tag}"
        words = None if grants is None else grants.format(db=self.database, user=self.user)
        self.mysql.add_database(self.database, self.user, self.mysql.password, charset, collation, words)
        database, user = self.database, self.user
        self.undo.append(lambda: self.mysql.sql(f"DROP DATABASE IF EXISTS `{database}`; DROP USER IF EXISTS '{user}'@'%';"))
        self.write_mysql()

    def mysql_global(self, name, value):
        """A global variable of the shared server, put back at the end."""
        before = self.mysql.sql(f"SELECT @@GLOBAL.{name}")[0][0]
        literal = before if before.lstrip("-").isdigit() else f"'{before}'"
        self.mysql.sql(f"SET GLOBAL {name} = {value}")
        self.undo.append(lambda: self.mysql.sql(f"SET GLOBAL {name} = {literal}"))

    # -- settings

    @property
    def origin(self):
        return f"https://{self.web.host.name}:{self.web.host.port}"

    def write_mysql(self, port=None, host="mysql.localhost", user=None, secret=None, database=None, query="?tls=true"):
        self.settings["MYSQL"] = (f"mysql://{encode(user or self.user)}:{encode(secret if secret is not None else self.mysql.password)}@{host}:{port or self.mysql.port}"
                                  f"/{database or self.database}{query}")

    def write_bucket(self, port=None, host=None, key=None, secret=None, bucket=None, query="?tls=true"):
        self.settings["BUCKET"] = (f"s3://{key or self.store_key}:{encode(secret if secret is not None else self.store_secret)}@{host or self.web.bucket.name}:{port or self.web.bucket.port}"
                                   f"/{bucket or self.bucket}{query}")

    def write_addresses(self):
        self.settings["HOST"] = self.origin
        self.yaml["http_port"] = self.web.http_port
        self.write_bucket()

    def write_defaults(self):
        self.write_addresses()
        self.write_mysql()
        self.settings |= {"BUCKET_QUEUE": "internal://", "AWS_REGION": REGION, "REDIS": f"redis://:{encode(self.redis_password)}@redis.localhost:{self.redis_port}",
                          "LICENSE": licence()}
        self.secrets.append(self.settings["LICENSE"].split(".")[2])

    @property
    def config_path(self):
        return self.dir / "wbverify.yaml"

    def write(self):
        (self.dir / "ca.pem").write_text(self.authority.root.pem())
        lines = [f"{name}={value}" for name, value in self.settings.items() if value is not None] + self.extra_lines
        for name, text in (("wandb.env", "# The server's settings\n" + "\n".join(lines) + "\n"), ("secrets.txt", "\n".join(self.secrets) + "\n")):
            path = self.dir / name
            path.write_text(text)
            path.chmod(0o600)
        yaml = {"env_file": "wandb.env", "ca_file": "ca.pem"} | self.yaml
        self.config_path.write_text("".join(f"{k}: {v}\n" for k, v in yaml.items() if v is not None))

    # -- what happened to it

    def bucket_objects(self):
        return self.rgw.s3.objects(self.bucket)

    def mysql_tables(self):
        return self.mysql.sql(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{self.database}'")

    def request_count(self):
        return len(self.web.log().splitlines())

    def write_count(self):
        return sum(1 for line in self.web.log().splitlines() if '"PUT ' in line or '"DELETE ' in line or '"POST ' in line)

    def describe(self):
        return {"dir": str(self.dir), "config": str(self.config_path), "host": self.settings.get("HOST"), "pids": [s.pid for s in self.services]}


def licence():
    """A well-formed licence that nobody issued: three parts of base64url, signed with nothing."""
    from base64 import urlsafe_b64encode as b64

    def part(value):
        return b64(json.dumps(value).encode()).decode().rstrip("=")
    return ".".join([part({"alg": "RS256", "typ": "JWT"}), part({"maxUsers": 10, "maxTeams": 10, "exp": 4102444800, "flags": [], "deploymentId": "sandbox"}),
                     b64(secrets.token_bytes(64)).decode().rstrip("=")])
