"""Rows of metrics: how a row is read, what its keys are, and which rows a query gets."""
import json
import math

WORDS = {math.inf: "Infinity", -math.inf: "-Infinity"}


def plain(value, spoil=lambda text: text):
    """A value as the server keeps it: NaN and the infinities are words, texts pass the database's charset."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else WORDS[value]
    if isinstance(value, str):
        return spoil(value)
    if isinstance(value, list):
        return [plain(part, spoil) for part in value]
    if isinstance(value, dict):
        return {spoil(key): plain(part, spoil) for key, part in value.items()}
    return value


def spoiler(charset):
    """What a database of the charset makes of a text."""
    if charset in ("utf8mb4", "strict"):
        return lambda text: text
    if charset == "latin1":
        return lambda text: text.encode("latin-1", "replace").decode("latin-1")
    return lambda text: "".join("?" if ord(c) > 0xFFFF else c for c in text)


def read_row(line, spoil):
    """The row of a line, or None when it is none."""
    try:
        row = json.loads(line)
    except (TypeError, ValueError):
        return None
    return plain(row, spoil) if isinstance(row, dict) else None


def flat(row, before=""):
    """Every value of the row by its dotted key. An object with a `_type` (a media object, a table) is one value."""
    for key, value in row.items():
        if isinstance(value, dict) and value and "_type" not in value:
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def type_of(value):
    if isinstance(value, dict):
        return value.get("_type") or "map"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)) or value in ("NaN", "Infinity", "-Infinity"):
        return "number"
    return {str: "string", list: "list", type(None): "nil"}.get(type(value), "unknown")


def step_of(row, number):
    step = row.get("_step", number)
    return step if isinstance(step, int) else number


def keys_of(rows):
    """What historyKeys answers; None without rows."""
    if not rows:
        return None
    keys, last = {}, -1
    for number, row in enumerate(rows):
        last = max(last, step_of(row, number))
        for key, value in flat(row):
            found = keys.setdefault(key, {"typeCounts": [], "monotonic": True, "previousValue": None})
            kind = type_of(value)
            counted = next((count for count in found["typeCounts"] if count["type"] == kind), None)
            if counted:
                counted["count"] += 1
            else:
                found["typeCounts"].append({"type": kind, "count": 1})
            before = found["previousValue"]
            if isinstance(before, (int, float)) and isinstance(value, (int, float)) and value < before:
                found["monotonic"] = False
            found["previousValue"] = value
    return {"keys": keys, "lastStep": last, "sets": []}


def thinned(rows, count):
    """At most `count` of the rows, evenly, the last one among them."""
    if not count or len(rows) <= count:
        return rows
    if count == 1:
        return rows[-1:]
    return [rows[round(i * (len(rows) - 1) / (count - 1))] for i in range(count)]


def between(rows, first, last):
    return [row for number, row in enumerate(rows) if (first is None or step_of(row, number) >= first) and (last is None or step_of(row, number) < last)]


def sampled(rows, spec):
    """The rows that have all keys of the spec, with those keys only."""
    if isinstance(spec, str):
        spec = json.loads(spec)
    wanted = spec.get("keys")
    chosen = between(rows, spec.get("minStep"), spec.get("maxStep"))
    if wanted:
        every = [dict(flat(row)) for row in chosen]
        chosen = [{key: row[key] for key in wanted} for row in every if all(key in row for key in wanted)]
    return thinned(chosen, spec.get("samples"))
