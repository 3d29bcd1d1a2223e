"""The certificate and the TLS of the server's address, broken."""
import socket
import ssl

from ..lab import fault
from ..listeners import KINDS, Listener

NAME = "wandb.localhost"
MODERN = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
WEAK = {"tls": "ssl_ciphers DEFAULT@SECLEVEL=0;"}


def forge(*args, **options):
    """forge.forge, imported only when a certificate is made: the module needs a package that a healthy start does not."""
    from ..forge import forge as make
    return make(*args, **options)


def other_authority(**options):
    from ..forge import ForgedAuthority
    return ForgedAuthority(**options)


def leaf(box, issuer=None, names=(NAME,), **options):
    return forge(options.pop("cn", NAME), issuer or box.authority.intermediate, names, **options)


def show(box, certificate, **options):
    site = box.change_web().host
    site.certificate = certificate
    for name, value in options.items():
        setattr(site, name, value)


def named(box, name):
    """The server is reached by another name, which its nginx knows."""
    box.change_web().host.name = name


# -- time

@fault("tls.expired", {"tls.validity": "expired"}, "the certificate ended yesterday")
def _(box):
    show(box, leaf(box, days=(-90, -1)))


@fault("tls.not-yet-valid", {"tls.validity": "not-yet-valid"}, "the certificate begins in two days")
def _(box):
    show(box, leaf(box, days=(2, 90)))


@fault("tls.chain-expired", {"tls.validity": "chain-expired"}, "the intermediate ended a month ago, the certificate itself is in its time")
def _(box):
    old = forge("Old intermediate", box.authority.root, ca=True, days=(-700, -30))
    show(box, leaf(box, old))


@fault("tls.chain-not-yet-valid", {"tls.validity": "chain-not-yet-valid"}, "the intermediate begins in two days")
def _(box):
    early = forge("Early intermediate", box.authority.root, ca=True, days=(2, 700))
    show(box, leaf(box, early))


@fault("tls.validity-too-long", {"tls.validity": "validity-too-long"}, "made for four years: Apple's systems refuse it", status={"tls.validity": "warn"})
def _(box):
    show(box, leaf(box, days=(-1, 1460)))


@fault("tls.expires-soon", {"tls.validity": "expires-soon"}, "five days are left", status={"tls.validity": "warn"})
def _(box):
    show(box, leaf(box, days=(-85, 5)))


@fault("tls.stale-cross-sign", {"tls.validity": "stale-cross-sign"}, "an ended cross-sign of the root is still sent along", status={"tls.validity": "warn"})
def _(box):
    old = forge("Vanished root", ca=True, days=(-4000, 30))
    show(box, leaf(box, chain=[box.authority.intermediate, cross_signed(box, old, (-2000, -200))]))


def cross_signed(box, issuer, days):
    """The installation's root, certified by another root as well."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    from ..certs import Issued
    from ..forge import hashes, loaded
    root, _ = loaded(box.authority.root)
    parent, key = loaded(issuer)
    import datetime as dt
    now = dt.datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(root.subject).issuer_name(parent.subject).public_key(root.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(now + dt.timedelta(days=days[0])).not_valid_after(now + dt.timedelta(days=days[1])))
    for extension in root.extensions:
        if extension.oid != x509.oid.ExtensionOID.AUTHORITY_KEY_IDENTIFIER:
            builder = builder.add_extension(extension.value, extension.critical)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.public_key()), False)
    return Issued(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode(), "")


# -- trust

@fault("tls.self-signed", {"tls.trusted": "self-signed-leaf"}, "the server signed its own certificate")
def _(box):
    show(box, forge(NAME, names=[NAME]))


@fault("tls.self-signed-trusted", {"tls.trusted": "self-signed-leaf"}, "the server signed its own certificate, and ca_file holds it", status={"tls.trusted": "warn"})
def _(box):
    certificate = forge(NAME, names=[NAME])
    box.ca_pem = box.authority.root.pem() + certificate.pem()
    show(box, certificate)


@fault("tls.untrusted-root", {"tls.trusted": "untrusted-root"}, "a private CA that nobody told this machine of; its root is not sent")
def _(box):
    show(box, leaf(box, other_authority().intermediate))


@fault("tls.untrusted-root-sent", {"tls.trusted": "untrusted-root"}, "a private CA that nobody told this machine of; its root is sent along")
def _(box):
    other = other_authority()
    show(box, leaf(box, other.intermediate, chain=[other.intermediate, other.root]))


@fault("tls.wrong-ca-file", {"tls.trusted": "untrusted-root", "mysql.tls": "untrusted-root", "bucket.tls": "untrusted-root"}, "ca_file holds another company's root")
def _(box):
    box.ca_pem = other_authority(root="Another company root").root.pem()


@fault("tls.ca-of-mysql-alone", {"tls.trusted": "untrusted-root", "bucket.tls": "untrusted-root"}, "the CA of everything is named by MYSQL alone, and vouches for nothing else")
def _(box):
    (box.dir / "mysql-ca.pem").write_text(box.authority.root.pem())
    box.mysql_url(query=f"?tls=custom&ssl-ca={box.dir}/mysql-ca.pem")
    box.ca_pem = other_authority(root="Another company root").root.pem()


@fault("tls.missing-intermediate", {"tls.trusted": "missing-intermediate"}, "cert.pem in place of fullchain.pem")
def _(box):
    show(box, leaf(box, chain=[]))


@fault("tls.missing-intermediate-aia", {"tls.trusted": "missing-intermediate"}, "cert.pem in place of fullchain.pem; the certificate says where its issuer is")
def _(box):
    show(box, leaf(box, chain=[], aia="http://ca.example.com/intermediate.der"))


@fault("tls.wrong-intermediate", {"tls.trusted": "wrong-intermediate"}, "the intermediate of before its re-key: same name, another key")
def _(box):
    old = forge("Sandbox issuing CA", box.authority.root, ca=True, slot="old issuing CA")
    new = forge("Sandbox issuing CA", box.authority.root, ca=True, slot="new issuing CA")
    show(box, leaf(box, new, chain=[old]))


@fault("tls.other-intermediate", {"tls.trusted": "wrong-intermediate"}, "the chain file of another certificate")
def _(box):
    show(box, leaf(box, chain=[other_authority(intermediate="Other issuing CA").intermediate]))


@fault("tls.issuer-not-ca", {"tls.trusted": "issuer-not-ca"}, "signed with a server's certificate")
def _(box):
    server = leaf(box, names=["ca.example.com"], cn="ca.example.com", slot="not a ca")
    show(box, leaf(box, server))


@fault("tls.path-length", {"tls.trusted": "path-length"}, "a CA below one that forbids CAs below it")
def _(box):
    show(box, leaf(box, forge("Forbidden CA", box.authority.intermediate, ca=True)))


@fault("tls.name-constraint", {"tls.trusted": "name-constraint"}, "the CA may only issue for another domain")
def _(box):
    show(box, leaf(box, forge("Constrained CA", box.authority.root, ca=True, permitted="corp.example.com")))


@fault("tls.unknown-critical-extension", {"tls.trusted": "unknown-critical-extension"}, "a critical extension that no client knows")
def _(box):
    show(box, leaf(box, critical_oid="1.3.6.1.4.1.99999.1"))


@fault("tls.client-purpose", {"tls.trusted": "leaf-eku"}, "a client's certificate in a server")
def _(box):
    show(box, leaf(box, purpose="client"))


@fault("tls.wrong-key-usage", {"tls.trusted": "leaf-ku"}, "a key that may not sign")
def _(box):
    show(box, leaf(box, key_usage="agree"))


@fault("tls.revoked-stapled", {"tls.trusted": "revoked"}, "revoked, and the server's own OCSP staple says so")
def _(box):
    certificate = leaf(box)
    web = box.change_web()
    show(box, certificate, tls=f"ssl_stapling on; ssl_stapling_file {web.folder}/staple.der;")
    web.folder.mkdir(exist_ok=True)
    (web.folder / "staple.der").write_bytes(staple(box, certificate, revoked=True))


def staple(box, certificate, revoked):
    import datetime as dt

    from cryptography.hazmat.primitives import serialization
    from cryptography.x509 import ReasonFlags, ocsp

    from ..forge import hashes, loaded
    issuer, key = loaded(box.authority.intermediate)
    now = dt.datetime.utcnow()
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=loaded(certificate)[0], issuer=issuer, algorithm=hashes.SHA1(), cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=now - dt.timedelta(hours=1), next_update=now + dt.timedelta(days=3), revocation_time=now - dt.timedelta(days=1) if revoked else None,
        revocation_reason=ReasonFlags.key_compromise if revoked else None).responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@fault("tls.must-staple", {"tls.trusted": "must-staple-missing"}, "the certificate demands a stapled OCSP answer, and none is sent")
def _(box):
    show(box, leaf(box, must_staple=True))


# -- certificates that somebody else put there

@fault("tls.kubernetes-fake", {"tls.trusted": "default-ingress-cert"}, "the ingress controller's stand-in: no secret matched the host")
def _(box):
    show(box, forge("Kubernetes Ingress Controller Fake Certificate", names=["ingress.local"], organization="Acme Co"))


@fault("tls.traefik-default", {"tls.trusted": "default-ingress-cert"}, "Traefik's stand-in")
def _(box):
    show(box, forge("TRAEFIK DEFAULT CERT", names=["3ac1f4a1d2.5f0c.traefik.default"]))


@fault("tls.interception", {"tls.trusted": "interception-proxy"}, "a proxy between here and the server signs anew")
def _(box):
    proxy = other_authority(root="Zscaler Root CA", intermediate="Zscaler Intermediate Root CA (zscaler.net)", organization="Zscaler Inc.")
    show(box, leaf(box, proxy.intermediate))


@fault("tls.interception-trusted", {"tls.trusted": "interception-proxy"}, "such a proxy, and its root is installed here", status={"tls.trusted": "warn"})
def _(box):
    proxy = other_authority(root="Zscaler Root CA", intermediate="Zscaler Intermediate Root CA (zscaler.net)", organization="Zscaler Inc.")
    box.ca_pem = box.authority.root.pem() + proxy.root.pem()
    show(box, leaf(box, proxy.intermediate))


@fault("tls.caddy-internal", {"tls.trusted": "default-ingress-cert"}, "Caddy's internal CA")
def _(box):
    caddy = other_authority(root="Caddy Local Authority - 2026 ECC Root", intermediate="Caddy Local Authority - ECC Intermediate")
    show(box, leaf(box, caddy.intermediate))


@fault("tls.openshift-router", {"tls.trusted": "default-ingress-cert"}, "the certificate of OpenShift's router")
def _(box):
    show(box, leaf(box, forge("ingress-operator@1700000000", ca=True)))


@fault("tls.cloudflare-origin", {"tls.trusted": "cloudflare-origin-cert"}, "a Cloudflare origin certificate, and no Cloudflare in between")
def _(box):
    show(box, leaf(box, forge("CloudFlare Origin SSL Certificate Authority", ca=True, organization="CloudFlare, Inc.")))


@fault("tls.acme-staging", {"tls.trusted": "acme-staging"}, "issued by Let's Encrypt's staging CA")
def _(box):
    staging = other_authority(root="(STAGING) Pretend Pear X1", intermediate="(STAGING) Artificial Apricot R3", organization="(STAGING) Let's Encrypt")
    show(box, leaf(box, staging.intermediate))


# -- form of the chain

@fault("tls.chain-order", {"tls.trusted": "chain-order"}, "the chain's certificates in the wrong order", status={"tls.trusted": "warn"})
def _(box):
    second = forge("Second intermediate", forge("First intermediate", box.authority.root, ca=True), ca=True)
    first = second.chain[0]
    show(box, leaf(box, second, chain=[first, second]))


@fault("tls.chain-extra", {"tls.trusted": "chain-extra"}, "a certificate that belongs to nothing", status={"tls.trusted": "warn"})
def _(box):
    show(box, leaf(box, chain=[box.authority.intermediate, other_authority(intermediate="Left over CA").intermediate]))


@fault("tls.chain-duplicate", {"tls.trusted": "chain-duplicate"}, "the server's certificate twice", status={"tls.trusted": "warn"})
def _(box):
    certificate = leaf(box)
    certificate.chain = [type(certificate)(certificate.pem(), ""), *certificate.chain]
    show(box, certificate)


@fault("tls.chain-root-sent", {"tls.trusted": "chain-root-sent"}, "the root is sent as well", status={"tls.trusted": "warn"})
def _(box):
    show(box, leaf(box, chain=[box.authority.intermediate, box.authority.root]))


@fault("tls.ambiguous-chain", {"tls.trusted": "ambiguous-chain"}, "the intermediate under two roots, the unknown one sent first: OpenSSL walks into a dead end")
def _(box):
    good = forge("Twice certified CA", box.authority.root, ca=True)
    dead = forge("Twice certified CA", other_authority().root, ca=True)
    show(box, leaf(box, good, chain=[dead, good]))


@fault("tls.incomplete-ca-file", {check: "incomplete-ca-file" for check in ("tls.trusted", "mysql.tls", "bucket.tls")}, "ca_file holds the intermediate alone",
       status=dict.fromkeys(("tls.trusted", "mysql.tls", "bucket.tls"), "warn"))
def _(box):
    box.ca_pem = box.authority.intermediate.pem()


@fault("tls.no-key-ids", {"tls.trusted": "strict-x509"}, "no authority key identifier: Python 3.13 refuses it", status={"tls.trusted": "warn"})
def _(box):
    show(box, leaf(box, key_ids=False))


# -- name

@fault("tls.hostname-mismatch", {"tls.name": "hostname-mismatch"}, "a certificate for another name")
def _(box):
    show(box, leaf(box, names=["wandb.example.com"], cn="wandb.example.com"))


@fault("tls.no-san", {"tls.name": "no-san"}, "the name stands in the common name only")
def _(box):
    show(box, leaf(box, names=()))


@fault("tls.wildcard-depth", {"tls.name": "wildcard-depth"}, "*.wandb.localhost for a name two labels below")
def _(box):
    named(box, "eu.prod.wandb.localhost")
    show(box, leaf(box, names=["*.wandb.localhost"], cn="*.wandb.localhost"))


@fault("tls.wildcard-parent", {"tls.name": "wildcard-depth"}, "*.wandb.localhost for wandb.localhost itself")
def _(box):
    show(box, leaf(box, names=["*.wandb.localhost"], cn="*.wandb.localhost"))


@fault("tls.wildcard-too-broad", {"tls.name": "wildcard-too-broad"}, "*.localhost: a star right above a top-level domain")
def _(box):
    show(box, leaf(box, names=["*.localhost"], cn="*.localhost"))


def by_address(box):
    """HOST is an address, and not the one that the settings' check takes for a left-over default. That it is one is named as well."""
    site = box.change_web().host
    site.name, site.addresses = "127.0.0.2", ["127.0.0.1", "127.0.0.2"]


@fault("tls.ip-not-in-san", {"tls.name": "ip-not-in-san", "config.well-formed/HOST": "address-literal"}, "HOST is an address, and the certificate has names",
       status={"config.well-formed/HOST": "warn"})
def _(box):
    by_address(box)


@fault("tls.ip-in-dns-san", {"tls.name": "ip-in-dns-san", "config.well-formed/HOST": "address-literal"}, "HOST is an address, which the certificate holds as a DNS name",
       status={"config.well-formed/HOST": "warn"})
def _(box):
    by_address(box)
    show(box, leaf(box, names=["DNS:127.0.0.2"]))


@fault("tls.sni-default-differs", {"tls.name": "sni-default-differs"}, "clients that send no name get another certificate", status={"tls.name": "warn"})
def _(box):
    box.change_web().host.default_certificate = leaf(box, names=["intranet.example.com"], cn="intranet.example.com")


@fault("tls.addresses-differ", {"tls.trusted": "addresses-differ"}, "one of two addresses is another machine, with its own certificate")
def _(box):
    other = forge("old.example.com", names=["old.example.com"])
    named(box, "wandb.wandb.test")
    box.name_in_zone("wandb", ["127.0.0.1", "127.0.0.2"])
    context = box.context(other, *MODERN)
    box.after.append(lambda: box.add(Listener(KINDS["http-page"], context, box.web.host.port, [(socket.AF_INET, "127.0.0.2")])))
