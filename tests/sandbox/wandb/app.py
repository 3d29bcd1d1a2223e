"""The server itself: one process on a loopback port, behind nginx."""
import argparse
import json
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .health import Health
from .pages import INDEX, env_js


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "gorilla", ""
    health = Health()

    def answer(self, status, body, kind="application/json"):
        body = body.encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(time.time() + self.health.clock, usegmt=True))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def base_url(self):
        return self.health.address or f"{self.headers.get('X-Forwarded-Proto', 'http')}://{self.headers.get('Host', '')}"

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/healthz":
            self.answer(*self.health.healthz())
        elif path == "/ready":
            self.answer(*self.health.readiness())
        elif path == "/env.js":
            self.answer(200, env_js(self.base_url()), "application/javascript; charset=utf-8")
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


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port=0, health=None):
        super().__init__(("127.0.0.1", port), type("Handler", (Handler,), {"health": health or Health()}))
        self.port = self.server_address[1]

    def in_background(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    Server(parser.parse_args().port).serve_forever()


if __name__ == "__main__":
    main()
