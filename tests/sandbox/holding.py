"""A go-between that keeps a request back, and delivers it when the client may be long gone: what buffering proxies and queues do."""
import re
import select
import socket
import threading

from .listeners import Listener


class Relay:
    """Passes bytes between clients and a port of this machine. hold(pattern, skip) keeps back the request that begins in the piece of
    bytes which matches, after `skip` others that do, with all that follows on its connection; release() delivers it."""

    def __init__(self, port, writes):
        self.upstream, self.writes = port, re.compile(writes)
        self.count = 0               # pieces that matched `writes`
        self.lock = threading.Lock()
        self.pattern = None
        self.held, self.free, self.delivered = threading.Event(), threading.Event(), threading.Event()
        self.what = ""               # the first line of what is held
        self.listener = Listener(self.serve)
        self.port, self.stop = self.listener.port, self.stop_all

    def stop_all(self):
        self.free.set()
        self.listener.stop()

    def hold(self, pattern=None, skip=0):
        """None: any write."""
        with self.lock:
            self.pattern, self.skip, self.what = (re.compile(pattern) if pattern else self.writes), skip, ""
            for event in (self.held, self.free, self.delivered):
                event.clear()

    def release(self, seconds=10):
        """True when what was held has reached the other side."""
        with self.lock:
            self.pattern = None
        self.free.set()
        return self.held.is_set() and self.delivered.wait(seconds)

    def is_the_one(self, data):
        with self.lock:
            if self.writes.search(data):
                self.count += 1
            found = self.pattern and self.pattern.search(data)
            if not found:
                return False
            if self.skip > 0:
                self.skip -= 1
                return False
            self.pattern, self.what = None, found.group().decode("latin-1")
            return True

    def serve(self, connection):
        client = connection.sock
        with socket.create_connection(("127.0.0.1", self.upstream)) as server:
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is client and self.is_the_one(data):
                        return self.keep(client, server, data)
                    (server if source is client else client).sendall(data)

    def keep(self, client, server, data):
        """Takes in whatever the client sends until it is told to deliver."""
        self.held.set()
        client.settimeout(0.05)
        there = True
        while not self.free.is_set():
            try:
                more = client.recv(65536) if there else b""
                there = there and bool(more)
                data += more
            except TimeoutError:
                continue
            except OSError:
                there = False
            if not there:
                self.free.wait(0.05)
        server.sendall(data)
        server.settimeout(1)
        try:
            while answer := server.recv(65536):
                if there:
                    client.sendall(answer)
        except OSError:
            pass
        self.delivered.set()
