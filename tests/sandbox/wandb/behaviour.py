"""Everything that the stand-in does wrong when it is told to; nothing by default."""
import json
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """A fixed answer. `body` is text, bytes, or a function that yields pieces (sent without a length); `times`: how often, then the right answer."""
    status: int
    body: object
    kind: str = "application/json"
    headers: tuple = ()
    times: int = None


def graphql_error(message, status, code=None, path=()):
    """An error as the API words it."""
    error = {"message": message, "path": list(path)} | ({"extensions": {"code": code}} if code else {})
    return Reply(status, json.dumps({"errors": [error], "data": {name: None for name in path[:1]}}))


def denied(name):
    return graphql_error("permission denied", 403, "PERMISSION_ERROR", [name])


def rest_error(message, status):
    return Reply(status, json.dumps({"error": message}))


def page(title, status=200, text=""):
    """HTML, as of something that stands in front of the server."""
    return Reply(status, f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>", "text/html; charset=utf-8")


LOGIN_PAGE = page("Sign in", text='<form action="/login" method="post"><input name="user"/><input name="password" type="password"/></form>')
BAD_GATEWAY = page("502 Bad Gateway", 502)


def deep(levels=200_000):
    """JSON that is nested so deep that a recursive reader falls over it."""
    return Reply(200, '{"data":' + '{"a":' * levels + "1" + "}" * levels + "}")


def endless(piece=b'{"viewer":null},' * 4096, pause=0.0):
    """JSON without an end."""
    def pieces():
        yield b'{"data":{"list":['
        while True:
            yield piece
            time.sleep(pause)
    return Reply(200, pieces)


def drip(text='{"data":{"viewer":null}}', pause=1.0):
    """An answer whose every byte takes its time."""
    def pieces():
        for byte in text.encode():
            yield bytes([byte])
            time.sleep(pause)
    return Reply(200, pieces)


REMOVED = object()   # in `change`: the member is not there


@dataclass
class Behaviour:
    # -- which server
    generation: str = "new"                 # new, mid, old (engine.GENERATIONS)
    without: frozenset = frozenset()        # further types, fields and arguments that its schema lacks: "Project.run.desc"
    version: str = None                     # of the server; by generation when not given
    latest_version: str = None              # what it heard to be the newest; the same when not given
    cli_versions: object = "by generation"  # cliVersionInfo; None is null
    features: dict = field(default_factory=dict)   # feature → on or off, besides those of the generation
    introspection: bool = True
    host: str = None                        # the address that it takes for its own; None: what the proxy passes on
    most_per_page: int = 1000               # nodes of a connection in one answer
    before: object = None                   # function of (request, its keys as in replies), called before it is answered; a Reply is sent instead, and nothing done
    after: object = None                    # … called when all is done and nothing sent; a Reply is sent instead of the right answer

    # -- instead of an answer, or with it. Keys: a field of Query or Mutation ("viewer", "upsertBucket"), or a path: "/graphql",
    #    "/graphql2", "file_stream", "/files", "/artifacts", "/oidc/token"
    replies: dict = field(default_factory=dict)    # key → Reply
    delay: float = 0.0                             # seconds before each answer
    delays: dict = field(default_factory=dict)     # key → further seconds
    body_limit: dict = field(default_factory=dict)  # "/graphql" or "file_stream" → bytes; more is 413
    change: dict = field(default_factory=dict)     # "project.run.config" → value, function of the right one, or REMOVED, in answers of /graphql

    rewrite: object = None                         # function of (name of the operation or "file_stream", answer) → the answer that is sent

    # -- who may what
    unknown_key: str = "null"               # `null`: viewer is null in HTTP 200; `401`
    read_only: tuple = ()                   # further entities that cannot be written to
    personal_disabled: bool = False         # GORILLA_DISABLE_PERSONAL_ENTITY
    foreign_origins: bool = False           # requests with any Origin are let in
    refuse_all_origins: bool = False
    cors: bool = True                       # Access-Control-* in answers of the API

    # -- runs. What is lost never arrives, what is late is visible after so many seconds: "history", "summary", "config", "console",
    #    "events", "files", "complete"
    lost: tuple = ()
    late: dict = field(default_factory=dict)
    charset: str = "utf8mb4"                # utf8mb3 and latin1: characters that they lack become `?`; strict: a metric's name beyond ASCII ends the request
    stop_runs: bool = False                 # runs are told to stop

    # -- files
    registration: str = "internal"          # `internal`: when the client says so; `event`: when the store has the object
    corrupt: tuple = ()                     # of what the bytes in the store are changed: "files", "artifact", "manifest"
    upload_host: str = None                 # host[:port], with a scheme in front when it is another, in place of the store's address …
    direct_host: str = None                 # … in directUrl
    redirect_host: str = None               # … in redirects of /files and /artifactsV2
    file_host: str = None                   # in `url` of a file, in place of the server's address
    url_lifetime: int = 86400               # seconds that signed URLs hold
    signer_clock: int = 0                   # seconds by which the signer's clock is ahead
    signer_secret: str = None               # another secret key than the store's
    bucket_proxy: bool = False              # BUCKET_PROXY: signed URLs have the server's own address, and it passes objects on
    files_by: str = "redirect"              # `body`: /files gives the bytes itself
    buckets: dict = field(default_factory=dict)   # entity → another bucket than its own
    reuse_uploads: bool = True              # uploadUrl is null when the bytes are there already

    # -- sweeps
    sweep_controller: bool = True           # off: heartbeats bring no command
    refuse_sweep_runs: bool = False         # upsertBucket with a sweep is refused
