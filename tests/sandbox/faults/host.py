"""The server's address, broken."""

from ..lab import fault
from ..wandb.health import Health

UNKNOWN = "unknown"


def certificate(box):
    return box.parent.web.host.certificate


def inside_tls(box, kind, context=None):
    """A misbehaving listener behind a right certificate."""
    box.host_at(box.listener(kind, certificate(box)))


def every_path(box, directives):
    box.change_web().host.body = "    location / { " + directives + " }"


def page(text, status=200, kind="text/html", more=""):
    """A fixed answer of nginx."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}")
    return f'default_type {kind}; {more} return {status} "{quoted}";'


def one_path(box, path, directives):
    box.change_web().host.before = f"    location = {path} {{ {directives} }}"


# -- no connection, or none worth the name

@fault("host.refused", {"host.tcp": "refused"}, "nothing listens on the port",
       peer="port refused")
def _(box):
    box.host_at(box.listener("refused"))


@fault("host.drops", {"host.tcp": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    box.host_at(box.listener("drops"))


@fault("host.silent", {"tls.handshake": "timed-out"}, "accepts connections and never answers", status={"tls.handshake": UNKNOWN})
def _(box):
    box.host_at(box.listener("silent"))


@fault("host.drip", {"tls.handshake": "plain-http"}, "one byte a second")
def _(box):
    box.host_at(box.listener("drip"))


@fault("host.ipv6-dead", {"host.tcp": "some-addresses-dead"}, "an AAAA record at which nothing listens", status={"host.tcp": "warn"})
def _(box):
    web = box.change_web()
    web.host.name, web.host.addresses = "wandb.wandb.test", ["127.0.0.1"]
    box.name_in_zone("wandb", ["127.0.0.1", "::1"])
    box.store_in_zone()


@fault("host.one-of-two-dead", {"host.tcp": "some-addresses-dead"}, "one of two A records points to a machine that is gone", status={"host.tcp": "warn"})
def _(box):
    box.change_web().host.name = "wandb.wandb.test"
    box.name_in_zone("wandb", ["127.0.0.1", "127.0.0.2"])
    box.store_in_zone()


# -- what answers is not HTTP, or not enough of it

@fault("host.not-http", {"host.http": "not-http"}, "a mail server behind the right certificate")
def _(box):
    inside_tls(box, "smtp")


@fault("host.garbage", {"host.http": "not-http"}, "bytes that nobody speaks, behind the right certificate")
def _(box):
    inside_tls(box, "garbage")


@fault("host.half-a-header", {"host.http": "closed"}, "the answer ends in the middle of a header")
def _(box):
    inside_tls(box, "half-a-header")


@fault("host.closes", {"host.http": "closed"}, "every request is answered by the end of the connection")
def _(box):
    inside_tls(box, "closed-after-request")


@fault("host.hangs", {"host.http": "timed-out"}, "requests are taken and never answered", status={"host.http": UNKNOWN})
def _(box):
    inside_tls(box, "silent-after-request")


@fault("host.huge-headers", {"host.http": "headers-too-large"}, "four megabytes of headers")
def _(box):
    inside_tls(box, "huge-headers")


@fault("host.endless-headers", {"host.http": "headers-too-large"}, "headers without an end")
def _(box):
    inside_tls(box, "endless-headers")


@fault("host.endless-body", {"host.is-wandb": "not-recognised"}, "pages without an end")
def _(box):
    inside_tls(box, "endless-body")


@fault("host.hostile-page", {"host.is-wandb": "server-error"}, "an error page full of escape sequences and broken text")
def _(box):
    inside_tls(box, "hostile-page")


@fault("host.http2-broken", {"host.http": "http2-error"}, "HTTP/2 is offered, and every request in it is cut off")
def _(box):
    from ..listeners import Listener
    context = box.context(certificate(box))
    context.set_alpn_protocols(["h2"])

    def cut_off(c):
        c.write(b"\0\0\0\4\0\0\0\0\0")   # SETTINGS
        received, at = c.read(3), 24          # behind the preface
        while received:
            while len(received) >= at + 9:
                length, kind, stream = int.from_bytes(received[at:at + 3], "big"), received[at + 3], received[at + 5:at + 9]
                at += 9 + length
                if kind == 1:   # HEADERS are answered with RST_STREAM, INTERNAL_ERROR
                    c.write(b"\0\0\4\3\0" + stream + b"\0\0\0\2")
            more = c.read(3)
            if not more:
                return
            received += more
    box.host_at(box.add(Listener(cut_off, context)).port)


# -- a proxy without a server

@fault("host.bad-gateway", {"host.http": "bad-gateway"}, "nginx answers 502: nothing listens behind it")
def _(box):
    box.change_web().host.upstream = box.listener("refused")


@fault("host.unavailable", {"host.http": "unavailable"}, "a load balancer answers 503: no healthy target")
def _(box):
    every_path(box, page("<html><head><title>503 Service Temporarily Unavailable</title></head></html>", 503, more="add_header Server awselb/2.0 always;"))


@fault("host.gateway-timeout", {"host.http": "gateway-timeout"}, "nginx answers 504: the server behind it hangs")
def _(box):
    site = box.change_web().host
    site.upstream, site.extra = box.listener("silent"), "proxy_read_timeout 300ms;"


# -- health

@fault("host.not-ready", {"host.ready": "not-ready"}, "/ready is 503 while /healthz is 200: the server waits for its database")
def _(box):
    box.change_web().host.upstream = box.app(Health(ready=False))


@fault("host.unhealthy", {"host.healthz": "unhealthy"}, "/healthz is 500")
def _(box):
    box.change_web().host.upstream = box.app(Health(alive=False))


@fault("host.healthz-404", {"host.healthz": "not-found"}, "/healthz is answered 404 by the proxy")
def _(box):
    one_path(box, "/healthz", "return 404;")


@fault("host.ready-404", {"host.ready": "not-found"}, "/ready is answered 404 by the proxy", status={"host.ready": "warn"})
def _(box):
    one_path(box, "/ready", "return 404;")


@fault("host.healthz-page", {"host.healthz": "html-page"}, "/healthz goes to the front end, which answers everything with its page")
def _(box):
    one_path(box, "/healthz", page("<!doctype html><html><head><title>Weights &amp; Biases</title></head></html>"))


@fault("host.healthz-forbidden", {"host.healthz": "forbidden"}, "the proxy admits only its own network to /healthz")
def _(box):
    one_path(box, "/healthz", "return 403;")


@fault("host.ready-unavailable", {"host.ready": "unavailable"}, "only the part behind /ready is missing")
def _(box):
    one_path(box, "/ready", page("<html><body>no healthy upstream</body></html>", 503))


# -- somebody else answers

@fault("host.login-page", {"host.is-wandb": "login-page"}, "a log-in proxy sends everybody to the identity provider")
def _(box):
    every_path(box, "return 302 https://login.microsoftonline.com/common/oauth2/authorize?client_id=abc;")


@fault("host.oauth2-proxy", {"host.is-wandb": "login-page"}, "oauth2-proxy shows its own log-in page")
def _(box):
    every_path(box, page('<!DOCTYPE html><html><head><title>Sign In</title></head><body><form method="GET" action="/oauth2/start"><button>Sign in</button></form></body></html>', 403))


@fault("host.basic-auth", {"host.is-wandb": "login-page"}, "the proxy asks for a password")
def _(box):
    every_path(box, page("<html><head><title>401 Authorization Required</title></head></html>", 401, more="add_header WWW-Authenticate 'Basic realm=\"intranet\"' always;"))


@fault("host.default-backend", {"host.is-wandb": "ingress-default-page"}, "the default backend of ingress-nginx: no ingress for the name")
def _(box):
    every_path(box, page("default backend - 404", 404, "text/plain"))


@fault("host.nginx-welcome", {"host.is-wandb": "ingress-default-page"}, "nginx as it is after its installation")
def _(box):
    every_path(box, page("<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body></html>"))


@fault("host.caddy-empty", {"host.is-wandb": "ingress-default-page"}, "an empty 200, as Caddy gives for a name that it does not serve")
def _(box):
    from ..listeners import Listener

    def empty(c):
        while c.read(5):
            c.write(b"HTTP/1.1 200 OK\r\nServer: Caddy\r\nContent-Length: 0\r\n\r\n")
    box.host_at(box.add(Listener(empty, box.context(certificate(box)))).port)


@fault("host.captive-portal", {"host.is-wandb": "captive-portal"}, "the network wants a log-in first: 511")
def _(box):
    every_path(box, page("<html><head><title>Network Authentication Required</title></head></html>", 511))


@fault("host.filter-page", {"host.is-wandb": "filter-page"}, "a web filter's block page")
def _(box):
    every_path(box, page("<html><head><title>Web Page Blocked</title></head><body>Access to the web page you were trying to visit has been blocked. "
                         "FortiGuard Intrusion Prevention</body></html>", 403))


@fault("host.cdn-error", {"host.is-wandb": "cdn-error-page"}, "Cloudflare cannot reach the origin: 521")
def _(box):
    every_path(box, page('<html><head><title>521: Web server is down</title></head><body><div id="cf-error-details">Error 521</div></body></html>', 521))


@fault("host.grafana", {"host.is-wandb": "other-product"}, "Grafana answers")
def _(box):
    every_path(box, page("<!DOCTYPE html><html><head><title>Grafana</title></head><body class='app-grafana'></body></html>"))


@fault("host.gitlab", {"host.is-wandb": "other-product"}, "GitLab answers")
def _(box):
    every_path(box, page('<!DOCTYPE html><html><head><title>GitLab</title><meta content="GitLab" property="og:site_name"></head></html>'))


@fault("host.minio-console", {"host.is-wandb": "other-product"}, "HOST is the address of the MinIO console")
def _(box):
    every_path(box, page("<!doctype html><html><head><title>MinIO Console</title></head></html>"))


@fault("host.redirect-loop", {"host.is-wandb": "redirect-loop"}, "the proxy behind the load balancer redirects HTTPS to HTTPS for ever")
def _(box):
    every_path(box, "return 301 https://$http_host$request_uri;")


@fault("host.redirects-elsewhere", {"host.is-wandb": "redirects-elsewhere"}, "the server moved, and HOST did not follow")
def _(box):
    every_path(box, "return 301 https://wandb-new.example.com$request_uri;")


@fault("host.forbidden", {"host.is-wandb": "forbidden"}, "the proxy admits only its own network")
def _(box):
    every_path(box, "return 403;")


# -- http://

@fault("host.served-on-http", {"host.redirect": "served-on-http"}, "the server answers on http:// as well", status={"host.redirect": "warn"})
def _(box):
    web = box.change_web()
    web.redirect = f"location / {{ proxy_pass http://127.0.0.1:{web.app_port}; proxy_set_header Host $http_host; }}"


@fault("host.http-404", {"host.redirect": "no-redirect"}, "http:// answers 404", status={"host.redirect": "warn"})
def _(box):
    box.change_web().redirect = "return 404;"


@fault("host.http-wrong-target", {"host.redirect": "wrong-target"}, "http:// redirects to the default port, HOST has another", status={"host.redirect": "warn"})
def _(box):
    box.change_web().redirect = "return 301 https://$host$request_uri;"


@fault("host.http-stays", {"host.redirect": "stays-on-http"}, "http:// redirects to another http://", status={"host.redirect": "warn"})
def _(box):
    box.change_web().redirect = "return 301 http://$http_host/login;"


@fault("host.http-silent", {"host.redirect": "no-answer"}, "the port of http:// accepts and never answers", status={"host.redirect": "warn"})
def _(box):
    box.yaml["http_port"] = box.listener("silent")


@fault("host.plain-http", {"host.https": "plain-http"}, "HOST is http://, and nothing is encrypted", status={"host.https": "warn"})
def _(box):
    box.change_web().host.certificate = None
    box.host_url(scheme="http")


@fault("host.http-of-https", {"host.https": "redirects-to-https"}, "HOST says http:// where the server redirects to https://")
def _(box):
    box.host_at(box.web.http_port, scheme="http")


@fault("host.tls-port", {"host.http": "tls-port"}, "HOST says http:// with the port of https://")
def _(box):
    box.host_at(box.web.host.port, scheme="http")


# -- what the server thinks of itself

# A server that knows itself by another address turns its own pages away.
REFUSED = {"wandb.browser/graphql2": "origin-refused", "wandb.browser/graphql": "origin-refused"}


@fault("host.no-forwarded-proto", {"host.own-url": "other-scheme", **REFUSED, "wandb.download/route": "refused", "wandb.https": "mixed-content"},
       "the proxy does not pass X-Forwarded-Proto", status={"host.own-url": "warn"})
def _(box):
    web = box.change_web()
    web.host.body = f"    client_max_body_size 0; location / {{ proxy_pass http://127.0.0.1:{web.app_port}; proxy_set_header Host $http_host; }}"


@fault("host.no-host-header", {"host.own-url": "other-name", **REFUSED, "wandb.download/route": "tls-failed"},
       "the proxy does not pass Host", status={"host.own-url": "warn"})
def _(box):
    web = box.change_web()
    web.host.body = f"    client_max_body_size 0; location / {{ proxy_pass http://127.0.0.1:{web.app_port}; proxy_set_header X-Forwarded-Proto https; }}"


@fault("host.default-address", {"host.own-url": "default-address"}, "HOST never reached the server's front end")
def _(box):
    box.change_web().host.upstream = box.app(Health(address="http://localhost:8080"))


@fault("host.clock", {"host.time": "skewed"}, "the server's clock is two hours ahead")
def _(box):
    site = box.change_web().host
    site.upstream, site.extra = box.app(Health(clock=7200)), "proxy_pass_header Date;"


