"""The W&B API, broken: who answers, who is let in, what the server says of itself."""
import secrets

from ..lab import fault
from ..wandb.behaviour import BAD_GATEWAY, LOGIN_PAGE, Reply, deep, denied, drip, endless, graphql_error, page as html_page, rest_error
from .host import one_path, page

WARN = "warn"


def other_key(box):
    """A key of the right shape that no account of the server has."""
    box.api_key = "local-" + secrets.token_hex(20)
    box.secrets.append(box.api_key)


# -- somebody else answers at /graphql

@fault("wandb.front-end-page", {"wandb.api": "html-page"}, "the proxy sends /graphql to the front end, which answers everything with its page")
def _(box):
    one_path(box, "/graphql", page("<!doctype html><html><head><title>Weights &amp; Biases</title></head></html>"))


@fault("wandb.login-page", {"wandb.api": "login-page"}, "a log-in proxy lets pages through and stops the API",
       peer="login page (HTML, 200) on POST")
def _(box):
    box.wandb(replies={"/graphql": LOGIN_PAGE, "/graphql2": LOGIN_PAGE})


@fault("wandb.graphql-502", {"wandb.api": "bad-gateway"}, "nothing listens behind /graphql",
       peer="GraphQL 502")
def _(box):
    box.wandb(replies={"/graphql": BAD_GATEWAY})


@fault("wandb.graphql-404", {"wandb.api": "not-found"}, "the ingress has no path /graphql")
def _(box):
    one_path(box, "/graphql", "return 404;")


@fault("wandb.graphql-403", {"wandb.api": "forbidden"}, "an application firewall turns the API away")
def _(box):
    one_path(box, "/graphql", "return 403;")


@fault("wandb.deep-json", {"wandb.api": "json-too-deep"}, "an answer of 200,000 brackets")
def _(box):
    box.wandb(replies={"serverInfo": deep()})


@fault("wandb.endless-json", {"wandb.api": "answer-too-large"}, "an answer without an end")
def _(box):
    box.wandb(replies={"serverInfo": endless()})


@fault("wandb.drip", {"wandb.api": "timed-out"}, "one byte a second")
def _(box):
    box.wandb(replies={"serverInfo": drip()})


@fault("wandb.database-error", {"wandb.api": "database-error"}, "the server says that its database fails")
def _(box):
    box.wandb(replies={"serverInfo": rest_error("internal database error", 500)})


# -- who is let in

@fault("wandb.unknown-key", {"wandb.login": "unknown-key"}, "the key of another installation: viewer is null",
       peer="wrong key, 200 `viewer:null`")
def _(box):
    other_key(box)


@fault("wandb.key-of-another", {"wandb.login": "another-servers-key"}, "the netrc has the same key for the public cloud")
def _(box):
    other_key(box)
    box.yaml["api_key_file"] = None
    path = box.dir / ".netrc"
    path.touch(mode=0o600)
    path.write_text("".join(f"machine {machine}\n  login user\n  password {box.api_key}\n" for machine in ("api.wandb.ai", box.origin.partition("://")[2])))


@fault("wandb.key-refused", {"wandb.login": "key-refused"}, "the same with 401",
       peer="wrong key, HTTP 401 JSON")
def _(box):
    other_key(box)
    box.wandb(unknown_key="401")


@fault("wandb.key-of-three", {"config.well-formed/WANDB_API_KEY": "truncated"}, "three characters in place of the key",
       peer="key of 3 characters")
def _(box):
    box.yaml["api_key_file"] = None
    box.env["WANDB_API_KEY"] = box.api_key[-3:]


@fault("wandb.no-key", {"wandb.login": "no-key"}, "no key anywhere: what needs a log-in is skipped, and said to be", status={"wandb.login": "skip"},
       peer="no key")
def _(box):
    box.yaml["api_key_file"] = None


@fault("wandb.account-locked", {"wandb.login": "forbidden"}, "the account is known and locked")
def _(box):
    box.wandb(replies={"viewer": graphql_error("account is disabled", 403, "PERMISSION_ERROR", ["viewer"])})


@fault("wandb.licence-ended", {"wandb.login": "licence-refused"}, "the grace period of the licence is over")
def _(box):
    box.wandb(replies={"viewer": graphql_error("license has expired and the grace period has elapsed", 403, None, ["viewer"])})


# -- what the server says of itself

@fault("wandb.too-old", {"wandb.version": "too-old"}, "a server before 0.63")
def _(box):
    box.wandb(version="0.62.1")


@fault("wandb.old-for-sdk", {"wandb.version": "too-old-for-sdk"}, "a server that today's SDK has given up", status={"wandb.version": WARN})
def _(box):
    box.wandb(version="0.66.0", latest_version="0.66.0")


@fault("wandb.out-of-date", {"wandb.version": "update-available"}, "W&B has a newer server", status={"wandb.version": WARN})
def _(box):
    box.wandb(latest_version="0.99.0")


@fault("wandb.max-cli-version", {"wandb.clients": "newest-sdk-refused"}, "the server wants no newer SDK than 0.28.2", status={"wandb.clients": WARN},
       peer="`max_cli_version` 0.28.2")
def _(box):
    box.wandb(cli_versions={"min_cli_version": "0.13.0", "max_cli_version": "0.28.2"})


@fault("wandb.no-features", {"wandb.features": "none-on"}, "every feature of the server is off", status={"wandb.features": WARN})
def _(box):
    box.wandb(change={"serverInfo.features": []})


@fault("wandb.origin-refused", {"wandb.browser/graphql2": "origin-refused", "wandb.browser/graphql": "origin-refused"},
       "the server has another idea of its address than its users: pages may not ask it")
def _(box):
    box.wandb(refuse_all_origins=True)


@fault("wandb.graphql2-500", {"wandb.browser/graphql2": "server-error"}, "only the browser's path fails, as behind some proxies")
def _(box):
    box.wandb(replies={"/graphql2": rest_error("internal error", 500)})


# -- what may be written

@fault("wandb.permission-denied", {"wandb.entity": "permission-denied"}, "the account may not write to the entity: 403 PERMISSION_ERROR",
       peer="run creation 403 PERMISSION_ERROR")
def _(box):
    box.wandb(replies={"upsertBucket": denied("upsertBucket")})


@fault("wandb.personal-disabled", {"wandb.entity": "personal-entity-disabled"}, "GORILLA_DISABLE_PERSONAL_ENTITY, and no team was named")
def _(box):
    box.wandb(personal_disabled=True)


@fault("wandb.not-a-member", {"wandb.entity": "permission-denied"}, "--entity names a team that the account is no member of")
def _(box):
    box.args += ["--entity", "elsewhere"]


@fault("wandb.cannot-delete", {"wandb.cleanup": "left-behind", "wandb.sweep/finish": "permission-denied"}, "the account may make things, and neither delete nor end them")
def _(box):
    box.wandb(replies={"deleteRun": denied("deleteRun")})


@fault("wandb.upsert-html", {"wandb.entity": "filter-page"}, "an application firewall stops what changes something")
def _(box):
    box.wandb(replies={"upsertBucket": html_page("Request blocked", 403, "The request was blocked by the Web Application Firewall. FortiGuard")})


@fault("wandb.upsert-500", {"wandb.entity": "database-error"}, "the database fails when a run is made")
def _(box):
    box.wandb(replies={"upsertBucket": Reply(500, '{"error": "internal database error"}')})
