"""The server on its port, behind nginx; as threads of this process, or as a process of its own."""
import argparse
import json
import socket
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .dump import handed_out, state
from .health import Health
from .request import read_body
from .routes import route
from .standin import StandIn
from .storage import Storage


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "gorilla", ""
    disable_nagle_algorithm, wbufsize = True, 65536
    standin = None

    def handle_any(self):
        started = time.time()
        body = read_body(self)
        answer = route(self.standin, self, body)
        self.standin.note(self.command, self.path, answer.status, started, len(body), *answer.about)
        self.send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = handle_any

    def send(self, answer):
        self.send_response_only(answer.status)
        self.send_header("Date", formatdate(time.time() + self.standin.health.clock, usegmt=True))
        for name, value in answer.headers:
            self.send_header(name, value)
        body = answer.body
        if callable(body):
            self.send_header("Content-Type", answer.kind)
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for piece in body():
                self.wfile.write(piece)
                self.wfile.flush()
            return
        body = body.encode() if isinstance(body, str) else body
        if answer.status != 204:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 204:
            self.wfile.write(body)

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True   # the client left

    def log_message(self, *_):
        pass


class Control(BaseHTTPRequestHandler):
    """Not behind nginx: the tests' view of the inside. /secrets gives the signatures and tokens that were handed out since it was last asked."""
    standin = None

    def do_GET(self):
        body = json.dumps(handed_out(self.standin) if self.path == "/secrets" else state(self.standin)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, standin, sock=None):
        super().__init__(("127.0.0.1", 0), type(handler.__name__, (handler,), {"standin": standin}), bind_and_activate=sock is None)
        if sock is not None:
            self.socket.close()
            self.socket = sock
            self.server_address = sock.getsockname()
        self.port = self.server_address[1]

    def handle_error(self, request, address):
        pass


class Server:
    """A stand-in with its ports, as threads of this process."""

    def __init__(self, standin, sock=None, control=None):
        self.standin = standin
        self.parts = [Listening(Handler, standin, sock), Listening(Control, standin, control)]
        self.port, self.control_port = (part.port for part in self.parts)

    def in_background(self):
        for part in self.parts:
            threading.Thread(target=part.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        for part in self.parts:
            part.shutdown()
            part.server_close()
        self.standin.stop()


def main():
    """The sockets are open before this process starts, so that nobody has to wait for it: clients queue until it accepts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", required=True, help="JSON file: keys, storage")
    parser.add_argument("--listen", type=int, required=True, metavar="FD")
    parser.add_argument("--control", type=int, required=True, metavar="FD")
    args = parser.parse_args()
    settings = json.loads(Path(args.settings).read_text())
    standin = StandIn(settings["keys"], health=Health())
    standin.use_store(Storage(**settings["storage"]))
    standin.schema   # noqa: B018  made before the first request rather than by it
    Server(standin, socket.socket(fileno=args.listen), socket.socket(fileno=args.control)).in_background()
    threading.Event().wait()


if __name__ == "__main__":
    main()
