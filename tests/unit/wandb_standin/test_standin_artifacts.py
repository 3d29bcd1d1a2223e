"""Artifacts, from the first step to the last."""
import json
import secrets

import pytest
from sandbox import minio
from sandbox.wandb.manifests import digest_of
from wandb_api import Api


def test_an_artifact_from_first_step_to_last(api, base):
    before = base.bucket_objects()
    api.make_run()
    api.make_run("r2")
    contents = {"a.bin": secrets.token_bytes(100), "b/ü.bin": secrets.token_bytes(200)}
    assert api.make_artifact(contents).status == 200
    fields = "artifact{id state digest size fileCount versionIndex commitHash aliases{alias} artifactType{name} currentManifest{file{directUrl}}}"
    found = api.ask("query($p:String,$n:String!){project(name:$p,entityName:\"sandbox\"){artifactCollectionMembership(name:$n){versionIndex artifactCollection{name __typename} %s}}}"
                    % fields, p=api.project, n="art:best")["project"]["artifactCollectionMembership"]
    artifact = found["artifact"]
    assert artifact["state"] == "COMMITTED" and artifact["size"] == 300 and artifact["fileCount"] == 2 and artifact["versionIndex"] == 0
    assert sorted(alias["alias"] for alias in artifact["aliases"]) == ["best", "latest", "v0"] and found["artifactCollection"]["__typename"] == "ArtifactSequence"
    manifest = json.loads(api.send("GET", artifact["currentManifest"]["file"]["directUrl"]).body)
    assert digest_of(manifest["contents"]) == artifact["digest"]
    files = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){artifactCollection(name:\"art\"){id artifactMembership(aliasName:\"v0\"){files{edges{node{name directUrl"
                    " sizeBytes digest storagePath}}}}}}}", p=api.project)["project"]["artifactCollection"]
    edges = files["artifactMembership"]["files"]["edges"]
    assert {edge["node"]["name"]: api.send("GET", edge["node"]["directUrl"]).body for edge in edges} == contents
    hexed = edges[0]["node"]["storagePath"].rpartition("/")[2]
    for path in (f"/artifactsV2/default/sandbox/{api.project}/art/{artifact['id']}/birth/{hexed}/{edges[0]['node']['name']}",
                 f"/artifactsV2/default/sandbox/{api.project}/art/birth/{hexed}/{edges[0]['node']['name']}", f"/artifacts/sandbox/{hexed}"):
        routed = api.call("GET", path.replace("ü", "%C3%BC"))
        assert routed.status == 302 and api.send("GET", routed.headers["Location"]).body == contents[edges[0]["node"]["name"]]
    used = {"entityName": "sandbox", "projectName": api.project, "runName": "r2", "artifactID": artifact["id"]}
    assert api.ask("mutation($i:UseArtifactInput!){useArtifact(input:$i){artifact{id}}}", i=used)
    by = api.ask("query($a:ID!){artifact(id:$a){usedBy{edges{node{name}}} createdBy{__typename ... on Run{name}}}}", a=artifact["id"])["artifact"]
    assert by["usedBy"]["edges"] == [{"node": {"name": "r2"}}] and by["createdBy"] == {"__typename": "Run", "name": "r1"}
    assert api.graphql("mutation($i:DeleteArtifactInput!){deleteArtifact(input:$i){artifact{id}}}", i={"artifactID": artifact["id"]}).status == 409, "it has aliases"
    assert api.ask("mutation($i:DeleteArtifactInput!){deleteArtifact(input:$i){artifact{id}}}", i={"artifactID": artifact["id"], "deleteAliases": True})
    assert api.ask("mutation($i:ID!){deleteArtifactSequence(input:{artifactSequenceID:$i}){artifactCollection{state}}}", i=files["id"])[
        "deleteArtifactSequence"]["artifactCollection"]["state"] == "DELETED"
    assert base.bucket_objects() == before


def test_bytes_that_are_there_are_not_asked_for_again(api):
    api.make_run()
    same, one, two = secrets.token_bytes(10), secrets.token_bytes(10), secrets.token_bytes(10)
    assert api.make_artifact({"same": same, "other": one}).status == 200
    assert api.make_artifact({"same": same, "other": two}).status == 200
    assert api.uploads["same"] is None and api.uploads["other"]
    assert api.make_artifact({"same": same, "other": two})["state"] == "COMMITTED", "the same digest is the same version"
    found = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){artifactType(name:\"dataset\"){artifactCollection(name:\"art\"){artifacts{totalCount edges{version}}}}}}",
                    p=api.project)["project"]["artifactType"]["artifactCollection"]["artifacts"]
    assert found == {"totalCount": 2, "edges": [{"version": "v1"}, {"version": "v0"}]}
    first = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){artifact(name:\"art:v0\"){id}}}", p=api.project)["project"]["artifact"]["id"]
    api.ask("mutation($i:DeleteArtifactInput!){deleteArtifact(input:$i){artifact{id}}}", i={"artifactID": first, "deleteAliases": True})
    files = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){artifact(name:\"art:v1\"){files{edges{node{name directUrl}}}}}}", p=api.project)["project"]["artifact"]["files"]
    assert {edge["node"]["name"]: api.send("GET", edge["node"]["directUrl"]).body for edge in files["edges"]} == {"same": same, "other": two}


def test_an_artifact_is_committed_only_when_it_is_whole(api):
    api.make_run()
    data = secrets.token_bytes(10)
    for words, options in (("was not uploaded", {"skip": ["a"]}), ("does not match its manifest", {"digest": "0" * 32})):
        answer = api.make_artifact({"a": data}, name="art" + words[-4:], **options)
        assert answer.status == 409 and words in answer.json["errors"][0]["message"]


def test_the_store_checks_the_announced_md5(api):
    api.make_run()
    with pytest.raises(AssertionError, match="BadDigest|InvalidDigest|SignatureDoesNotMatch"):
        api.make_artifact(Wrong({"a": secrets.token_bytes(10)}))


class Wrong(dict):
    """Gives other bytes than those that the digest was made of."""

    def __getitem__(self, name):
        return b"other"


@pytest.mark.parametrize("store", ["rgw", "minio"])
def test_an_upload_in_parts(base, store):
    """On MinIO the parts are the store's own."""
    if store == "minio" and not minio.prepared():
        pytest.skip("MinIO is not built: tests/sandbox/sandbox prepare --with minio")
    with base.fork([], change=lambda box: (box.use_minio() if store == "minio" else None, box.wandb())) as box:
        upload_in_parts(Api(box), box)


def upload_in_parts(api, box):
    before = set(box.bucket_objects())
    api.make_run()
    place = {"entityName": "sandbox", "projectName": api.project}
    artifact = api.ask("mutation($i:CreateArtifactInput!){createArtifact(input:$i){artifact{id}}}", i=place | {
        "artifactTypeName": "t", "artifactCollectionName": "big", "digest": "0" * 32, "digestAlgorithm": "MANIFEST_MD5"})["createArtifact"]["artifact"]["id"]
    parts = [secrets.token_bytes(5 * 1024 * 1024), secrets.token_bytes(1000)]
    spec = {"artifactID": artifact, "name": "big.bin", "md5": "bW9ja21vY2ttb2NrbW9jaw==", "uploadPartsInput": [{"partNumber": n, "hexMD5": "0" * 32} for n in (1, 2)]}
    (edge,) = api.ask("mutation($f:[CreateArtifactFileSpecInput!]!){createArtifactFiles(input:{artifactFiles:$f,storageLayout:V2}){files{edges{node{storagePath uploadUrl"
                      " uploadMultipartUrls{uploadID uploadUrlParts{partNumber uploadUrl}}}}}}}", f=[spec])["createArtifactFiles"]["files"]["edges"]
    urls = edge["node"]["uploadMultipartUrls"]
    tags = [api.send("PUT", part["uploadUrl"], parts[part["partNumber"] - 1]).headers["ETag"] for part in urls["uploadUrlParts"]]
    done = {"artifactID": artifact, "storagePath": edge["node"]["storagePath"], "uploadID": urls["uploadID"], "completeMultipartAction": "Complete",
            "completedParts": [{"partNumber": n, "hexMD5": tag} for n, tag in enumerate(tags, 1)]}
    assert api.ask("mutation($i:CompleteMultipartUploadArtifactInput!){completeMultipartUploadArtifact(input:$i){digest}}", i=done)["completeMultipartUploadArtifact"]["digest"]
    assert box.rgw.s3.must("GET", f"/{box.bucket}/{edge['node']['storagePath']}") == b"".join(parts)
    assert set(box.bucket_objects()) - before == {edge["node"]["storagePath"]}
    wrong = done | {"uploadID": "absent"}
    assert api.graphql("mutation($i:CompleteMultipartUploadArtifactInput!){completeMultipartUploadArtifact(input:$i){digest}}", i=wrong).status == 409
