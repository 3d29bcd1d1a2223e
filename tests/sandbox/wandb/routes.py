"""Which part of the server answers a path, and what is put on top of every answer: delays, fixed replies, origins."""
import json
import time
import urllib.parse
from dataclasses import dataclass, replace

import graphql

from ..gateway import Presigned
from . import engine, file_stream
from .accounts import BUCKETS, may_read
from .behaviour import REMOVED
from .files import clean
from .pages import INDEX, env_js
from .request import Request
from .server_info import version_of

GRAPHQL = ("/graphql", "/graphql2")
PUBLIC = {"serverInfo", "__schema", "__type", "__typename"}   # what is told without a log-in
FOR_BROWSERS = (*GRAPHQL, "/files", "/artifacts", "/artifactsV2")


@dataclass
class Answer:
    status: int
    body: object
    kind: str = "application/json"
    headers: tuple = ()
    about: tuple = ()   # name of the operation and its root fields


def as_json(status, value, about=()):
    return Answer(status, json.dumps(value), about=about)


def route(standin, handler, body):
    request = Request(standin, handler)
    path = request.path
    if path == "/healthz":
        return Answer(*standin.health.healthz())
    if path == "/ready":
        return Answer(*standin.health.readiness())
    asked = asked_for(request, body) if path in GRAPHQL and request.method == "POST" else None
    keys = keys_of(path, asked)
    pause(standin.behaviour, keys)
    behaviour = standin.behaviour
    answer = instead(behaviour.before, request, keys) or fixed(behaviour, keys) or origin_refused(request) or answer_to(request, asked, body)
    answer = instead(behaviour.after, request, keys) or answer
    if asked:
        answer.about = asked.about
    if standin.behaviour.cors and request.origin and request.origin_allowed() and path.startswith(FOR_BROWSERS):
        answer.headers = (*answer.headers, ("Access-Control-Allow-Origin", request.origin), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"))
    return answer


def keys_of(path, asked):
    """By what a behaviour names the request."""
    if path.endswith("/file_stream"):
        return ["file_stream"]
    own = "/oidc/token" if path == "/oidc/token" else "/" + path.split("/")[1]
    return [*(asked.fields if asked else []), own]


def pause(behaviour, keys):
    seconds = behaviour.delay + sum(behaviour.delays.get(key, 0) for key in keys)
    if seconds:
        time.sleep(seconds)


def instead(hook, request, keys):
    """The answer that a test's own function has for the request, when it has one."""
    reply = hook(request, keys) if hook else None
    return Answer(reply.status, reply.body, reply.kind, reply.headers) if reply else None


def fixed(behaviour, keys):
    for key in keys:
        reply = behaviour.replies.get(key)
        if reply is None:
            continue
        if reply.times is not None:
            if reply.times <= 0:
                continue
            behaviour.replies[key] = replace(reply, times=reply.times - 1)
        return Answer(reply.status, reply.body, reply.kind, reply.headers)
    return None


def origin_refused(request):
    """A browser's request from a page of another address."""
    if request.path in GRAPHQL and request.origin and not request.origin_allowed():
        return as_json(403, {"error": f"request origin not allowed: {request.origin}"})
    return None


def answer_to(request, asked, body):
    path, standin = request.path, request.standin
    if request.method == "OPTIONS" and path.startswith(FOR_BROWSERS):
        return Answer(204, "", headers=(("Access-Control-Allow-Methods", "GET, POST, PUT, OPTIONS"), ("Access-Control-Max-Age", "3600"),
                                        ("Access-Control-Allow-Headers", request.headers.get("Access-Control-Request-Headers", "content-type, authorization"))))
    if asked:
        return graphql_answer(request, asked, body)
    if path.endswith("/file_stream") and path.startswith("/files/") and request.method == "POST":
        return stream_answer(request, body)
    if path == "/oidc/token" and request.method == "POST":
        status, told = standin.accounts.exchange(dict(urllib.parse.parse_qsl(body.decode(errors="replace"))))
        standin.given += [told["access_token"]] if status == 200 else []
        return as_json(status, told)
    if path.startswith("/files/") and request.method in ("GET", "HEAD"):
        return download(request, run_file(request))
    if path.startswith(("/artifacts/", "/artifactsV2/")) and request.method in ("GET", "HEAD"):
        return download(request, artifact_file(request))
    if standin.behaviour.bucket_proxy and request.path.split("/")[1] in {standin.storage.bucket, *BUCKETS}:
        return passed_on(request, body)
    if request.method not in ("GET", "HEAD"):
        return as_json(404, {"error": "not found"})
    if path == "/env.js":
        return Answer(200, env_js(request.own_address, version_of(standin.behaviour)), "application/javascript; charset=utf-8")
    return Answer(200, INDEX, "text/html; charset=utf-8")


# -- GraphQL

@dataclass
class Asked:
    query: object
    variables: object
    operation: str
    fields: list

    @property
    def about(self):
        return self.operation, self.fields


def asked_for(request, body):
    try:
        value = json.loads(body)
        query, variables, operation = value["query"], value.get("variables"), value.get("operationName") or ""
    except (ValueError, TypeError, KeyError, AttributeError):
        return Asked(None, None, "", [])
    try:
        document = engine.parsed(query)
        named = [d.name.value for d in document.definitions if getattr(d, "operation", None) and d.name]
        return Asked(query, variables, operation or (named[0] if named else ""), engine.root_fields(document, operation))
    except (graphql.GraphQLError, TypeError):
        return Asked(query, variables, operation, [])


def graphql_answer(request, asked, body):
    standin, limit = request.standin, request.standin.behaviour.body_limit.get("/graphql")
    if limit is not None and len(body) > limit:
        return as_json(413, {"error": "request body too large"})
    public = asked.fields and set(asked.fields) <= PUBLIC
    if not request.viewer and not public and (request.anonymous or standin.behaviour.unknown_key == "401"):
        return as_json(401, {"errors": [{"message": "user is not logged in", "path": ["viewer"]}], "data": {"viewer": None}})
    if not isinstance(asked.query, str) or not isinstance(asked.variables, (dict, type(None))):
        return as_json(400, {"errors": [{"message": "invalid request body"}]})
    if not standin.behaviour.introspection and any(name.startswith("__") for name in asked.fields):
        return as_json(400, {"errors": [{"message": "introspection is disabled"}]})
    with standin.books.lock:
        status, answer = engine.run(standin.schema, asked.query, asked.variables, asked.operation, request)
    for path, value in standin.behaviour.change.items():
        alter(answer.get("data"), path.split("."), value)
    return as_json(status, rewritten(standin.behaviour, asked.operation, answer))


def rewritten(behaviour, name, answer):
    return behaviour.rewrite(name, answer) if behaviour.rewrite else answer


def alter(data, path, value):
    """Puts the value where the path leads; lists on the way are passed through."""
    if isinstance(data, list):
        for part in data:
            alter(part, path, value)
    elif isinstance(data, dict) and path[0] in data:
        if len(path) > 1:
            alter(data[path[0]], path[1:], value)
        elif value is REMOVED:
            del data[path[0]]
        else:
            data[path[0]] = value(data[path[0]]) if callable(value) else value


# -- files

def words_of(path):
    return [urllib.parse.unquote(part) for part in path.split("/")[2:]]


def stream_answer(request, body):
    limit, words = request.standin.behaviour.body_limit.get("file_stream"), words_of(request.path)
    if limit is not None and len(body) > limit:
        return as_json(413, {"error": "request body too large"})
    if len(words) != 4:
        return as_json(404, {"error": "not found"})
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return as_json(400, {"error": "invalid request body"})
    status, answer = file_stream.take(request, *words[:3], value)
    return as_json(status, rewritten(request.standin.behaviour, "file_stream", answer))


def run_file(request):
    words = words_of(request.path)
    if len(words) < 4:
        return None
    with request.standin.books.lock:
        project = request.standin.books.projects.get(tuple(words[:2])) if may_read(request, words[0]) else None
        run = project.runs.get(words[2]) if project else None
        file = run.files.get(clean("/".join(words[3:])) or "") if run else None
        return file if file and file.registered else None


def artifact_file(request):
    """By the digest: of a file of an entity (V1), or of a collection's (V2)."""
    words = words_of(request.path)
    v2 = request.path.startswith("/artifactsV2/")
    if len(words) < (7 if v2 else 2):
        return None
    entity, hexed = (words[1], words[-2]) if v2 else (words[0], words[1])
    with request.standin.books.lock:
        for project in request.standin.books.projects.values() if may_read(request, entity) else []:
            if project.entity.name != entity or v2 and project.name != words[2]:
                continue
            for collection in project.collections.values():
                for artifact in collection.versions if not v2 or collection.name == words[3] else []:
                    for file in artifact.files_by_name.values():
                        if file.key and file.key.endswith("/" + hexed) and file.registered:
                            return file
    return None


def passed_on(request, body):
    """An object by way of the server (BUCKET_PROXY): the signature is checked here, and the store asked with the server's own."""
    storage, signed = request.standin.storage, Presigned(request.target)
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not signed.signed or signed.expired() or not signed.right_for(request.method, headers, storage.s3.secret):
        return Answer(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", "application/xml")
    more = {name: headers[name] for name in ("content-type", "content-md5", "range") if name in headers}
    status, own, data = storage.s3.answer(request.method, urllib.parse.unquote(signed.path), signed.unsigned_query(), body, more)
    return Answer(status, data, own.get("Content-Type") or "application/octet-stream", tuple((name, own[name]) for name in ("ETag", "Last-Modified") if name in own))


def download(request, file):
    standin = request.standin
    if not request.viewer:
        return as_json(401, {"error": "user is not logged in"})
    if file is None:
        return as_json(404, {"error": "not found"})
    bucket = standin.bucket_of(file.entity)
    if standin.behaviour.files_by == "body":
        data = standin.storage.read(bucket, file.key)
        return as_json(404, {"error": "not found"}) if data is None else Answer(200, data, file.mimetype or "application/octet-stream")
    return Answer(302, "", "text/html; charset=utf-8", (("Location", standin.storage.redirect_url(request, bucket, file.key)),))
