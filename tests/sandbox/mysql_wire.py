"""Just enough of MySQL's protocol: a client for the administrator's statements, and the packets that a go-between rewrites."""
import hashlib
import socket
import struct

from .prefix import SandboxError

CLIENT_SSL, CLIENT_DEPRECATE_EOF = 0x800, 0x1000000
# LONG_PASSWORD, LONG_FLAG, CONNECT_WITH_DB, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, MULTI_STATEMENTS, MULTI_RESULTS, PLUGIN_AUTH
CLIENT_FLAGS = 0x1 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x80000
MORE_RESULTS = 0x8


def receive(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def read_packet(sock):
    """(sequence number, payload)"""
    head = receive(sock, 4)
    return head[3], receive(sock, head[0] | head[1] << 8 | head[2] << 16)


def packet(sequence, payload):
    return struct.pack("<I", len(payload))[:3] + bytes([sequence & 255]) + payload


def length_encoded(number):
    if number < 251:
        return bytes([number])
    return b"\xfc" + struct.pack("<H", number) if number < 65536 else b"\xfd" + struct.pack("<I", number)[:3]


def text(value):
    """A length-encoded text; None is NULL."""
    if value is None:
        return b"\xfb"
    data = value if isinstance(value, bytes) else str(value).encode()
    return length_encoded(len(data)) + data


def skip_number(data, at):
    """The offset behind a length-encoded number."""
    return at + {0xFC: 3, 0xFD: 4, 0xFE: 9}.get(data[at], 1)


def take_text(data, at):
    """The length-encoded text at an offset, and the offset behind it."""
    first = data[at]
    if first == 0xFB:
        return None, at + 1
    start = skip_number(data, at)
    size = first if first < 251 else int.from_bytes(data[at + 1:start], "little")
    return data[start:start + size], start + size


def error_payload(number, state, message):
    message = message if isinstance(message, bytes) else message.encode()
    return b"\xff" + struct.pack("<H", number) + (b"#" + state.encode() if state else b"") + message


def result_set(columns, rows, deprecate_eof):
    """The payloads of a text result set."""
    yield bytes([len(columns)])
    for name in columns:
        yield text("def") + text("") * 3 + text(name) * 2 + b"\x0c" + struct.pack("<HIBHB", 45, 4096, 0xFD, 0, 0) + b"\0\0"
    if not deprecate_eof:
        yield b"\xfe\0\0\x02\0"
    for row in rows:
        yield b"".join(text(value) for value in row)
    yield b"\xfe\0\0\x02\0\0\0" if deprecate_eof else b"\xfe\0\0\x02\0"


class Greeting:
    """The server's first packet, taken apart and put together again."""

    def __init__(self, payload):
        end = payload.index(0, 1)
        self.version = payload[1:end].decode()
        rest = payload[end + 1:]
        self.thread, self.salt = rest[:4], rest[4:12]
        self.flags = int.from_bytes(rest[13:15], "little") | int.from_bytes(rest[18:20], "little") << 16
        self.charset, self.status, self.salt_length, self.reserved = rest[15:16], rest[16:18], rest[20:21], rest[21:31]
        self.salt2, self.plugin = rest[31:31 + max(13, rest[20] - 8)], rest[31 + max(13, rest[20] - 8):].rstrip(b"\0")

    def payload(self):
        flags = struct.pack("<I", self.flags)
        return (b"\x0a" + self.version.encode() + b"\0" + self.thread + self.salt + b"\0" + flags[:2] + self.charset + self.status + flags[2:]
                + self.salt_length + self.reserved + self.salt2 + self.plugin + b"\0")


def scrambled(password, salt):
    """The answer of caching_sha2_password."""
    once = hashlib.sha256(password).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + salt).digest()
    return bytes(a ^ b for a, b in zip(once, mask))


class Client:
    """One session over the server's Unix socket."""

    def __init__(self, path, user, password, database=""):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(str(path))
        sequence, payload = read_packet(self.sock)
        self.complain(payload)
        greeting = Greeting(payload)
        secret = scrambled(password.encode(), greeting.salt + greeting.salt2[:12])
        self.sock.sendall(packet(sequence + 1, struct.pack("<IIB23x", CLIENT_FLAGS, 1 << 24, 45) + user.encode() + b"\0" + text(secret)
                                 + database.encode() + b"\0" + b"caching_sha2_password\0"))
        while True:
            sequence, payload = read_packet(self.sock)
            self.complain(payload)
            if payload[0] == 0:
                return
            if payload[:2] == b"\x01\x04":   # the server does not know the password yet; a Unix socket is safe for it
                self.sock.sendall(packet(sequence + 1, password.encode() + b"\0"))

    @staticmethod
    def complain(payload):
        if payload[:1] == b"\xff":
            raise SandboxError("SQL: " + payload[3:].decode(errors="replace"))

    def query(self, statements):
        """Runs them; the rows of the last that gives some, as texts and None."""
        self.sock.sendall(packet(0, b"\x03" + statements.encode()))
        rows = []
        while True:
            _, payload = read_packet(self.sock)
            self.complain(payload)
            if payload[0] == 0:
                at = skip_number(payload, skip_number(payload, 1))
                status = int.from_bytes(payload[at:at + 2], "little")
            else:
                rows, status = self.read_rows(payload[0])
            if not status & MORE_RESULTS:
                return rows

    def read_rows(self, columns):
        for _ in range(columns + 1):
            read_packet(self.sock)
        rows = []
        while True:
            _, payload = read_packet(self.sock)
            self.complain(payload)
            if payload[0] == 0xFE and len(payload) < 9:
                return rows, int.from_bytes(payload[3:5], "little")
            row, at = [], 0
            for _ in range(columns):
                value, at = take_text(payload, at)
                row.append(None if value is None else value.decode(errors="replace"))
            rows.append(row)

    def close(self):
        self.sock.close()
