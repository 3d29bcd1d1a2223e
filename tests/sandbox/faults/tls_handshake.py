"""Keys, ciphers, versions and handshakes of the server's address, broken."""
import ssl

from ..lab import fault
from ..listeners import KINDS, Listener
from .tls import WEAK, leaf, show


@fault("tls.weak-key", {"tls.strength": "weak-key"}, "RSA of 1024 bits")
def _(box):
    show(box, leaf(box, kind="1024"), **WEAK)


@fault("tls.weak-signature", {"tls.strength": "weak-signature"}, "signed with SHA-1")
def _(box):
    show(box, leaf(box, digest="sha1"), **WEAK)


@fault("tls.weak-ciphers", {"tls.strength": "weak-ciphers"}, "RSA key exchange with CBC only: Python shares no cipher")
def _(box):
    show(box, leaf(box, kind="2048"), protocols="TLSv1.2", http2=False, tls="ssl_ciphers AES128-SHA:AES256-SHA;")


@fault("tls.no-forward-secrecy", {"tls.strength": "weak-ciphers"}, "RSA key exchange is preferred, better ciphers are there", status={"tls.strength": "warn"})
def _(box):
    show(box, leaf(box, kind="2048"), protocols="TLSv1.2", http2=False,
         tls="ssl_prefer_server_ciphers on; ssl_ciphers AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;")


@fault("tls.weak-handshake", {"tls.strength": "weak-handshake"}, "the handshake is signed with SHA-1")
def _(box):
    show(box, leaf(box, kind="2048"), protocols="TLSv1.2", http2=False,
         tls="ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0; ssl_conf_command SignatureAlgorithms RSA+SHA1;")


@fault("tls.no-shared-cipher", {"tls.handshake": "no-shared-cipher"}, "ciphers without encryption only")
def _(box):
    show(box, leaf(box, kind="2048"), protocols="TLSv1.2", http2=False, tls="ssl_ciphers NULL-SHA256:@SECLEVEL=0;")


@fault("tls.old-protocol-only", {"tls.protocol": "old-protocol-only"}, "TLS 1.0 and 1.1 only")
def _(box):
    show(box, leaf(box, kind="2048"), protocols="TLSv1 TLSv1.1", http2=False, **WEAK)


@fault("tls.old-protocol-accepted", {"tls.protocol": "old-protocol-accepted"}, "TLS 1.1 besides the newer ones", status={"tls.protocol": "warn"})
def _(box):
    show(box, leaf(box, kind="2048"), protocols="TLSv1.1 TLSv1.2 TLSv1.3", http2=False, **WEAK)


@fault("tls.client-certificate", {"tls.handshake": "client-cert-required"}, "the server demands a certificate of the client")
def _(box):
    certificate = box.parent.web.host.certificate
    context = box.context(certificate)
    (box.dir / "clients.pem").write_text(box.authority.root.pem())
    context.load_verify_locations(box.dir / "clients.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    box.host_at(box.add(Listener(KINDS["http-page"], context)).port)


@fault("tls.plain-http", {"tls.handshake": "plain-http"}, "plain HTTP on the port of HTTPS")
def _(box):
    box.change_web().host.certificate = None


@fault("tls.not-tls", {"tls.handshake": "not-tls"}, "an SSH server on the port of HTTPS")
def _(box):
    box.host_at(box.listener("ssh"))


@fault("tls.closed", {"tls.handshake": "closed"}, "the connection is closed at the first word, as by a load balancer without a target")
def _(box):
    box.host_at(box.listener("closed-after-request"))


@fault("tls.reset", {"tls.handshake": "reset"}, "the connection is reset at the first word, as by a filter that reads the name")
def _(box):
    box.host_at(box.listener("reset-after-request"))


@fault("tls.unrecognized-name", {"tls.handshake": "alert-unrecognized-name"}, "the server refuses every name but its own")
def _(box):
    web = box.change_web()
    web.host.before = "    ssl_reject_handshake on;"
