"""Certificates made on the spot: a private CA, an intermediate, leaves; and every way of getting them wrong."""
import datetime as dt
import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@lru_cache(maxsize=None)
def key(kind, slot="shared"):
    """`P-256` or a number of RSA bits. RSA keys are slow to make, so a slot's key is made once a process."""
    if kind == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind))


def subject_name(cn, organization=None):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, cn)]
    if organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


@dataclass
class Issued:
    certificate: x509.Certificate
    key: object
    chain: list = field(default_factory=list)   # what a server presents after the leaf

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def key_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()

    def chain_pem(self):
        return "".join(issued.pem() for issued in [self, *self.chain])


def issue(cn, issuer=None, names=(), ca=False, kind="P-256", slot=None, days=(-1, 90), digest="sha256", organization=None, usage="server", chain=None):
    """A certificate; without `issuer` it signs itself. `days` is its time from now, `names` its SAN."""
    own = key(kind, slot or cn)
    subject = subject_name(cn, organization)
    now = dt.datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.certificate.subject if issuer else subject)
               .public_key(own.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now + dt.timedelta(days=days[0])).not_valid_after(now + dt.timedelta(days=days[1]))
               .add_extension(x509.BasicConstraints(ca, None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False))
    if issuer:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    if ca:
        builder = builder.add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
    elif usage:
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if usage == "server" else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if names:
        entries = []
        for name in names:
            try:
                entries.append(x509.IPAddress(ipaddress.ip_address(name)))
            except ValueError:
                entries.append(x509.DNSName(name))
        builder = builder.add_extension(x509.SubjectAlternativeName(entries), critical=False)
    signer = issuer.key if issuer else own
    certificate = builder.sign(signer, hashes.SHA1() if digest == "sha1" else hashes.SHA256())
    return Issued(certificate, own, chain if chain is not None else ([issuer] if issuer and issuer.certificate.subject != issuer.certificate.issuer else []))


class Authority:
    """A root and an intermediate."""

    def __init__(self, name="wbverify sandbox"):
        self.root = issue(f"{name} root", ca=True, days=(-2, 3650), slot=f"{name} root")
        self.intermediate = issue(f"{name} intermediate", self.root, ca=True, days=(-2, 1800), slot=f"{name} intermediate")

    def leaf(self, *names, **options):
        options.setdefault("kind", "P-256")
        return issue(names[0], self.intermediate, names=names, slot=options.pop("slot", f"leaf {options['kind']}"), **options)
