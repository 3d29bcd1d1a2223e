"""Healthy W&B servers that are unusual: slow, old, behind other settings."""
import base64
import json
import urllib.request

from ..lab import fault, near

EVERYTHING = ["wandb.api", "wandb.login", "wandb.version", "wandb.clients", "wandb.features", "wandb.browser", "wandb.leftovers", "wandb.entity", "wandb.run", "wandb.history",
              "wandb.state", "wandb.console", "wandb.upload-url", "wandb.store", "wandb.upload", "wandb.registered", "wandb.download", "wandb.cors", "wandb.https",
              "wandb.artifact", "wandb.bodies", "wandb.multipart", "wandb.sweep", "wandb.cleanup"]


def make_run(box, project, name):
    """As a client of another day made it."""
    query = "mutation M($n: String) { upsertBucket(input: {entityName: \"sandbox\", modelName: \"%s\", name: $n, state: \"finished\"}) { bucket { id } } }" % project
    request = urllib.request.Request(f"http://127.0.0.1:{box.standin.port}/graphql", json.dumps({"query": query, "variables": {"n": name}}).encode(),
                                     {"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(b"api:" + box.api_key.encode()).decode()})
    urllib.request.urlopen(request, timeout=10).read()


@fault("wandb.left-over", {"wandb.leftovers": "left-over"}, "an execution of wandb verify left its runs", status={"wandb.leftovers": "warn"})
def _(box):
    box.wandb()
    box.after.append(lambda: [make_run(box, "verify", f"abcd1234-{name}") for name in ("graphql_put", "check_run")])


@near("wandb.near-foreign-runs", ["wandb.leftovers", "wandb.cleanup"], "a user's own runs in projects called verify and wbverify")
def _(box):
    box.wandb()
    box.after.append(lambda: [make_run(box, project, "my-own-run") for project in ("verify", "wbverify")])


@near("wandb.near-asynchronous", ["wandb.run", "wandb.history", "wandb.state", "wandb.console", "wandb.registered"], "everything is visible two seconds late")
def _(box):
    box.wandb(late={part: 2 for part in ("config", "history", "summary", "console", "files", "complete")})


@near("wandb.near-events", ["wandb.upload", "wandb.registered", "wandb.download", "wandb.artifact"], "files are registered by the bucket's events")
def _(box):
    box.wandb(registration="event")


@near("wandb.near-old", EVERYTHING, "a server of 0.63")
def _(box):
    box.wandb(generation="old")


@near("wandb.near-mid", EVERYTHING, "a server of 0.70")
def _(box):
    box.wandb(generation="mid")


@near("wandb.near-no-range-of-clients", ["wandb.clients"], "cliVersionInfo is null",
       peer="`cliVersionInfo: null`")
def _(box):
    box.wandb(cli_versions=None)


@near("wandb.near-no-desc", EVERYTHING, "a server whose runs have no argument `desc`",
      peer="GraphQL rejects argument `desc` (400)")
def _(box):
    box.wandb(without=frozenset({"Project.run.desc"}))


@near("wandb.near-no-api-cors", ["wandb.browser", "wandb.cors"], "the API gives no Access-Control headers, which pages of its own origin do not need",
      peer="no CORS header of the API, the store's are right")
def _(box):
    box.wandb(cors=False)


@near("wandb.near-long-key", ["wandb.login"], "a key of 86 characters")
def _(box):
    box.api_key = box.api_keys["long"]


@near("wandb.near-team", ["wandb.entity", *EVERYTHING[8:]], "no personal entities, and a team is named that has its own bucket")
def _(box):
    box.wandb(personal_disabled=True)
    box.args += ["--entity", "research"]


@near("wandb.near-two-entities", EVERYTHING, "two teams, each with its bucket")
def _(box):
    box.args += ["--entity", "production", "--entity", "research"]


@near("wandb.near-bytes-by-server", ["wandb.download", "wandb.https"], "the server gives the bytes itself instead of a redirect")
def _(box):
    box.wandb(files_by="body")


@near("wandb.near-bucket-proxy", ["wandb.upload-url", "wandb.store", "wandb.upload", "wandb.https"], "BUCKET_PROXY: objects go through HOST (RGW itself gives other ranges than asked for)")
def _(box):
    box.wandb(bucket_proxy=True)


@near("wandb.near-upload-headers", ["wandb.upload-url", "wandb.upload", "wandb.registered"], "the server names 64 headers for uploads, which all describe the file")
def _(box):
    box.wandb(change={"createRunFiles.uploadHeaders": ["Cache-Control:no-cache", *(f"X-Note-{i}: fine" for i in range(63))]})


@near("wandb.near-signer-behind", ["wandb.upload-url", "wandb.upload", "wandb.download", "wandb.artifact"], "the server's clock is half an hour behind: what it signs holds for a day")
def _(box):
    box.wandb(signer_clock=-1800)


@near("wandb.near-deep", ["wandb.bodies", "wandb.multipart"], "--deep: 64 MiB, and a file in parts")
def _(box):
    box.args += ["--deep"]


@fault("wandb.no-etag", {"wandb.multipart": "no-etag"}, "a proxy before the store takes the ETag away, and clients cannot name their parts")
def _(box):
    box.wandb()
    box.change_web().bucket.extra = "proxy_hide_header ETag;"
    box.args += ["--deep"]


def join_in(box):
    """Somebody puts something into the project of the run as soon as it is there, by its name."""
    done = []

    def after(request, keys):
        mine = [project.name for project in list(box.standin.standin.books.projects.values()) if project.name.startswith("wbverify-")]
        if mine and not done and request.user_agent.startswith("wbverify/"):
            done.append(mine[0])
            make_run(box, mine[0], "my-own-run")
    box.wandb(after=after)


@fault("wandb.joined", {"wandb.cleanup": "not-ours"}, "somebody puts a run of his own into the project of the run", status={"wandb.cleanup": "warn"})
def _(box):
    join_in(box)


@near("wandb.near-other-runs", ["wandb.cleanup", "wandb.leftovers"], "another run of wbverify is at work, and somebody has a project with almost such a name")
def _(box):
    box.wandb()
    box.after.append(lambda: [make_run(box, project, "my-own-run") for project in ("wbverify-0123456789abcdef", "wbverify-0123456789abcdef-notes")])
