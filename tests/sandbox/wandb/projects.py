"""Projects, what is in them, and lists in pages."""
import base64
import itertools
import json
import random
import threading
from datetime import datetime, timezone

from .accounts import identifier, may_read, must_write
from .engine import ApiError, field

# Servers that share a store make different ids, and so different objects. They fit GraphQL's Int.
_numbers = itertools.count(random.randrange(10**6, 2 * 10**9))
NAME_LIMIT = 128


def next_number():
    return next(_numbers)


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")[:-4] + "Z"


class Project:
    def __init__(self, entity, name, user):
        self.entity, self.name, self.user = entity, name, user
        self.internal_id, self.id = next_number(), identifier("Project", "v1", name, entity.name)
        self.created_at = self.updated_at = now()
        self.description, self.access, self.views, self.is_benchmark, self.allow_all_artifact_types_in_registry = None, "PRIVATE", "{}", False, False
        self.runs, self.sweeps, self.types, self.queues, self.view_list, self.trigger_list = {}, {}, {}, {}, [], []

    @property
    def entity_name(self):
        return self.entity.name

    @property
    def collections(self):
        return {collection.name: collection for kind in self.types.values() for collection in kind.collections.values()}


def check_name(name):
    if not name or len(name) > NAME_LIMIT or any(c in name for c in "/\\#?%:"):
        raise ApiError(f"invalid project name: {name!r}")


class Books:
    """Everything that the server remembers. `lock` is held while anything is read or changed."""

    def __init__(self):
        self.lock = threading.RLock()
        self.projects = {}     # (entity, name) → Project
        self.by_id = {}        # global id → object, for whatever can be asked for by its id
        self.client_ids = {}   # id chosen by a client → ours

    def keep(self, thing):
        self.by_id[thing.id] = thing
        return thing

    def find(self, kind, key):
        """The object with the id, when it is of the kind (a class or several)."""
        thing = self.by_id.get(key)
        return thing if isinstance(thing, kind) else None

    def must_find(self, kind, key, word):
        thing = self.find(kind, key)
        if thing is None:
            raise ApiError(f"could not find {word} with id {key}", 404)
        return thing

    def project(self, context, entity_name, name, make=False):
        """The project; with `make` for writing, and made when it is not there."""
        if not context.viewer:
            return None
        entity_name = entity_name or context.viewer.entity
        if not make:
            return self.projects.get((entity_name, name)) if may_read(context, entity_name) else None
        entity = must_write(context, entity_name)
        found = self.projects.get((entity_name, name))
        if found is None:
            check_name(name)
            found = self.projects[entity_name, name] = self.keep(Project(entity, name, context.viewer))
        return found


def page(nodes, first=None, after=None, last=None, before=None, **more):
    """A connection: the nodes after the cursor, at most `first`."""
    nodes = list(nodes)
    start = int(base64.b64decode(after).decode().partition(":")[2]) if after else 0
    end = int(base64.b64decode(before).decode().partition(":")[2]) - 1 if before else len(nodes)
    end = min(end, start + first) if first is not None else end
    start = max(start, end - last) if last is not None else start
    edges = [{"node": node, "cursor": base64.b64encode(f"cursor:{number}".encode()).decode(), **more} for number, node in enumerate(nodes[start:end], start + 1)]
    return {"edges": edges, "totalCount": len(nodes), "pageInfo": {"endCursor": edges[-1]["cursor"] if edges else None, "hasNextPage": end < len(nodes)}}


def drop_project(context, project):
    from .artifacts import drop_collection
    from .automations import drop_trigger
    from .launch import drop_queue
    from .reports import drop_view
    from .runs import drop_run
    for run in list(project.runs.values()):
        drop_run(context, run)
    for collection in list(project.collections.values()):
        drop_collection(context, collection)
    for part, drop in ((project.trigger_list, drop_trigger), (project.queues.values(), drop_queue), (project.view_list, drop_view)):
        for thing in list(part):
            drop(context, thing)
    books = context.standin.books
    for sweep in project.sweeps.values():
        books.by_id.pop(sweep.id, None)
    books.by_id.pop(project.id, None)
    books.projects.pop((project.entity.name, project.name), None)


def rename_project(books, project, name):
    """Everything in it stays. The ids of projects, runs and sweeps are made of names, so they change, and the old ones are free for whoever takes the old name."""
    named = [project, *project.runs.values(), *project.sweeps.values()]
    for thing in named:
        books.by_id.pop(thing.id, None)
    del books.projects[project.entity.name, project.name]
    project.name, project.updated_at = name, now()
    books.projects[project.entity.name, name] = project
    for thing in named:
        thing.id = identifier(type(thing).__name__, "v1", *([] if thing is project else [thing.name]), name, project.entity.name)
        books.keep(thing)


# -- fields

@field("Query.project")
def find_project(_, info, name=None, entityName=None, internalId=None):
    books = info.context.standin.books
    if internalId:
        return next((p for p in books.projects.values() if str(p.internal_id) == internalId and may_read(info.context, p.entity.name)), None)
    return books.project(info.context, entityName, name)


@field("Query.model")
def _(_, info, name=None, entityName=None):
    return find_project(None, info, name, entityName)


@field("Entity.project")
def _(entity, info, name=None):
    return find_project(None, info, name, entity.name)


@field("Query.projects")
def list_projects(_, info, entityName=None, **pages):
    context = info.context
    entity = may_read(context, entityName or context.must_log_in().entity) if context.viewer else None
    if entity is None:
        return None
    return page([p for p in context.standin.books.projects.values() if p.entity is entity], **pages)


@field("Query.models")
def _(_, info, entityName=None, **pages):
    return list_projects(None, info, entityName, **pages)


@field("Entity.projects")
def _(entity, info, **pages):
    return list_projects(None, info, entity.name, **pages)


@field("User.projects")
def _(user, info, **pages):
    return list_projects(None, info, user.entity, **pages)


@field("Project.readOnly")
def _(project, info):
    return project.entity.read_only or project.entity.name in info.context.standin.behaviour.read_only


@field("Mutation.upsertModel")
def _(_, info, input):
    context = info.context
    books, context_user = context.standin.books, context.must_log_in()
    if input.get("id"):
        project, inserted = books.must_find(Project, input["id"], "project"), False
        must_write(context, project.entity.name)
    else:
        entity = input.get("entityName") or context_user.entity
        inserted = (entity, input.get("name")) not in books.projects
        project = books.project(context, entity, input.get("name"), make=True)
    for name in ("description", "access", "views"):
        if input.get(name) is not None:
            setattr(project, name, input[name] if name != "views" else json.dumps(json.loads(input[name])))
    project.updated_at = now()
    return {"model": project, "project": project, "inserted": inserted}


@field("Mutation.renameProject")
def _(_, info, input):
    """When there is no such project it is made, by the new name: clients take `inserted` for the sign that the old name was wrong."""
    context, books = info.context, info.context.standin.books
    context.must_log_in()
    entity = must_write(context, input["entityName"])
    old, new = (books.projects.get((entity.name, input[key])) for key in ("oldProjectName", "newProjectName"))
    check_name(input["newProjectName"])
    if new is not None and new is not old:
        raise ApiError(f"project {input['newProjectName']} already exists", 409)
    if old is None:
        old, inserted = books.project(context, entity.name, input["newProjectName"], make=True), True
    else:
        inserted = False
        rename_project(books, old, input["newProjectName"])
    return {"project": old, "model": old, "inserted": inserted}


@field("Mutation.deleteModel")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    project = context.standin.books.must_find(Project, input["id"], "project")
    must_write(context, project.entity.name)
    drop_project(context, project)
    return {"success": True}


