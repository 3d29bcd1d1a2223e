"""Where the files are: the buckets of the sandbox's real store, by the server's own calls and by signed URLs for clients."""
import base64
import hashlib
import mimetypes
import re
import secrets
import threading
from dataclasses import dataclass

from ..prefix import SandboxError
from ..s3 import S3, presigned


@dataclass
class Stored:
    """What the store says about an object."""
    size: int
    md5: str         # base64; of an object that came in parts it is what the store calls its ETag
    mimetype: str


class Storage:
    """`public` is the store's address for clients, `bucket` the installation's; the rest is how the server itself reaches the store. `parts`: the store
    puts uploads in parts together; RGW 20's dbstore, once they are, answers with the last part's bytes over and over, and the server does it instead."""

    def __init__(self, port, key, secret, region, public, bucket, parts=False):
        self.s3, self.public, self.bucket, self.parts = S3(port, key, secret, region), public, bucket, parts
        self.keys, self.lock = set(), threading.Lock()   # (bucket, key) of every object that somebody may have written here

    # -- signed URLs

    def url(self, context, method, bucket, key, host=None, lifetime=None, headers=None, query=()):
        """`host`: in place of the store's address."""
        behaviour = context.standin.behaviour
        public = context.own_address if behaviour.bucket_proxy else self.public
        base = public if not host else host if "://" in host else public.partition("://")[0] + "://" + host
        query = [*query, ("X-User", context.viewer.username)] if context.viewer else query
        url = presigned(method, base, f"/{bucket}/{key}", self.s3.key, behaviour.signer_secret or self.s3.secret, self.s3.region,
                        lifetime or behaviour.url_lifetime, query, headers, self.s3.clock + behaviour.signer_clock)
        context.standin.given.append(url.rpartition("=")[2])
        return url

    def upload_url(self, context, bucket, key, headers=None, query=()):
        with self.lock:
            self.keys.add((bucket, key))
        return self.url(context, "PUT", bucket, key, context.standin.behaviour.upload_host, headers=headers, query=query)

    def direct_url(self, context, bucket, key):
        behaviour = context.standin.behaviour
        return self.url(context, "GET", bucket, key, behaviour.direct_host, min(3600, behaviour.url_lifetime))

    def redirect_url(self, context, bucket, key):
        behaviour = context.standin.behaviour
        return self.url(context, "GET", bucket, key, behaviour.redirect_host, min(3600, behaviour.url_lifetime))

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

    # -- uploads in parts

    def begin_parts(self, bucket, key):
        """The id of an upload in parts."""
        if not self.parts:
            return secrets.token_hex(16)
        return re.search(r"<UploadId>([^<]+)</UploadId>", self.s3.must("POST", f"/{bucket}/{key}", "uploads").decode())[1]

    def part_url(self, context, bucket, key, upload, number):
        if not self.parts:
            return self.upload_url(context, bucket, f"{key}.{upload}.{number}")
        return self.upload_url(context, bucket, key, query=[("partNumber", str(number)), ("uploadId", upload)])

    def finish_parts(self, bucket, key, upload, parts):
        """`parts`: (number, ETag) of each. Raises SandboxError when one is missing or another than was told."""
        if self.parts:
            body = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
            self.s3.must("POST", f"/{bucket}/{key}", f"uploadId={upload}", f"<CompleteMultipartUpload>{body}</CompleteMultipartUpload>")
            return
        data = [self.read(bucket, f"{key}.{upload}.{number}") for number, _ in parts]
        for piece, (number, etag) in zip(data, parts):
            if piece is None or hashlib.md5(piece).hexdigest() != etag.strip('"'):
                raise SandboxError(f"part {number} is not what was announced")
        self.s3.must("PUT", f"/{bucket}/{key}", "", b"".join(data))
        self.drop(bucket, [f"{key}.{upload}.{number}" for number, _ in parts])
        with self.lock:
            self.keys.add((bucket, key))

    def abort_parts(self, bucket, key, upload):
        if self.parts:
            self.s3.call("DELETE", f"/{bucket}/{key}", f"uploadId={upload}")
            return
        with self.lock:
            parts = [own for where, own in self.keys if where == bucket and own.startswith(f"{key}.{upload}.")]
        self.drop(bucket, parts)

    def empty(self):
        """Removes every object that was written by a URL of this server."""
        with self.lock:
            keys, self.keys = self.keys, set()
        for bucket, key in keys:
            self.s3.call("DELETE", f"/{bucket}/{key}")
