"""TLS that is unusual, and right."""
import time

from ..lab import near
from .tls import NAME, cross_signed, forge, leaf, named, other_authority, show, staple

ALL = ["tls.handshake", "tls.protocol", "tls.trusted", "tls.name", "tls.validity", "tls.strength"]


@near("tls.rsa", ["tls.strength", "tls.trusted"], "RSA of 2048 bits, the least that is strong enough")
def _(box):
    show(box, leaf(box, kind="2048"))


@near("tls.ed25519", ["tls.handshake", "tls.strength"], "an Ed25519 key")
def _(box):
    show(box, leaf(box, kind="Ed25519"))


@near("tls.p-384", ["tls.strength"], "a key on P-384, signed with SHA-384 by a CA on P-256")
def _(box):
    show(box, leaf(box, kind="P-384", digest="sha384"))


@near("tls.wildcard", ["tls.name"], "*.wandb.localhost for a name one label below")
def _(box):
    named(box, "eu.wandb.localhost")
    show(box, leaf(box, names=["*.wandb.localhost"], cn="*.wandb.localhost"))


@near("tls.upper-case", ["tls.name"], "the name in capital letters in the certificate")
def _(box):
    show(box, leaf(box, names=["WANDB.Localhost"], cn="WANDB.Localhost"))


@near("tls.many-names", ["tls.name"], "the name is the last of 300")
def _(box):
    show(box, leaf(box, names=[*(f"tenant-{i}.example.com" for i in range(299)), NAME], cn="tenant-0.example.com"))


@near("tls.address", ["tls.name", "tls.handshake"], "HOST is an address, and the certificate holds it as one")
def _(box):
    named(box, "127.0.0.1")
    show(box, leaf(box, names=["127.0.0.1"], cn="127.0.0.1"))


@near("tls.long-chain", ["tls.trusted"], "two intermediates below the root")
def _(box):
    first = forge("First intermediate", box.authority.root, ca=True)
    show(box, leaf(box, forge("Second intermediate", first, ca=True)))


@near("tls.directly-under-the-root", ["tls.trusted"], "no intermediate: the root signs servers itself")
def _(box):
    show(box, leaf(box, box.authority.root))


@near("tls.cross-signed", ["tls.trusted", "tls.validity"], "the root is sent as certified by another root, which nobody here knows")
def _(box):
    other = forge("Other root", ca=True, days=(-700, 700))
    show(box, leaf(box, chain=[box.authority.intermediate, cross_signed(box, other, (-600, 600))]))


@near("tls.root-sent", ["tls.trusted"], "the root is sent along, which is of no use and no harm")
def _(box):
    show(box, leaf(box, chain=[box.authority.intermediate, box.authority.root]))


@near("tls.two-roots-in-ca-file", ["tls.trusted", "mysql.tls", "bucket.tls"], "ca_file holds another root as well")
def _(box):
    box.ca_pem = other_authority(root="Another company root").root.pem() + box.authority.root.pem()


@near("tls.short-lived", ["tls.validity"], "a certificate that lives for six days and is renewed daily")
def _(box):
    show(box, leaf(box, days=(-1, 5)))


@near("tls.stapled", ["tls.trusted"], "must-staple, with a good staple")
def _(box):
    certificate = leaf(box, must_staple=True)
    web = box.change_web()
    show(box, certificate, tls=f"ssl_stapling on; ssl_stapling_file {web.folder}/staple.der;")
    web.folder.mkdir(exist_ok=True)
    (web.folder / "staple.der").write_bytes(staple(box, certificate, revoked=False))


@near("tls.only-1.2", ["tls.protocol", "tls.handshake"], "TLS 1.2 and nothing else, HTTP/1.1 only")
def _(box):
    site = box.change_web().host
    site.protocols, site.http2 = "TLSv1.2", False


@near("tls.only-1.3", ["tls.protocol", "tls.handshake"], "TLS 1.3 and nothing else")
def _(box):
    box.change_web().host.protocols = "TLSv1.3"


@near("tls.asks-for-certificate", ["tls.handshake", "host.http"], "the server asks for a client's certificate and goes on without")
def _(box):
    (box.dir / "clients.pem").write_text(box.authority.root.pem())
    box.change_web().host.tls = f"ssl_verify_client optional; ssl_client_certificate {box.dir}/clients.pem;"


@near("tls.same-default", ["tls.name"], "clients that send no name get the ingress controller's stand-in, by design")
def _(box):
    box.change_web().host.default_certificate = forge("Kubernetes Ingress Controller Fake Certificate", names=["ingress.local"], organization="Acme Co")


@near("tls.slow-handshake", ["tls.handshake"], "the handshake takes a second")
def _(box):
    from ..listeners import Listener, relay
    port = box.change_web().host

    def late(c):
        time.sleep(1)
        relay(c, port.port)
    box.host_at(box.add(Listener(late)).port)
