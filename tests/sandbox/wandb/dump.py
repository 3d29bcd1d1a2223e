"""Everything that the server has, for tests."""


def handed_out(standin):
    """Signatures and tokens since the last call: what nobody may print."""
    given, standin.given = standin.given, []
    return given


def run_of(run):
    return {"name": run.name, "id": run.id, "display_name": run.display_name, "state": run.state, "config": run.config_map, "summary": run.summary, "history": run.rows,
            "events": len(run.event_rows), "console": [line["line"] for line in run.console], "sweep": run.sweep_name, "created_at": run.created_at,
            "files": {file.name: {"size": file.size_bytes, "md5": file.md5, "registered": file.registered, "key": file.key} for file in run.files.values()},
            "used": [artifact.id for artifact in run.used], "made": [artifact.id for artifact in run.made]}


def artifact_of(artifact):
    return {"id": artifact.id, "state": artifact.state, "digest": artifact.digest, "version": artifact.version_index, "aliases": [node["alias"] for node in artifact.aliases],
            "files": {name: file.key or file.address for name, file in artifact.files_by_name.items()}, "manifests": [manifest.file.key for manifest in artifact.manifests]}


def project_of(project):
    return {"entity": project.entity.name, "name": project.name, "id": project.id, "description": project.description,
            "views": [{"id": view.id, "type": view.type, "name": view.display_name or view.name} for view in project.view_list],
            "queues": [{"id": queue.id, "name": queue.name} for queue in project.queues.values()],
            "automations": [{"id": trigger.id, "name": trigger.name} for trigger in project.trigger_list],
            "runs": [run_of(run) for run in project.runs.values()],
            "collections": [{"id": c.id, "name": c.name, "type": c.kind.name, "versions": [artifact_of(a) for a in c.versions]} for c in project.collections.values()],
            "sweeps": [{"id": s.id, "name": s.name, "display_name": s.display_name, "state": s.state, "runs": [run.name for run in s.run_list],
                        "agents": len(s.agents_by_id)} for s in project.sweeps.values()]}


def state(standin):
    with standin.books.lock:
        projects = [project_of(project) for project in standin.books.projects.values()]
        runs = [run for project in projects for run in project["runs"]]
        collections = [collection for project in projects for collection in project["collections"]]
        return {"projects": projects, "requests": list(standin.requests),
                "counts": {"projects": len(projects), "runs": len(runs), "files": sum(len(run["files"]) for run in runs), "collections": len(collections),
                           "artifacts": sum(len(collection["versions"]) for collection in collections), "sweeps": sum(len(project["sweeps"]) for project in projects),
                           "requests": len(standin.requests)}}
