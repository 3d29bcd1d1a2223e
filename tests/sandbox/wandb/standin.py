"""The server as a whole: what it remembers, how it behaves, where its files are."""
import threading
import time

from . import artifact_changes, artifacts, automations, file_stream, files, launch, projects, reports, runs, server_info, sweeps  # noqa: F401  they declare the API's fields
from .accounts import Accounts
from .behaviour import Behaviour
from .engine import schema_of
from .health import Health


class StandIn:
    """`keys` as accounts.new_keys() makes them; the store is given when its address is known."""

    def __init__(self, keys, behaviour=None, health=None):
        self.accounts, self.books = Accounts(keys), projects.Books()
        self.behaviour, self.health = behaviour or Behaviour(), health or Health()
        self.storage, self.watched, self.given = None, set(), []
        self.requests, self.timers, self.stopped = [], [], threading.Event()

    def use_store(self, storage):
        self.storage = storage
        if self.behaviour.registration == "event":
            threading.Thread(target=self.hear_events, daemon=True).start()

    def bucket_of(self, entity):
        return self.behaviour.buckets.get(entity.name) or entity.bucket or self.storage.bucket

    @property
    def schema(self):
        return schema_of(self.behaviour.generation, frozenset(self.behaviour.without))

    def arrives(self, part, action):
        """Does it now, later or never, as the behaviour has it."""
        if part in self.behaviour.lost:
            return
        pause = self.behaviour.late.get(part, 0)
        if not pause:
            action()
            return

        def late():
            if not self.stopped.is_set():
                with self.books.lock:
                    action()
        timer = threading.Timer(pause, late)
        timer.daemon = True
        self.timers.append(timer)
        timer.start()

    def hear_events(self):
        """Registers files when the store has them, without a word of the client."""
        while not self.stopped.wait(0.05):
            for file in list(self.watched):
                if self.storage.look(self.bucket_of(file.entity), file.key):
                    self.watched.discard(file)
                    self.arrives("files", lambda file=file: files.look_up(self, file))

    def note(self, method, path, status, started, size, operation="", fields=()):
        self.requests.append({"method": method, "path": path.partition("?")[0], "operation": operation, "fields": list(fields), "status": status, "bytes": size,
                              "time": started, "seconds": round(time.time() - started, 6)})

    def stop(self):
        self.stopped.set()
        for timer in self.timers:
            timer.cancel()
        if self.storage:
            try:
                self.storage.empty()
            except OSError:
                pass   # a store of the same fork is gone already, with everything in it
