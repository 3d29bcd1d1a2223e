"""The object store, broken."""
from ..lab import fault, near
from ..process import free_port
from ..store import cors_rules


def instead(box, kind):
    """A misbehaving listener where the store should be."""
    port = box.listener(kind)
    box.write_bucket(port=port)


@fault("bucket.silent", {"bucket.tls": "timed-out"}, "accepts connections and never answers", status={"bucket.tls": "unknown"})
def _(box):
    instead(box, "silent")


@fault("bucket.drops", {"bucket.reachable": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    instead(box, "drops")


@fault("bucket.drip", {"bucket.tls": "not-tls"}, "one byte a second", status={"bucket.tls": "unknown"})
def _(box):
    instead(box, "drip")


@fault("bucket.refused", {"bucket.reachable": "refused"}, "nothing listens on the port")
def _(box):
    box.write_bucket(port=free_port())


@fault("bucket.cors-no-put", {"bucket.cors-rules": "no-put-rule", "bucket.preflight/PUT": "refused"}, "CORS rules without PUT")
def _(box):
    box.own_bucket(cors=lambda: cors_rules(box.origin, methods=("GET", "HEAD")))
