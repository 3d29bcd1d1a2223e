"""Runs: created, changed, read back, deleted."""
import json
import secrets
import string

from . import history
from .accounts import identifier, must_write
from .engine import ApiError, field
from .projects import now, page

LETTERS = string.ascii_lowercase + string.digits
CONFIG_LIMIT = 15 * 1000 * 1000
FORBIDDEN = set(":;,#?/'")
TEXTS = {"groupName": "group", "description": "description", "displayName": "display_name", "notes": "notes", "commit": "commit", "host": "host",
         "jobProgram": "job_program", "jobRepo": "job_repo", "jobType": "job_type", "state": "state"}


class Run:
    group = description = notes = commit = host = job_program = job_repo = job_type = exitcode = sweep = agent = None

    def __init__(self, project, name, user):
        self.project, self.name, self.user, self.display_name = project, name, user, name
        self.id = identifier("Run", "v1", name, project.name, project.entity.name)
        self.created_at = self.updated_at = self.heartbeat_at = now()
        self.state, self.stopped, self.tags = "running", False, []
        self.config_map, self.summary, self.rows, self.event_rows, self.console = {}, {}, [], [], []
        self.sizes = {}               # file of the stream → how many lines it has
        self.files = {}               # name → RunFile
        self.used, self.made = [], []  # artifacts

    config = property(lambda self: json.dumps(self.config_map))
    summary_metrics = property(lambda self: json.dumps(self.summary))
    system_metrics = property(lambda self: json.dumps(self.event_rows[-1] if self.event_rows else {}))
    history_keys = property(lambda self: history.keys_of(self.rows))
    history_line_count = property(lambda self: len(self.rows))
    history_tail = property(lambda self: json.dumps([json.dumps(row) for row in self.rows[-1:]]))
    events_line_count = property(lambda self: len(self.event_rows))
    events_tail = property(lambda self: json.dumps([json.dumps(row) for row in self.event_rows[-1:]]))
    log_line_count = property(lambda self: len(self.console))
    group_name = property(lambda self: self.group)
    project_id = property(lambda self: self.project.internal_id)
    sweep_name = property(lambda self: self.sweep.name if self.sweep else None)
    running = property(lambda self: self.state == "running")
    failed = property(lambda self: self.state in ("failed", "crashed"))
    should_stop = property(lambda self: self.stopped)
    read_only = property(lambda self: self.project.entity.read_only)


def check_name(name):
    if not name.strip() or len(name) > 128 or FORBIDDEN & set(name):
        raise ApiError(f"invalid run name: {name!r}")


def json_object(text, word):
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ApiError(f"{word} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ApiError(f"{word} is not an object")
    return value


def drop_run(context, run):
    """The run and its files; what it made stays."""
    standin = context.standin
    standin.storage.drop(standin.bucket_of(run.project.entity), [file.key for file in run.files.values()])
    for file in run.files.values():
        standin.books.by_id.pop(file.id, None)
    standin.books.by_id.pop(run.id, None)
    run.project.runs.pop(run.name, None)
    if run.sweep and run in run.sweep.run_list:
        run.sweep.run_list.remove(run)


def find_or_make(context, input):
    """(run, whether it is new)."""
    books = context.standin.books
    if input.get("id"):
        run = books.must_find(Run, input["id"], "run")
        must_write(context, run.project.entity.name)
        return run, False
    project = books.project(context, input.get("entityName"), input.get("modelName") or "uncategorized", make=True)
    name = input.get("name") or "".join(secrets.choice(LETTERS) for _ in range(8))
    check_name(name)
    run = project.runs.get(name)
    if run:
        return run, False
    run = project.runs[name] = books.keep(Run(project, name, context.viewer))
    return run, True


# -- fields

@field("Mutation.upsertBucket")
def _(_, info, input):
    context, standin = info.context, info.context.standin
    context.must_log_in()
    if len(input.get("config") or "") > CONFIG_LIMIT:
        raise ApiError("run config cannot exceed 15 MB")
    if input.get("sweep") and standin.behaviour.refuse_sweep_runs:
        raise ApiError("permission denied", 403, "PERMISSION_ERROR")
    config = json_object(input["config"], "config") if input.get("config") else None
    summary = json_object(input["summaryMetrics"], "summaryMetrics") if input.get("summaryMetrics") else None
    run, inserted = find_or_make(context, input)
    spoil = history.spoiler(standin.behaviour.charset)
    for name, own in TEXTS.items():
        if input.get(name) is not None:
            setattr(run, own, spoil(input[name]))
    if input.get("tags") is not None:
        run.tags = list(input["tags"])
    if input.get("sweep") and run.sweep is None:
        sweep = run.project.sweeps.get(input["sweep"])
        if sweep is None:
            raise ApiError(f"could not find sweep {input['sweep']}", 404)
        run.sweep = sweep
        sweep.run_list.append(run)
    if config is not None:
        standin.arrives("config", lambda: run.config_map.update(history.plain(config, spoil)))
    if summary is not None:
        standin.arrives("summary", lambda: run.summary.update(history.plain(summary, spoil)))
    run.updated_at = run.heartbeat_at = now()
    return {"bucket": run, "inserted": inserted, "serverSettings": {"serverMessages": []}}


@field("Mutation.deleteRun")
def delete_run(_, info, input):
    context = info.context
    context.must_log_in()
    run = context.standin.books.must_find(Run, input["id"], "run")
    must_write(context, run.project.entity.name)
    if input.get("deleteArtifacts"):
        from .artifacts import drop_artifact
        for artifact in list(run.made):
            drop_artifact(context, artifact)
    drop_run(context, run)
    return {"clientMutationId": input.get("clientMutationId")}


@field("Mutation.deleteRuns")
def _(_, info, input):
    for key in input["ids"]:
        delete_run(None, info, input | {"id": key})
    return {"success": True}


@field("Mutation.stopRun")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    run = context.standin.books.must_find(Run, input["id"], "run")
    must_write(context, run.project.entity.name)
    run.stopped = True
    return {"success": True}


@field("Mutation.updateRunState")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    run = context.standin.books.must_find(Run, input["id"], "run")
    must_write(context, run.project.entity.name)
    if input["state"] not in ("pending", "failed") or run.sweep:
        raise ApiError(f"a run that is {run.state} cannot become {input['state']}")
    run.state = input["state"]
    return {"success": True}


@field("Project.run")
def find_run(project, info, name, desc=None):
    return project.runs.get(name)


@field("Project.bucket")
def _(project, info, name=None, desc=None, missingOk=False):
    """The old spelling makes the run when it is not there, unless told that it may be missing."""
    run = project.runs.get(name)
    if run is None and name and not missingOk:
        raise ApiError(f"could not find run {project.entity.name}/{project.name}/{name}", 404)
    return run


def matching(project, filters):
    """The runs that a filter of equalities lets through; operators that it does not know let all through."""
    wanted = json.loads(filters) if filters else {}
    names = {"name": "name", "state": "state", "group": "group", "display_name": "display_name", "displayName": "display_name", "sweep": "sweep_name"}

    def passes(run, part):
        for key, value in part.items():
            if key in ("$and", "$or"):
                inner = [passes(run, each) for each in value]
                if not (all(inner) if key == "$and" else any(inner)):
                    return False
            elif key in names:
                own = getattr(run, names[key])
                if isinstance(value, dict):
                    if "$in" in value and own not in value["$in"] or "$ne" in value and own == value["$ne"] or "$eq" in value and own != value["$eq"]:
                        return False
                elif own != value:
                    return False
        return True
    return [run for run in project.runs.values() if passes(run, wanted)]


@field("Project.runs")
def _(project, info, filters=None, order=None, **pages):
    runs = matching(project, filters)
    if (order or "").lstrip("+-") in ("created_at", "createdAt") and not order.startswith("-"):
        return page(runs, **pages)
    return page(reversed(runs), **pages)


@field("Project.runCount")
def _(project, info, filters=None):
    return len(matching(project, filters))


@field("Run.stopped")
def _(run, info):
    return run.stopped or info.context.standin.behaviour.stop_runs


@field("Run.wandbConfig")
def _(run, info, keys=None):
    own = run.config_map.get("_wandb", {})
    own = own.get("value", own) if isinstance(own, dict) else {}
    return json.dumps({key: value for key, value in own.items() if keys is None or key in keys})


@field("Run.history")
def _(run, info, minStep=None, maxStep=None, samples=None):
    return [json.dumps(row) for row in history.thinned(history.between(run.rows, minStep, maxStep), samples)]


@field("Run.sampledHistory")
def _(run, info, specs):
    return [history.sampled(run.rows, spec) for spec in specs]


@field("Run.parquetHistory")
def _(run, info, liveKeys):
    return {"parquetUrls": [], "liveData": run.rows}


@field("Run.events")
def _(run, info, samples=None):
    return [json.dumps(row) for row in history.thinned(run.event_rows, samples)]


@field("Run.logLines")
def _(run, info, useImprovedPagination=False, **pages):
    """Without the improved pagination the server of old is meant: `first` is ignored, `after` counts from the end."""
    if not useImprovedPagination:
        pages = {"last": pages.get("last")}
    return page([{"number": number, **line} for number, line in enumerate(run.console)], **pages)


@field("Run.inputArtifacts")
def _(run, info, **pages):
    return page(run.used, **pages)


@field("Run.outputArtifacts")
def _(run, info, **pages):
    return page(run.made, **pages)
