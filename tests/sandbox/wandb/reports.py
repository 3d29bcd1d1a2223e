"""Reports and saved views of a project."""
import secrets

from .accounts import identifier, must_write
from .engine import ApiError, field
from .projects import next_number, now, page


class View:
    display_name = description = None

    def __init__(self, project, kind, name, user):
        self.id, self.project, self.type, self.name, self.user = identifier("View", next_number()), project, kind, name, user
        self.created_at = self.updated_at = now()
        self.spec = "{}"

    entity_name = property(lambda self: self.project.entity.name)


def drop_view(context, view):
    view.project.view_list.remove(view)
    context.standin.books.by_id.pop(view.id, None)


# -- fields

@field("Mutation.upsertView")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    books = context.standin.books
    if input.get("id"):
        view, inserted = books.must_find(View, input["id"], "view"), False
        must_write(context, view.project.entity.name)
    else:
        if not input.get("projectName"):
            raise ApiError("a view needs a project")
        project = books.project(context, input.get("entityName"), input["projectName"])
        if project is None:
            raise ApiError(f"could not find project {input['projectName']}", 404)
        must_write(context, project.entity.name)
        view, inserted = books.keep(View(project, input.get("type") or "runs", input.get("name") or secrets.token_hex(6), context.viewer)), True
        project.view_list.append(view)
    for key, name in (("displayName", "display_name"), ("description", "description"), ("spec", "spec"), ("type", "type"), ("name", "name")):
        if input.get(key) is not None:
            setattr(view, name, input[key])
    view.updated_at = now()
    return {"view": view, "inserted": inserted}


@field("Mutation.deleteView")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    view = context.standin.books.must_find(View, input.get("id"), "view")
    must_write(context, view.project.entity.name)
    drop_view(context, view)
    return {"success": True, "pendingDrafts": []}


@field("Query.view")
def _(_, info, id):
    return info.context.standin.books.find(View, id) if info.context.viewer else None


@field("Project.allViews")
def _(project, info, viewType=None, viewName=None, **pages):
    """Of the type, or of every type when none is named."""
    return page([view for view in project.view_list if viewType in (None, view.type) and viewName in (None, view.name)], **pages)
