"""The sandbox tests itself: every fault can be made and is put back, listeners do what their names say, nothing stays behind."""
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from sandbox import lab, listeners, minio, mysql_wire, prefix, process, s3  # noqa: E402
from sandbox.box import Box  # noqa: E402

COMMAND = str(TESTS / "sandbox/sandbox")


@pytest.fixture(scope="module")
def base():
    with Box.healthy() as box:
        yield box


def curl(box, url, *words):
    done = subprocess.run(["curl", "-sS", "--max-time", "10", "--cacert", str(box.dir / "ca.pem"), *words, url], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def state_of(base):
    """What a fault may change in a shared server."""
    names = "binlog_format binlog_row_image sync_binlog sort_buffer_size sql_mode read_only super_read_only init_connect offline_mode require_secure_transport max_connections wait_timeout"
    return {
        "variables": base.mysql.sql("SELECT " + ", ".join(f"@@GLOBAL.{name}" for name in names.split())),
        "accounts": base.mysql.sql("SELECT user, host, plugin FROM mysql.user ORDER BY 1, 2"),
        "databases": base.mysql.sql("SELECT schema_name FROM information_schema.schemata ORDER BY 1"),
        "rules": base.rgw.s3.must("GET", f"/{base.bucket}", "cors"),
        "policy": base.rgw.s3.call("GET", f"/{base.bucket}", "policy")[0],
        "buckets": base.rgw.s3.must("GET", "/"),
        "objects": base.bucket_objects(),
        "folder": sorted(path.name for path in base.dir.iterdir()),
        "services": [os.path.exists(f"/proc/{pid}") for pid in base.pids()],
    }


# -- the healthy installation

def test_the_server_answers_on_every_loopback_address(base):
    for flag in ["-4", "-6"][: len(process.loopback())]:
        assert json.loads(curl(base, f"{base.origin}/healthz", flag, "--resolve", f"wandb.localhost:{base.web.host.port}:" + {"-4": "127.0.0.1", "-6": "[::1]"}[flag]))
    assert "window.CONFIG" in curl(base, f"{base.origin}/env.js") and base.origin in curl(base, f"{base.origin}/env.js")
    assert "user is not logged in" in curl(base, f"{base.origin}/graphql", "-d", '{"query":"{viewer{id}}"}')
    shown = curl(base, f"http://wandb.localhost:{base.web.http_port}/a?b", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
    assert shown == f"308 {base.origin}/a?b"


def test_large_bodies_pass_the_proxy(base, tmp_path):
    (tmp_path / "body").write_bytes(b"x" * 10_000_313)
    assert "user is not logged in" in curl(base, f"{base.origin}/graphql", "--data-binary", f"@{tmp_path}/body")


def test_the_chain_is_right_by_openssl(base):
    for site in (base.web.host, base.web.bucket):
        done = subprocess.run(["openssl", "s_client", "-connect", f"localhost:{site.port}", "-servername", site.name, "-verify_hostname", site.name, "-x509_strict",
                               "-CAfile", str(base.dir / "ca.pem"), "-verify_return_error"], input="", capture_output=True, text=True)
        assert "Verify return code: 0" in done.stdout, done.stdout + done.stderr
    done = subprocess.run(["openssl", "s_client", "-starttls", "mysql", "-connect", f"localhost:{base.mysql.port}", "-verify_hostname", "mysql.localhost",
                           "-CAfile", str(base.dir / "ca.pem"), "-verify_return_error"], input="", capture_output=True, text=True)
    assert "Verify return code: 0" in done.stdout, done.stdout + done.stderr


def test_secrets_are_for_the_owner_alone_and_need_encoding(base):
    assert stat.S_IMODE(base.dir.stat().st_mode) == 0o700
    for name in ("wandb.env", "secrets.txt", "wbverify.yaml"):
        assert stat.S_IMODE((base.dir / name).stat().st_mode) == 0o600
    written = (base.dir / "wandb.env").read_text()
    assert (base.dir / "secrets.txt").read_text().split() == base.secrets
    for secret in (base.mysql_password, base.redis_password, base.store_secret):
        assert urllib.parse.quote(secret, safe="") != secret and urllib.parse.quote(secret, safe="") in written and secret not in written


def test_redis_wants_its_password(base):
    with socket.create_connection(("127.0.0.1", base.redis_port)) as sock:
        sock.sendall(b"PING\r\n")
        assert sock.recv(100).startswith(b"-NOAUTH")
        password = base.redis_password.encode()
        sock.sendall(b"*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n" % (len(password), password))
        assert sock.recv(100) == b"+OK\r\n"


def test_two_run_side_by_side(base):
    with Box.healthy() as other:
        assert other.origin != base.origin and json.loads(curl(other, f"{other.origin}/ready"))
        folder = other.dir
    assert not folder.exists()
    assert json.loads(curl(base, f"{base.origin}/ready"))


# -- faults

@pytest.mark.parametrize("service", ["config", "dns", "host", "tls", "mysql", "bucket", "wandb"])
def test_every_fault_can_be_made_and_is_put_back(service, base):
    before, slow = state_of(base), {}
    for name, fault in (lab.FAULTS | lab.NEAR_MISSES).items():
        if not name.startswith(service + ".") or fault.needs == "minio" and not minio.prepared():
            continue
        started = time.monotonic()
        with base.fork([name]) as box:
            assert (box.dir / "wandb.env").exists() and box.config_path.exists()
            made = time.monotonic() - started
        if made > 25:   # radosgw-admin waits for itself once in some hundred times, and is asked again after 10 s
            slow[name] = made
    assert state_of(base) == before
    assert not slow


def test_faults_can_be_combined(base):
    before = state_of(base)
    with base.fork(["tls.expired", "mysql.binlog-row-image", "bucket.no-cors", "config.no-license"]) as box:
        assert box.mysql.sql("SELECT @@GLOBAL.binlog_row_image") == [["FULL"]]
        assert "LICENSE" not in (box.dir / "wandb.env").read_text()
        assert box.rgw.s3.call("GET", f"/{box.bucket}", "cors")[0] == 404
        assert box.origin != base.origin
    assert state_of(base) == before


def test_a_fault_that_cannot_be_made_leaves_nothing(base):
    before = state_of(base)
    broken = lab.Fault("x.broken", {}, "", lambda box: (box.mysql_global("sync_binlog", "0"), box.listener("silent"), 1 / 0))
    lab.FAULTS["x.broken"] = broken
    try:
        with pytest.raises(ZeroDivisionError), base.fork(["x.broken"]):
            pass
    finally:
        del lab.FAULTS["x.broken"]
    assert state_of(base) == before


@pytest.mark.parametrize("name, words", [
    ("tls.expired", "certificate has expired"), ("tls.self-signed", "self-signed certificate"), ("tls.untrusted-root-sent", "self-signed certificate in certificate chain"),
    ("tls.missing-intermediate", "unable to get local issuer"), ("tls.hostname-mismatch", "hostname mismatch"), ("tls.client-purpose", "unsuitable certificate purpose"),
    ("tls.path-length", "path length constraint exceeded"), ("tls.weak-signature", "CA signature digest algorithm too weak"), ("tls.weak-key", "EE certificate key too weak"),
    ("tls.chain-expired", "certificate has expired"), ("tls.not-yet-valid", "certificate is not yet valid"), ("tls.name-constraint", "permitted subtree violation"),
])
def test_openssl_says_the_same_of_certificates(name, words, base):
    with base.fork([name]) as box:
        done = subprocess.run(["openssl", "s_client", "-connect", f"localhost:{box.web.host.port}", "-servername", box.web.host.name, "-verify_hostname", box.web.host.name,
                               "-CAfile", str(box.dir / "ca.pem"), "-purpose", "sslserver", "-cipher", "DEFAULT:@SECLEVEL=0" if "weak" not in name else "DEFAULT:@SECLEVEL=2"],
                              input="", capture_output=True, text=True)
    assert words in done.stdout + done.stderr


def test_the_lab_is_whole():
    for fault in lab.FAULTS.values():
        assert fault.kills and fault.text and set(fault.status) <= set(fault.kills), fault.name
        assert set(fault.status.values()) <= {"fail", "warn", "unknown", "skip"}, fault.name
    for near in lab.NEAR_MISSES.values():
        assert near.spares and near.text, near.name
    situations = [entry.peer for entry in [*lab.FAULTS.values(), *lab.NEAR_MISSES.values()] if entry.peer]
    assert len(set(situations)) == len(situations) >= 35, "wandb verify was measured under 35 situations, each is one entry"


# -- the parts

@pytest.fixture
def listener(request):
    server = listeners.start(request.param)
    yield server
    server.stop()


def talk(port, family=socket.AF_INET, timeout=1.0, send=b"GET / HTTP/1.1\r\n\r\n"):
    with socket.socket(family) as sock:
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1" if family == socket.AF_INET else "::1", port))
        sock.sendall(send)
        return sock.recv(64)


@pytest.mark.parametrize("listener", ["refused"], indirect=True)
def test_a_closed_port_refuses(listener):
    for family, _ in process.loopback():
        with pytest.raises(ConnectionRefusedError):
            talk(listener.port, family)
    assert not process.bind(listener.port), "somebody else could take the port"


@pytest.mark.parametrize("listener", ["drops"], indirect=True)
def test_a_dropping_port_drops(listener):
    for family, _ in process.loopback():
        with pytest.raises(TimeoutError), socket.socket(family) as sock:
            sock.settimeout(0.5)
            sock.connect(("127.0.0.1" if family == socket.AF_INET else "::1", listener.port))


@pytest.mark.parametrize("listener", ["silent"], indirect=True)
def test_a_silent_port_is_silent(listener):
    for family, _ in process.loopback():
        with pytest.raises(TimeoutError):
            talk(listener.port, family, 0.3)


@pytest.mark.parametrize("listener, error", [("reset", ConnectionResetError), ("reset-after-request", ConnectionResetError)], indirect=["listener"])
def test_a_resetting_port_resets(listener, error):
    with pytest.raises((error, BrokenPipeError)):
        assert talk(listener.port)


@pytest.mark.parametrize("listener", ["closed-after-request"], indirect=True)
def test_a_closing_port_closes(listener):
    assert talk(listener.port) == b""


@pytest.mark.parametrize("listener", ["endless-body", "endless-headers", "huge-headers", "half-a-header", "hostile-page", "ssh", "garbage"], indirect=True)
def test_others_say_something_and_stop(listener):
    assert talk(listener.port)
    listener.stop()
    with pytest.raises(OSError):
        talk(listener.port)


def test_package_sources_are_read_in_both_formats(tmp_path, monkeypatch):
    one_line, deb822 = tmp_path / "sources.list", tmp_path / "sources.list.d"
    deb822.mkdir()
    one_line.write_text("# deb http://old.example/debian bookworm main\n")
    (deb822 / "a-vendor.list").write_text("deb [arch=amd64] https://vendor.example/apt stable contrib\n")
    (deb822 / "debian.sources").write_text("# a comment\nTypes: deb deb-src\n# another\nURIs: http://mirror.example/debian\nSuites: bookworm\n bookworm-updates\nComponents: main\n\n"
                                           "Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main\n")
    (deb822 / "off.sources").write_text("Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: sid\nComponents: main\n")
    real = prefix.Path
    monkeypatch.setattr(prefix, "Path", lambda *parts: real(str(real(*parts)).replace("/etc/apt", str(tmp_path))))
    assert prefix.debian_mirror() == "http://mirror.example/debian"
    one_line.write_text("deb [signed-by=/x.gpg] http://first.example/debian bookworm main contrib # here\n")
    assert prefix.debian_mirror() == "http://first.example/debian"
    one_line.unlink()
    (deb822 / "debian.sources").unlink()
    with pytest.raises(prefix.SandboxError):
        prefix.debian_mirror()


def test_signatures_are_those_of_the_s3_documentation():
    # Amazon S3 API Reference, "Authenticating requests: using query parameters", example of 2013-05-24.
    query = s3.canonical_query([("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"),
                                ("X-Amz-Date", "20130524T000000Z"), ("X-Amz-Expires", "86400"), ("X-Amz-SignedHeaders", "host")])
    made = s3.signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "GET", "/test.txt", query, {"host": "examplebucket.s3.amazonaws.com"}, ["host"], "UNSIGNED-PAYLOAD",
                        "20130524T000000Z", "20130524/us-east-1/s3/aws4_request")
    assert made == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"


def test_mysql_texts_survive_their_encoding():
    for value in (None, b"", b"x" * 250, b"x" * 251, b"y" * 70000):
        coded = mysql_wire.text(value) + b"rest"
        assert mysql_wire.take_text(coded, 0) == (value, len(coded) - 4)


# -- the command

def sandbox(*words, **options):
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, timeout=120, **options)


def test_start_status_stop(tmp_path):
    folder = tmp_path / "installation"
    done = sandbox("start", "--json", "--dir", str(folder), "--fault", "config.no-license")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["config"] == str(folder / "wbverify.yaml") and Path(told["config"]).exists()
    assert sandbox("start", "--dir", str(folder)).returncode == 75
    assert str(folder) in sandbox("status").stdout
    assert sandbox("stop", str(folder)).returncode == 0
    assert not list(folder.iterdir())
    assert not [pid for pid in told["pids"] if os.path.exists(f"/proc/{pid}/exe")]
    assert str(folder) not in sandbox("status").stdout
    assert sandbox("stop", str(folder)).returncode == 1


def test_services_end_with_a_holder_that_is_killed(tmp_path):
    folder = tmp_path / "installation"
    told = json.loads(sandbox("start", "--json", "--dir", str(folder)).stdout)
    os.kill(told["pid"], signal.SIGKILL)
    end = time.monotonic() + 5
    while time.monotonic() < end and any(os.path.exists(f"/proc/{pid}/exe") for pid in told["pids"]):
        time.sleep(0.05)
    assert not [pid for pid in told["pids"] if os.path.exists(f"/proc/{pid}/exe")]
    assert sandbox("stop", str(folder)).returncode == 0


def test_run_gives_the_command_its_configuration_and_passes_its_status_on():
    done = sandbox("run", "--fault", "mysql.wrong-password", "--", "sh", "-c", 'grep -c "^MYSQL=" "$(dirname "$WBVERIFY_CONFIG")/wandb.env"; echo {config}; exit 7')
    assert done.returncode == 7 and done.stdout.startswith("1\n") and done.stdout.endswith("/wbverify.yaml\n")
    assert not Path(done.stdout.split()[1]).exists()
    assert sandbox("run", "--", "no-such-program").returncode == 127


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(number):
    process_ = subprocess.Popen([COMMAND, "run", "--", "sh", "-c", "echo $WBVERIFY_SANDBOX; exec sleep 60"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    folder = process_.stdout.readline().strip()
    os.killpg(process_.pid, number)
    assert process_.wait(20) in (130, 143, -number)
    assert not Path(folder).exists()


def test_names_and_their_absence():
    told = json.loads(sandbox("faults", "--json").stdout)
    assert {fault["name"] for fault in told["faults"]} == set(lab.FAULTS) and {near["name"] for near in told["near_misses"]} == set(lab.NEAR_MISSES)
    wrong = sandbox("start", "--fault", "mysql.no-such")
    assert wrong.returncode == 64 and "mysql.no-such" in wrong.stderr


def test_a_missing_program_is_named_by_its_package(tmp_path):
    done = sandbox("start", env=os.environ | {"PATH": str(tmp_path)})
    assert done.returncode in (0, 69) if Path("/usr/sbin/redis-server").exists() else done.returncode == 69
    if done.returncode == 69:
        assert "redis-server" in done.stderr
