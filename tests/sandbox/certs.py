"""The installation's certificates, made on the spot by openssl: a private root, an intermediate, a leaf for each service."""
import subprocess
from pathlib import Path

from .prefix import SandboxError, cache, locked

CA = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
LEAF = ("basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\n"
        "authorityKeyIdentifier=keyid\nsubjectAltName={names}\n")


def openssl(*words, stdin=None):
    done = subprocess.run(["openssl", *map(str, words)], input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        raise SandboxError(f"openssl {words[0]}: {done.stderr.strip()[-400:]}")
    return done.stdout


class Issued:
    """A certificate with its key, and what a server presents after it."""

    def __init__(self, pem, key_pem, chain=()):
        self._pem, self._key, self.chain = pem, key_pem, list(chain)

    def pem(self):
        return self._pem

    def key_pem(self):
        return self._key

    def chain_pem(self):
        return "".join([self.pem(), *(issued.pem() for issued in self.chain)])


def keys():
    """Keys are made once and kept: only the certificates have to be fresh."""
    folder = cache() / "keys"
    with locked("keys"):
        folder.mkdir(mode=0o700, exist_ok=True)
        for name in ("root", "intermediate", "leaf"):
            path = folder / f"{name}.pem"
            if not path.exists():
                part = path.with_suffix(".part")
                part.touch(mode=0o600)
                part.write_text(openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))
                part.rename(path)
    return folder


class Authority:
    """A root and an intermediate, certified anew for this installation."""

    def __init__(self, folder, name="wbverify sandbox"):
        self.folder, self.keys, self.name = Path(folder), keys(), name
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.root = self.issue("root", f"{name} root", CA, 3650)
        self.intermediate = self.issue("intermediate", f"{name} intermediate", CA.replace("CA:true", "CA:true,pathlen:0"), 1800, self.root)

    def issue(self, key, cn, extensions, days, issuer=None):
        path = self.keys / f"{key}.pem"
        request = openssl("req", "-new", "-key", path, "-subj", f"/O=wbverify sandbox/CN={cn}")
        config = self.folder / f"{cn.replace(' ', '-')}.ext"
        config.write_text(extensions)
        signer = ["-signkey", path] if issuer is None else ["-CA", self.write(issuer), "-CAkey", self.keys / f"{issuer.slot}.pem"]
        serial = int.from_bytes(Path("/dev/urandom").open("rb").read(8), "big") >> 1
        pem = openssl("x509", "-req", *signer, "-set_serial", serial, "-days", days, "-sha256", "-extfile", config, stdin=request)
        issued = Issued(pem, path.read_text(), [issuer] if issuer and issuer is not self.root else [])
        issued.slot = key
        return issued

    def write(self, issued):
        path = self.folder / f"{issued.slot}.pem"
        path.write_text(issued.pem())
        return path

    def leaf(self, *names):
        return self.issue("leaf", names[0], LEAF.format(names=",".join(f"DNS:{name}" for name in names)), 90, self.intermediate)
