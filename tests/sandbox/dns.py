"""Name servers on loopback: dnsmasq for what exists, a few lines of our own for what a name server must not do."""
import socket
import struct
import threading

from .process import Service, bind, bound, on_free_port, program

NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5


class Dnsmasq:
    """Answers for `zone` with the given records, and for nothing else."""

    def __init__(self, folder, zone, addresses=None, aliases=None, texts=None):
        """`addresses`: name → list of addresses; `aliases`: name → canonical name; `texts`: name → TXT record."""
        folder.mkdir(exist_ok=True)
        hosts = folder / "hosts"
        hosts.write_text("".join(f"{address} {name}\n" for name, some in (addresses or {}).items() for address in some))
        self.words = [program("dnsmasq", "dnsmasq-base"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", f"--addn-hosts={hosts}",
                      "--listen-address=127.0.0.1", "--bind-interfaces", "--no-poll", f"--local=/{zone}/", "--user=", "--pid-file=", "--log-facility=-",
                      *(f"--cname={alias},{name}" for alias, name in (aliases or {}).items()),
                      *(f"--txt-record={name},{text}" for name, text in (texts or {}).items())]
        self.folder = folder
        on_free_port(self.start_on, lambda: "already in use" in (folder / "dnsmasq.log").read_text())

    def start_on(self, port):
        self.port = port
        self.service = Service("dnsmasq", [*self.words, f"--port={port}"], self.folder / "dnsmasq.log")
        self.service.wait_until(lambda: answers(port), 5)

    def stop(self):
        self.service.stop()


def answers(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.2)
        try:
            sock.connect(("127.0.0.1", port))
            sock.send(b"\1\2\1\0\0\1\0\0\0\0\0\0\4test\0\0\1\0\1")
            return bool(sock.recv(512))
        except OSError:
            return False


class BadServer:
    """Answers every question with one code, with nothing (`silent`) or with bytes that are no answer (`garbage`)."""

    def __init__(self, what):
        self.what = what
        self.port, (self.udp,) = bound(socket.SOCK_DGRAM, [(socket.AF_INET, "127.0.0.1")])
        self.tcp = bind(self.port, addresses=[(socket.AF_INET, "127.0.0.1")])
        for sock in self.tcp:
            sock.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()
        for sock in self.tcp:
            threading.Thread(target=self.serve_tcp, args=(sock,), daemon=True).start()

    def answer(self, question):
        if self.what == "silent":
            return b""
        if self.what == "garbage":
            return b"\x1b[31m\xff\xfe no answer at all \x00" * 3
        return question[:2] + struct.pack(">H", 0x8180 | self.what) + question[4:6] + b"\0\0\0\0\0\0" + question[12:]

    def serve(self):
        while True:
            try:
                question, client = self.udp.recvfrom(4096)
                if question and self.answer(question):
                    self.udp.sendto(self.answer(question), client)
            except OSError:
                return

    def serve_tcp(self, sock):
        while True:
            try:
                client, _ = sock.accept()
                client.settimeout(5)
                with client:
                    question = client.recv(4096)[2:]
                    answer = self.answer(question)
                    if answer:
                        client.sendall(struct.pack(">H", len(answer)) + answer)
            except OSError:
                if sock.fileno() < 0:
                    return

    def stop(self):
        for sock in [self.udp, *self.tcp]:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()
