"""A request as the parts of the server see it, and its body."""
import gzip

from .engine import ApiError

LARGEST = 512 * 1024 * 1024


def read_body(handler):
    """The bytes of the body, unpacked."""
    if "chunked" in handler.headers.get("Transfer-Encoding", ""):
        parts = []
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            parts.append(handler.rfile.read(size))
            handler.rfile.readline()
        handler.rfile.readline()
        body = b"".join(parts)
    else:
        body = handler.rfile.read(min(int(handler.headers.get("Content-Length") or 0), LARGEST))
    return gzip.decompress(body) if handler.headers.get("Content-Encoding") == "gzip" else body


class Request:
    """Who asks, from where, and of which server."""

    def __init__(self, standin, handler):
        self.standin, self.headers, self.method, self.target = standin, handler.headers, handler.command, handler.path
        self.path = handler.path.partition("?")[0]
        found = standin.accounts.viewer(self.headers.get("Authorization"))
        self.anonymous, self.viewer = found is False, found or None
        self.user_agent = self.headers.get("User-Agent", "")
        self.origin = self.headers.get("Origin")

    def must_log_in(self):
        """The user; an error when nobody is logged in."""
        if not self.viewer:
            raise ApiError("user is not logged in", 401)
        return self.viewer

    @property
    def own_address(self):
        """The server's address as it knows it: by its setting, or by what the proxy passes on."""
        return self.standin.behaviour.host or self.standin.health.address \
            or f"{self.headers.get('X-Forwarded-Proto', 'http')}://{self.headers.get('X-Forwarded-Host') or self.headers.get('Host', '')}"

    def address(self, instead=None):
        if not instead:
            return self.own_address
        return instead if "://" in instead else self.own_address.partition("://")[0] + "://" + instead

    def origin_allowed(self):
        behaviour = self.standin.behaviour
        if behaviour.refuse_all_origins:
            return False
        return behaviour.foreign_origins or self.origin.lower() == self.own_address.lower()
