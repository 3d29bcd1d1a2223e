"""Signed URLs of the W&B API and what is behind them, broken."""
from ..lab import fault
from ..forge import forge

WARN = "warn"


@fault("wandb.upload-localhost", {"wandb.store/tcp": "refused"}, "upload URLs point to localhost, as when the server never heard of its address; HOST is this machine too")
def _(box):
    box.wandb(upload_host=f"localhost:{box.listener('refused')}")


@fault("wandb.upload-container", {"wandb.upload-url": "inside-name"}, "upload URLs have the name of a container")
def _(box):
    box.wandb(upload_host="minio:9000")


@fault("wandb.upload-plain-http", {"wandb.https": "mixed-content"}, "upload URLs are http:// while pages are https://")
def _(box):
    box.wandb(upload_host=f"http://s3.localhost:{box.parent.rgw.port}")


@fault("wandb.upload-refused", {"wandb.store/tcp": "refused"}, "nobody listens where upload URLs point to")
def _(box):
    box.wandb(upload_host=f"store.localhost:{box.listener('refused')}")


@fault("wandb.upload-unknown-name", {"wandb.store/dns": "nxdomain"}, "the name in upload URLs does not exist")
def _(box):
    box.name_in_zone("wandb")
    box.wandb(upload_host="nowhere.wandb.test:9000")


@fault("wandb.upload-untrusted", {"wandb.store/tls": "self-signed-leaf"}, "the store behind upload URLs has a self-signed certificate")
def _(box):
    certificate = forge("store.localhost", None, ["store.localhost"])
    box.wandb(upload_host=f"store.localhost:{box.listener('silent', certificate)}")


@fault("wandb.wrong-secret", {"wandb.upload": "signature-mismatch"}, "the server signs with another secret than the store knows")
def _(box):
    box.wandb(signer_secret="not-the-secret-of-this-store")


@fault("wandb.not-registered", {"wandb.registered": "not-registered"}, "uploads work, and files never appear")
def _(box):
    box.wandb(lost=("files",))


@fault("wandb.registered-late", {"wandb.registered": "late"}, "files appear after six seconds", status={"wandb.registered": WARN})
def _(box):
    box.wandb(late={"files": 6})


@fault("wandb.file-bytes", {"wandb.download": "bytes-differ"}, "other bytes come back than were uploaded")
def _(box):
    box.wandb(corrupt=("files",))


@fault("wandb.redirect-container", {"wandb.download/route": "inside-name"}, "the server sends downloads to a container's name")
def _(box):
    box.wandb(redirect_host="minio:9000")


@fault("wandb.no-cors", {"wandb.cors": "refused"}, "the team's bucket has no rules for browsers")
def _(box):
    box.args += ["--entity", "research"]
    box.undo.append(lambda: box.parent.rgw.s3.set_cors(box.parent.team_bucket, box.parent.documented_cors()))
    box.after.append(lambda: box.rgw.s3.call("DELETE", f"/{box.team_bucket}", "cors"))
