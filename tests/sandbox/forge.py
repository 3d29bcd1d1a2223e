"""Certificates with something wrong, or merely odd: quicker to make, and freer, than openssl's command line allows."""
import datetime as dt
import ipaddress
import warnings
from functools import lru_cache

from .certs import Issued
from .process import MissingPackage

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    raise MissingPackage("python3-cryptography") from error

DIGESTS = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384}


@lru_cache(maxsize=None)
def private_key(kind="P-256", slot="leaf"):
    """`P-256`, `P-384`, `Ed25519` or a number of RSA bits. A slot's key is made once a process: RSA keys take their time."""
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind in ("P-256", "P-384"):
        return ec.generate_private_key({"P-256": ec.SECP256R1, "P-384": ec.SECP384R1}[kind]())
    return rsa.generate_private_key(65537, int(kind))


def key_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def loaded(issued):
    return (x509.load_pem_x509_certificate(issued.pem().encode()), serialization.load_pem_private_key(issued.key_pem().encode(), None))


def general_names(names):
    for name in names:
        if name.startswith("DNS:"):
            yield x509.DNSName(name[4:])
            continue
        try:
            yield x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            yield x509.DNSName(name)


def forge(cn, issuer=None, names=(), ca=False, kind="P-256", slot=None, days=(-1, 90), digest="sha256", organization=None, purpose="server",
          key_usage=None, path_length=None, chain=None, key_ids=True, permitted=None, critical_oid=None, must_staple=False, aia=None, signed_by=None,
          subject=None):
    """A certificate; without `issuer` it signs itself. `days` is its time from now, `names` its SAN (an IP address written `DNS:10.0.0.1`
    stays a DNS name), `signed_by` another issuer whose key really signs, `subject` a name for the whole subject."""
    own = private_key(kind, slot or ("ca " + cn if ca else "leaf"))
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    subject = subject or x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, cn)])
    parent, signer = loaded(issuer) if issuer else (None, own)
    if signed_by:
        signer = loaded(signed_by)[1]
    now = dt.datetime.utcnow().replace(microsecond=0)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(parent.subject if parent else subject)
               .public_key(own.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now + dt.timedelta(days=days[0])).not_valid_after(now + dt.timedelta(days=days[1]))
               .add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True))
    if key_ids:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        if parent:
            authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.public_key())
            builder = builder.add_extension(authority, critical=False)
    usage = key_usage or ("sign" if ca else "server")
    builder = builder.add_extension(x509.KeyUsage(usage == "server", False, usage == "server" and kind.isdigit(), False, usage == "agree", usage == "sign",
                                                  usage == "sign", False, False), critical=True)
    if not ca:
        purposes = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}
        builder = builder.add_extension(x509.ExtendedKeyUsage([purposes[purpose]]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(general_names(names))), critical=False)
    if permitted:
        builder = builder.add_extension(x509.NameConstraints([x509.DNSName(permitted)], None), critical=True)
    if critical_oid:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(critical_oid), b"\x05\x00"), critical=True)
    if must_staple:
        builder = builder.add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), critical=False)
    if aia:
        builder = builder.add_extension(x509.AuthorityInformationAccess([x509.AccessDescription(
            x509.oid.AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(aia))]), critical=False)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else DIGESTS[digest]()
    with warnings.catch_warnings():   # that SHA-1 is outdated is the point of it
        warnings.simplefilter("ignore")
        certificate = builder.sign(signer, algorithm)
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    if chain is None:
        chain = [issuer, *issuer.chain] if issuer and parent.issuer != parent.subject else []
    return Issued(pem, key_pem(own), chain)


class ForgedAuthority:
    """Another root and intermediate, of any names and times."""

    def __init__(self, root="Elsewhere root", intermediate="Elsewhere intermediate", organization=None, root_days=(-2, 3650), days=(-2, 1800)):
        self.root = forge(root, ca=True, days=root_days, organization=organization)
        self.intermediate = forge(intermediate, self.root, ca=True, days=days, organization=organization, path_length=0)
