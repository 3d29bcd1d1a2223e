"""Artifacts: types, collections, versions, aliases; how they are found and read."""
import json

from .accounts import identifier, may_read, must_write
from .engine import ApiError, field
from .manifests import artifact_files
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


# -- reading

@field("Query.artifact")
def _(_, info, id):
    context = info.context
    found = context.standin.books.find(Artifact, id) if context.viewer else None
    return found if found and may_read(context, found.project.entity.name) else None


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
