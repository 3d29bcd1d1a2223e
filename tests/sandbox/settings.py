"""The settings of an installation, as its administrator would have written them."""
import json
import secrets
import uuid
from base64 import urlsafe_b64encode
from urllib.parse import quote

REGION = "us-east-1"


def encode(text):
    return quote(text, safe="")


def password():
    """Random, with characters that a connection string must escape."""
    return "@".join([secrets.token_urlsafe(6), secrets.token_urlsafe(6)]) + "/" + secrets.token_urlsafe(4) + "+#%:?"


def licence(days=365):
    """(text, its secret parts): a well-formed licence that nobody issued. It is signed with nothing."""
    import time

    def part(value):
        return urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")
    ends = int(time.time()) + days * 86400
    access = str(uuid.uuid4())
    claims = {"concurrentAgents": 10, "trial": False, "deploymentId": str(uuid.uuid4()), "maxUsers": 10, "maxTeams": 10, "maxStorageGb": 1000, "seats": 10, "teams": 10,
              "storageGigs": 1000, "exp": ends, "expiresAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(ends)), "accessKey": access,
              "flags": ["SCALABLE", "mysql", "s3", "redis", "slack", "notifications", "MANAGEMENT", "org_dash"]}
    signature = part(secrets.token_bytes(256))
    return ".".join([part({"alg": "RS256", "kid": "sandbox", "typ": "JWT"}), part(claims), signature]), [access, signature]


class Settings:
    """The part of a Box that knows what stands in wandb.env. A fault says what is written otherwise with mysql_url(), bucket_url(),
    set() and edit(); the ports are filled in when everything runs."""

    def begin_settings(self, parent=None):
        self.mysql_words, self.bucket_words = (dict(parent.mysql_words), dict(parent.bucket_words)) if parent else ({}, {})
        self.host_words = {}
        self.overrides, self.edits = {}, []
        self.more_lines = []        # raw lines of wandb.env
        self.modes = {}             # permissions of wandb.env and its neighbours, other than 0600
        self.settings = {}          # name → value, when everything runs
        self.yaml = dict(parent.yaml) if parent else {}
        self.env = {}               # environment of the program under test
        self.args = []              # its further arguments

    def mysql_url(self, **words):
        """port, host, user, secret, database, query: what is not given stays right."""
        self.mysql_words |= words

    def bucket_url(self, **words):
        """port, host, key, secret, bucket, query, prefix."""
        self.bucket_words |= words

    def host_url(self, **words):
        """scheme, name, port, path."""
        self.host_words |= words

    def set(self, name, value):
        """A line of wandb.env; None leaves it out."""
        self.overrides[name] = value

    def edit(self, name, change):
        """change(right value) → the value that is written."""
        self.edits.append((name, change))

    @property
    def origin(self):
        words = {"scheme": "https", "name": self.web.host.name, "port": self.web.host.port} | self.host_words
        port = "" if words["port"] is None else f":{words['port']}"
        return f"{words['scheme']}://{words['name']}{port}"

    def compose(self):
        mysql = {"host": "mysql.localhost", "port": self.mysql.port, "user": self.user, "secret": self.mysql_password, "database": self.database,
                 "query": "?tls=true"} | self.mysql_words
        bucket = {"host": self.web.bucket.name, "port": self.web.bucket.port, "key": self.store_key, "secret": self.store_secret, "bucket": self.bucket,
                  "query": "?tls=true", "prefix": ""} | self.bucket_words
        port = "" if mysql["port"] is None else f":{mysql['port']}"
        right = {
            "HOST": self.origin + self.host_words.get("path", ""),
            "MYSQL": f"mysql://{encode(mysql['user'])}:{encode(mysql['secret'])}@{mysql['host']}{port}/{mysql['database']}{mysql['query']}",
            "BUCKET": f"s3://{encode(bucket['key'])}:{encode(bucket['secret'])}@{bucket['host']}:{bucket['port']}/{bucket['bucket']}{bucket['prefix']}{bucket['query']}",
            "BUCKET_QUEUE": "internal://",
            "AWS_REGION": REGION,
            "REDIS": f"redis://:{encode(self.redis_password)}@redis.localhost:{self.redis_port}",
            "LICENSE": self.licence,
        } | self.overrides
        for name, change in self.edits:
            right[name] = change(right[name])
        self.settings = right

    @property
    def config_path(self):
        return self.dir / "wbverify.yaml"

    def write(self):
        self.compose()
        ca = self.ca_pem or self.authority.root.pem()
        lines = [f"{name}={value}" for name, value in self.settings.items() if value is not None] + self.more_lines
        yaml = {"env_file": "wandb.env", "ca_file": "ca.pem", "http_port": self.web.http_port, "api_key_file": "api-key"} | self.yaml
        for name, text in {"ca.pem": ca, "wandb.env": "# The server's settings\n" + "\n".join(lines) + "\n", "secrets.txt": "\n".join(self.secrets) + "\n", "api-key": self.api_key + "\n",
                           "wbverify.yaml": "".join(f"{k}: {v}\n" for k, v in yaml.items() if v is not None)}.items():
            path = self.dir / name
            path.touch(mode=0o600)
            path.write_text(text, errors="surrogateescape")
            path.chmod(self.modes.get(name, 0o600))
