"""What people with a W&B Server of their own reported, made again. README.md lists every report with its number."""
from ..lab import fault, near
from ..wandb.behaviour import Reply, graphql_error, page, rest_error
from .bucket import answer_methods, s3_error
from .host import one_path


# -- files: the way to the store

@fault("wandb.md5-dropped", {"wandb.artifact/upload": "content-md5-refused"}, "a proxy before the store drops Content-MD5, which is part of the signature of an artifact's files")
def _(box):
    box.clients_store(extra='proxy_set_header Content-MD5 "";')


@fault("wandb.bad-digest", {"wandb.artifact/upload": "content-md5-refused"}, "what arrives at the store is not what Content-MD5 says")
def _(box):
    site = box.clients_store()
    answer = s3_error("BadDigest", "The Content-Md5 you specified did not match what we received.", 400)
    site.before = f"    if ($http_content_md5) {{ rewrite ^ /__digest last; }}\n    location = /__digest {{ internal; {answer} }}"


@fault("wandb.port-forward", {"wandb.upload": "signature-mismatch"}, "a tunnel puts its own Host into requests to the store")
def _(box):
    box.clients_store(host_header="127.0.0.1:9000")


@fault("wandb.port-forward-told", {"wandb.upload": "host-rewritten"}, "the same before Amazon's store, which tells what it verified")
def _(box):
    seen = "<CanonicalRequest>PUT\n/wandb-files/x\nX-Amz-Expires=86400\nhost:127.0.0.1:9000\n\nhost\nUNSIGNED-PAYLOAD</CanonicalRequest>"
    answer_methods(box, "PUT", s3_error("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.", 403, seen), box.clients_store())


@fault("wandb.frontend-localhost", {"wandb.upload-url": "localhost"}, "upload URLs lead to localhost, as from a server that was not told its address")
def _(box):
    box.change_web().host.name = "wandb.wandb.test"
    box.name_in_zone("wandb")
    box.wandb(upload_host="localhost:8080")


@fault("wandb.file-container", {"wandb.download/route": "inside-name"}, "the addresses of files have the name of a container")
def _(box):
    box.wandb(file_host="wandb-app:8080")


@fault("wandb.proxied-405", {"wandb.upload": "not-found"}, "files go through HOST (BUCKET_PROXY), where nothing takes a PUT")
def _(box):
    box.wandb(bucket_proxy=True)
    box.change_web().host.before = "    location /wandb-files/ { return 405; }"


@fault("wandb.basic-auth-added", {"wandb.upload": "signed-url-refused"}, "a proxy adds a log-in of its own to requests that carry a signature; Ceph does not say so")
def _(box):
    box.clients_store(extra='proxy_set_header Authorization "Basic dXNlcjpwYXNzd29yZA==";')


@fault("wandb.basic-auth-refused", {"wandb.upload": "two-credentials"}, "the same, as Amazon words it")
def _(box):
    answer_methods(box, "PUT", s3_error("InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the "
                                        "Authorization header should be specified", 400), box.clients_store())


@fault("wandb.store-down", {"wandb.upload": "bad-gateway"}, "the bundled store refuses to start, and the proxy in front of it has nobody to ask")
def _(box):
    box.clients_store(upstream=box.listener("refused"))


@fault("wandb.store-full", {"wandb.upload": "store-full"}, "the disk behind the store is full: 507")
def _(box):
    answer_methods(box, "PUT", s3_error("XMinioStorageFull", "Storage backend has reached its minimum free drive threshold.", 507), box.clients_store())


@fault("wandb.store-limit", {"wandb.upload": "body-too-large"}, "the proxy before the store takes a kilobyte")
def _(box):
    box.clients_store(body_limit="1k")


@fault("wandb.kms", {"wandb.upload": "key-management"}, "the server's role may not use the key that the bucket encrypts with")
def _(box):
    answer_methods(box, "PUT", s3_error("AccessDenied", "User: arn:aws:sts::123456789012:assumed-role/wandb/i-0 is not authorized to perform: kms:GenerateDataKey on resource: "
                                        "arn:aws:kms:eu-central-1:123456789012:key/1 because no identity-based policy allows the kms:GenerateDataKey action", 403), box.clients_store())


@fault("wandb.queue-silent", {"config.consistent/BUCKET_QUEUE": "queue-of-another-store", "wandb.registered": "queue-silent"},
       "the server waits for announcements of the bucket that never come")
def _(box):
    box.set("BUCKET_QUEUE", "sqs://wandb-file-storage")
    box.wandb(lost=("files",))


# -- the server behind the API

@fault("wandb.licence-garbled", {"wandb.login": "licence-refused"}, "the licence was cut off when it was pasted")
def _(box):
    box.wandb(replies={"viewer": graphql_error("invalid license: square/go-jose: compact JWS format must have three parts", 500, None, ["viewer"])})


@fault("wandb.no-egress", {"wandb.entity": "server-cannot-connect"}, "the server asks W&B for its licence and cannot resolve the name")
def _(box):
    box.wandb(replies={"upsertBucket": rest_error('Post "https://api.wandb.ai/license/validate": dial tcp: lookup api.wandb.ai on 10.96.0.10:53: no such host', 500)})


@fault("wandb.names-refused", {"wandb.history": "database-error"}, "names of metrics beyond ASCII make the database end the request")
def _(box):
    box.wandb(charset="strict")


@fault("wandb.database-gone", {"wandb.entity": "database-error"}, "the bundled database ended, and the server cannot connect to it")
def _(box):
    box.wandb(replies={"upsertBucket": rest_error("dial tcp 127.0.0.1:3306: connect: connection refused", 500)})


@fault("wandb.dirty-database", {"wandb.api": "database-error"}, "an upgrade was interrupted in the middle of its migrations")
def _(box):
    box.wandb(replies={"/graphql": rest_error("Dirty database version 218. Fix and force version.", 500)})


@fault("wandb.redis-full", {"wandb.entity": "redis-error"}, "Redis is full and takes no commands")
def _(box):
    box.wandb(replies={"upsertBucket": graphql_error("OOM command not allowed when used memory > 'maxmemory'.", 500, None, ["upsertBucket"])})


@fault("wandb.slow-query", {"wandb.entity": "gateway-timeout"}, "a query takes the database longer than the proxy waits")
def _(box):
    box.wandb(replies={"upsertBucket": page("504 Gateway Time-out", 504)})


# -- something else answers

@fault("wandb.proxy-407", {"wandb.api": "proxy-login-required"}, "HOST is reached by way of a proxy that wants a log-in of its own")
def _(box):
    one_path(box, "/graphql", "return 407;")


@fault("wandb.proxy-400", {"wandb.api": "filter-page"}, "HOST is a forward proxy: to a request without a whole URL it answers 400 and a page")
def _(box):
    box.wandb(replies={"/graphql": Reply(400, "<html><head><title>ERROR: The requested URL could not be retrieved</title></head><body>Invalid URL</body></html>", "text/html",
                                         (("X-Cache", "NONE from proxy"),))})


@near("wandb.near-no-version-text", ["wandb.api", "wandb.login", "wandb.version", "wandb.clients"], "a server that does not know versionOnThisInstanceString")
def _(box):
    box.wandb(without=frozenset({"LocalVersionInfo.versionOnThisInstanceString"}))
