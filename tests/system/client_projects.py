"""Run by the Python of a real W&B client: lists of projects, reports, run queues and automations, and a project renamed, as JSON on stdout."""
import json
import sys

import wandb
from wandb.automations import DoNothing, OnRunMetric, RunEvent
from wandb.sdk.artifacts._generated import RENAME_REGISTRY_GQL, RenameProjectInput, RenameRegistry

ENTITY, PROJECT = sys.argv[1:]


def rename(api, old, new):
    """The client's own document: it renames registries, which are projects."""
    wanted = RenameProjectInput(entity_name=ENTITY, old_project_name=old, new_project_name=new)
    done = api._service_api.execute_graphql(RENAME_REGISTRY_GQL, variables={"input": wanted.model_dump()}, parse=RenameRegistry.model_validate_json)
    return done.rename_project


def main():
    out, sys.stdout = sys.stdout, sys.stderr   # the client writes there too
    api = wandb.Api()
    told = {"reports": [[report.display_name, report.spec, report.user["username"]] for report in api.reports(f"{ENTITY}/{PROJECT}", per_page=2)]}
    queue = api.create_run_queue("a queue", "local-process", entity=ENTITY, config={"builder": {"type": "noop"}})
    read = api.run_queue(ENTITY, "a queue")
    told["queue"] = [read.name, read.access, read.prioritization_mode, read.type, read.id == queue.id]
    automation = api.create_automation(OnRunMetric(scope=api.project(PROJECT, ENTITY), filter=RunEvent.metric("loss").lt(0.1)) >> DoNothing(), name="watch the loss")
    told["automations"] = [[a.name, a.scope.name, a.enabled] for a in api.automations(entity=ENTITY, per_page=1)]
    told["automation is deleted"] = api.delete_automation(automation)
    read.delete()
    renamed = rename(api, PROJECT, PROJECT + "-renamed")
    told["renamed"] = [renamed.inserted, renamed.project.name]
    told["projects"] = sorted(project.name for project in api.projects(ENTITY, per_page=1))
    told["runs"] = [run.name for run in api.runs(f"{ENTITY}/{PROJECT}-renamed")]
    try:
        rename(api, "model-registry", PROJECT + "-renamed")
    except Exception as error:  # noqa: BLE001  which of the client's errors it is does not matter
        told["taken"] = str(error)
    out.write(json.dumps(told))


main()
