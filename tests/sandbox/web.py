"""nginx on loopback: TLS for the server's address and for the bucket, with the proxy settings that W&B documents."""
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .prefix import SandboxError
from .process import Service, accepts, free_port

CONF = """daemon off;
pid {folder}/pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp; uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  server_names_hash_bucket_size 128;
  map $http_x_forwarded_proto $forwarded_proto {{ default $http_x_forwarded_proto; '' $scheme; }}
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  ssl_protocols {protocols};
  {http}
{servers}
}}
"""

TLS_SERVER = """  server {{
    listen 127.0.0.1:{port} ssl{http2};
    {listen6}
    server_name {name};
    ssl_certificate {folder}/{tag}.pem;
    ssl_certificate_key {folder}/{tag}.key;
    {tls}
{body}
  }}
"""

HOST_BODY = """    client_max_body_size 0;
    location / {{
      proxy_pass http://127.0.0.1:{app};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $forwarded_proto;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }}"""

BUCKET_BODY = """    client_max_body_size 0;
    proxy_request_buffering off;
    proxy_buffering off;
    location / {{
      proxy_pass http://127.0.0.1:{store};
      proxy_http_version 1.1;
      proxy_set_header Host {host};
      {extra}
    }}"""


@dataclass
class Site:
    """One TLS address. `body` replaces the documented one; `extra` is added to its location."""
    name: str
    certificate: object = None
    port: int = 0
    body: str = ""
    extra: str = ""
    tls: str = ""
    host_header: str = "$http_host"
    listen6: bool = False


class Web:
    def __init__(self, folder, host, bucket, app_port, store_port):
        self.folder, self.host, self.bucket = Path(folder), host, bucket
        self.app_port, self.store_port, self.http_port = app_port, store_port, 0
        self.protocols, self.http2, self.http = "TLSv1.2 TLSv1.3", " http2", ""
        self.redirect = "return 308 https://$host:{port}$request_uri;"
        self.env = None

    def write(self):
        (self.folder / "tmp").mkdir(exist_ok=True)
        servers = ""
        for site, tag in ((self.host, "host"), (self.bucket, "bucket")):
            if site.certificate is None:
                continue
            (self.folder / f"{tag}.pem").write_text(site.certificate.chain_pem())
            (self.folder / f"{tag}.key").write_text(site.certificate.key_pem())
            (self.folder / f"{tag}.key").chmod(0o600)
            documented = (HOST_BODY.format(app=self.app_port) if tag == "host" else
                          BUCKET_BODY.format(store=self.store_port, host=site.host_header, extra=site.extra))
            servers += TLS_SERVER.format(port=site.port, http2=self.http2, name=site.name, folder=self.folder, tag=tag, tls=site.tls,
                                         listen6=f"listen [::1]:{site.port} ssl;" if site.listen6 else "", body=site.body or documented)
        if self.redirect:
            servers += f"  server {{ listen 127.0.0.1:{self.http_port}; server_name _; {self.redirect.format(port=self.host.port)} }}\n"
        (self.folder / "nginx.conf").write_text(CONF.format(folder=self.folder, servers=servers, protocols=self.protocols, http=self.http))

    def start(self):
        self.folder.mkdir(exist_ok=True)
        for attempt in range(5):
            for site in (self.host, self.bucket):
                site.port = free_port()
            self.http_port = free_port()
            self.write()
            self.service = Service("nginx", ["/usr/sbin/nginx", "-e", str(self.folder / "error.log"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")],
                                   self.folder / "out.log", env=os.environ | (self.env or {}))
            port = next((s.port for s in (self.host, self.bucket) if s.certificate), self.http_port)
            try:
                self.service.wait_until(lambda: accepts(port), 5)
                return self
            except SandboxError:
                if "Address already in use" not in (self.folder / "error.log").read_text() or attempt == 4:
                    raise

    def log(self):
        path = self.folder / "access.log"
        return path.read_text(errors="replace") if path.exists() else ""
