"""Files of runs: upload URLs, registration, lists, downloads."""
import mimetypes
import re
import urllib.parse

from .accounts import identifier, must_write
from .engine import ApiError, field
from .projects import next_number, now, page


class File:
    """A file that has an object in the store: of a run, of an artifact, or a manifest."""
    upload_headers, upload_url, upload_multipart_urls, artifact, storage_path, address = (), None, None, None, None, None

    def __init__(self, entity, name, key, run=None):
        self.id, self.entity, self.name, self.display_name, self.key, self.run = identifier("File", next_number(), name), entity, name, name, key, run
        self.size_bytes, self.mimetype, self.md5, self.updated_at = 0, mimetypes.guess_type(name)[0], None, None
        self.registered = False

    digest = property(lambda self: self.md5)


def clean(name):
    """The name as the server keeps it; None for one that leads out of its run."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/".join(parts)


def run_of(context, entity, project, name):
    must_write(context, entity)
    found = context.standin.books.projects.get((entity, project))
    run = found.runs.get(name) if found else None
    if run is None:
        raise ApiError(f"could not find run {entity}/{project}/{name}", 404)
    return run


def pending(context, run, name):
    """The file, awaited from now on."""
    own = clean(name)
    if own is None:
        raise ApiError(f"invalid file name: {name!r}")
    file = run.files.get(own)
    if file is None:
        entity = run.project.entity
        file = run.files[own] = context.standin.books.keep(File(entity, own, f"{entity.name}/{run.project.name}/{run.name}/{own}", run))
    context.standin.watched.add(file)
    return file


def look_up(standin, file):
    """Registers the file when its object is there."""
    bucket = standin.bucket_of(file.entity)
    found = standin.storage.look(bucket, file.key)
    if found is None:
        return False
    if "files" in standin.behaviour.corrupt:
        standin.storage.spoil(bucket, file.key)
    with standin.books.lock:
        file.size_bytes, file.md5, file.updated_at, file.registered = found.size, found.md5, now(), True
        file.mimetype = file.mimetype or found.mimetype
        standin.watched.discard(file)
    return True


def register(standin, run, names):
    for name in names:
        file = run.files.get(clean(str(name)) or "")
        if file:
            standin.arrives("files", lambda file=file: look_up(standin, file))


# -- fields

@field("Mutation.createRunFiles")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    run = run_of(context, input["entityName"], input["projectName"], input["runName"])
    files = [pending(context, run, name) for name in input["files"]]
    return {"runID": run.id, "uploadHeaders": [], "files": [UploadView(file, context) for file in files]}


class UploadView:
    """A file to be written: its uploadUrl is signed for it."""

    def __init__(self, file, context, headers=None):
        self.file = file
        standin = context.standin
        self.upload_url = standin.storage.upload_url(context, standin.bucket_of(file.entity), file.key, headers)
        self.upload_headers = [f"{name}:{value}" for name, value in (headers or {}).items()]

    def __getattr__(self, name):
        return getattr(self.file, name)


@field("Mutation.markRunFilesUploaded")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    run = run_of(context, input["entityName"], input["projectName"], input["runName"])
    if context.standin.behaviour.registration == "internal":
        register(context.standin, run, input["files"])
    return {"success": True}


@field("Mutation.deleteFiles")
def _(_, info, input):
    context, standin = info.context, info.context.standin
    context.must_log_in()
    for key in input["files"]:
        file = standin.books.must_find(File, key, "file")
        must_write(context, file.entity.name)
        standin.storage.drop(standin.bucket_of(file.entity), [file.key])
        standin.books.by_id.pop(key)
        standin.watched.discard(file)
        if file.run:
            file.run.files.pop(file.name, None)
    return {"success": True}


def like(pattern):
    """SQL's LIKE as a regular expression."""
    return re.compile("".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern), re.S)


@field("Run.fileCount")
def _(run, info):
    return sum(file.registered for file in run.files.values())


def asks_for_upload(info):
    """Whether url(upload: true) is asked for: the old way to get upload URLs."""
    from graphql.language import ast

    def inside(node):
        for part in getattr(node.selection_set, "selections", None) or []:
            if isinstance(part, ast.FragmentSpread):
                if inside(info.fragments[part.name.value]):
                    return True
            elif isinstance(part, ast.Field) and part.name.value == "url" and any(
                    argument.name.value == "upload" and (getattr(argument.value, "value", None) is True or isinstance(argument.value, ast.Variable)
                                                         and info.variable_values.get(argument.value.name.value)) for argument in part.arguments):
                return True
            elif getattr(part, "selection_set", None) and inside(part):
                return True
        return False
    return any(inside(node) for node in info.field_asts)


@field("Run.files")
def _(run, info, names=None, pattern=None, **pages):
    if names and asks_for_upload(info):
        must_write(info.context, run.project.entity.name)
        files = [pending(info.context, run, name) for name in names]
        return page(files, **pages) | {"uploadHeaders": []}
    files = [file for file in run.files.values() if file.registered]
    if names:
        wanted = {clean(name) for name in names if name}
        files = [file for file in files if file.name in wanted]
    elif pattern:
        files = [file for file in files if like(pattern).fullmatch(file.name)]
    return page(sorted(files, key=lambda file: file.name), **pages) | {"uploadHeaders": []}


@field("File.url")
def _(file, info, upload=False):
    context, standin = info.context, info.context.standin
    if file.address:
        return file.address
    if upload:
        return standin.storage.upload_url(context, standin.bucket_of(file.entity), file.key)
    if not file.run:
        return standin.storage.direct_url(context, standin.bucket_of(file.entity), file.key)
    path = "/".join(urllib.parse.quote(part, safe="") for part in (file.entity.name, file.run.project.name, file.run.name, *file.name.split("/")))
    return f"{context.address(standin.behaviour.file_host)}/files/{path}"


@field("File.directUrl")
def _(file, info):
    context, standin = info.context, info.context.standin
    return file.address or standin.storage.direct_url(context, standin.bucket_of(file.entity), file.key)
