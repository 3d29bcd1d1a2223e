"""Servers that misbehave on purpose: threads of this process, on both loopback addresses, plain or inside TLS."""
import select
import socket
import ssl
import threading

from .process import bind, bound

KINDS = {}


def kind(function):
    KINDS[function.__name__.replace("_", "-")] = function
    return function


class Connection:
    """What a kind works with. Every wait ends when the listener stops."""

    def __init__(self, sock, stopped):
        self.sock, self.stopped = sock, stopped

    def read(self, seconds=0.5):
        """What comes first; empty when nothing does."""
        self.sock.settimeout(seconds)
        try:
            return self.sock.recv(65536)
        except OSError:
            return b""
        finally:
            self.sock.settimeout(None)

    def read_head(self, seconds):
        """All until the blank line behind the headers of a request, or what came of it."""
        said = b""
        while b"\r\n\r\n" not in said:
            piece = self.read(seconds)
            if not piece:
                break
            said += piece
        return said

    def write(self, data):
        self.sock.sendall(data)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()

    def wait(self, seconds=3600):
        """True when the listener stopped."""
        return self.stopped.wait(seconds)


class Listener:
    """Accepts on one port of every loopback address and hands each connection to `handle` in a thread of its own."""

    def __init__(self, handle, context=None, port=None, addresses=None, backlog=64):
        self.handle, self.context, self.stopped = handle, context, threading.Event()
        self.port, self.sockets = (port, bind(port, addresses=addresses)) if port else bound(addresses=addresses)
        assert self.sockets, f"port {port} is taken"
        self.open = set()
        for sock in self.sockets:
            sock.listen(backlog)
            threading.Thread(target=self.accept, args=(sock,), daemon=True).start()

    def accept(self, sock):
        while True:
            try:
                client, _ = sock.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        self.open.add(client)
        try:
            if self.context:
                client.settimeout(10)
                raw, client = client, self.context.wrap_socket(client, server_side=True)
                client.settimeout(None)
                self.open.discard(raw)
                self.open.add(client)
            self.handle(Connection(client, self.stopped))
            linger(client)
        except (OSError, ValueError, EOFError):
            pass
        finally:
            self.open.discard(client)
            client.close()

    def stop(self):
        self.stopped.set()
        for sock in self.sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)   # wakes the thread in accept()
            except OSError:
                pass
            sock.close()
        for client in list(self.open):
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def linger(sock):
    """Ends the connection so that the other side reads all that was sent: closing with unread bytes would be a reset."""
    sock.shutdown(socket.SHUT_WR)
    sock.settimeout(0.3)
    while sock.recv(65536):
        pass


class Dropping:
    """A full backlog: the kernel drops every further SYN, as a firewall would."""

    def __init__(self, port=None, addresses=None):
        self.port, self.sockets = (port, bind(port, addresses=addresses)) if port else bound(addresses=addresses)
        for sock in list(self.sockets):
            sock.listen(0)
            for _ in range(4):
                filler = socket.socket(sock.family)
                filler.setblocking(False)
                filler.connect_ex(sock.getsockname()[:2])
                self.sockets.append(filler)

    def stop(self):
        for sock in self.sockets:
            sock.close()


class Closed:
    """A port where nothing listens, held so that nobody else can."""

    def __init__(self, addresses=None):
        self.port, self.sockets = bound(addresses=addresses, shared=False)

    def stop(self):
        for sock in self.sockets:
            sock.close()


def server_context(certificate, folder, tag="listener"):
    chain, key = folder / f"{tag}.pem", folder / f"{tag}.key"
    chain.write_text(certificate.chain_pem())
    key.touch(mode=0o600)
    key.write_text(certificate.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.load_cert_chain(chain, key)
    return context


def relay(c, port):
    """Hands the connection through to another port, until either side ends."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        other = {c.sock: server, server: c.sock}
        while True:
            for sock in select.select(list(other), [], [])[0]:
                data = sock.recv(65536)
                if not data:
                    return
                other[sock].sendall(data)


# -- connections that go wrong before anything is said

@kind
def silent(c):
    c.wait()


@kind
def closed(c):
    pass


@kind
def closed_after_request(c):
    c.read()


@kind
def reset(c):
    c.reset()


@kind
def reset_after_request(c):
    c.read()
    c.reset()


@kind
def drip(c):
    """One byte a second of something that could be the beginning of anything."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 3600:
        c.write(bytes([byte]))
        if c.wait(1):
            return


# -- other protocols

@kind
def garbage(c):
    c.write(b"\x1b[31m\xff\xfe\x00\x80\x81 nothing that anybody speaks\r\n")
    c.read()


@kind
def ssh(c):
    c.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    c.read()


@kind
def smtp(c):
    c.write(b"220 mail.example.com ESMTP Postfix (Debian)\r\n")
    c.read()
    c.write(b"500 5.5.2 Error: bad syntax\r\n")


@kind
def redis(c):
    c.read()
    c.write(b"-ERR unknown command 'HELO'\r\n")


# -- answers in HTTP

def http(body=b"", head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", length=True):
    return head + (b"Content-Length: %d\r\n" % len(body) if length else b"") + b"Connection: close\r\n\r\n" + body


@kind
def http_page(c):
    c.read()
    c.write(http(b"<html><body><h1>It works!</h1></body></html>\n", b"HTTP/1.1 200 OK\r\nServer: Apache/2.4.62 (Debian)\r\nContent-Type: text/html\r\n"))


@kind
def half_a_header(c):
    c.read()
    c.write(b"HTTP/1.1 200 OK\r\nContent-Ty")


@kind
def half_a_body(c):
    c.read()
    c.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"status\":")


@kind
def silent_after_request(c):
    c.read()
    c.wait()


@kind
def drip_body(c):
    c.read()
    c.write(http(length=False))
    while not c.wait(1):
        c.write(b".")


@kind
def huge_headers(c):
    c.read()
    c.write(b"HTTP/1.1 200 OK\r\n")
    for i in range(4000):
        c.write(b"X-Padding-%d: %s\r\n" % (i, b"p" * 1000))
    c.write(b"\r\n")


@kind
def endless_headers(c):
    c.read()
    c.write(b"HTTP/1.1 200 OK\r\n")
    while not c.stopped.is_set():
        c.write(b"X-More: and more\r\n" * 1024)


@kind
def endless_body(c):
    c.read()
    c.write(http(length=False))
    while not c.stopped.is_set():
        c.write(b"<p>and so on</p>" * 4096)


@kind
def flood(c):
    """Bytes without an end, and without a question."""
    while not c.stopped.is_set():
        c.write(b"A" * 65536)


@kind
def xml_bomb(c):
    """Ten lines that a careless parser makes three billion characters of, then a document a hundred thousand elements deep."""
    c.read()
    entities = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    body = b'<?xml version="1.0"?><!DOCTYPE Error [<!ENTITY l0 "lol">' + entities + b"]><Error><Code>&l9;</Code>" + b"<a>" * 100000 + b"</a>" * 100000 + b"</Error>"
    c.write(http(body, b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"))


@kind
def hostile_page(c):
    """Escape sequences, controls, bidirectional overrides and bytes that are no UTF-8, in the reason, the headers and the body."""
    c.read()
    ugly = b"\x1b]0;owned\x07\x1b[31;1mFAILED\x1b[0m \xe2\x80\xaetxt.exe \xff\xfe\x00\xc3\x28 \x9b31m <script>alert(1)</script>"
    c.write(http(b"<html><title>" + ugly + b"</title>" + ugly * 20 + b"</html>",
                 b"HTTP/1.1 500 \x1b[2JOops \xff\r\nServer: \x1b[31mevil\xff\r\nContent-Type: text/html; charset=\x1b[1m\r\n"))


def start(name, context=None, port=None, addresses=None):
    if name == "drops":
        return Dropping(port, addresses)
    if name == "refused":
        return Closed(addresses)
    return Listener(KINDS[name], context, port, addresses)
