"""What an artifact consists of: its manifests, the files that they list, and the digest over them."""
import base64
import hashlib
import json

from ..prefix import SandboxError
from .accounts import identifier
from .engine import ApiError, field
from .files import File, UploadView
from .projects import next_number, page


class Manifest:
    """`digest` (base64 MD5 of its text) is given when the text is about to be uploaded."""

    def __init__(self, artifact, name, kind, digest, base):
        self.id, self.artifact, self.name, self.type, self.digest, self.base = identifier("ArtifactManifest", next_number()), artifact, name, kind or "FULL", digest, base
        self.file = File(artifact.project.entity, name, f"wandb_artifacts/{artifact.sequence.id}/{artifact.id}/{self.id}/{name}")
        self.file.artifact = artifact


def contents_of(standin, artifact):
    """The entries of the manifest as it stands in the store; None when there is none."""
    manifest = artifact.current_manifest
    data = standin.storage.read(standin.bucket_of(artifact.project.entity), manifest.file.key) if manifest else None
    try:
        return json.loads(data)["contents"] if data is not None else None
    except (ValueError, KeyError, TypeError):
        return None


def digest_of(entries):
    """The digest of an artifact: hex MD5 over the paths, in the order of their bytes, with the digests of their files."""
    whole = hashlib.md5(b"wandb-artifact-manifest-v1\n")
    for path in sorted(entries, key=str.encode):
        whole.update(f"{path}:{entries[path]['digest']}\n".encode())
    return whole.hexdigest()


def check(standin, artifact):
    """Before an artifact is committed: the manifest is there, is what it was said to be, and lists what was uploaded."""
    entity = artifact.project.entity
    bucket, manifest = standin.bucket_of(entity), artifact.current_manifest
    if manifest is None:
        raise ApiError("artifact has no manifest", 409)
    data = standin.storage.read(bucket, manifest.file.key)
    if data is None:
        raise ApiError("artifact manifest was not uploaded", 409)
    if manifest.digest and base64.b64encode(hashlib.md5(data).digest()).decode() != manifest.digest:
        raise ApiError("artifact manifest does not have the digest that was announced", 409)
    entries = contents_of(standin, artifact)
    if entries is None:
        raise ApiError("artifact manifest is malformed", 409)
    if artifact.digest_algorithm == "MANIFEST_MD5" and digest_of(entries) != artifact.digest:
        raise ApiError(f"artifact digest {artifact.digest} does not match its manifest's, {digest_of(entries)}", 409)
    for name, entry in entries.items():
        if "ref" in entry:
            artifact.files_by_name[name] = Reference(artifact, name, entry)
        else:
            look_at(standin, artifact, name, entry)
    artifact.size = sum(int(entry.get("size") or 0) for entry in entries.values())
    artifact.file_count = len(entries)
    manifest.file.size_bytes, manifest.file.registered = len(data), True
    if "manifest" in standin.behaviour.corrupt:
        standin.storage.spoil(bucket, manifest.file.key)


def look_at(standin, artifact, name, entry):
    file = artifact.files_by_name.get(name)
    if file is None:
        birth = standin.books.by_id.get(entry.get("birthArtifactID"))
        file = next((own for own in getattr(birth, "files_by_name", {}).values() if own.md5 == entry["digest"]), None)
    bucket = standin.bucket_of(artifact.project.entity)
    found = standin.storage.look(bucket, file.key) if file else None
    if found is None:
        raise ApiError(f"artifact file {name} was not uploaded", 409)
    if "-" not in found.md5 and found.md5 != entry["digest"] and not file.spoilt:
        raise ApiError(f"artifact file {name} does not have the digest of the manifest", 409)
    artifact.files_by_name[name] = file
    file.size_bytes, file.registered = found.size, True
    if "artifact" in standin.behaviour.corrupt and not file.spoilt:
        standin.storage.spoil(bucket, file.key)
        file.spoilt = True


class ArtifactFile(File):
    spoilt = False

    def __init__(self, artifact, name, digest):
        hexed = base64.b64decode(digest).hex()
        super().__init__(artifact.project.entity, name, f"wandb_artifacts/{artifact.sequence.id}/{artifact.id}/{hexed}")
        self.artifact, self.md5, self.storage_path = artifact, digest, self.key


class Reference(File):
    """An entry that points elsewhere: it is listed with where it points to, and has no object in the store."""

    def __init__(self, artifact, name, entry):
        super().__init__(artifact.project.entity, name, None)
        self.artifact, self.address, self.md5, self.size_bytes, self.registered = artifact, entry["ref"], entry["digest"], int(entry.get("size") or 0), True


def artifact_files(info, artifact, names, pages):
    files = [file for name, file in sorted(artifact.files_by_name.items()) if (not names or name in names) and file.registered]
    return page([Named(file, name) for name, file in artifact.files_by_name.items() if file in files], **pages)


class Named:
    """A file under the name that it has in an artifact: two names may share an object."""

    def __init__(self, file, name):
        self.file, self.name, self.display_name = file, name, name

    def __getattr__(self, name):
        return getattr(self.file, name)


# -- fields

@field("Mutation.createArtifactManifest")
def _(_, info, input):
    from .artifacts import pending_for
    context = info.context
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    manifest = context.standin.books.keep(Manifest(artifact, input["name"], input.get("type"), input["digest"], input.get("baseArtifactID")))
    artifact.manifests.append(manifest)
    return {"artifactManifest": ManifestView(manifest, context)}


class ManifestView:
    """A manifest whose file can be written."""

    def __init__(self, manifest, context):
        self.manifest, self.context = manifest, context

    @property
    def file(self):
        headers = {"Content-MD5": self.manifest.digest, "Content-Type": "application/json"} if self.manifest.digest else {"Content-Type": "application/json"}
        return UploadView(self.manifest.file, self.context, headers)

    def __getattr__(self, name):
        return getattr(self.manifest, name)


@field("Mutation.updateArtifactManifest")
def _(_, info, input):
    context = info.context
    context.must_log_in()
    manifest = context.standin.books.must_find(Manifest, input["artifactManifestID"], "artifact manifest")
    manifest.digest = input.get("digest") or manifest.digest
    return {"artifactManifest": ManifestView(manifest, context)}


@field("Mutation.createArtifactFiles")
def _(_, info, input):
    from .artifacts import pending_for
    context, standin = info.context, info.context.standin
    context.must_log_in()
    nodes = []
    for spec in input["artifactFiles"]:
        artifact = pending_for(context, spec["artifactID"])
        nodes.append(upload_of(standin, context, artifact, spec))
    return {"files": page(nodes) | {"uploadHeaders": []}}


def upload_of(standin, context, artifact, spec):
    """The file with what is needed to write it: nothing when its bytes are there, one URL, or a URL for each part."""
    try:
        same = next((file for version in artifact.sequence.versions for file in version.files_by_name.values() if file.md5 == spec["md5"] and file.registered), None)
        file = same or next((own for own in artifact.files_by_name.values() if own.md5 == spec["md5"]), None) or ArtifactFile(artifact, spec["name"], spec["md5"])
    except ValueError as error:
        raise ApiError(f"md5 of {spec['name']} is not base64") from error
    artifact.files_by_name[spec["name"]] = file
    if same and standin.behaviour.reuse_uploads:
        return Named(file, spec["name"])
    bucket = standin.bucket_of(artifact.project.entity)
    if spec.get("uploadPartsInput"):
        upload = standin.storage.begin_parts(bucket, file.key)
        parts = [{"partNumber": part["partNumber"], "uploadUrl": standin.storage.part_url(context, bucket, file.key, upload, part["partNumber"])}
                 for part in spec["uploadPartsInput"]]
        view = Named(file, spec["name"])
        view.upload_multipart_urls = {"uploadID": upload, "uploadUrlParts": parts}
        return view
    view = UploadView(file, context, {"Content-MD5": spec["md5"]} | ({"Content-Type": spec["mimetype"]} if spec.get("mimetype") else {}))
    view.name = view.display_name = spec["name"]
    return view


@field("Mutation.completeMultipartUploadArtifact")
def _(_, info, input):
    from .artifacts import pending_for
    context, standin = info.context, info.context.standin
    context.must_log_in()
    artifact = pending_for(context, input["artifactID"])
    bucket = standin.bucket_of(artifact.project.entity)
    file = next((own for own in artifact.files_by_name.values() if own.key == input["storagePath"]), None)
    if file is None:
        raise ApiError(f"no upload to {input['storagePath']}", 404)
    if input["completeMultipartAction"] == "Abort":
        standin.storage.abort_parts(bucket, file.key, input["uploadID"])
        return {"digest": None}
    try:
        standin.storage.finish_parts(bucket, file.key, input["uploadID"], [(part["partNumber"], part["hexMD5"]) for part in input["completedParts"]])
    except SandboxError as error:
        raise ApiError(f"the upload cannot be completed: {error}", 409) from error
    found = standin.storage.look(bucket, file.key)
    return {"digest": found.md5 if found else None}
