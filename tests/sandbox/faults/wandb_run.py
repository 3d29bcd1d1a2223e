"""Runs, sweeps and large bodies of the W&B API, broken."""
from ..lab import fault
from ..wandb.behaviour import denied, graphql_error, rest_error

WARN = "warn"


@fault("wandb.config-lost", {"wandb.run": "lost"}, "the configuration of runs never arrives")
def _(box):
    box.wandb(lost=("config",))


@fault("wandb.stream-500", {"wandb.history": "server-error"}, "file_stream answers every request with 500", peer="file_stream 500")
def _(box):
    box.wandb(replies={"file_stream": rest_error("internal error", 500)})


@fault("wandb.stream-413", {"wandb.history": "body-too-large"}, "file_stream answers with 413 whatever the size", peer="file_stream 413")
def _(box):
    box.wandb(replies={"file_stream": rest_error("request body too large", 413)})


@fault("wandb.run-vanished", {"wandb.run": "run-vanished"}, "the run is made and cannot be found")
def _(box):
    box.wandb(change={"project.run": None})


@fault("wandb.charset", {"wandb.run": "characters-lost"}, "the database's character set is the old utf8: four-byte characters become question marks")
def _(box):
    box.wandb(charset="utf8mb3")


@fault("wandb.history-lost", {"wandb.history/history": "lost"}, "metrics never arrive",
       peer="history lost")
def _(box):
    box.wandb(lost=("history",))


@fault("wandb.summary-lost", {"wandb.history/summary": "lost"}, "the summary never arrives",
       peer="summary lost")
def _(box):
    box.wandb(lost=("summary",))


@fault("wandb.history-late", {"wandb.history/history": "late", "wandb.history/summary": "late"}, "metrics are visible after six seconds: late, and there",
       status={"wandb.history/history": WARN, "wandb.history/summary": WARN},
       peer="history and summary visible 5 s late")
def _(box):
    box.wandb(late={"history": 6, "summary": 6})


@fault("wandb.never-finished", {"wandb.state": "still-running"}, "`complete` is taken, and the run goes on",
       peer="`complete` ignored (runs stay \"running\")")
def _(box):
    box.wandb(lost=("complete",))


@fault("wandb.console-lost", {"wandb.console": "lost"}, "console lines never arrive")
def _(box):
    box.wandb(lost=("console",))


# -- bodies

@fault("wandb.body-limit", {"wandb.bodies/graphql": "body-too-large", "wandb.bodies/file-stream": "body-too-large"}, "nginx with its own limit of 1 MiB",
       peer="body > 1 MB gets 413")
def _(box):
    box.change_web().host.body_limit = "1m"


@fault("wandb.graphql-limit", {"wandb.bodies/graphql": "body-too-large"}, "a limit for /graphql alone")
def _(box):
    box.wandb(body_limit={"/graphql": 2_000_000})


@fault("wandb.stream-limit", {"wandb.bodies/file-stream": "body-too-large"}, "a limit for file_stream alone")
def _(box):
    box.wandb(body_limit={"file_stream": 2_000_000})


# -- sweeps

@fault("wandb.sweep-refused", {"wandb.sweep/create": "server-error"}, "sweeps cannot be made: 500",
       peer="sweep creation 500")
def _(box):
    box.wandb(replies={"upsertSweep": rest_error("internal error", 500)})


@fault("wandb.no-commands", {"wandb.sweep/agent": "no-command"}, "the sweep controller is dead: agents are given nothing",
       peer="heartbeat without commands (sweep controller dead)")
def _(box):
    box.wandb(sweep_controller=False)


@fault("wandb.sweep-vanished", {"wandb.sweep/agent": "vanished"}, "the agent is told that there is no such sweep",
       peer="heartbeat 404 (sweep vanished), 0 trials executed")
def _(box):
    box.wandb(replies={"agentHeartbeat": graphql_error("could not find sweep", 404, None, ["agentHeartbeat"])})


@fault("wandb.sweep-run-refused", {"wandb.sweep/run": "permission-denied"}, "runs of sweeps are refused",
       peer="every sweep run refused with 403")
def _(box):
    box.wandb(refuse_sweep_runs=True)


# -- artifacts

@fault("wandb.artifact-denied", {"wandb.artifact/create": "permission-denied"}, "artifacts may not be made")
def _(box):
    box.wandb(replies={"createArtifact": denied("createArtifact")})


@fault("wandb.artifact-bytes", {"wandb.artifact/files": "bytes-differ"}, "other bytes come back than were uploaded",
       peer="artifact bytes wrong, cold cache")
def _(box):
    box.wandb(corrupt=("artifact",))


@fault("wandb.artifact-bytes-cached", {"wandb.artifact/files": "bytes-differ"}, "the same, on a machine whose client has the files in its cache: wbverify has none",
       peer="artifact bytes wrong, cache warm from an earlier run against another server")
def _(box):
    box.wandb(corrupt=("artifact",))


@fault("wandb.manifest-bytes", {"wandb.artifact/manifest": "manifest-unreadable"}, "the manifest comes back damaged",
       peer="manifest bytes wrong")
def _(box):
    box.wandb(corrupt=("manifest",))
