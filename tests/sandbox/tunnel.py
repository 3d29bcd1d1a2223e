"""A forward proxy for clients that do not know, as RFC 6761 has it, that every name under .localhost is this machine: Go's, Python's."""
import select
import socket

from .listeners import Listener


def read_head(sock):
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65536:
        piece = sock.recv(4096)
        if not piece:
            raise OSError("the client left")
        head += piece
    return head


def pump(one, other):
    """Bytes in both directions until either side ends."""
    while True:
        ready, _, _ = select.select([one, other], [], [])
        for source in ready:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)


class Tunnel:
    """Answers CONNECT for names under .localhost and those of `names` (name → addresses), and for nothing else."""

    def __init__(self, names=None):
        self.names = names or {}
        self.listener = Listener(self.serve)
        self.port = self.listener.port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def serve(self, connection):
        sock = connection.sock
        words = read_head(sock).split(b"\r\n")[0].decode("latin-1").split()
        name, _, port = words[1].rpartition(":") if len(words) == 3 else ("", "", "")
        known = name in self.names or name == "localhost" or name.endswith(".localhost")
        if words[:1] != ["CONNECT"] or not known or not port.isdigit():
            sock.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        try:
            server = socket.create_connection((self.names.get(name, ["localhost"])[0], int(port)), 10)
        except OSError:
            sock.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with server:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pump(sock, server)

    def stop(self):
        self.listener.stop()
