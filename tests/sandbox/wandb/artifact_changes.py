"""How artifacts are made, in the order of a client's steps, changed, used and deleted."""
import hashlib

from .accounts import must_write
from .artifacts import Artifact, ArtifactSequence, ArtifactType, drop_artifact, drop_collection, pending_for
from .engine import ApiError, field
from .files import run_of
from .manifests import check
from .projects import now


def find_type(context, project, name):
    if name not in project.types:
        project.types[name] = context.standin.books.keep(ArtifactType(project, name))
    return project.types[name]


@field("Mutation.createArtifactType")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    kind = find_type(context, context.standin.books.project(context, input["entityName"], input["projectName"], make=True), input["name"])
    kind.description = input.get("description") or kind.description
    return {"artifactType": kind}


@field("Mutation.createArtifact")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    books = context.standin.books
    run = run_of(context, input["entityName"], input["projectName"], input["runName"]) if input.get("runName") else None
    project = books.project(context, input["entityName"], input["projectName"], make=True)   # what is refused makes none
    names = [name for name in [*(input.get("artifactCollectionNames") or []), input.get("artifactCollectionName")] if name]
    if not names:
        raise ApiError("no collection is named")
    other = project.collections.get(names[0])
    if other and other.kind.name != input["artifactTypeName"]:
        raise ApiError(f"collection {names[0]} is of type {other.kind.name}, not {input['artifactTypeName']}", 409)
    kind = find_type(context, project, input["artifactTypeName"])
    if names[0] not in kind.collections:
        kind.collections[names[0]] = books.keep(ArtifactSequence(kind, names[0]))
    sequence = kind.collections[names[0]]
    same = next((a for a in sequence.versions if a.digest == input["digest"] and a.state == "COMMITTED"), None) if input.get("enableDigestDeduplication") else None
    artifact = same or books.keep(Artifact(sequence, input))
    if same:
        set_aliases(artifact)
        for alias in input.get("aliases") or []:
            sequence.alias_of[alias["alias"]] = artifact
    else:
        sequence.versions.append(artifact)
    if run and artifact not in run.made and artifact.created_by is None:
        artifact.created_by = run
        run.made.append(artifact)
    for own, theirs in ((artifact, input.get("clientID")), (sequence, input.get("sequenceClientID"))):
        if theirs:
            books.client_ids[theirs] = own.id
    return {"artifact": artifact}


def set_aliases(artifact):
    """The newest version is the latest."""
    artifact.sequence.alias_of["latest"] = artifact


@field("Mutation.commitArtifact")
def _(_, info, input):
    context, standin = info.context, info.context.standin
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    if artifact.state == "COMMITTED":
        return {"artifact": artifact}
    check(standin, artifact)
    sequence = artifact.sequence
    artifact.version_index = max((a.version_index for a in sequence.versions if a.version_index is not None), default=-1) + 1
    artifact.state, artifact.updated_at = "COMMITTED", now()
    artifact.commit_hash = hashlib.sha1(artifact.id.encode()).hexdigest()[:20]
    sequence.alias_of[f"v{artifact.version_index}"] = artifact
    set_aliases(artifact)
    for alias in artifact.input.get("aliases") or []:
        sequence.alias_of[alias["alias"]] = artifact
    sequence.updated_at = now()
    return {"artifact": artifact}


@field("Mutation.useArtifact")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    run = run_of(context, input["entityName"], input["projectName"], input["runName"])
    artifact = context.standin.books.must_find(Artifact, input["artifactID"], "artifact")
    if artifact not in run.used:
        run.used.append(artifact)
        artifact.users.append(run)
    return {"artifact": artifact}


@field("Mutation.updateArtifact")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    for name in ("description", "metadata", "labels"):
        if input.get(name) is not None:
            setattr(artifact, name, input[name])
    for tag in input.get("tagsToAdd") or []:
        if tag["tagName"] not in artifact.tag_names:
            artifact.tag_names.append(tag["tagName"])
    gone = {tag["tagName"] for tag in input.get("tagsToDelete") or []}
    artifact.tag_names = [name for name in artifact.tag_names if name not in gone]
    for alias in input.get("aliases") or []:
        artifact.sequence.alias_of[alias["alias"]] = artifact
    artifact.updated_at = now()
    return {"artifact": artifact}


@field("Mutation.addAliases")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    for alias in input["aliases"]:
        artifact.sequence.alias_of[alias["alias"]] = artifact
    return {"success": True}


@field("Mutation.deleteAliases")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    for alias in input["aliases"]:
        if artifact.sequence.alias_of.get(alias["alias"]) is artifact and alias["alias"] != f"v{artifact.version_index}":
            del artifact.sequence.alias_of[alias["alias"]]
    return {"success": True}


@field("Mutation.deleteArtifact")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    named = [node["alias"] for node in artifact.aliases if node["alias"] != f"v{artifact.version_index}"]
    if named and not input.get("deleteAliases"):
        raise ApiError(f"artifact version has aliases: {', '.join(named)}", 409)
    drop_artifact(context, artifact)
    return {"artifact": artifact}


@field("Mutation.deleteArtifactSequence")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    sequence = context.standin.books.must_find(ArtifactSequence, input["artifactSequenceID"], "artifact collection")
    must_write(context, sequence.project.entity.name)
    drop_collection(context, sequence)
    return {"artifactCollection": sequence}
