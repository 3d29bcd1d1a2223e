"""A go-between in front of the real MySQL: it shows other certificates, other versions, other answers, or fails half-way."""
import re
import select
import socket
import ssl
import struct
import time
from dataclasses import dataclass, field

from .listeners import Listener
from .mysql_wire import CLIENT_DEPRECATE_EOF, CLIENT_SSL, Greeting, error_payload, packet, read_packet, result_set, take_text, text

OK = b"\0\0\0\2\0\0\0"


@dataclass
class Disguise:
    """What differs from the real server."""
    context: object = None            # TLS towards the client; without one, and with `tls`, the client's TLS is refused
    tls: bool = True                  # offers TLS
    version: str = ""                 # of the greeting and of every answer that holds the real one
    mariadb: bool = False             # a greeting as only MariaDB's looks
    replace: dict = field(default_factory=dict)    # texts in rows → other texts
    variables: dict = field(default_factory=dict)  # rows of SHOW VARIABLES and SHOW STATUS: name → value; None hides it
    answers: list = field(default_factory=list)    # (regular expression of the statement, answer): (columns, rows), (number, state, text) or "OK"
    refuse: tuple = ()                # (number, text) in place of the greeting
    login_error: tuple = ()           # (number, state, text) in answer to the log-in
    switch_to: str = ""               # log-in method asked for, of which the client knows nothing
    wait: float = 0                   # seconds before the greeting
    slow: float = 0                   # seconds before each answer
    end: str = ""                     # where the connection is closed: `greeting`, `tls`, `login`, `statement`
    garbage: bool = False             # an answer that is no packet of the protocol


class Closed(Exception):
    pass


class Stream:
    """Packets of one connection, read in large pieces once TLS is settled; what is written waits for flush()."""

    def __init__(self, sock):
        self.sock, self.incoming, self.outgoing = sock, bytearray(), bytearray()

    def whole(self):
        """The length of the first packet when all of it is here, or 0."""
        size = 4 + int.from_bytes(self.incoming[:3], "little")
        return size if len(self.incoming) >= max(size, 4) else 0

    def read(self):
        while not self.whole():
            data = self.sock.recv(65536)
            if not data:
                raise EOFError
            self.incoming += data
        size = self.whole()
        sequence, payload = self.incoming[3], bytes(self.incoming[4:size])
        del self.incoming[:size]
        return sequence, payload

    def write(self, data):
        self.outgoing += data

    def flush(self):
        if self.outgoing:
            self.sock.sendall(self.outgoing)
            self.outgoing.clear()

    def waiting(self):
        return bool(self.whole()) or isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0


class GoBetween:
    """Serves one port; each connection has one of its own to the real server."""

    def __init__(self, upstream_port, disguise):
        self.upstream_port, self.disguise = upstream_port, disguise
        self.listener = Listener(self.serve)
        self.port, self.stop = self.listener.port, self.listener.stop

    def serve(self, connection):
        try:
            Session(connection, self.upstream_port, self.disguise).run()
        except Closed:
            pass


class Session:
    def __init__(self, connection, upstream_port, disguise):
        self.connection, self.client, self.disguise = connection, connection.sock, disguise
        self.server = socket.create_connection(("127.0.0.1", upstream_port), timeout=60)
        for sock in (self.client, self.server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.flags, self.real_version = 0, ""

    def run(self):
        try:
            self.greet()
            self.log_in()
            self.serve_statements()
        finally:
            self.server.close()
            self.client.close()

    def end_at(self, place):
        if self.disguise.end == place:
            raise Closed

    def greet(self):
        d = self.disguise
        if d.wait and self.connection.wait(d.wait):
            raise Closed
        if d.refuse:
            self.client.sendall(packet(0, error_payload(d.refuse[0], "", d.refuse[1])))
            raise Closed
        _, payload = read_packet(self.server)
        greeting = Greeting(payload)
        self.real_version = greeting.version
        if d.version:
            greeting.version = d.version
        if not d.tls:
            greeting.flags &= ~CLIENT_SSL
        if d.mariadb:
            greeting.flags &= ~1
            greeting.reserved = b"\0" * 6 + b"\x1d\0\0\0"
        whole = packet(0, greeting.payload())
        if d.end == "greeting":
            self.client.sendall(whole[:20])
            raise Closed
        self.client.sendall(whole)

    def log_in(self):
        d = self.disguise
        sequence, payload = read_packet(self.client)
        self.flags = int.from_bytes(payload[:4], "little")
        if len(payload) == 32 and self.flags & CLIENT_SSL:
            if d.end == "tls":
                self.client.recv(65536)   # a close with bytes unread would be a reset
            self.end_at("tls")
            self.server.sendall(packet(sequence, payload))
            trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            self.server = trusting.wrap_socket(self.server)
            self.client = d.context.wrap_socket(self.client, server_side=True)
            sequence, payload = read_packet(self.client)
            self.flags = int.from_bytes(payload[:4], "little")
        self.end_at("login")
        if d.login_error:
            self.client.sendall(packet(sequence + 1, error_payload(*d.login_error)))
            raise Closed
        if d.switch_to:
            self.client.sendall(packet(sequence + 1, b"\xfe" + d.switch_to.encode() + b"\0" + b"x" * 20 + b"\0"))
            read_packet(self.client)
            raise Closed
        self.server.sendall(packet(sequence, payload))
        while True:
            sequence, payload = read_packet(self.server)
            self.client.sendall(packet(sequence, payload))
            if payload[0] in (0x00, 0xFF):
                return
            if payload[:2] != b"\x01\x03":
                sequence, payload = read_packet(self.client)
                self.server.sendall(packet(sequence, payload))

    def serve_statements(self):
        client, server = Stream(self.client), Stream(self.server)
        while True:
            ready = [stream for stream in (client, server) if stream.waiting()]
            if not ready:
                client.flush()
                server.flush()
                found = select.select([client.sock, server.sock], [], [])[0]
                ready = [stream for stream in (client, server) if stream.sock in found]
            for stream in ready:
                sequence, payload = stream.read()
                if stream is server:
                    if sequence == 1 and self.disguise.slow:
                        time.sleep(self.disguise.slow)
                    client.write(packet(sequence, self.rewritten(payload)))
                elif not self.answered(payload):
                    server.write(packet(sequence, payload))

    def rewritten(self, payload):
        payload = self.other_variable(payload)
        changes = dict(self.disguise.replace)
        if self.disguise.version:
            changes[self.real_version] = self.disguise.version
        for old, new in changes.items():
            payload = payload.replace(text(old), text(new))
        return payload

    def other_variable(self, payload):
        """A row of two texts whose first is a name that is to have another value."""
        for name, value in self.disguise.variables.items():
            start = text(name)
            if payload.startswith(start) and take_text(payload, len(start))[1] == len(payload):
                return start + text(value) if value is not None else text("x" + name) + payload[len(start):]
        return payload

    def answered(self, payload):
        """Answers a statement itself when it is one of those to be answered otherwise."""
        if payload[:1] not in (b"\x03", b"\x16"):
            return False
        self.end_at("statement")
        statement = payload[1:].decode(errors="replace")
        if self.disguise.garbage:
            self.client.sendall(b"\x05\0\0\x01\xfc\xff\xff\xff\xff" + b"\x1b[31m" * 40)
            raise Closed
        for pattern, answer in self.disguise.answers:
            if re.search(pattern, statement, re.I | re.S):
                if self.disguise.slow:
                    time.sleep(self.disguise.slow)
                for sequence, part in enumerate(self.payloads(answer), 1):
                    self.client.sendall(packet(sequence, part))
                return True
        return False

    def payloads(self, answer):
        if answer == "OK":
            return [OK]
        if isinstance(answer[0], int):
            return [error_payload(*answer)]
        return list(result_set(answer[0], answer[1], bool(self.flags & CLIENT_DEPRECATE_EOF)))


class Scripted:
    """A MySQL server of nothing but a greeting: for bytes that no real server sends."""

    def __init__(self, greeting):
        self.greeting = greeting
        self.listener = Listener(self.serve)
        self.port, self.stop = self.listener.port, self.listener.stop

    def serve(self, connection):
        connection.write(self.greeting)
        connection.read(5)


def header(length, sequence=0):
    return struct.pack("<I", length)[:3] + bytes([sequence])
