"""/healthz and /ready: alive is not ready, so each has its own switch."""
import json


class Health:
    def __init__(self):
        self.alive, self.ready = True, True

    def healthz(self):
        return (200, json.dumps({"status": "ok"})) if self.alive else (500, json.dumps({"status": "failing"}))

    def readiness(self):
        return (200, json.dumps({"status": "ok"})) if self.ready else (503, json.dumps({"status": "not ready", "reason": "migrations pending"}))
