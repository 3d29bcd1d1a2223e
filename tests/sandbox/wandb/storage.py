"""Where the files are: the buckets of the sandbox's real store, by the server's own calls and by signed URLs for clients."""
import base64
import mimetypes
import re
import threading
from dataclasses import dataclass

from ..s3 import S3, presigned


@dataclass
class Stored:
    """What the store says about an object."""
    size: int
    md5: str         # base64; of an object that came in parts it is what the store calls its ETag
    mimetype: str


class Storage:
    """`public` is the store's address for clients, `bucket` the installation's; the rest is how the server itself reaches the store."""

    def __init__(self, port, key, secret, region, public, bucket):
        self.s3, self.public, self.bucket = S3(port, key, secret, region), public, bucket
        self.keys, self.lock = set(), threading.Lock()   # (bucket, key) of every object that somebody may have written here

    # -- signed URLs

    def url(self, behaviour, user, method, bucket, key, host=None, lifetime=None, headers=None, query=()):
        base = self.public if not host else host if "://" in host else self.public.partition("://")[0] + "://" + host
        query = [*query, ("X-User", user.username)] if user else query
        return presigned(method, base, f"/{bucket}/{key}", self.s3.key, behaviour.signer_secret or self.s3.secret, self.s3.region,
                         lifetime or behaviour.url_lifetime, query, headers, self.s3.clock + behaviour.signer_clock)

    def upload_url(self, behaviour, user, bucket, key, headers=None, query=()):
        with self.lock:
            self.keys.add((bucket, key))
        return self.url(behaviour, user, "PUT", bucket, key, behaviour.upload_host, headers=headers, query=query)

    def direct_url(self, behaviour, user, bucket, key):
        return self.url(behaviour, user, "GET", bucket, key, behaviour.direct_host, min(3600, behaviour.url_lifetime))

    def redirect_url(self, behaviour, user, bucket, key):
        return self.url(behaviour, user, "GET", bucket, key, behaviour.redirect_host, min(3600, behaviour.url_lifetime))

    # -- the server's own calls

    def look(self, bucket, key):
        """What is there, or None."""
        status, headers, _ = self.s3.answer("HEAD", f"/{bucket}/{key}")
        if status != 200:
            return None
        etag = (headers.get("ETag") or "").strip('"')
        digest = base64.b64encode(bytes.fromhex(etag)).decode() if re.fullmatch("[0-9a-f]{32}", etag) else etag
        return Stored(int(headers.get("Content-Length") or 0), digest, mimetypes.guess_type(key)[0] or headers.get("Content-Type") or "application/octet-stream")

    def read(self, bucket, key):
        status, data = self.s3.call("GET", f"/{bucket}/{key}")
        return data if status == 200 else None

    def spoil(self, bucket, key):
        """Changes a byte of the object."""
        data = self.read(bucket, key)
        if data:
            self.s3.must("PUT", f"/{bucket}/{key}", "", bytes([data[0] ^ 1]) + data[1:])

    def drop(self, bucket, keys):
        for key in keys:
            self.s3.call("DELETE", f"/{bucket}/{key}")
            with self.lock:
                self.keys.discard((bucket, key))

    def begin_parts(self, bucket, key):
        """The id of an upload in parts."""
        return re.search(r"<UploadId>([^<]+)</UploadId>", self.s3.must("POST", f"/{bucket}/{key}", "uploads").decode())[1]

    def finish_parts(self, bucket, key, upload, parts):
        """`parts`: (number, ETag)."""
        body = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
        self.s3.must("POST", f"/{bucket}/{key}", f"uploadId={upload}", f"<CompleteMultipartUpload>{body}</CompleteMultipartUpload>")

    def abort_parts(self, bucket, key, upload):
        self.s3.call("DELETE", f"/{bucket}/{key}", f"uploadId={upload}")

    def empty(self):
        """Removes every object that was written by a URL of this server."""
        with self.lock:
            keys, self.keys = self.keys, set()
        for bucket, key in keys:
            self.s3.call("DELETE", f"/{bucket}/{key}")
