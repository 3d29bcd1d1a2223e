"""Run by the Python of a real W&B client: what a user does with it, and what the client then reads back, as JSON on stdout."""
import json
import os
import random
import sys
from pathlib import Path

import wandb

PROJECT = sys.argv[1]
CONFIG = {"epochs": 4, "text": "naïve ☃ 😀", "nested": {"list": [1, "two", {"three": 3.5}]}}
FILE, CONTENT = "a file & 100%.txt", "grüße 😀\n"


def log_a_run():
    run = wandb.init(project=PROJECT, name="first", config=CONFIG, tags=["one", "two"])
    for step in range(1, 6):
        run.log({"loss": 1 / step, "größe/😀": step, "nested": {"value": step * 2}})
    run.log({"broken": float("nan"), "endless": float("inf")})
    print("a line of the console")
    run.summary["best"] = 0.2
    Path(FILE).write_text(CONTENT)
    run.save(FILE, policy="now")
    artifact = wandb.Artifact("numbers", type="dataset", metadata={"rows": 3})
    os.makedirs("folder/inside", exist_ok=True)
    for name in ("folder/a.bin", "folder/inside/b.bin"):
        Path(name).write_bytes(random.randbytes(5000))
    artifact.add_dir("folder")
    artifact.add_reference(Path(FILE).absolute().as_uri(), name="reference.txt")
    run.log_artifact(artifact, aliases=["newest"]).wait()
    run.finish()
    return run.entity, run.id


def use_the_artifact():
    run = wandb.init(project=PROJECT, name="second", job_type="use")
    artifact = run.use_artifact("numbers:newest")
    folder = Path(artifact.download(root="fetched", skip_cache=True))
    same = all((folder / name).read_bytes() == Path("folder", name).read_bytes() for name in ("a.bin", "inside/b.bin"))
    told = {"digest": artifact.digest, "version": artifact.version, "aliases": sorted(artifact.aliases), "type": artifact.type, "metadata": artifact.metadata,
            "size": artifact.size, "same bytes": same, "names": sorted(artifact.manifest.entries), "made by": artifact.logged_by().id}
    run.finish()
    return told


def read_the_run(api, entity, name):
    run = api.run(f"{entity}/{PROJECT}/{name}")
    file = run.file(FILE)
    file.download(root="read", replace=True)
    return {"name": run.name, "state": run.state, "config": dict(run.config), "tags": sorted(run.tags), "loss": run.summary.get("loss"), "best": run.summary.get("best"),
            "steps": run.lastHistoryStep, "scanned": [row["größe/😀"] for row in run.scan_history(keys=["größe/😀"])],
            "sampled": [row["loss"] for row in run.history(pandas=False, keys=["loss"])], "nested": [row["nested.value"] for row in run.scan_history(keys=["nested.value"])],
            "not finite": [str(row[key]) for row in run.history(pandas=False) for key in ("broken", "endless") if row.get(key) is not None],
            "files": sorted(f.name for f in run.files()), "content": Path("read", FILE).read_text(), "size": file.size, "artifacts": [a.name for a in run.logged_artifacts()]}


def sweep():
    key = wandb.sweep({"method": "grid", "name": "of two", "parameters": {"x": {"values": [1, 2]}}, "metric": {"name": "score", "goal": "maximize"}}, project=PROJECT)

    def objective():
        with wandb.init() as run:
            run.log({"score": run.config["x"] * 10})
    wandb.agent(key, function=objective, project=PROJECT, count=2)
    found = wandb.Api().sweep(f"{PROJECT}/{key}")
    return {"key": key, "scores": sorted(run.summary.get("score") for run in found.runs), "xs": sorted(run.config["x"] for run in found.runs)}


def delete(api, entity, name):
    run = api.run(f"{entity}/{PROJECT}/{name}")
    run.file(FILE).delete()
    left = [f.name for f in run.files()]
    for artifact in run.logged_artifacts():
        artifact.delete(delete_aliases=True)
    run.delete()
    return FILE not in left


def main():
    out, sys.stdout = sys.stdout, sys.stderr   # the client writes there too
    entity, name = log_a_run()
    told = {"version": wandb.__version__, "entity": entity, "run": name, "artifact": use_the_artifact()}
    api = wandb.Api()
    told |= {"read": read_the_run(api, entity, name), "runs": sorted(run.name for run in api.runs(f"{entity}/{PROJECT}"))}
    told["deleted"] = delete(api, entity, name)
    told["sweep"] = sweep()   # the last: an agent ends the service that an Api works with
    print(json.dumps(told), file=out)


main()
