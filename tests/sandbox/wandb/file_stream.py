"""file_stream: how a running client sends its metrics, console lines and state."""
import json
import re

from . import history
from .accounts import must_write
from .engine import ApiError
from .files import register
from .projects import now

LINE = re.compile(r"^(?P<level>[A-Z]+ )?(?P<timestamp>\d{4}-\d\d-\d\dT[\d:.]+Z?) (?P<line>.*)$", re.S)
PARTS = {"wandb-history.jsonl": "history", "wandb-summary.json": "summary", "wandb-events.jsonl": "events", "output.log": "console"}


def console_line(text):
    """A line of the console, in either of the two forms that clients send."""
    if text.startswith("{"):
        try:
            found = json.loads(text)
            return {"timestamp": found.get("ts"), "level": found.get("level"), "label": found.get("label"), "line": found["content"]}
        except (ValueError, KeyError, TypeError):
            pass
    found = LINE.match(text)
    if not found:
        return {"timestamp": None, "level": None, "label": None, "line": text}
    return {"timestamp": found["timestamp"], "level": (found["level"] or "").strip().lower() or None, "label": None, "line": found["line"]}


def put(rows, offset, new):
    """Lines at an offset: they replace what is there, and may leave a gap of empty ones."""
    rows.extend([None] * (offset - len(rows)))
    rows[offset:offset + len(new)] = new


def apply(run, part, offset, lines, spoil):
    if part == "summary":
        row = history.read_row(lines[-1], spoil) if lines else None
        if row is not None:
            run.summary = row
    elif part == "console":
        put(run.console, offset, [console_line(spoil(line)) for line in lines])
        run.console[:] = [line or console_line("") for line in run.console]
    else:
        rows = run.rows if part == "history" else run.event_rows
        put(rows, offset, [history.read_row(line, spoil) or {} for line in lines])
        rows[:] = [row or {} for row in rows]


def metric_names(body):
    for line in ((body.get("files") or {}).get("wandb-history.jsonl") or {}).get("content") or []:
        yield from history.read_row(line, lambda text: text) or {}


def take(context, entity, project, name, body):
    """(status, answer). `body` is the decoded JSON."""
    standin = context.standin
    if not context.viewer:
        return 401, {"error": "user is not logged in"}
    if not isinstance(body, dict):
        return 400, {"error": "invalid request body"}
    with standin.books.lock:
        try:
            must_write(context, entity)
        except ApiError as error:
            return error.status, {"error": str(error)}
        found = standin.books.projects.get((entity, project))
        run = found.runs.get(name) if found else None
        if run is None:
            return 404, {"error": f"run {entity}/{project}/{name} not found"}
        if standin.behaviour.charset == "strict" and not all(map(str.isascii, metric_names(body))):
            return 500, {"error": "Error 1366 (HY000): Incorrect string value: '\\xF0\\x9F\\x92\\xA9' for column 'key' at row 1"}
        take_lines(standin, run, body)
        run.heartbeat_at = now()
    if body.get("uploaded") and standin.behaviour.registration == "internal":
        register(standin, run, body["uploaded"])
    with standin.books.lock:
        if body.get("complete"):
            run.exitcode = int(body.get("exitcode") or 0)
            standin.arrives("complete", lambda: finish(run))
        elif run.state != "running" and body.get("files"):
            run.state = "running"
        answer = {"exitcode": run.exitcode, "limits": {}}
        if run.stopped or standin.behaviour.stop_runs:
            answer["stopped"] = True
        return 200, answer


def take_lines(standin, run, body):
    spoil = history.spoiler(standin.behaviour.charset)
    for file, chunk in (body.get("files") or {}).items():
        part, lines = PARTS.get(file), chunk.get("content") or []
        if part and isinstance(lines, list):
            offset = int(chunk.get("offset") or 0)
            run.sizes[file] = max(run.sizes.get(file, 0), offset + len(lines))
            standin.arrives(part, lambda part=part, offset=offset, lines=lines: apply(run, part, offset, lines, spoil))


def finish(run):
    run.state, run.updated_at = "failed" if run.exitcode else "finished", now()
