"""The server itself: one process on a loopback port, behind nginx."""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .health import Health
from .pages import INDEX, env_js


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "gorilla", ""
    health = Health()

    def answer(self, status, body, kind="application/json"):
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/healthz":
            self.answer(*self.health.healthz())
        elif path == "/ready":
            self.answer(*self.health.readiness())
        elif path == "/env.js":
            scheme = self.headers.get("X-Forwarded-Proto", "http")
            self.answer(200, env_js(f"{scheme}://{self.headers.get('Host', '')}"), "application/javascript; charset=utf-8")
        else:
            self.answer(200, INDEX, "text/html; charset=utf-8")

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.split("?")[0] in ("/graphql", "/graphql2"):
            self.answer(401, json.dumps({"errors": [{"message": "user is not logged in", "path": ["viewer"]}], "data": {"viewer": None}}))
        else:
            self.answer(404, json.dumps({"error": "not found"}))

    def log_message(self, *_):
        pass


def main():
    port, ready = int(sys.argv[1]), "ready" in sys.argv[2:] or len(sys.argv) == 2
    App.health.ready = ready
    App.health.alive = "dead" not in sys.argv[2:]
    ThreadingHTTPServer(("127.0.0.1", port), App).serve_forever()


if __name__ == "__main__":
    main()
