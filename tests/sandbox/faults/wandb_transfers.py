"""The store as clients meet it by signed URLs, refusing, or hidden by something in front of it. BUCKET leads to the right one."""
from ..forge import forge
from ..gateway import Gateway
from ..lab import fault
from .bucket import answer_methods, s3_error
from .host import page

WARN, UNKNOWN = "warn", "unknown"
DOWNLOADS = ("direct_host", "redirect_host")


def declare(name, kills, text, change, status=None):
    @fault(f"wandb.{name}", kills, text, status=dict.fromkeys(kills, status) if status else {})
    def _(box):
        change(box)


def put_answers(directives):
    return lambda box: answer_methods(box, "PUT", directives, box.clients_store())


# -- refusals of uploads

for _name, _cause, _text, _directives, _status in [
    ("put-unknown-key", "unknown-access-key", "the key that the server signs with was deleted", s3_error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403), None),
    ("put-old-token", "expired-token", "the server signs with temporary credentials that ended", s3_error("ExpiredToken", "The provided token has expired.", 400), None),
    ("put-region", "wrong-region", "the server signs for another region", s3_error("AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-central-1'", 400), None),
    ("put-length", "length-required", "a proxy passes bodies on without their length", s3_error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411), None),
    ("put-digest", "checksum-refused", "a virus scanner changes bodies", s3_error("BadDigest", "The Content-MD5 you specified did not match what we received.", 400), None),
    ("put-busy", "store-busy", "the store asks for patience", s3_error("SlowDown", "Please reduce your request rate.", 503), UNKNOWN),
    ("put-filtered", "refused-by-proxy", "an application firewall refuses PUT with its own page", page("<html><body>The requested URL was rejected. Please consult with your administrator.</body></html>", 403), None),
    ("put-503", "unavailable", "the balancer of the store has no healthy member", page("<html><h1>503 Service Temporarily Unavailable</h1></html>", 503), None),
    ("put-504", "gateway-timeout", "the store hangs until its proxy gives up", page("<html><h1>504 Gateway Time-out</h1></html>", 504), None),
    ("put-redirect", "redirected", "the proxy before the store sends to another address", "return 301 https://$host$request_uri;", None),
    ("put-page", "html-page", "a front end answers 200 and a page to uploads", page("<!doctype html><html><head><title>Weights &amp; Biases</title></head></html>"), None),
    ("put-closed", "closed", "a firewall ends the connection in the middle of an upload", "return 444;", None),
    ("put-odd", "refused", "the store refuses for a reason of its own", s3_error("InvalidRequest", "Your request is odd.", 400), None),
]:
    declare(_name, {"wandb.upload": _cause}, _text, put_answers(_directives), _status)
declare("no-such-bucket", {"wandb.upload": "no-such-bucket"}, "the team's bucket was deleted", lambda box: box.wandb(buckets={"sandbox": "wandb-deleted"}))
declare("names-decoded", {"wandb.upload": "name-changed-on-the-way"}, "a proxy before the store decodes names, so that some get another signature",
        lambda box: box.clients_store(upstream=box.add(Gateway(box.rgw, path=lambda path: path.replace("%25", "%"))).port))

# -- who it is

declare("store-other-name", {"wandb.store/tls": "hostname-mismatch"}, "the store's certificate is for another name",
        lambda box: box.wandb(upload_host=f"store.localhost:{box.listener('silent', box.authority.leaf('minio.localhost'))}"))
declare("store-expired", {"wandb.store/tls": "expired"}, "the store's certificate ended", lambda box: box.wandb(
    upload_host=f"store.localhost:{box.listener('silent', forge('store.localhost', box.authority.intermediate, ['store.localhost'], days=(-90, -1)))}"))

# -- pages

declare("cors-swallowed", {"wandb.cors/upload-preflight": "options-swallowed"}, "a proxy before the store answers OPTIONS itself: 204, and nothing allowed",
        lambda box: answer_methods(box, "OPTIONS", "return 204;", box.clients_store()))
declare("cors-twice", {"wandb.cors": "two-origins"}, "proxy and store both let the page in: browsers refuse two headers",
        lambda box: box.clients_store(("upload_host", *DOWNLOADS), extra="add_header Access-Control-Allow-Origin * always;"))
declare("cors-no-etag", {"wandb.cors/upload": "etag-not-exposed"}, "a proxy hides that the ETag may be read",
        lambda box: box.clients_store(extra="proxy_hide_header Access-Control-Expose-Headers;"), WARN)
declare("cors-redirect", {"wandb.cors/upload-preflight": "redirected"}, "OPTIONS is redirected", lambda box: answer_methods(box, "OPTIONS", "return 307 https://$host/;", box.clients_store()))

# -- downloads

declare("range-ignored", {"wandb.download/range": "range-ignored"}, "a proxy drops Range: every part is the whole",
        lambda box: box.clients_store(DOWNLOADS, ranges='proxy_set_header Range ""; max_ranges 0;'), WARN)
declare("range-differs", {"wandb.download/range": "range-differs"}, "a range comes back from the file's beginning", lambda box: box.clients_store(DOWNLOADS, ranges=""))
declare("get-404", {"wandb.download": "not-stored"}, "the server looks for files in another bucket than it has clients write to",
        lambda box: answer_methods(box, "GET", s3_error("NoSuchKey", "The specified key does not exist.", 404), box.clients_store(DOWNLOADS)))
declare("get-page", {"wandb.download": "html-page"}, "a front end answers downloads with its page",
        lambda box: answer_methods(box, "GET", page("<!doctype html><html><head><title>Weights &amp; Biases</title></head></html>"), box.clients_store(DOWNLOADS)))
