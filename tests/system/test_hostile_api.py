"""A W&B Server that lies, floods, stalls and leads away: the program never crashes, ends in time, accounts for every check, and nobody gets the key."""
import base64
import copy
import gzip
import json
import random
from pathlib import Path

import pytest
from program import verify
from sandbox.listeners import Listener, http
from sandbox.wandb.behaviour import LOGIN_PAGE, Reply, deep, drip, endless
from test_faults import check_of

TIMEOUT = 8
UGLY = "\x1b]0;owned\x07\x1b[31;1mFAILED\x1b[0m \u202etxt.exe\u2066 \x9b31m \x00 \ud800 <script>alert(1)</script>"

# Root fields in the order in which they are asked, and the paths beside GraphQL.
STEPS = ["serverInfo", "viewer", "upsertBucket", "createRunFiles", "file_stream", "project", "/files", "createArtifact", "createArtifactManifest", "createArtifactFiles",
         "commitArtifact", "useArtifact", "upsertSweep", "createAgent", "agentHeartbeat", "deleteRun"]


def json_reply(value, status=200):
    return Reply(status, json.dumps(value))


def flood():
    """A right beginning, and 200 MB of blanks before the end."""
    def pieces():
        yield b'{"data":{"viewer":'
        for _ in range(200):
            yield b" " * 1_000_000
        yield b"null}}"
    return Reply(200, pieces)


REPLIES = {
    "html": LOGIN_PAGE,
    "deep": deep(),
    "endless": endless(),
    "flood": flood(),
    "empty": Reply(200, ""),
    "null": Reply(200, "null"),
    "number": Reply(200, "1e999"),
    "list": json_reply([[], {}, 1]),
    "no-data": json_reply({"data": None}),
    "data-is-a-list": json_reply({"data": [1]}),
    "errors-is-a-text": json_reply({"errors": "no"}, 400),
    "errors-of-every-type": json_reply({"errors": [1, None, [], {"message": {"a": 1}, "path": 7, "extensions": []}], "data": {}}, 500),
    "escapes-in-the-message": json_reply({"errors": [{"message": UGLY * 50, "path": [UGLY], "extensions": {"code": UGLY}}], "data": None}, 500),
    "no-utf8": Reply(500, b'{"errors":[{"message":"\x1b[31m\xff\xfe\xc3\x28\x00"}]}'),
    "other-kind": Reply(200, b"\x00\x01\x02\xff" * 1000, "application/octet-stream"),
    "packed-flood": Reply(200, gzip.compress(b" " * 100_000_000), headers=(("Content-Encoding", "gzip"),)),
    "many-errors": json_reply({"errors": [{"message": "no"}] * 100_000}, 400),
    "half": Reply(200, '{"data":{"viewer":{"id":"'),
}
WORST = ["html", "deep", "endless", "data-is-a-list", "errors-of-every-type", "escapes-in-the-message"]   # at the other steps too; the others at those that differ most
FEW = ["serverInfo", "file_stream", "project", "useArtifact"]
SLOW = ["serverInfo", "upsertBucket", "file_stream", "project", "useArtifact", "deleteRun"]


@pytest.fixture(scope="session")
def healthy_checks(base):
    return {check_of(row) for row in verify(base, "--only", "wandb").results}


def survives(box, healthy_checks):
    run = verify(box, "--only", "wandb", timeout=f"{TIMEOUT}s")
    assert run.exit in (0, 1, 3), run.stdout
    assert run.seconds < TIMEOUT + 1.5, run.seconds
    assert healthy_checks <= {check_of(row) for row in run.results}, run.stdout
    assert not [row for row, result in run.results.items() if result["cause"] == "internal-error"], run.stdout
    assert not set(run.stdout) & set("\u202e\u2066\ufeff"), "characters that turn the direction of the text"
    return run


# -- answers

# Of the worst, each step takes every other one, in turn: all of them at all steps take minutes more, and found nothing more.
CASES = [(kind, step) for kind in REPLIES for i, step in enumerate(STEPS) if (step in FEW if kind not in WORST else (i + WORST.index(kind)) % 2 == 0 or step == "serverInfo")]


@pytest.mark.parametrize("kind, step", CASES)
def test_an_answer_of_another_kind(kind, step, base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb(replies={step: REPLIES[kind]})) as box:
        survives(box, healthy_checks)


@pytest.mark.parametrize("step", SLOW)
def test_a_byte_a_second(step, base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb(replies={step: drip()})) as box:
        survives(box, healthy_checks)


# -- fields

OTHERS = [None, True, -1, 2**63, 1e308, "", "text", "\ud800", "\x1b[31m", "x" * 1_000_000, [], [[]], [None], {}, {"edges": 1}]


def places(value, path=()):
    """Every member of the answer, those of the first two of each list."""
    yield path
    members = list(value.items()) if isinstance(value, dict) else list(enumerate(value[:2])) if isinstance(value, list) else []
    for key, part in members:
        yield from places(part, (*path, key))


def with_other(answer, path, other):
    if not path:
        return other
    answer = copy.deepcopy(answer)
    at = answer
    try:
        for key in path[:-1]:
            at = at[key]
        at[path[-1]]   # noqa: B018  this answer has it
    except (KeyError, IndexError, TypeError):
        return answer
    at[path[-1]] = other
    return answer


@pytest.fixture(scope="session")
def answered(base):
    """(operation, path, value) of everything that a healthy server answered."""
    seen = {}

    def note(operation, answer):
        for path in places(answer):
            value = answer
            for key in path:
                value = value[key]
            seen.setdefault((operation, path), value)
        return answer
    with base.fork([], change=lambda box: box.wandb(rewrite=note)) as box:
        verify(box, "--only", "wandb")
    assert len(seen) > 200
    return sorted(seen.items(), key=str)


@pytest.mark.parametrize("batch", range(6))
def test_a_field_of_another_type(batch, base, answered, healthy_checks):
    dice = random.Random(20261128 + batch)
    for (operation, path), value in dice.sample(answered, 10):
        other = dice.choice([other for other in OTHERS if type(other) is not type(value)])

        def rewrite(name, answer):
            return with_other(answer, path, other) if name == operation else answer
        with base.fork([], change=lambda box: box.wandb(rewrite=rewrite)) as box:
            try:
                survives(box, healthy_checks)
            except AssertionError as error:
                raise AssertionError(f"{operation}: {path} is {str(other)[:20]!r}") from error


def test_pages_without_an_end(base, healthy_checks):
    def more(value):
        if isinstance(value, dict):
            return {key: {**part, "hasNextPage": True, "endCursor": "on"} if key == "pageInfo" and isinstance(part, dict) else more(part) for key, part in value.items()}
        return [more(part) for part in value] if isinstance(value, list) else value
    with base.fork(["wandb.left-over"]) as box:
        box.wandb(rewrite=lambda name, answer: more(answer))
        survives(box, healthy_checks)


# -- addresses

class Stranger:
    """Another host, which writes down what it is sent."""

    def __init__(self, box, answer=http(b'{"data":{}}', b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")):
        self.heard, self.answer = [], answer
        self.port = box.add(Listener(self.hear, box.context(box.authority.leaf("stranger.localhost")))).port
        self.url = f"https://stranger.localhost:{self.port}"

    def hear(self, connection):
        self.heard.append(connection.read_head(2))
        connection.write(self.answer)

    def assert_no_log_in(self, box):
        token = box.api_keys["identity"].encode()
        for said in self.heard:
            head = said.partition(b"\r\n\r\n")[0].lower()
            assert b"\nauthorization:" not in head and b"\ncookie:" not in head, head
            for key in (box.api_key.encode(), base64.b64encode(b"api:" + box.api_key.encode()), token):
                assert key not in said


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("step", ["/graphql", "upsertBucket", "file_stream", "/files"])
def test_a_redirect_elsewhere_takes_no_log_in_along(step, status, base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        stranger = Stranger(box)
        box.wandb(replies={step: Reply(status, "", headers=(("Location", stranger.url + "/graphql"), ("Set-Cookie", "a=b")))})
        survives(box, healthy_checks)
        stranger.assert_no_log_in(box)
        assert (step != "/files") or stranger.heard, "the redirect of a file is followed"


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_elsewhere_takes_no_identity_along(status, base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        stranger = Stranger(box, http(b'{"access_token":"a.b.c","token_type":"Bearer","expires_in":3600}', b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"))
        box.wandb(replies={"/oidc/token": Reply(status, "", headers=(("Location", stranger.url + "/oidc/token"),))})
        box.yaml["api_key_file"] = None
        box.write()
        file = Path(box.dir, "identity-token")
        file.touch(mode=0o600)
        file.write_text(box.api_keys["identity"])
        box.env["WANDB_IDENTITY_TOKEN_FILE"] = str(file)
        run = survives(box, healthy_checks)
        assert run.exit == 1
        stranger.assert_no_log_in(box)


def test_signed_urls_elsewhere_take_no_log_in_along(base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        stranger = Stranger(box)
        box.wandb(**dict.fromkeys(("upload_host", "direct_host", "redirect_host"), stranger.url.partition("://")[2]))
        survives(box, healthy_checks)
        assert any(said.startswith(b"PUT ") for said in stranger.heard)
        stranger.assert_no_log_in(box)


def test_headers_for_uploads_cannot_smuggle_others(base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        stranger = Stranger(box)
        bad = ["X-One:a\r\nInjected: yes", "X-Two\r\nInjected:yes", "X-Three:fine", "Injected : yes\n", 1, None, {}, ":"]
        box.wandb(upload_host=stranger.url.partition("://")[2],
                  rewrite=lambda name, answer: with_other(answer, ("data", "createRunFiles", "uploadHeaders"), bad))
        survives(box, healthy_checks)
        puts = [said for said in stranger.heard if said.startswith(b"PUT ") and b"-log/" in said]
        assert puts and all(b"x-three: fine" in said.lower() for said in puts)
        assert not any(line.lower().startswith(b"injected") for said in puts for line in said.split(b"\r\n"))


ADDRESSES = ["file://{path}", "FILE://{path}", "ftp://localhost{path}", "gopher://localhost:6379/_x", "javascript:alert(1)", "https://user:password@stranger.localhost/x", "https://",
             "https:///x", "http://[::1", "https://stranger.localhost:99999/x", "https://a\r\nb/", "//stranger.localhost/x", "https://" + "a" * 100_000 + "/", "\x1b[31m", "data:,x"]


@pytest.mark.parametrize("number", range(len(ADDRESSES)))
def test_addresses_that_are_none_of_a_store(number, base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        mine = Path(box.dir, "mine")
        mine.write_text("not for the server")
        address = ADDRESSES[number].format(path=mine)

        def lead_there(value):
            if isinstance(value, dict):
                return {key: address if key in ("uploadUrl", "directUrl", "url") and part else lead_there(part) for key, part in value.items()}
            return [lead_there(part) for part in value] if isinstance(value, list) else value
        box.wandb(rewrite=lambda name, answer: lead_there(answer))
        run = survives(box, healthy_checks)
        assert run.exit == 1
        assert mine.read_text() == "not for the server"
        assert "not for the server" not in run.record + run.stdout


# -- the store

@pytest.mark.parametrize("hosts", [("upload_host",), ("direct_host", "redirect_host")], ids=["upload", "download"])
@pytest.mark.parametrize("kind", ["garbage", "half-a-header", "half-a-body", "huge-headers", "endless-headers", "endless-body", "hostile-page", "drip-body", "closed-after-request",
                                  "reset-after-request", "silent-after-request"])
def test_a_store_that_misbehaves(kind, hosts, base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        port = box.listener(kind, box.authority.leaf("store.localhost"))
        box.wandb(**dict.fromkeys(hosts, f"store.localhost:{port}"))
        run = survives(box, healthy_checks)
        assert run.exit != 0


# -- a server that says what nobody may know

def test_a_server_that_repeats_the_key(base, healthy_checks):
    with base.fork([], change=lambda box: box.wandb()) as box:
        said = f"{box.api_key} Basic {base64.b64encode(b'api:' + box.api_key.encode()).decode()} Bearer {box.api_key}"
        reply = Reply(500, json.dumps({"errors": [{"message": said, "path": [said], "extensions": {"code": said}}]}), headers=(("Server", said), ("X-Request-Id", said)))
        for step in ("serverInfo", "upsertBucket", "file_stream"):
            box.wandb(replies={step: reply})
            survives(box, healthy_checks)
        box.wandb(replies={"serverInfo": Reply(403, f"<html><title>{said}</title><body>{said}</body></html>", "text/html", (("Location", f"https://{box.api_key}.localhost/{said}"),))})
        survives(box, healthy_checks)
