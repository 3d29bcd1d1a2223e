"""Automations: what a server does when something happens in a project or a collection."""
import json

from .accounts import identifier, must_write
from .artifacts import ArtifactSequence
from .engine import ApiError, field
from .launch import RunQueue
from .projects import Project, next_number, now, page

INPUTS = {"NO_OP": "noOpActionInput", "NOTIFICATION": "notificationActionInput", "GENERIC_WEBHOOK": "genericWebhookActionInput", "QUEUE_JOB": "queueJobActionInput"}


class FilterEventTriggeringCondition:
    def __init__(self, input):
        self.event_type, self.filter = input["triggeringEventType"], json.dumps({"filter": input["eventFilter"]})


class NoOpTriggeredAction:
    def __init__(self, books, input):
        self.no_op = input.get("noOp")


class QueueJobTriggeredAction:
    def __init__(self, books, input):
        self.queue, self.template = books.must_find(RunQueue, input["queueID"], "run queue"), input["template"]


ACTIONS = {"NO_OP": NoOpTriggeredAction, "QUEUE_JOB": QueueJobTriggeredAction}   # there are no integrations here


class Trigger:
    def __init__(self, books, scope, input):
        self.id, self.scope, self.name, self.description, self.enabled = identifier("Trigger", next_number()), scope, input["name"], input.get("description"), input["enabled"]
        self.created_at = self.updated_at = now()
        self.triggering_condition = FilterEventTriggeringCondition(input)
        kind = input["triggeredActionType"]
        if kind not in ACTIONS:
            raise ApiError("could not find integration", 404)
        self.triggered_action = ACTIONS[kind](books, (input["triggeredActionConfig"] or {}).get(INPUTS[kind]) or {})

    project = property(lambda self: self.scope if isinstance(self.scope, Project) else self.scope.project)


def drop_trigger(context, trigger):
    trigger.project.trigger_list.remove(trigger)
    context.standin.books.by_id.pop(trigger.id, None)


def triggers_of(context, entity):
    return [trigger for project in context.standin.books.projects.values() if project.entity is entity for trigger in project.trigger_list]


# -- fields

@field("Mutation.createFilterTrigger")
def _(_, info, input):
    context, books = info.context, info.context.standin.books
    context.must_log_in()
    if input["scopeType"] == "ENTITY":
        raise ApiError("automations of an entity are not enabled")
    scope = books.must_find(Project if input["scopeType"] == "PROJECT" else ArtifactSequence, input["scopeID"], "scope")
    project = scope if isinstance(scope, Project) else scope.project
    must_write(context, project.entity.name)
    if any(trigger.name == input["name"] for trigger in triggers_of(context, project.entity)):
        raise ApiError(f"an automation named {input['name']} is there already", 409)
    trigger = books.keep(Trigger(books, scope, input))
    project.trigger_list.append(trigger)
    return {"trigger": trigger}


@field("Mutation.deleteTrigger")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    trigger = context.standin.books.must_find(Trigger, input["triggerID"], "automation")
    must_write(context, trigger.project.entity.name)
    drop_trigger(context, trigger)
    return {"success": True}


@field("Project.triggers")
def _(project, info):
    return list(project.trigger_list)


@field("Entity.triggers")
def _(entity, info, order=None, filters=None, **pages):
    name = json.loads(filters).get("name") if filters else None
    return page([trigger for trigger in triggers_of(info.context, entity) if name in (None, trigger.name)], **pages)


@field("Entity.integrations")
def _(entity, info, **pages):
    return page([], **pages)
