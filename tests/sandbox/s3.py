"""Signature Version 4: a small client to arrange things in a store, and the arithmetic that a go-between needs."""
import base64
import datetime as dt
import hashlib
import hmac
import http.client
import re
import urllib.parse

from .prefix import SandboxError

CORS = """<CORSConfiguration><CORSRule>{origins}{methods}<AllowedHeader>*</AllowedHeader>{expose}<MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>"""


def cors_rules(*origins, methods=("GET", "PUT", "HEAD"), expose=("ETag",), headers=True):
    rules = CORS.format(origins="".join(f"<AllowedOrigin>{o}</AllowedOrigin>" for o in origins),
                        methods="".join(f"<AllowedMethod>{m}</AllowedMethod>" for m in methods),
                        expose="".join(f"<ExposeHeader>{h}</ExposeHeader>" for h in expose))
    return rules if headers else rules.replace("<AllowedHeader>*</AllowedHeader>", "")


def quote(text, safe="/"):
    return urllib.parse.quote(text, safe=safe + "~")


def utc(offset=0):
    return (dt.datetime.utcnow() + dt.timedelta(seconds=offset)).strftime("%Y%m%dT%H%M%SZ")


def canonical_query(pairs):
    return "&".join(sorted(f"{quote(k, '')}={quote(v, '')}" for k, v in pairs))


def signature(secret, method, raw_path, query, headers, signed, digest, date, scope):
    """`raw_path` as it stands in the request line; `headers` by lower-case name; `signed` their names in order."""
    canonical = "\n".join([method, raw_path, query, *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in signed), "", ";".join(signed), digest])
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signed_headers(method, raw_path, query, headers, digest, key, secret, region, date=None):
    """The headers with a signature; `query` is canonical."""
    date = date or utc()
    scope = f"{date[:8]}/{region}/s3/aws4_request"
    headers = {k.lower(): v for k, v in headers.items()} | {"x-amz-date": date, "x-amz-content-sha256": digest}
    signed = sorted(headers)
    value = signature(secret, method, raw_path, query, headers, signed, digest, date, scope)
    return headers | {"authorization": f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={';'.join(signed)}, Signature={value}"}


def presigned(method, base, path, key, secret, region, lifetime=3600, query=(), headers=None, clock=0):
    """A signed URL below `base` (scheme://host[:port]); `headers` are those that the request must carry besides Host."""
    date = utc(clock)
    scope = f"{date[:8]}/{region}/s3/aws4_request"
    headers = {name.lower(): value for name, value in (headers or {}).items()} | {"host": base.partition("://")[2]}
    signed = sorted(headers)
    pairs = [*query, ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", f"{key}/{scope}"), ("X-Amz-Date", date), ("X-Amz-Expires", str(lifetime)),
             ("X-Amz-SignedHeaders", ";".join(signed))]
    text, raw = canonical_query(pairs), quote(path)
    return f"{base}{raw}?{text}&X-Amz-Signature={signature(secret, method, raw, text, headers, signed, 'UNSIGNED-PAYLOAD', date, scope)}"


class S3:
    """Signed calls as one account of the store."""

    def __init__(self, port, key, secret, region="us-east-1"):
        self.port, self.key, self.secret, self.region = port, key, secret, region
        self.clock = 0   # seconds by which the store's clock is ahead

    def call(self, method, path, query="", body=b"", headers=None):
        return self.answer(method, path, query, body, headers)[::2]

    def answer(self, method, path, query="", body=b"", headers=None):
        """(status, headers, body)."""
        body = body.encode() if isinstance(body, str) else body
        raw = quote(path)
        query = canonical_query(urllib.parse.parse_qsl(query, keep_blank_values=True))
        all_headers = signed_headers(method, raw, query, {"host": f"127.0.0.1:{self.port}"} | (headers or {}), hashlib.sha256(body).hexdigest(),
                                     self.key, self.secret, self.region, utc(self.clock))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, raw + ("?" + query if query else ""), body or None, all_headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def must(self, *args, **options):
        status, data = self.call(*args, **options)
        if status >= 300:
            raise SandboxError(f"S3 {args[0]} {args[1]}: {status} {data[:300]!r}")
        return data

    def make_bucket(self, bucket, cors=None):
        self.must("PUT", f"/{bucket}")
        if cors:
            self.set_cors(bucket, cors)

    def set_cors(self, bucket, rules):
        self.must("PUT", f"/{bucket}", "cors", rules, {"content-md5": base64.b64encode(hashlib.md5(rules.encode()).digest()).decode()})

    def set_policy(self, bucket, *statements):
        """Statements as (effect, user or None for everybody, actions[, pattern of objects instead of all])."""
        import json
        document = {"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Principal": {"AWS": [f"arn:aws:iam:::user/{user}"]} if user else "*", "Action": [f"s3:{a}" for a in actions],
             "Resource": [f"arn:aws:s3:::{bucket}/{pattern[0]}"] if pattern else [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}
            for effect, user, actions, *pattern in statements]}
        self.must("PUT", f"/{bucket}", "policy", json.dumps(document))

    def keep_versions(self, bucket):
        self.must("PUT", f"/{bucket}", "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")

    def objects(self, bucket):
        found = re.findall(r"<Key>([^<]*)</Key>", self.must("GET", f"/{bucket}", "encoding-type=url").decode())
        return sorted(urllib.parse.unquote(name) for name in found)

    def drop_bucket(self, bucket):
        self.call("DELETE", f"/{bucket}", "policy")
        for name in self.objects(bucket):
            self.call("DELETE", f"/{bucket}/{name}")
        self.call("DELETE", f"/{bucket}")
