"""TLS that is unusual, and right."""
import socket
import time

from ..lab import near
from ..listeners import KINDS, Listener, relay
from .tls import MODERN, NAME, by_address, cross_signed, forge, leaf, named, other_authority, show, staple

ALL = ["tls.handshake", "tls.protocol", "tls.trusted", "tls.name", "tls.validity", "tls.strength"]


def near_leaf(name, text, spares=ALL, site=None, **options):
    """A near miss that is nothing but another certificate."""
    @near(f"tls.near-{name}", spares, text)
    def _(box):
        show(box, leaf(box, **options), **(site or {}))


near_leaf("short-lived", "made for six days, four are left: Let's Encrypt has such", days=(-2, 4))
near_leaf("two-weeks", "fifteen days are left", days=(-75, 15))
near_leaf("two-years", "a private CA's two years", days=(-1, 729))
near_leaf("just-begun", "began a minute ago", days=(-1 / 1440, 90))
near_leaf("rsa-2048", "RSA of 2048 bits", kind="2048")
near_leaf("rsa-3072", "RSA of 3072 bits", kind="3072")
near_leaf("p-384", "P-384 and SHA-384", kind="P-384", digest="sha384")
near_leaf("ed25519", "Ed25519", kind="Ed25519")
near_leaf("upper-case", "the name in capitals", names=["WANDB.LocalHost"])
near_leaf("common-name-differs", "the common name is a title, the names are in the SAN", cn="W&B of our company")
near_leaf("many-names", "two thousand names", names=[*(f"host-{i}.example.com" for i in range(2000)), NAME])
near_leaf("tls12-only", "no TLS 1.3", site={"protocols": "TLSv1.2"})
near_leaf("tls13-only", "no TLS 1.2", site={"protocols": "TLSv1.3"})
near_leaf("one-cipher", "one good cipher, and no session tickets", kind="2048",
          site={"protocols": "TLSv1.2", "tls": "ssl_session_tickets off; ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;"})


@near("tls.near-wildcard", ALL, "a star for exactly one label")
def _(box):
    named(box, "eu.wandb.localhost")
    show(box, leaf(box, names=["*.wandb.localhost"], cn="*.wandb.localhost"))


@near("tls.near-ip-san", ALL, "HOST is an address, and the certificate holds it as one")
def _(box):
    by_address(box)
    show(box, leaf(box, names=["127.0.0.2"]))


@near("tls.near-long-chain", ALL, "three intermediates")
def _(box):
    first = forge("First of three", box.authority.root, ca=True)
    second = forge("Second of three", first, ca=True)
    show(box, leaf(box, forge("Third of three", second, ca=True)))


@near("tls.near-issued-by-root", ALL, "a private root that issues servers' certificates itself")
def _(box):
    show(box, leaf(box, box.authority.root))


@near("tls.near-cross-sign", ALL, "the root's cross-sign by an older root is sent along, as Amazon does")
def _(box):
    old = forge("Older root", ca=True, days=(-4000, 300))
    show(box, leaf(box, chain=[box.authority.intermediate, cross_signed(box, old, (-900, 300))]))


@near("tls.near-good-staple", ALL, "a stapled answer, and it is good")
def _(box):
    certificate = leaf(box, must_staple=True)
    web = box.change_web()
    show(box, certificate, tls=f"ssl_stapling on; ssl_stapling_file {web.folder}/staple.der;")
    web.folder.mkdir(exist_ok=True)
    (web.folder / "staple.der").write_bytes(staple(box, certificate, revoked=False))


@near("tls.near-optional-client-certificate", ALL, "the server asks for a client certificate and goes on without")
def _(box):
    box.change_web()
    (box.dir / "clients.pem").write_text(box.authority.root.pem())
    show(box, leaf(box), tls=f"ssl_verify_client optional; ssl_client_certificate {box.dir}/clients.pem;")


@near("tls.near-ingress-default-behind", ALL, "clients without SNI get the ingress controller's stand-in, as in every cluster")
def _(box):
    box.change_web().host.default_certificate = forge("Kubernetes Ingress Controller Fake Certificate", names=["ingress.local"], organization="Acme Co")


@near("tls.near-two-certificates", ALL, "two machines behind the name, each with a good certificate of its own")
def _(box):
    named(box, "wandb.wandb.test")
    box.name_in_zone("wandb", ["127.0.0.1", "127.0.0.2"])
    own = leaf(box, names=["wandb.wandb.test"], cn="wandb.wandb.test", slot="second machine")
    context = box.context(own, *MODERN)
    box.web.host.addresses = ["127.0.0.1"]
    box.after.append(lambda: box.add(Listener(KINDS["http-page"], context, box.web.host.port, [(socket.AF_INET, "127.0.0.2")])))


@near("tls.near-two-roots-in-ca-file", ["tls.trusted", "mysql.tls", "bucket.tls"], "ca_file holds another root as well")
def _(box):
    box.ca_pem = other_authority(root="Another company root").root.pem() + box.authority.root.pem()


@near("tls.near-slow-handshake", ["tls.handshake"], "the handshake takes a second")
def _(box):
    port = box.parent.web.host.port

    def late(c):
        time.sleep(1)
        relay(c, port)
    box.host_at(box.add(Listener(late)).port)
