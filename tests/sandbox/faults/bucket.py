"""The object store, broken: connection, credentials, the bucket itself."""
from ..lab import fault

UNKNOWN = "unknown"
READ = ["GetObject", "ListBucket", "GetBucketLocation", "GetBucketCORS", "GetBucketVersioning"]


def instead(box, kind):
    """A misbehaving listener where the store should be."""
    box.bucket_url(port=box.listener(kind))


def inside_tls(box, kind):
    box.bucket_url(port=box.listener(kind, box.parent.web.bucket.certificate))


def s3_error(code, message, status, more=""):
    """A fixed answer of the store, as nginx gives it."""
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>tx0000012345</RequestId></Error>"
    return f'default_type application/xml; return {status} "{body}";'


def answer_all(box, directives):
    box.change_web().bucket.body = "    location / { " + directives + " }"


def answer_methods(box, methods, directives, site=None):
    """Requests with other methods reach the store. `site`: another address than that of BUCKET."""
    (site or box.change_web().bucket).before = f"""    if ($request_method ~ ^({methods})$) {{ rewrite ^ /__fixed last; }}
    location = /__fixed {{ internal; {directives} }}"""


# -- no connection, or no store

@fault("bucket.refused", {"bucket.reachable": "refused"}, "nothing listens on the port")
def _(box):
    instead(box, "refused")


@fault("bucket.drops", {"bucket.reachable": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    instead(box, "drops")


@fault("bucket.silent", {"bucket.tls": "timed-out"}, "accepts connections and never answers", status={"bucket.tls": UNKNOWN})
def _(box):
    instead(box, "silent")


@fault("bucket.drip", {"bucket.tls": "plain-http"}, "one byte a second")
def _(box):
    instead(box, "drip")


@fault("bucket.ssh", {"bucket.tls": "not-tls"}, "an SSH server")
def _(box):
    instead(box, "ssh")


@fault("bucket.plain-http", {"bucket.tls": "plain-http"}, "tls=true, and the store speaks plain HTTP")
def _(box):
    box.change_web().bucket.certificate = None


@fault("bucket.hangs", {"bucket.endpoint": "timed-out"}, "requests are taken and never answered", status={"bucket.endpoint": UNKNOWN})
def _(box):
    inside_tls(box, "silent-after-request")


@fault("bucket.closes", {"bucket.endpoint": "closed"}, "every request is answered by the end of the connection")
def _(box):
    inside_tls(box, "closed-after-request")


@fault("bucket.not-http", {"bucket.endpoint": "not-http"}, "a mail server behind the right certificate")
def _(box):
    inside_tls(box, "smtp")


@fault("bucket.web-server", {"bucket.endpoint": "web-page"}, "a web server and no store")
def _(box):
    inside_tls(box, "http-page")


@fault("bucket.hostile", {"bucket.endpoint": "web-page"}, "an error page full of escape sequences and broken text")
def _(box):
    inside_tls(box, "hostile-page")


@fault("bucket.hostile-error", {"bucket.credentials": "access-denied"}, "a refusal in XML, full of escape sequences")
def _(box):
    answer_all(box, s3_error("Ugly\x1b[31m\u202e\u009b2J", "\x1b]0;owned\x07 \x1b[2J\u202etxt.exe", 403))


@fault("bucket.xml-bomb", {"bucket.endpoint": "not-s3"}, "a document that grows without bounds in a careless parser")
def _(box):
    inside_tls(box, "xml-bomb")


@fault("bucket.huge-headers", {"bucket.endpoint": "headers-too-large"}, "four megabytes of headers")
def _(box):
    inside_tls(box, "huge-headers")


@fault("bucket.endless-body", {"bucket.endpoint": "web-page"}, "pages without an end")
def _(box):
    inside_tls(box, "endless-body")


@fault("bucket.console", {"bucket.endpoint": "console-port"}, "the port of the MinIO console")
def _(box):
    answer_all(box, "default_type text/html; return 200 '<!doctype html><html><head><title>MinIO Console</title></head></html>';")


@fault("bucket.bad-gateway", {"bucket.endpoint": "store-down"}, "the proxy in front finds no store behind it: 502")
def _(box):
    box.change_web().bucket.upstream = box.listener("refused")


@fault("bucket.slow-down", {"bucket.endpoint": "store-error"}, "the store asks everybody to slow down")
def _(box):
    answer_all(box, s3_error("SlowDown", "Please reduce your request rate.", 503))


# -- credentials

@fault("bucket.wrong-secret", {"bucket.credentials": "signature-mismatch"}, "another secret than the key's")
def _(box):
    box.bucket_url(secret="wbTestSecretKey/with+slash0000")


@fault("bucket.wrong-key", {"bucket.credentials": "unknown-access-key"}, "a key that the store does not know")
def _(box):
    box.bucket_url(key="AKNOSUCHKEY000000001")


@fault("bucket.host-rewritten", {"bucket.credentials": "host-rewritten"}, "a proxy in front changes the Host header, which is signed")
def _(box):
    box.change_web().bucket.host_header = "$proxy_host"


@fault("bucket.port-lost", {"bucket.credentials": "port-lost"}, "a proxy in front drops the port of the Host header")
def _(box):
    box.change_web().bucket.host_header = "$host"


@fault("bucket.authorization-dropped", {"bucket.credentials": "authorization-dropped"}, "a proxy in front drops the Authorization header")
def _(box):
    box.change_web().bucket.extra = 'proxy_set_header Authorization "";'


@fault("bucket.clock", {"bucket.clock": "clock-skew"}, "the store's clock is two hours ahead")
def _(box):
    box.own_store(clock=7200)
    box.change_web().bucket.extra = "proxy_pass_header Date;"


@fault("bucket.clock-behind", {"bucket.clock": "clock-skew"}, "the store's clock is an hour behind")
def _(box):
    box.own_store(clock=-3600)
    box.change_web().bucket.extra = "proxy_pass_header Date;"


# -- the bucket

@fault("bucket.missing", {"bucket.exists": "no-such-bucket"}, "the bucket does not exist")
def _(box):
    box.bucket_url(bucket="wandb-filez")


@fault("bucket.denied", {"bucket.exists": "owned-by-another"}, "the account has no right to the bucket")
def _(box):
    box.store_user()


@fault("bucket.read-only", {"bucket.round-trip/put": "put-denied", "bucket.round-trip/delete": "delete-denied"}, "the account may read and list, and not write")
def _(box):
    box.policy(("Allow", box.store_user(), READ))


@fault("bucket.no-delete", {"bucket.round-trip/delete": "delete-denied"}, "the account may do everything but delete")
def _(box):
    user = box.store_user()
    box.undo.append(box.empty_bucket)
    box.policy(("Allow", user, [*READ, "PutObject", "AbortMultipartUpload"]), ("Deny", user, ["DeleteObject"]))


@fault("bucket.no-read", {"bucket.round-trip/get": "get-denied"}, "the account may write and list, and not read")
def _(box):
    user = box.store_user()
    # Whoever writes an object owns it, and may read it unless that is forbidden.
    box.policy(("Allow", user, ["PutObject", "DeleteObject", "ListBucket", "GetBucketLocation", "GetBucketCORS", "GetBucketVersioning"]), ("Deny", user, ["GetObject"]))


@fault("bucket.some-stay", {"bucket.cleanup": "left-behind"}, "some objects cannot be deleted: a retention holds them")
def _(box):
    box.undo.append(box.empty_bucket)
    box.policy(("Deny", None, ["DeleteObject"], "*large.bin"))


@fault("bucket.versions-stay", {"bucket.cleanup": "versions-left"}, "the bucket keeps versions, and the keys may not remove them", status={"bucket.cleanup": "warn"})
def _(box):
    box.own_store()
    box.rgw.s3.keep_versions(box.bucket)
    box.rgw.s3.set_policy(box.bucket, ("Deny", None, ["DeleteObjectVersion"]))


@fault("bucket.open-to-all", {"bucket.refuses/anonymous": "public-read"}, "everybody may list and read", status={"bucket.refuses/anonymous": "warn"})
def _(box):
    box.policy(("Allow", None, ["GetObject", "ListBucket"]))


@fault("bucket.wrong-region", {"bucket.region": "wrong-region"}, "the bucket is in another region than AWS_REGION says")
def _(box):
    demand_region(box, "eu-central-1")


def demand_region(box, region):
    """A front that, like Amazon and MinIO, refuses signatures for another region than its own; RGW takes any."""
    malformed = s3_error("AuthorizationHeaderMalformed", f"The authorization header is malformed; the region is wrong; expecting '{region}'.", 400, f"<Region>{region}</Region>")
    malformed_query = malformed.replace("AuthorizationHeaderMalformed", "AuthorizationQueryParametersError")
    box.change_web().bucket.before = f"""    set $wrong "";
    if ($http_authorization) {{ set $wrong header; }}
    if ($http_authorization ~ "/{region}/s3/") {{ set $wrong ""; }}
    if ($arg_x_amz_credential) {{ set $wrong query; }}
    if ($arg_x_amz_credential ~* "%2F{region}%2Fs3|/{region}/s3") {{ set $wrong ""; }}
    if ($wrong = header) {{ rewrite ^ /__header last; }}
    if ($wrong = query) {{ rewrite ^ /__query last; }}
    location = /__header {{ internal; {malformed} }}
    location = /__query {{ internal; {malformed_query} }}"""


# -- TLS

def leaf(box, *names, **options):
    from ..forge import forge
    return forge(names[0], options.pop("issuer", box.authority.intermediate), options.pop("san", names), slot="store", **options)


def show(box, certificate, **options):
    site = box.change_web().bucket
    site.certificate = certificate
    for name, value in options.items():
        setattr(site, name, value)


@fault("bucket.tls-untrusted", {"bucket.tls": "untrusted-root"}, "a certificate of a CA that is not trusted here")
def _(box):
    from ..forge import ForgedAuthority
    show(box, leaf(box, "s3.localhost", issuer=ForgedAuthority().intermediate))


@fault("bucket.tls-self-signed", {"bucket.tls": "self-signed-leaf"}, "MinIO's certificate signed by itself")
def _(box):
    show(box, leaf(box, "s3.localhost", issuer=None))


@fault("bucket.tls-expired", {"bucket.tls": "expired"}, "the certificate ended a month ago")
def _(box):
    show(box, leaf(box, "s3.localhost", days=(-90, -30)))


@fault("bucket.tls-name", {"bucket.tls": "hostname-mismatch"}, "a certificate for the node's own name")
def _(box):
    show(box, leaf(box, "minio-0.minio.svc.cluster.local"))


@fault("bucket.tls-missing-intermediate", {"bucket.tls": "missing-intermediate"}, "public.crt holds the server's certificate alone")
def _(box):
    show(box, leaf(box, "s3.localhost", chain=[]))


@fault("bucket.tls-old", {"bucket.tls": "old-protocol-only"}, "TLS 1.1 only")
def _(box):
    show(box, leaf(box, "s3.localhost", kind="2048"), protocols="TLSv1 TLSv1.1", http2=False, tls="ssl_ciphers DEFAULT@SECLEVEL=0;")
