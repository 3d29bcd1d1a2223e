"""The server's address, broken."""
from ..lab import fault


@fault("host.silent", {"tls.handshake": "timed-out"}, "accepts connections and never answers", status={"tls.handshake": "unknown"})
def _(box):
    box.host_at(box.listener("silent"))


@fault("host.drops", {"host.tcp": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    box.host_at(box.listener("drops"))


@fault("host.drip", {"tls.handshake": "plain-http"}, "one byte a second")
def _(box):
    box.host_at(box.listener("drip"))


@fault("host.refused", {"host.tcp": "refused"}, "nothing listens on the port")
def _(box):
    box.host_at(box.listener("refused"))
