"""/healthz and /ready: alive is not ready, so each has its own switch."""
import json


class Health:
    def __init__(self, alive=True, ready=True, healthz=None, readiness=None, clock=0, address=""):
        """`healthz` and `readiness` are (status, body) in place of the usual answers; `clock` is by how many seconds
        the server's clock is ahead, `address` what it takes for its own instead of what the proxy passes on."""
        self.alive, self.ready, self._healthz, self._readiness, self.clock, self.address = alive, ready, healthz, readiness, clock, address

    def healthz(self):
        if self._healthz:
            return self._healthz
        return (200, json.dumps({"status": "ok"})) if self.alive else (500, json.dumps({"status": "failing"}))

    def readiness(self):
        if self._readiness:
            return self._readiness
        return (200, json.dumps({"status": "ok"})) if self.ready else (503, json.dumps({"status": "not ready", "reason": "migrations pending"}))
