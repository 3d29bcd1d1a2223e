"""Answers of the W&B API that are wrong in one place, each as a proxy, an older part or a broken worker of the server would give it."""
import json

from ..lab import fault
from ..wandb.behaviour import Reply, graphql_error, page, rest_error
from .host import one_path, page as fixed_page

WARN, UNKNOWN = "warn", "unknown"


def declare(name, kills, text, change, status=None):
    """`change`: what the server does otherwise (wandb/behaviour.py), or a function of the box. `status`: that of all that it kills."""
    @fault(f"wandb.{name}", kills, text, status=dict.fromkeys(kills, status) if status else {})
    def _(box):
        change(box) if callable(change) else box.wandb(**change)


def replies(step, reply):
    return {"replies": {step: reply}}


# -- /graphql

for _name, _cause, _text, _change, _status in [
    ("graphql-503", "unavailable", "no healthy member behind the balancer", replies("/graphql", page("503 Service Temporarily Unavailable", 503)), None),
    ("graphql-504", "gateway-timeout", "the API hangs until the proxy gives up", replies("/graphql", page("504 Gateway Time-out", 504)), None),
    ("graphql-401", "login-required", "the proxy asks for a password of its own", lambda box: one_path(box, "/graphql", fixed_page("<html><h1>401</h1></html>", 401)), None),
    ("graphql-429", "rate-limited", "a limit on requests that a single run meets", replies("/graphql", page("429 Too Many Requests", 429)), UNKNOWN),
    ("graphql-redirect", "redirected", "the proxy adds a slash to every path", lambda box: one_path(box, "/graphql", "return 301 /graphql/;"), None),
    ("graphql-challenge", "cdn-error-page", "a CDN wants to see a browser first", replies("/graphql", page("Attention Required! | Cloudflare", 403)), None),
    ("graphql-portal", "captive-portal", "the network wants a log-in first", replies("/graphql", page("Login required", 511)), None),
    ("graphql-text", "not-json", "something answers ok to everything", replies("/graphql", Reply(200, "ok", "text/plain")), None),
    ("graphql-other-json", "unexpected-answer", "another service answers in JSON", replies("/graphql", Reply(200, '{"status": "ok"}')), None),
    ("graphql-500", "server-error", "the API fails at every question", replies("/graphql", rest_error("internal error", 500)), None),
    ("graphql-closed", "closed", "the API's part crashes at every question", lambda box: one_path(box, "/graphql", "return 444;"), None),
]:
    declare(_name, {"wandb.api": _cause}, _text, _change, _status)


# -- pages

declare("graphql2-page", {"wandb.browser/graphql2": "html-page"}, "the proxy knows /graphql, and sends /graphql2 to the front end",
        lambda box: one_path(box, "/graphql2", fixed_page("<!doctype html><html><head><title>Weights &amp; Biases</title></head></html>")))
declare("graphql2-404", {"wandb.browser/graphql2": "not-found"}, "the proxy has no path /graphql2", lambda box: one_path(box, "/graphql2", fixed_page("<h1>404 Not Found</h1>", 404)))
declare("other-origin", {"wandb.browser/graphql": "other-origin", "wandb.browser/graphql2": "other-origin"}, "the proxy adds a header that lets pages of another address in",
        lambda box: (box.wandb(cors=False), setattr(box.change_web().host, "extra", "add_header Access-Control-Allow-Origin http://localhost:8080 always;")), WARN)


# -- identity tokens

for _name, _cause, _said in [
    ("expired", "token-expired", "token is expired"), ("early", "token-not-yet-valid", "token used before issued"), ("audience", "token-audience", "invalid audience"),
    ("issuer", "token-issuer", "unknown issuer"), ("signature", "token-signature", "failed to verify signature"), ("unknown", "token-unknown-account", "no user for this subject"),
    ("refused", "token-refused", "not acceptable"),
]:
    def _with_token(box, said=_said):
        box.yaml["api_key_file"] = None
        path = box.dir / "identity-token"
        path.touch(mode=0o600)
        path.write_text(box.api_keys["identity"])
        box.env["WANDB_IDENTITY_TOKEN_FILE"] = str(path)
        box.wandb(**replies("/oidc/token", Reply(401, json.dumps({"error": "invalid_grant", "error_description": said}))))
    declare(f"token-{_name}", {"wandb.login": _cause}, f"the identity token is not taken: {_said}", _with_token)


# -- clients and entities

declare("no-client-at-all", {"wandb.clients": "empty-range"}, "the newest client that the server takes is older than the oldest", {"cli_versions": {"min_cli_version": "0.20.0", "max_cli_version": "0.19.0"}}, WARN)
declare("read-only", {"wandb.entity": "read-only-entity"}, "--entity names a team in which the account may only look", lambda box: box.args.extend(["--entity", "archive"]))
declare("no-default-entity", {"wandb.entity": "no-entity"}, "the account has no default team, and none was named", {"change": {"viewer.entity": None}})
for _name, _cause, _said, _http in [
    ("quota", "quota-exceeded", "storage limit exceeded for this organization", 403), ("no-seats", "quota-exceeded", "no seat is left", 403),
    ("entity-unknown", "entity-unknown", "entity sandbox not found", 404), ("no-licence", "licence-refused", "invalid license", 403),
    ("upsert-refused", "refused", "run names are locked", 400), ("upsert-crash", "server-error", "internal error", 500),
]:
    declare(_name, {"wandb.entity": _cause}, f"a new run is refused: {_said}", replies("upsertBucket", graphql_error(_said, _http, None, ["upsertBucket"])))


# -- runs

def other_number(text):
    return json.dumps({key: value + 1 if isinstance(value, (int, float)) and not key.startswith("_") else value for key, value in json.loads(text).items()})


declare("run-500", {"wandb.run": "server-error"}, "runs can be made and not be read", {"rewrite": lambda name, answer: {"errors": [{"message": "internal error"}], "data": None} if name == "Run" else answer})
declare("summary-changed", {"wandb.history/summary": "numbers-changed"}, "numbers of the summary come back as others", {"change": {"project.run.summaryMetrics": other_number}})
declare("crashed", {"wandb.state": "wrong-state"}, "a run that ended well is shown as crashed", {"change": {"project.run.state": "crashed"}})
declare("no-state", {"wandb.state": "no-state"}, "runs have no state", {"change": {"project.run.state": None}})
declare("finished-late", {"wandb.state": "late"}, "runs are shown as finished after six seconds", {"late": {"complete": 6}}, WARN)
declare("console-late", {"wandb.console": "late"}, "console lines come after six seconds", {"late": {"console": 6}}, WARN)
declare("config-late", {"wandb.run": "late"}, "the configuration comes after six seconds", {"late": {"config": 6}}, WARN)
declare("some-files-missing", {"wandb.registered": "some-missing"}, "of two files the server lists one", {"change": {"project.run.files.edges": lambda edges: edges[:1]}})
declare("size-differs", {"wandb.registered": "wrong-size"}, "the server lists files with another size", {"change": {"project.run.files.edges.node.sizeBytes": 17}})


# -- upload URLs and the server's own route to files

def url(change):
    return {"change": {"createRunFiles.files.uploadUrl": change}}


declare("no-urls", {"wandb.upload-url": "none-given"}, "the server may not sign: it gives no upload URLs", url(None))
declare("relative-urls", {"wandb.upload-url": "relative"}, "upload URLs have no host", url(lambda text: "/" + text.partition("://")[2].partition("/")[2]))
declare("refused-headers", {"wandb.upload-url": "refused-headers"}, "the server names Host and Cookie for uploads",
        {"change": {"createRunFiles.uploadHeaders": ["Host:other.localhost", "Cookie:a=b", "Cache-Control:no-cache"]}}, WARN)
declare("unsigned-urls", {"wandb.upload-url": "unsigned"}, "something drops the query of upload URLs", url(lambda text: text.partition("?")[0]))
declare("other-port", {"wandb.upload-url": "other-port"}, "upload URLs have the port that the server listens on behind its proxy",
        lambda box: box.wandb(upload_host=f"{box.parent.web.host.name}:{box.listener('refused')}"))
for _name, _cause, _text, _reply in [
    ("files-page", "html-page", "/files goes to the front end", page("Weights &amp; Biases")), ("files-login", "login-page", "a log-in proxy stands before /files", Reply(302, "", headers=(("Location", "https://idp.localhost/login"),))),
    ("files-404", "not-found", "the proxy has no path /files", page("404 Not Found", 404)), ("files-403", "forbidden", "the proxy refuses /files", page("403 Forbidden", 403)),
    ("files-502", "bad-gateway", "nobody is behind /files", page("502 Bad Gateway", 502)), ("files-500", "server-error", "the server fails at giving files", rest_error("internal error", 500)),
]:
    declare(_name, {"wandb.download/route": _cause}, _text, replies("/files", _reply))


# -- artifacts

for _name, _row, _cause, _text, _change in [
    ("artifact-cached", "create", "unexpected-state", "a version is committed before anything is in it", {"change": {"createArtifact.artifact.state": "COMMITTED"}}),
    ("artifact-unwanted", "upload", "upload-not-wanted", "the server believes that it has the files", {"change": {"createArtifactFiles.files.edges.node.uploadUrl": None}}),
    ("artifact-uncommitted", "commit", "commit-refused", "the server finds other bytes in the store than the manifest says",
     replies("commitArtifact", graphql_error("the digest of a.bin in the manifest is not that of the uploaded object", 400, None, ["commitArtifact"]))),
    ("artifact-digest", "commit", "digest-differs", "the server computes another digest", {"change": {"commitArtifact.artifact.digest": "0" * 32, "useArtifact.artifact.digest": "0" * 32}}),
    ("artifact-pending", "commit", "not-committed", "the worker that commits is dead", {"change": {"commitArtifact.artifact.state": "PENDING", "useArtifact.artifact.state": "PENDING"}}),
    ("artifact-alias", "use", "alias-lost", "the version comes without its alias", {"change": {"useArtifact.artifact.aliases": []}}),
    ("artifact-unused", "use", "permission-denied", "another run may not use it", replies("useArtifact", graphql_error("permission denied", 403, "PERMISSION_ERROR", ["useArtifact"]))),
    ("artifact-unlisted", "files", "not-listed", "the version lists no files", {"change": {"useArtifact.artifact.files.edges": []}}),
]:
    declare(_name, {f"wandb.artifact/{_row}": _cause}, _text, _change)


# -- sweeps

def other_value(text):
    return json.dumps([{**command, "args": {"x": {"value": 17}}} for command in json.loads(text)])


for _name, _row, _cause, _text, _change in [
    ("sweep-over", "agent", "ended-at-once", "a new sweep has no runs to give", {"change": {"agentHeartbeat.commands": '[{"type": "exit"}]'}}),
    ("sweep-resumes", "agent", "unexpected-answer", "the agent is ordered something else than a run", {"change": {"agentHeartbeat.commands": '[{"type": "resume"}]'}}),
    ("sweep-parameter", "agent", "wrong-parameter", "the run that is ordered has a parameter that nobody offered", {"change": {"agentHeartbeat.commands": other_value}}),
    ("sweep-no-agent", "agent", "server-error", "the sweep takes no agent", replies("createAgent", rest_error("internal error", 500))),
]:
    declare(_name, {f"wandb.sweep/{_row}": _cause}, _text, _change)
