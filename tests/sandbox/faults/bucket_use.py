"""The object store, broken: pages of another origin, writing and reading, signatures that must be refused."""
from ..lab import fault
from ..s3 import cors_rules
from .bucket import answer_methods, s3_error

# -- other origins

@fault("bucket.no-cors", {"bucket.cors-rules": "no-cors-rules"}, "the bucket has no CORS rules")
def _(box):
    box.use_cors(None)


@fault("bucket.cors-no-put", {"bucket.cors-rules": "no-put-rule"}, "CORS rules without PUT")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin, methods=("GET", "HEAD")))


@fault("bucket.cors-no-head", {"bucket.cors-rules": "no-head-rule"}, "CORS rules without HEAD", status={"bucket.cors-rules": "warn"})
def _(box):
    box.use_cors(lambda origin: cors_rules(origin, methods=("GET", "PUT")))


@fault("bucket.cors-origin", {"bucket.cors-rules": "origin-not-allowed"}, "CORS rules for another origin")
def _(box):
    box.use_cors(lambda origin: cors_rules("https://wandb.example.com"))


@fault("bucket.cors-http-origin", {"bucket.cors-rules": "origin-not-allowed"}, "CORS rules for http:// where HOST is https://")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin.replace("https://", "http://")))


@fault("bucket.cors-origin-slash", {"bucket.cors-rules": "origin-not-allowed"}, "CORS rules for the origin with a slash behind it")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin + "/"))


@fault("bucket.cors-origin-without-port", {"bucket.cors-rules": "origin-not-allowed"}, "CORS rules for the origin without its port")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin.rpartition(":")[0]))


@fault("bucket.cors-no-headers", {"bucket.cors-rules": "headers-not-allowed"}, "CORS rules that allow no header")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin, headers=False))


@fault("bucket.cors-no-etag", {"bucket.cors-rules": "etag-not-exposed", "wandb.cors/upload": "etag-not-exposed"}, "CORS rules that do not expose ETag",
       status={"bucket.cors-rules": "warn", "wandb.cors/upload": "warn"})
def _(box):
    box.use_cors(lambda origin: cors_rules(origin, expose=()))


@fault("bucket.options-swallowed", {"bucket.preflight": "options-swallowed"}, "a proxy answers OPTIONS itself: 204, and nothing allowed")
def _(box):
    answer_methods(box, "OPTIONS", "return 204;")


@fault("bucket.options-refused", {"bucket.preflight": "refused"}, "a proxy admits GET, PUT and HEAD only")
def _(box):
    answer_methods(box, "OPTIONS", "return 405;")


@fault("bucket.cors-twice", {"bucket.preflight": "two-origins"}, "proxy and store both allow the origin: browsers refuse two headers")
def _(box):
    box.change_web().bucket.extra = "add_header Access-Control-Allow-Origin * always;"


# -- writing and reading

@fault("bucket.body-limit", {"bucket.round-trip/large": "body-too-large"}, "the proxy in front takes no more than its default of a megabyte")
def _(box):
    box.change_web().bucket.body_limit = "1m"


@fault("bucket.small-body-limit", {"bucket.round-trip/large": "body-too-large"}, "the proxy in front takes no more than a kilobyte")
def _(box):
    box.change_web().bucket.body_limit = "1k"


@fault("bucket.put-filtered", {"bucket.round-trip/put": "refused-by-proxy"}, "a web application firewall admits no PUT: 403 with its own page")
def _(box):
    answer_methods(box, "PUT", "default_type text/html; return 403 '<html><body>The requested URL was rejected. Please consult with your administrator.</body></html>';")


@fault("bucket.names-decoded", {"bucket.round-trip/names": "name-changed-on-the-way"}, "a proxy decodes %25 in paths, so that some names get another signature")
def _(box):
    box.store_behind(path=lambda path: path.replace("%25", "%"))


@fault("bucket.full", {"bucket.round-trip/put": "store-full"}, "the store is full")
def _(box):
    answer_methods(box, "PUT", s3_error("XMinioStorageFull", "Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.", 507))


@fault("bucket.quota", {"bucket.round-trip/put": "store-full"}, "the account's quota is used up")
def _(box):
    answer_methods(box, "PUT", s3_error("QuotaExceeded", "Quota exceeded", 403))


@fault("bucket.loses", {"bucket.round-trip/get": "not-stored"}, "the store acknowledges objects and keeps none")
def _(box):
    box.store_behind(keep=lambda method, path: method != "PUT")


@fault("bucket.corrupts", {"bucket.round-trip/get": "bytes-differ"}, "what comes back is not what was written")
def _(box):
    box.store_behind(change=lambda method, status, body: body[:-1] + b"?" if method == "GET" and status in (200, 206) and body and not body.startswith(b"<?xml") else body)


@fault("bucket.wrong-range", {"bucket.round-trip/range": "range-differs"}, "a range comes back from the object's beginning, as RGW 20's dbstore gives it")
def _(box):
    box.change_web().bucket.ranges = ""


@fault("bucket.range-ignored", {"bucket.round-trip/range": "range-ignored"}, "a proxy drops the Range header: every part is the whole", status={"bucket.round-trip/range": "warn"})
def _(box):
    box.change_web().bucket.ranges = 'proxy_set_header Range ""; max_ranges 0;'


@fault("bucket.keeps-deleted", {"bucket.round-trip/delete": "still-there"}, "the store acknowledges deletions and keeps the objects")
def _(box):
    box.store_behind(keep=lambda method, path: method != "DELETE")
    box.undo.append(box.empty_bucket)


# -- what must be refused

@fault("bucket.accepts-tampered", {"bucket.refuses/tampered": "signature-not-checked"}, "the store does not verify the signature of URLs")
def _(box):
    box.store_behind(accepts="tampered")


@fault("bucket.accepts-expired", {"bucket.refuses/expired": "expiry-not-checked"}, "the store takes URLs after their time")
def _(box):
    box.store_behind(accepts="expired")


@fault("bucket.accepts-other-method", {"bucket.refuses/other-method": "method-not-checked"}, "the store takes a URL that was signed for another method")
def _(box):
    box.store_behind(accepts="other-method")


@fault("bucket.accepts-other-key", {"bucket.refuses/wrong-key": "key-not-checked"}, "the URL of one object opens another")
def _(box):
    box.store_behind(accepts="other-key")
