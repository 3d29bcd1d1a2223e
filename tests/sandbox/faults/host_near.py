"""Addresses that are unusual, and right."""
import time

from ..lab import near
from ..listeners import Listener, relay
from ..wandb.health import Health

ALL = ["host.dns", "host.tcp", "host.http", "host.is-wandb", "host.healthz", "host.ready", "host.redirect", "host.https", "host.own-url", "host.time"]


@near("host.no-http", ["host.redirect", "host.tcp"], "nobody listens on the port of http://")
def _(box):
    box.change_web().redirect = ""


@near("host.redirects-by-301", ["host.redirect"], "http:// redirects with 301")
def _(box):
    box.change_web().redirect = "return 301 https://$host:{port}$request_uri;"


@near("host.http2", ["host.http", "host.is-wandb", "tls.handshake"], "HTTP/2")
def _(box):
    box.change_web().host.http2 = True


@near("host.slow", ["host.http", "host.is-wandb", "host.healthz", "host.ready"], "every answer takes a second and a half")
def _(box):
    port = box.parent.web.app_port

    def late(c):
        time.sleep(1.5)
        relay(c, port)
    box.change_web().host.upstream = box.add(Listener(late)).port


@near("host.plain-words", ["host.healthz", "host.ready"], "health answers in plain words")
def _(box):
    box.change_web().host.upstream = box.app(Health(healthz=(200, "ok"), readiness=(200, "ready")))


@near("host.hsts", ["host.https", "host.is-wandb"], "with Strict-Transport-Security, compressed and with cookies of a load balancer")
def _(box):
    web = box.change_web()
    web.http = "gzip on; gzip_min_length 1; gzip_types application/javascript application/json;"
    web.host.extra = "add_header Strict-Transport-Security 'max-age=31536000'; add_header Set-Cookie 'AWSALB=abc; Path=/'; add_header Via '1.1 varnish';"


@near("host.behind-cdn", ["host.is-wandb", "host.http"], "a content delivery network in front that works")
def _(box):
    box.change_web().host.extra = "add_header CF-RAY 8f0a1b2c3d4e5f60-FRA always; add_header Server cloudflare always;"


@near("host.clock-a-little-off", ["host.time"], "the server's clock is three seconds ahead")
def _(box):
    site = box.change_web().host
    site.upstream, site.extra = box.app(Health(clock=3)), "proxy_pass_header Date;"


@near("host.capitals", ["host.dns", "tls.name", "host.own-url"], "HOST in capital letters")
def _(box):
    box.edit("HOST", lambda value: value.replace("wandb.localhost", "WandB.LocalHost"))


@near("host.by-ipv4", ["host.tcp", "host.dns"], "only IPv4: a name with an A record alone")
def _(box):
    web = box.change_web()
    web.host.name, web.host.addresses = "wandb.wandb.test", ["127.0.0.1"]
    box.name_in_zone("wandb", ["127.0.0.1"])


@near("host.alias", ["host.dns", "host.tcp", "tls.name"], "a CNAME to a load balancer with two addresses")
def _(box):
    web = box.change_web()
    web.host.name, web.host.addresses = "wandb.wandb.test", ["127.0.0.1", "127.0.0.3"]
    box.name_in_zone("wandb", ["127.0.0.1", "127.0.0.3"], alias=True)
