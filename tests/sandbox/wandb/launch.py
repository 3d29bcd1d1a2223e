"""Run queues of a project."""
import json

from .accounts import identifier, must_write
from .engine import ApiError, field
from .projects import next_number


class RunQueue:
    state, external_links = "ACTIVE", "{}"

    def __init__(self, project, input):
        self.id, self.project, self.name = identifier("RunQueue", next_number()), project, input["queueName"]
        self.access, self.created_by = input["access"], 1
        self.prioritization_mode = input.get("prioritizationMode") or "DISABLED"
        self.default_resource_config_id = input.get("defaultResourceConfigID")


def drop_queue(context, queue):
    queue.project.queues.pop(queue.name, None)
    context.standin.books.by_id.pop(queue.id, None)


# -- fields

@field("Mutation.createDefaultResourceConfig")
def _(_, info, input):
    entity = must_write(info.context, input["entityName"])
    config = {"id": str(next_number()), "config": input["config"], "resource": input["resource"],
              "templateVariables": [{"name": name, "schema": json.dumps(schema)} for name, schema in json.loads(input.get("templateVariables") or "{}").items()]}
    entity.resource_configs[config["id"]] = config
    return {"defaultResourceConfigID": config["id"], "success": True}


@field("Entity.defaultResourceConfig")
def _(entity, info, id):
    return entity.resource_configs.get(id)


@field("Mutation.createRunQueue")
def _(_, info, input):
    context, books = info.context, info.context.standin.books
    context.must_log_in()
    must_write(context, input["entityName"])
    project = books.project(context, input["entityName"], input["projectName"])
    if project is None:
        raise ApiError(f"could not find project {input['projectName']}", 404)
    if input["queueName"] in project.queues:
        raise ApiError(f"a queue named {input['queueName']} is there already", 409)
    queue = project.queues[input["queueName"]] = books.keep(RunQueue(project, input))
    return {"success": True, "queueID": queue.id}


@field("Mutation.deleteRunQueues")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    for key in input["queueIDs"]:
        queue = context.standin.books.must_find(RunQueue, key, "run queue")
        must_write(context, queue.project.entity.name)
        drop_queue(context, queue)
    return {"success": True}


@field("Project.runQueues")
def _(project, info):
    return list(project.queues.values())


@field("Project.runQueue")
def _(project, info, name):
    return project.queues.get(name)


@field("RunQueue.defaultResourceConfigID")
def _(queue, info):
    return queue.default_resource_config_id


@field("RunQueue.runQueueItems")
def _(queue, info, **_):
    return {"edges": []}
