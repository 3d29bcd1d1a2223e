"""Signed URLs of the W&B API and what is behind them, broken."""
from ..lab import fault
from ..forge import forge
from .bucket import answer_methods, s3_error

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


@fault("wandb.upload-refused", {"wandb.store/tcp": "refused"}, "nobody listens where upload URLs point to",
       peer="upload host refuses connection")
def _(box):
    box.wandb(upload_host=f"store.localhost:{box.listener('refused')}")


@fault("wandb.upload-unknown-name", {"wandb.store/dns": "nxdomain"}, "the name in upload URLs does not exist",
       peer="upload host name unknown")
def _(box):
    box.name_in_zone("wandb")
    box.wandb(upload_host="nowhere.wandb.test:9000")


@fault("wandb.upload-drops", {"wandb.store/tcp": "timed-out"}, "packets to the host of upload URLs are dropped", peer="upload host drops packets")
def _(box):
    box.wandb(upload_host=f"store.localhost:{box.listener('drops')}")


@fault("wandb.upload-silent", {"wandb.store/tls": "timed-out"}, "the host of upload URLs accepts connections and never answers", status={"wandb.store/tls": "unknown"},
       peer="upload host accepts and never answers")
def _(box):
    box.wandb(upload_host=f"store.localhost:{box.listener('silent')}")


@fault("wandb.upload-untrusted", {"wandb.store/tls": "self-signed-leaf"}, "the store behind upload URLs has a self-signed certificate")
def _(box):
    certificate = forge("store.localhost", None, ["store.localhost"])
    box.wandb(upload_host=f"store.localhost:{box.listener('silent', certificate)}")


@fault("wandb.put-unanswered", {"wandb.upload": "timed-out"}, "the store takes the bytes of an upload and never answers", peer="PUT never answered")
def _(box):
    answer_methods(box, "PUT", f"proxy_request_buffering off; proxy_pass http://127.0.0.1:{box.listener('silent')};", box.clients_store())


@fault("wandb.put-403", {"wandb.upload": "put-denied"}, "the store refuses uploads with AccessDenied", peer="upload PUT 403")
def _(box):
    answer_methods(box, "PUT", s3_error("AccessDenied", "Access Denied", 403), box.clients_store())


@fault("wandb.put-500", {"wandb.upload": "store-error"}, "the store fails at every upload", peer="upload PUT 500")
def _(box):
    answer_methods(box, "PUT", s3_error("InternalError", "We encountered an internal error, please try again.", 500), box.clients_store())


@fault("wandb.get-403", {"wandb.download": "get-denied"}, "the store refuses downloads with AccessDenied", peer="store GET 403")
def _(box):
    answer_methods(box, "GET", s3_error("AccessDenied", "Access Denied", 403), box.clients_store(("direct_host", "redirect_host")))


@fault("wandb.wrong-secret", {"wandb.upload": "signature-mismatch"}, "the server signs with another secret than the store knows")
def _(box):
    box.wandb(signer_secret="not-the-secret-of-this-store")


@fault("wandb.signer-slow", {"wandb.upload": "url-expired"}, "the server's clock is two days behind: what it signs has expired before it is used")
def _(box):
    box.wandb(signer_clock=-2 * 86400)


@fault("wandb.signer-fast", {"wandb.upload": "clock-skew"}, "the server's clock is an hour ahead: what it signs is not valid yet (Ceph would take it)", needs="minio")
def _(box):
    box.use_minio()
    box.wandb(signer_clock=3600)


@fault("wandb.short-lived", {"wandb.upload-url": "short-lived"}, "upload URLs hold for a minute", status={"wandb.upload-url": WARN})
def _(box):
    box.wandb(url_lifetime=60)


@fault("wandb.not-registered", {"wandb.registered": "not-registered"}, "uploads work, and files never appear",
       peer="files never registered (uploads fine)")
def _(box):
    box.wandb(lost=("files",))


@fault("wandb.registered-late", {"wandb.registered": "late"}, "files appear after six seconds", status={"wandb.registered": WARN})
def _(box):
    box.wandb(late={"files": 6})


@fault("wandb.file-bytes", {"wandb.download": "bytes-differ"}, "other bytes come back than were uploaded",
       peer="run file bytes wrong")
def _(box):
    box.wandb(corrupt=("files",))


@fault("wandb.redirect-container", {"wandb.download/route": "inside-name"}, "the server sends downloads to a container's name")
def _(box):
    box.wandb(redirect_host="minio:9000")


@fault("wandb.redirect-refused", {"wandb.download/route": "refused"}, "the server sends downloads to a port where nobody listens", peer="redirect of file read to a refused port")
def _(box):
    box.wandb(redirect_host=f"store.localhost:{box.listener('refused')}")


@fault("wandb.redirect-silent", {"wandb.download/route": "timed-out"}, "the server sends downloads to a host that never answers", peer="redirect of file read to a silent host")
def _(box):
    box.wandb(redirect_host=f"store.localhost:{box.listener('silent', box.authority.leaf('store.localhost'))}")


@fault("wandb.no-cors", {"wandb.cors": "refused"}, "the team's bucket has no rules for browsers",
       peer="no CORS header")
def _(box):
    box.args += ["--entity", "research"]
    box.undo.append(lambda: box.parent.rgw.s3.set_cors(box.parent.team_bucket, box.parent.documented_cors()))
    box.after.append(lambda: box.rgw.s3.call("DELETE", f"/{box.team_bucket}", "cors"))
