"""A go-between in front of the store that accepts what a store must refuse, or loses what it was given."""
import calendar
import hashlib
import http.client
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .s3 import canonical_query, signature, signed_headers

METHODS = ("GET", "PUT", "HEAD", "DELETE", "POST")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"}


class Presigned:
    """The signature in a URL, taken apart."""

    def __init__(self, target):
        self.path, _, query = target.partition("?")
        self.pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.fields = {k.lower(): v for k, v in self.pairs}
        self.signed = "x-amz-signature" in self.fields

    def right_for(self, method, headers, secret, path=None):
        pairs = [(k, v) for k, v in self.pairs if k.lower() != "x-amz-signature"]
        names = self.fields.get("x-amz-signedheaders", "host").split(";")
        scope = "/".join(self.fields.get("x-amz-credential", "").split("/")[1:])
        digest = self.fields.get("x-amz-content-sha256") or headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        return self.fields["x-amz-signature"] == signature(secret, method, path or self.path, canonical_query(pairs), headers, names, digest,
                                                           self.fields.get("x-amz-date", ""), scope)

    def expired(self):
        begun = calendar.timegm(time.strptime(self.fields.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ"))
        return time.time() > begun + int(self.fields.get("x-amz-expires", "0"))

    def unsigned_query(self):
        return canonical_query([(k, v) for k, v in self.pairs if not k.lower().startswith("x-amz-")])


class Gateway:
    """`accepts` is what it lets pass: `tampered`, `expired`, `other-method`, `other-key` or nothing; `change(method, status, body)` alters answers;
    `keep(method, path)` says whether a rightly signed request reaches the store at all; `path` alters the path."""

    def __init__(self, store, accepts="", change=None, keep=None, path=None):
        self.store, self.accepts, self.change, self.path = store, accepts, change, path or (lambda text: text)
        self.paths = set()
        self.keep = keep or (lambda method, path: True)
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                gateway.serve(self)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = do_OPTIONS = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def lets_pass(self, method, presigned, headers):
        if not presigned.signed or not self.accepts:
            return False
        secret = self.store.secret
        if self.accepts == "expired":
            return presigned.right_for(method, headers, secret)
        if presigned.expired():
            return False
        if self.accepts == "other-key":
            return self.remembered(method, presigned, headers)
        return self.accepts == "tampered" or any(presigned.right_for(other, headers, secret) for other in METHODS)

    def remembered(self, method, presigned, headers):
        """The signature is right for this object, or for another that was asked for before."""
        paths = {*self.paths, presigned.path}
        right = next((path for path in paths if presigned.right_for(method, headers, self.store.secret, path)), None)
        self.paths.add(presigned.path)
        return right is not None

    @staticmethod
    def body_of(request):
        if "chunked" in request.headers.get("Transfer-Encoding", ""):
            parts = []
            while True:
                size = int(request.rfile.readline().split(b";")[0], 16)
                parts.append(request.rfile.read(size))
                request.rfile.readline()
                if size == 0:
                    return b"".join(parts)
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))

    def serve(self, request):
        method, body = request.command, self.body_of(request)
        headers = {k.lower(): v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
        target, presigned = request.path, Presigned(request.path)
        if method != "OPTIONS" and self.lets_pass(method, presigned, headers):
            query = presigned.unsigned_query()
            headers.pop("authorization", None)
            headers = signed_headers(method, presigned.path, query, headers, hashlib.sha256(body).hexdigest(), self.store.key, self.store.secret, self.store.region)
            target = presigned.path + ("?" + query if query else "")
        if not self.keep(method, presigned.path) and (not presigned.signed or presigned.right_for(method, headers, self.store.secret) and not presigned.expired()):
            self.answer(request, 200, [("ETag", f'"{hashlib.md5(body).hexdigest()}"')], b"")
            return
        headers["content-length"] = str(len(body))
        connection = http.client.HTTPConnection("127.0.0.1", self.store.port, timeout=30)
        connection.putrequest(method, self.path(target.partition("?")[0]) + "".join(target.partition("?")[1:]), skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        data = answer.read()
        if self.change:
            data = self.change(method, answer.status, data)
        self.answer(request, answer.status, answer.getheaders(), data, answer.getheader("Content-Length"))
        connection.close()

    @staticmethod
    def answer(request, status, headers, data, length=None):
        request.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                request.send_header(name, value)
        request.send_header("Content-Length", length if request.command == "HEAD" and length else str(len(data)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(data)
