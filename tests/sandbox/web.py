"""nginx on loopback: TLS for the server's address and for the bucket, with the proxy settings that W&B documents."""
import os
from dataclasses import dataclass
from pathlib import Path

from .prefix import SandboxError
from .process import Service, accepts, free_ports, loopback, program

# One process that runs as whoever started it: no worker of another user that could not read the folder.
CONF = """daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp; uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  server_names_hash_bucket_size 128;
  map $http_x_forwarded_proto $forwarded_proto {{ default $http_x_forwarded_proto; '' $scheme; }}
  geo $dollar {{ default '$'; }}
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  {http}
{servers}
}}
"""

SERVER = """  server {{
{listen}
    server_name {name};
{tls}
{body}
  }}
"""

TLS = """    ssl_certificate {folder}/{tag}.pem;
    ssl_certificate_key {folder}/{tag}.key;
    ssl_protocols {protocols};
    {more}"""

HOST_BODY = """    client_max_body_size {limit};
    location / {{
      proxy_pass http://127.0.0.1:{app};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $forwarded_proto;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      {extra}
    }}"""

BUCKET_BODY = """    client_max_body_size {limit};
    proxy_request_buffering off;
    proxy_buffering off;
    location / {{
      proxy_pass http://127.0.0.1:{store}{path};
      proxy_http_version 1.1;
      proxy_set_header Host {host};
      {ranges}
      {extra}
    }}"""

# RGW 20's dbstore answers a range with as many bytes from the object's beginning. nginx asks for the whole and cuts the range itself.
RANGES = 'proxy_set_header Range ""; proxy_force_ranges on;'


@dataclass
class Site:
    """One address. `body` replaces the documented one, `before` stands in front of it, `extra` is added to its location."""
    name: str
    certificate: object = None     # none: plain HTTP
    port: int = 0
    body: str = ""
    before: str = ""
    extra: str = ""
    tls: str = ""                  # further directives
    protocols: str = "TLSv1.2 TLSv1.3"
    http2: bool = False            # W&B's example has none, and neither have stores
    host_header: str = "$http_host"
    path: str = ""                 # a path in proxy_pass: nginx then decodes and merges
    body_limit: str = "0"
    ranges: str = RANGES           # how ranges of objects come about
    upstream: int = 0              # another port than the service's own
    addresses: list = None         # loopback addresses to listen on; all when not given
    default_certificate: object = None   # what clients without SNI, or with another name, are shown
    present: bool = True

    def copy(self):
        return Site(self.name, self.certificate)


class Web:
    def __init__(self, folder, host, bucket, app_port, store_port):
        self.folder, self.host, self.bucket = Path(folder), host, bucket
        self.app_port, self.store_port, self.http_port = app_port, store_port, 0
        self.more = []                                             # further addresses of the store
        self.http = ""                                             # further directives of the http block
        self.redirect = "return 308 https://$host:{port}$request_uri;"   # what http:// answers; empty: nothing listens
        self.env = None
        self.service = None

    def sites(self):
        every = [("host", self.host), ("bucket", self.bucket), *((f"more-{number}", site) for number, site in enumerate(self.more))]
        return [(tag, site) for tag, site in every if site.present]

    def keep(self, certificate, tag):
        (self.folder / f"{tag}.pem").write_text(certificate.chain_pem())
        key = self.folder / f"{tag}.key"
        key.touch(mode=0o600)
        key.write_text(certificate.key_pem())

    def listen(self, port, addresses=None, words=""):
        own = addresses or [address for _, address in loopback()]
        return "\n".join(f"    listen {f'[{a}]' if ':' in a else a}:{port}{words};" for a in own)

    def server(self, tag, site, certificate, name, words="", body=None):
        tls = ""
        if certificate:
            self.keep(certificate, tag)
            tls = TLS.format(folder=self.folder, tag=tag, protocols=site.protocols, more=site.tls)
            words += " ssl" + (" http2" if site.http2 else "")
        return SERVER.format(listen=self.listen(site.port, site.addresses, words), name=name, tls=tls, body=body)

    def write(self):
        (self.folder / "tmp").mkdir(exist_ok=True)
        servers = ""
        for tag, site in self.sites():
            documented = HOST_BODY if tag == "host" else BUCKET_BODY
            body = site.body or documented.format(app=site.upstream or self.app_port, store=site.upstream or self.store_port, host=site.host_header,
                                                  extra=site.extra, ranges=site.ranges, path=site.path, limit=site.body_limit)
            body = (site.before + "\n" if site.before else "") + body
            if site.default_certificate:
                servers += self.server(f"{tag}-default", site, site.default_certificate, "_", " default_server", "    return 404;")
            servers += self.server(tag, site, site.certificate, site.name, body=body)
        if self.redirect:
            servers += SERVER.format(listen=self.listen(self.http_port, self.host.addresses), name="_", tls="",
                                     body="    " + self.redirect.replace("{port}", str(self.host.port)))
        (self.folder / "nginx.conf").write_text(CONF.format(folder=self.folder, servers=servers, http=self.http))

    def reserve(self):
        """Chooses the ports."""
        self.host.port, self.bucket.port, self.http_port, *others = free_ports(3 + len(self.more))
        for site, port in zip(self.more, others):
            site.port = port

    def start(self):
        self.folder.mkdir(exist_ok=True, mode=0o700)
        nginx = program("nginx", "nginx-light")
        for attempt in range(5):
            if not self.host.port or attempt:
                self.reserve()
            self.write()
            log = self.folder / "error.log"
            log.unlink(missing_ok=True)
            self.service = Service("nginx", [nginx, "-e", str(log), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")],
                                   self.folder / "out.log", env=os.environ | (self.env or {}))
            ports = [site.port for _, site in self.sites()] + ([self.http_port] if self.redirect else [])
            try:
                self.service.wait_until(lambda: all(accepts(port) for port in ports), 5)
                return self
            except SandboxError:
                if "Address already in use" not in log.read_text() or attempt == 4:
                    raise

    def stop(self):
        if self.service:
            self.service.stop()

    def log(self):
        path = self.folder / "access.log"
        return path.read_text(errors="replace") if path.exists() else ""
