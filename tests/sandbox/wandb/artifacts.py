"""Artifacts: types, collections, versions, aliases; the order in which a client makes one, and how it is read."""
import hashlib
import json

from .accounts import identifier, must_write
from .engine import ApiError, field
from .files import run_of
from .manifests import artifact_files, check
from .projects import next_number, now, page


class ArtifactType:
    def __init__(self, project, name):
        self.id, self.project, self.name, self.description, self.created_at = identifier("ArtifactType", next_number()), project, name, None, now()
        self.collections = {}


class ArtifactSequence:
    """A collection: the versions of one artifact."""
    description = None

    def __init__(self, kind, name):
        self.id, self.kind, self.name, self.project = identifier("ArtifactCollection", next_number()), kind, name, kind.project
        self.created_at = self.updated_at = now()
        self.state, self.versions, self.alias_of, self.tag_names = "READY", [], {}, []   # alias → Artifact

    default_artifact_type = property(lambda self: self.kind)
    latest_artifact = property(lambda self: self.alias_of.get("latest"))
    digest_algorithm = property(lambda self: self.versions[-1].digest_algorithm if self.versions else "MANIFEST_MD5")
    tags = property(lambda self: {"edges": [{"node": {"id": identifier("Tag", name), "name": name}} for name in self.tag_names]})


class Artifact:
    def __init__(self, sequence, input):
        number = next_number()
        self.id, self.sequence, self.input = identifier("Artifact", number), sequence, input
        self.digest, self.digest_algorithm = input["digest"], input["digestAlgorithm"]
        self.description, self.metadata, self.labels = input.get("description"), input.get("metadata"), input.get("labels")
        self.history_step, self.ttl_duration_seconds, self.ttl_is_inherited = input.get("historyStep"), int(input.get("ttlDurationSeconds") or -2), True
        self.tag_names = [tag["tagName"] for tag in input.get("tags") or []]
        self.created_at = self.updated_at = now()
        self.state, self.version_index, self.commit_hash = "PENDING", None, None
        self.manifests, self.files_by_name, self.users = [], {}, []
        self.size, self.file_count, self.created_by = 0, 0, None

    artifact_sequence = property(lambda self: self.sequence)
    artifact_type = property(lambda self: self.sequence.kind)
    project = property(lambda self: self.sequence.project)
    aliases = property(lambda self: [alias_node(self.sequence, alias) for alias, artifact in self.sequence.alias_of.items() if artifact is self])
    tags = property(lambda self: [{"id": identifier("Tag", name), "name": name} for name in self.tag_names])
    current_manifest = property(lambda self: self.manifests[-1] if self.manifests else None)


def alias_node(sequence, alias):
    return {"id": identifier("ArtifactAlias", sequence.id, alias), "alias": alias, "artifactCollection": sequence, "artifactCollectionName": sequence.name}


class ArtifactCollectionMembership:
    """An artifact as a member of a collection, by one of its aliases."""

    def __init__(self, sequence, artifact):
        self.id, self.sequence, self.artifact = identifier("ArtifactCollectionMembership", sequence.id, artifact.id), sequence, artifact
        self.version_index, self.created_at, self.aliases = artifact.version_index, artifact.created_at, artifact.aliases

    artifact_collection = property(lambda self: self.sequence)


def drop_artifact(context, artifact):
    """The version and its objects, except those that a later version still uses."""
    standin, sequence = context.standin, artifact.sequence
    bucket = standin.bucket_of(artifact.project.entity)
    standin.storage.drop(bucket, [file.key for file in [*artifact.files_by_name.values(), *(manifest.file for manifest in artifact.manifests)]
                                  if file.key and not any(file in other.files_by_name.values() for other in sequence.versions if other is not artifact)])
    sequence.alias_of = {alias: own for alias, own in sequence.alias_of.items() if own is not artifact}
    if artifact in sequence.versions:
        sequence.versions.remove(artifact)
    artifact.state = "DELETED"
    standin.books.by_id.pop(artifact.id, None)
    for manifest in artifact.manifests:
        standin.books.by_id.pop(manifest.id, None)
    if artifact.created_by:
        artifact.created_by.made.remove(artifact)
    for run in artifact.users:
        run.used.remove(artifact)


def drop_collection(context, sequence):
    for artifact in list(sequence.versions):
        drop_artifact(context, artifact)
    sequence.state = "DELETED"
    sequence.kind.collections.pop(sequence.name, None)
    context.standin.books.by_id.pop(sequence.id, None)


def find_version(sequence, alias):
    if sequence is None:
        return None
    if alias in sequence.alias_of:
        return sequence.alias_of[alias]
    committed = [artifact for artifact in sequence.versions if artifact.state == "COMMITTED"]
    return next((artifact for artifact in committed if f"v{artifact.version_index}" == alias or artifact.digest == alias), None)


def by_name(project, name):
    """(collection, artifact) of `collection:alias`; the latest without an alias."""
    name, _, alias = name.partition(":")
    sequence = project.collections.get(name)
    return sequence, find_version(sequence, alias or "latest")


def pending_for(context, artifact_id):
    artifact = context.standin.books.must_find(Artifact, artifact_id, "artifact")
    must_write(context, artifact.project.entity.name)
    return artifact


# -- making one

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
    project = books.project(context, input["entityName"], input["projectName"], make=True)
    run = run_of(context, input["entityName"], input["projectName"], input["runName"]) if input.get("runName") else None
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


# -- reading

@field("Query.artifact")
def _(_, info, id):
    context = info.context
    found = context.standin.books.find(Artifact, id) if context.viewer else None
    return found if found and found.project.entity.member else None


@field("Query.artifactCollection")
def _(_, info, id):
    return info.context.standin.books.find(ArtifactSequence, id) if info.context.viewer else None


@field("Query.clientIDMapping")
def _(_, info, clientID):
    own = info.context.standin.books.client_ids.get(clientID)
    return {"serverID": own} if own else None


@field("Project.artifactTypes")
def _(project, info, includeAll=False, **pages):
    return page(project.types.values(), **pages)


@field("Project.artifactType")
def _(project, info, name):
    return project.types.get(name)


@field("Project.artifactCollection")
def _(project, info, name):
    return project.collections.get(name)


@field("Project.artifactCollections")
def _(project, info, filters=None, order=None, **pages):
    return page(project.collections.values(), **pages)


@field("Project.artifact")
def _(project, info, name):
    return by_name(project, name)[1]


@field("Project.artifactCollectionMembership")
def _(project, info, name):
    sequence, artifact = by_name(project, name)
    return ArtifactCollectionMembership(sequence, artifact) if artifact else None


@field("ArtifactType.artifactCollection")
def _(kind, info, name):
    return kind.collections.get(name)


@field("ArtifactType.artifactSequence")
def _(kind, info, name):
    return kind.collections.get(name)


@field("ArtifactType.artifactSequences")
def _(kind, info, **pages):
    return page(kind.collections.values(), **pages)


@field("ArtifactType.artifactCollections")
def _(kind, info, filters=None, order=None, **pages):
    return page(kind.collections.values(), **pages)


@field("ArtifactSequence.aliases")
def _(sequence, info, **pages):
    return page([alias_node(sequence, alias) for alias in sequence.alias_of], **pages)


@field("ArtifactSequence.artifactMembership")
def _(sequence, info, aliasName):
    artifact = find_version(sequence, aliasName)
    return ArtifactCollectionMembership(sequence, artifact) if artifact else None


@field("ArtifactSequence.artifacts")
def _(sequence, info, order=None, filters=None, **pages):
    state = (json.loads(filters) if filters else {}).get("state")
    found = [artifact for artifact in reversed(sequence.versions) if artifact.state == (state if isinstance(state, str) else "COMMITTED")]
    shown = page(found, **pages)
    for edge in shown["edges"]:
        edge["version"] = f"v{edge['node'].version_index}"
    return shown


@field("ArtifactCollectionMembership.files")
def _(membership, info, names=None, **pages):
    return artifact_files(info, membership.artifact, names, pages)


@field("Artifact.files")
def _(artifact, info, names=None, **pages):
    return artifact_files(info, artifact, names, pages)


@field("Artifact.filesByManifestEntries")
def _(artifact, info, storageLayout, manifestVersion, entries=None, storageRegion=None, **pages):
    return artifact_files(info, artifact, [entry["name"] for entry in entries or []], pages)


@field("Artifact.usedBy")
def _(artifact, info, **pages):
    return page(artifact.users, **pages)
