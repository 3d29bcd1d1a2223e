"""The object store, broken."""
from ..lab import fault
from ..s3 import cors_rules


@fault("bucket.silent", {"bucket.tls": "timed-out"}, "accepts connections and never answers", status={"bucket.tls": "unknown"})
def _(box):
    box.bucket_url(port=box.listener("silent"))


@fault("bucket.drops", {"bucket.reachable": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    box.bucket_url(port=box.listener("drops"))


@fault("bucket.drip", {"bucket.tls": "plain-http"}, "one byte a second")
def _(box):
    box.bucket_url(port=box.listener("drip"))


@fault("bucket.refused", {"bucket.reachable": "refused"}, "nothing listens on the port")
def _(box):
    box.bucket_url(port=box.listener("refused"))


@fault("bucket.cors-no-put", {"bucket.cors-rules": "no-put-rule", "bucket.preflight/PUT": "refused"}, "CORS rules without PUT")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin, methods=("GET", "HEAD")))
