"""Answers that try to choose what we send, and where: nothing with our credentials goes to a host that no setting names, and nothing of a stranger is shown."""
import os
import re
import socket
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest
from program import PROGRAM, verify
from sandbox.listeners import Listener, http
from sandbox.mysql_wire import packet, text
from sandbox.wandb.behaviour import Reply
from test_hostile_api import Stranger, survives, healthy_checks   # noqa: F401  a fixture

SECRET_BODY = "the-words-of-a-stranger-7f3a"


# -- the store's region

class NameServer:
    """Every name is this machine's; writes down which were asked."""

    def __init__(self):
        self.asked = []
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                question, peer = self.sock.recvfrom(512)
            except OSError:
                return
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]])
                at += 1 + question[at]
            self.asked.append(b".".join(labels).decode(errors="replace"))
            is_a = question[at + 1:at + 3] == b"\0\1"
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1" if is_a else b""
            self.sock.sendto(question[:2] + b"\x81\x80\0\1" + struct.pack(">H", 1 if is_a else 0) + b"\0\0\0\0" + question[12:at + 5] + answer, peer)


class Store:
    """Refuses everything, and names another region."""

    def __init__(self, region, code):
        self.region, self.code, self.heard = region, code, []
        self.listener = Listener(self.hear)

    def hear(self, connection):
        while True:
            said = connection.read_head(5)
            if b"\r\n\r\n" not in said:
                return
            self.heard.append(said.decode(errors="replace"))
            if connection.stopped.is_set():
                return
            region = self.region.replace("&", "&amp;").replace("<", "&lt;")
            body = f"<?xml version=\"1.0\"?><Error><Code>{self.code}</Code><Message>elsewhere</Message><Endpoint>{region}</Endpoint><Region>{region}</Region></Error>".encode()
            if said.startswith(b"HEAD"):
                body = b""
            head = f"HTTP/1.1 301 Moved\r\nContent-Type: application/xml\r\nx-amz-bucket-region: {self.region}\r\nLocation: http://{self.region}/\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.write(head.encode() + body)


REGIONS = ["evil.example/", "evil.example", "evil.example#", "evil.example?", "x@evil.example", "evil.example:80/", "..", ".", "[::1]/", "a b", "EU/../evil", "%2fevil.example", "us-east-1.evil.example/",
           "\\evil.example", "-rf", "$(id)", "x" * 65]


@pytest.mark.parametrize("code", ["PermanentRedirect", "AuthorizationHeaderMalformed"])
@pytest.mark.parametrize("region", [*REGIONS, "eu-west-1"])
def test_the_region_of_an_answer_leads_nowhere_else(region, code):
    names, store = NameServer(), Store(region, code)
    with tempfile.TemporaryDirectory() as folder:
        env = Path(folder, "e.env")
        env.write_text(f"BUCKET=s3://s3.us-east-1.amazonaws.com:{store.listener.port}/my.bucket?tls=false&region=us-east-1\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"
                       "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12\nAWS_SESSION_TOKEN=FwoGZXIvYXdzEXAMPLETOKENthatIsLongEnough\nHOST=http://wandb.example.com\n")
        env.chmod(0o600)
        done = subprocess.run([PROGRAM, "--env-file", env, "--dns-server", f"127.0.0.1:{names.port}", "--only", "bucket", "--timeout", "12s", "--record", Path(folder, "record.json")],
                              env={"PATH": os.environ["PATH"], "HOME": folder, "XDG_STATE_HOME": folder}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 3), done.stdout + done.stderr
    right = {"s3.us-east-1.amazonaws.com", *({"s3.eu-west-1.amazonaws.com"} if region == "eu-west-1" else ())}
    assert store.heard and {name for name in names.asked if "wandb" not in name} == right, names.asked
    for said in store.heard:
        host = re.search(r"\r\nHost: ([^\r:]*)", said)[1]
        assert host in right, said
        scope = re.search(r"Credential=[^/]*/\d{8}/([^/]*)/s3/aws4_request", said)
        assert scope is None or scope[1] in ("us-east-1", "eu-west-1"), said
    for line in done.stdout.splitlines():
        assert "aws " not in line or len(region) < 3 or region not in line or region == "eu-west-1", line


# -- what the W&B server says about uploads

FRAMING = ["Host:other.localhost", "Content-Length:1", "Transfer-Encoding:chunked", "Connection:close", "TE:trailers", "Trailer:x", "Upgrade:websocket", "Proxy-Authorization:Basic YTpi", "Cookie:a=b",
           "Authorization:Basic YTpi", "Expect:100-continue"]


def test_headers_that_frame_or_log_in_are_not_sent(base, healthy_checks):   # noqa: F811
    with base.fork([], change=lambda box: box.wandb()) as box:
        stranger = Stranger(box)
        box.wandb(upload_host=stranger.url.partition("://")[2], change={"createRunFiles.uploadHeaders": [*FRAMING, "X-Fine:yes"]})
        run = survives(box, healthy_checks)
        puts = [said.lower() for said in stranger.heard if said.startswith(b"PUT ") and b"x-fine: yes" in said.lower()]
        assert puts
        for said in puts:
            lines = said.split(b"\r\n")
            for header in FRAMING:
                name, _, value = header.lower().partition(":")
                assert f"{name}: {value}".encode() not in lines, header
            assert sum(line.startswith((b"host:", b"content-length:")) for line in lines) == 2
        named = [row for row in run.results.values() if row["cause"] == "refused-headers"]
        assert named or any(row["id"].startswith("wandb.upload-url") and row["status"] != "pass" for row in run.results.values())


@pytest.mark.parametrize("lines", [["X-1: y"] * 20_000, ["X-1: " + "y" * 200_000], [f"X-{i}: y" for i in range(65)]], ids=["many", "long", "65"])
def test_a_list_of_headers_is_bounded(lines, base, healthy_checks):   # noqa: F811
    with base.fork([], change=lambda box: box.wandb(change={"createRunFiles.uploadHeaders": lines})) as box:
        run = survives(box, healthy_checks)
        assert [row for row in run.results.values() if row["cause"] == "refused-headers"], run.stdout
        assert run.seconds < 7


# -- what strangers say

BODIES = {
    "xml": (b"application/xml", f"<?xml version=\"1.0\"?><Error><Code>{SECRET_BODY}</Code><Message>{SECRET_BODY}</Message><Region>{SECRET_BODY}</Region><CanonicalRequest>GET\nhost:{SECRET_BODY}\n</CanonicalRequest></Error>"),
    "html": (b"text/html", f"<html><head><title>{SECRET_BODY}</title></head><body>{SECRET_BODY} window.CONFIG = {{HOST: 'https://{SECRET_BODY}'}}</body></html>"),
    "json": (b"application/json", f'{{"errors": [{{"message": "{SECRET_BODY}"}}], "token": "{SECRET_BODY}"}}'),
    "text": (b"text/plain", f"{SECRET_BODY}\n" * 20),
}


@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize("kind", BODIES)
def test_the_body_of_a_stranger_is_shown_nowhere(kind, status, base, healthy_checks):   # noqa: F811
    content_type, body = BODIES[kind]
    with base.fork([], change=lambda box: box.wandb()) as box:
        stranger = Stranger(box, http(body.encode(), b"HTTP/1.1 %d Said\r\nContent-Type: %s\r\n" % (status, content_type)))
        elsewhere = stranger.url.partition("://")[2]
        box.wandb(upload_host=elsewhere, direct_host=elsewhere, redirect_host=elsewhere, replies={"/files": Reply(302, "", headers=(("Location", stranger.url + "/x"),))})
        run = survives(box, healthy_checks)
        assert stranger.heard
        assert SECRET_BODY not in run.stdout + run.stderr + run.record


# -- environment that steers the libraries

def test_variables_that_steer_libraries_are_not_heard(base):
    keys = Path(base.dir, "keys.log")
    broken = Path(base.dir, "openssl.cnf")
    broken.write_text("openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n[all]\nMinProtocol = TLSv1.3\nMaxProtocol = TLSv1.2\n")
    aliases = Path(base.dir, "aliases")
    aliases.write_text("wandb.localhost nowhere.example\n")
    plain = verify(base)
    steered = verify(base, env={"SSLKEYLOGFILE": str(keys), "OPENSSL_CONF": str(broken), "HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1", "MARIADB_PLUGIN_DIR": str(base.dir),
                                "LIBMYSQL_PLUGIN_DIR": str(base.dir), "LIBMYSQL_PLUGINS": "none", "HOSTALIASES": str(aliases), "CURL_CA_BUNDLE": "/dev/null", "SSL_CERT_DIR": "/dev/null",
                                "MYSQL_TCP_PORT": "1", "MYSQL_PWD": "wrong"})
    assert not keys.exists(), "the keys of TLS sessions were written"
    differ = {row: (result["status"], steered.results[row]["status"]) for row, result in plain.results.items() if result["status"] != steered.results[row]["status"]}
    assert not {row: two for row, two in differ.items() if "fail" in two}, differ


# -- MySQL

def test_a_database_with_columns_without_end(base):
    """As many columns as can be are announced, and more are sent: the answer is broken off, and the server blamed."""
    stop = threading.Event()

    def play(connection):
        flags = 0xdfffffff & ~0x800 & ~0x01000020
        greeting = (b"\x0a8.4.6\0\7\0\0\0abcdefgh\0" + struct.pack("<H", flags & 0xffff) + b"\xff\2\0" + struct.pack("<H", flags >> 16) + b"\x15" + bytes(10) + b"ijklmnopqrst\0caching_sha2_password\0")
        connection.write(packet(0, greeting))
        connection.read(5)
        connection.write(packet(2, b"\1\3") + packet(3, b"\0\0\0\2\0\0\0"))
        connection.read(5)
        definition = text("def") + text("") * 5 + b"\x0c" + struct.pack("<HIBHB", 45, 4, 0xFD, 0, 0) + b"\0\0"
        connection.write(packet(1, b"\xfc\xff\xff"))
        block = b"".join(packet(2 + i, definition) for i in range(256))
        while not stop.is_set():
            connection.write(block)

    server = Listener(play)
    with tempfile.TemporaryDirectory() as folder:
        env = Path(folder, "e.env")
        env.write_text(f"MYSQL=mysql://wandb_local:correct-horse@127.0.0.1:{server.port}/wandb_local\n")
        env.chmod(0o600)
        done = subprocess.run(["/usr/bin/time", "-f", "%M %e", PROGRAM, "--env-file", env, "--only", "mysql", "--timeout", "12s"] if os.path.exists("/usr/bin/time") else
                              ["python3", "-c", "import os,resource,subprocess,sys,time\nt=time.monotonic()\nr=subprocess.run(sys.argv[1:])\n"
                               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, round(time.monotonic()-t,1), file=sys.stderr)\nsys.exit(r.returncode)",
                               PROGRAM, "--env-file", str(env), "--only", "mysql", "--timeout", "12s"],
                              env={"PATH": os.environ["PATH"], "HOME": folder, "XDG_STATE_HOME": folder}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    stop.set()
    resident, seconds = done.stderr.split()[-2:]
    assert int(resident) < 128 << 10, done.stderr
    assert float(seconds) < 8, done.stderr
    assert done.returncode in (1, 3) and "4 MiB" in done.stdout, done.stdout
