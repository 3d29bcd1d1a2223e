"""Stores that are unusual, and right."""
from ..lab import fault, near
from ..s3 import cors_rules
from .bucket import demand_region, leaf, show

USE = ["bucket.endpoint", "bucket.credentials", "bucket.exists", "bucket.preflight", "bucket.round-trip", "bucket.refuses"]


@near("bucket.minio", [*USE, "bucket.supported", "bucket.reachable", "bucket.tls", "bucket.region", "bucket.clock", "bucket.cors-rules"],
      "MinIO, which has no CORS rules and allows every origin", needs="minio")
def _(box):
    box.use_minio()


@near("bucket.minio-origin", [*USE, "bucket.cors-rules"], "MinIO with the right origin in its setting", needs="minio")
def _(box):
    box.use_minio(lambda: box.origin)


@fault("bucket.minio-wrong-origin", {"bucket.preflight": "origin-not-allowed"}, "MinIO with another origin in its setting", needs="minio")
def _(box):
    box.use_minio(lambda: "https://wandb.example.com")


@near("bucket.cors-star", ["bucket.cors-rules", "bucket.preflight"], "CORS rules for every origin, as W&B's Terraform modules set them")
def _(box):
    box.use_cors(lambda origin: cors_rules("*"))


@near("bucket.cors-two-origins", ["bucket.cors-rules", "bucket.preflight"], "CORS rules that list another origin first")
def _(box):
    box.use_cors(lambda origin: cors_rules("https://wandb.example.com", origin))


@near("bucket.cors-pattern", ["bucket.cors-rules", "bucket.preflight"], "CORS rules for a pattern of origins")
def _(box):
    box.use_cors(lambda origin: cors_rules("https://*" + origin.removeprefix("https://wandb")))


@near("bucket.cors-more", ["bucket.cors-rules", "bucket.preflight"], "CORS rules for more methods and headers than needed")
def _(box):
    box.use_cors(lambda origin: cors_rules(origin, methods=("GET", "PUT", "HEAD", "POST", "DELETE"), expose=("ETag", "x-amz-request-id", "Content-Length")))


@near("bucket.authorization-set", [*USE, "bucket.region", "bucket.refuses"], "a proxy that sets the Authorization header anew, as it came, and drops cookies")
def _(box):
    box.change_web().bucket.extra = 'proxy_set_header Authorization $http_authorization; proxy_set_header Cookie "";'


@near("bucket.prefix", [*USE, "bucket.supported"], "a folder within the bucket")
def _(box):
    box.bucket_url(prefix="/teams/wandb")


@near("bucket.region-in-url", ["bucket.region", "bucket.credentials"], "the region stands in BUCKET, and the store demands it")
def _(box):
    demand_region(box, "eu-central-1")
    box.bucket_url(query="?tls=true&region=eu-central-1")
    box.set("AWS_REGION", None)


@near("bucket.plain", ["bucket.reachable", "bucket.credentials", "bucket.round-trip", "bucket.supported"], "plain HTTP on loopback")
def _(box):
    box.change_web().bucket.certificate = None
    box.bucket_url(query="")


@near("bucket.least-rights", [*USE, "bucket.supported"], "an account with no more rights than W&B uses")
def _(box):
    box.policy(("Allow", box.store_user(), ["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "ListBucket", "ListBucketMultipartUploads", "ListMultipartUploadParts",
                                            "GetBucketLocation", "GetBucketCORS"]))


@near("bucket.wildcard", ["bucket.tls"], "a wildcard certificate")
def _(box):
    box.change_web().bucket.name = "eu.s3.localhost"
    show(box, leaf(box, "*.s3.localhost", san=["*.s3.localhost"]))


@near("bucket.http2", [*USE, "bucket.tls"], "HTTP/2 in front of the store, and TLS 1.2 only")
def _(box):
    site = box.change_web().bucket
    site.http2, site.protocols = True, "TLSv1.2"


@near("bucket.clock-a-little-off", ["bucket.clock", "bucket.credentials", "bucket.refuses"], "the store's clock is twenty seconds ahead")
def _(box):
    box.own_store(clock=20)
    box.change_web().bucket.extra = "proxy_pass_header Date;"


@near("bucket.behind-go-between", [*USE], "a proxy in front that changes nothing")
def _(box):
    box.store_behind()


@near("bucket.versioned", ["bucket.round-trip", "bucket.exists", "bucket.cleanup"], "a bucket with versions")
def _(box):
    box.own_store()
    box.rgw.s3.keep_versions(box.bucket)


@near("bucket.paths-merged", ["bucket.round-trip", "bucket.credentials"], "a proxy that merges slashes, of which no name of W&B's has two")
def _(box):
    box.change_web().bucket.path = "/"


@near("bucket.full-of-objects", ["bucket.exists", "bucket.round-trip"], "other people's objects with difficult names")
def _(box):
    names = ["a b+c.txt", "x/%2F//y", "ünï.bin", "?&=#", "~!*'()"]
    for name in names:
        box.rgw.s3.must("PUT", f"/{box.bucket}/{name}", "", b"kept")
    box.undo.append(lambda: [box.parent.rgw.s3.call("DELETE", f"/{box.bucket}/{name}") for name in names])
