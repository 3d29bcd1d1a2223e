"""A private Ceph RGW (a strict S3 server) on loopback, and a small client to arrange things in it."""
import base64
import datetime as dt
import hashlib
import hmac
import http.client
import re
import subprocess
import urllib.parse
from pathlib import Path

from . import prefix as prefixes
from .process import Service, accepts, free_port

CORS = """<CORSConfiguration><CORSRule><AllowedOrigin>{origin}</AllowedOrigin>{methods}<AllowedHeader>*</AllowedHeader>{expose}<MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>"""


def cors_rules(origin, methods=("GET", "PUT", "HEAD"), expose=("ETag",)):
    return CORS.format(origin=origin, methods="".join(f"<AllowedMethod>{m}</AllowedMethod>" for m in methods),
                       expose="".join(f"<ExposeHeader>{h}</ExposeHeader>" for h in expose))


class S3:
    """Signed calls (Signature Version 4) as the store's owner."""

    def __init__(self, port, key, secret, region="us-east-1"):
        self.port, self.key, self.secret, self.region = port, key, secret, region

    def call(self, method, path, query="", body=b"", headers=None):
        body = body.encode() if isinstance(body, str) else body
        now = dt.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
        host, digest = f"127.0.0.1:{self.port}", hashlib.sha256(body).hexdigest()
        signed = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": now} | {k.lower(): v for k, v in (headers or {}).items()}
        query = "&".join(sorted(part if "=" in part else part + "=" for part in query.split("&") if part))
        names = ";".join(sorted(signed))
        canonical = "\n".join([method, urllib.parse.quote(path, safe="/~"), query, *(f"{k}:{signed[k]}" for k in sorted(signed)), "", names, digest])
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        secret = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        signed["authorization"] = f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders={names}, Signature={signature}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, urllib.parse.quote(path, safe="/~") + ("?" + query if query else ""), body or None, signed)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, data

    def must(self, *args, **options):
        status, data = self.call(*args, **options)
        if status >= 300:
            raise prefixes.SandboxError(f"S3 {args[0]} {args[1]}: {status} {data[:300]!r}")
        return data

    def make_bucket(self, bucket, cors=None):
        self.must("PUT", f"/{bucket}")
        if cors:
            self.set_cors(bucket, cors)

    def set_cors(self, bucket, rules):
        self.must("PUT", f"/{bucket}", "cors", rules, {"Content-MD5": base64.b64encode(hashlib.md5(rules.encode()).digest()).decode()})

    def objects(self, bucket):
        return sorted(re.findall(r"<Key>([^<]*)</Key>", self.must("GET", f"/{bucket}").decode()))


class Rgw:
    def __init__(self, folder, key, secret, region="us-east-1"):
        self.folder, self.key, self.secret, self.region, self.port = Path(folder), key, secret, region, 0
        self.prefix = prefixes.servers()
        self.folder.mkdir()

    def configure(self):
        libraries = self.prefix / "root/usr/lib/x86_64-linux-gnu"
        for name in ("data", "db"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "ceph.conf").write_text(f"""[global]
no_mon_config = true
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
plugin_dir = {libraries}/ceph
erasure_code_dir = {libraries}/ceph/erasure-code
[client.rgw.s]
rgw_backend_store = dbstore
rgw_config_store = dbstore
rgw_data = {self.folder}/data
rgw_dns_name = s3.localhost
dbstore_db_dir = {self.folder}/db
dbstore_config_uri = file:{self.folder}/db/config.db
rgw_frontends = beast endpoint=127.0.0.1:{self.port}
log_file = {self.folder}/rgw.log
admin_socket = {self.folder}/a
pid_file = {self.folder}/pid
run_dir = {self.folder}
rgw_enable_lc_threads = false
rgw_enable_gc_threads = false
""")

    def words(self, name):
        return prefixes.program(self.prefix, f"usr/bin/{name}") + ["-c", str(self.folder / "ceph.conf"), "-n", "client.rgw.s"]

    def add_user(self, uid, key, secret):
        done = subprocess.run(self.words("radosgw-admin") + ["user", "create", "--uid", uid, "--display-name", uid, "--access-key", key, "--secret-key", secret],
                              capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise prefixes.SandboxError("radosgw-admin: " + done.stderr[-400:])

    def start(self, wrapper=(), env=None):
        self.port = free_port()
        self.configure()
        self.add_user("wandb", self.key, self.secret)
        self.service = Service("radosgw", [*wrapper, *self.words("radosgw"), "-f"], self.folder / "out.log", cwd=self.folder, env=env)
        self.service.wait_until(lambda: accepts(self.port))
        self.s3 = S3(self.port, self.key, self.secret, self.region)
        return self
