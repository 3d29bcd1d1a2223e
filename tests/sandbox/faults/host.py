"""The server's address, broken."""
from ..lab import fault, near
from ..process import free_port


def instead(box, kind):
    """A misbehaving listener where HOST should be."""
    port = box.listener(kind)
    box.settings["HOST"] = f"https://wandb.localhost:{port}"


@fault("host.silent", {"tls.handshake": "timed-out"}, "accepts connections and never answers", status={"tls.handshake": "unknown"})
def _(box):
    instead(box, "silent")


@fault("host.drops", {"host.tcp": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    instead(box, "drops")


@fault("host.drip", {"tls.handshake": "not-tls"}, "one byte a second")
def _(box):
    instead(box, "drip")


@fault("host.refused", {"host.tcp": "refused"}, "nothing listens on the port")
def _(box):
    box.settings["HOST"] = f"https://wandb.localhost:{free_port()}"
