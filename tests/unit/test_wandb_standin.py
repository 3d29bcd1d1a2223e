"""The stand-in of the W&B Server: what its API accepts and refuses, what it keeps, and that each misbehaviour is what its name says."""
import contextlib
import gzip
import json
import secrets
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "support")]

from sandbox import minio  # noqa: E402
from sandbox.box import Box  # noqa: E402
from sandbox.wandb import engine, history, standin  # noqa: E402, F401  the latter declares the fields
from sandbox.wandb.behaviour import BAD_GATEWAY, LOGIN_PAGE, REMOVED, Behaviour, Reply, deep, denied, drip, endless, rest_error  # noqa: E402
from sandbox.wandb.manifests import digest_of  # noqa: E402
from wandb_api import Address, Api  # noqa: E402


@pytest.fixture(scope="module")
def base():
    with Box.healthy() as box:
        yield box


@pytest.fixture
def api(base):
    """Of the healthy server, in a project of its own."""
    return Api(base, project="p" + secrets.token_hex(4))


@pytest.fixture
def server(base):
    """A function that gives the API of a server with a behaviour."""
    with contextlib.ExitStack() as stack:
        yield lambda **behaviour: Api(stack.enter_context(base.fork([], change=lambda box: box.wandb(**behaviour))))


def eventually(condition, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


# -- generations

def refused(generation, document, **variables):
    status, answer = engine.run(engine.schema_of(generation), document, variables, "", None)
    assert status == 400, (status, answer)
    return " ".join(error["message"] for error in answer["errors"])


@pytest.mark.parametrize("generation, document, words", [
    ("old", "{serverInfo{features{name isEnabled}}}", 'Cannot query field "features" on type "ServerInfo".'),
    ("old", "{serverInfo{latestLocalVersionInfo{versionOnThisInstanceString}}}", 'Cannot query field "versionOnThisInstanceString" on type "LocalVersionInfo".'),
    ("old", '{project(name:"p"){artifactCollectionMembership(name:"a:v0"){id}}}', 'Cannot query field "artifactCollectionMembership" on type "Project".'),
    ("old", 'mutation{createRunFiles(input:{entityName:"e",projectName:"p",runName:"r",files:[]}){runID}}', 'Cannot query field "createRunFiles" on type "Mutation".'),
    ("old", "mutation($x:CreateRunFilesInput!){createRunFiles(input:$x){runID}}", 'Unknown type "CreateRunFilesInput".'),
    ("old", "{artifact(id:\"x\"){tags{name}}}", 'Cannot query field "tags" on type "Artifact".'),
    ("mid", "mutation{markRunFilesUploaded(input:{entityName:\"e\",projectName:\"p\",runName:\"r\",files:[]}){success}}", 'Cannot query field "markRunFilesUploaded"'),
    ("mid", '{project(name:"p"){run(name:"r"){logLines(first:1,useImprovedPagination:true){edges{node{line}}}}}}',
     'Unknown argument "useImprovedPagination" on field "logLines" of type "Run".'),
    ("mid", '{project(name:"p"){artifactCollection(name:"a"){artifactMembership(aliasName:"v0"){files{edges{node{name}}}}}}}',
     'Cannot query field "files" on type "ArtifactCollectionMembership".'),
    ("new", '{project(name:"p"){run(name:"r",nonsense:1){id}}}', 'Unknown argument "nonsense" on field "run" of type "Project".'),
    ("new", "{ viewer { id ", "Syntax Error"),
])
def test_what_a_generation_lacks_it_refuses(generation, document, words):
    message = refused(generation, document)
    assert words.rstrip(".") in message


def test_unknown_fields_of_an_input_are_refused_in_variables():
    assert "Unknown field" in refused("old", "mutation($i:CreateArtifactInput!){createArtifact(input:$i){artifact{id}}}", i={"tags": []})


def test_a_schema_can_lack_more():
    schema = engine.schema_of("new", frozenset({"Project.run.desc", "Run.logLines", "ServerFeature", "ServerInfo.features"}))
    for document, words in (('{project{run(name:"r",desc:"d"){id}}}', 'Unknown argument "desc" on field "run" of type "Project".'),
                            ('{project{run(name:"r"){logLines{edges{cursor}}}}}', 'Cannot query field "logLines" on type "Run".')):
        status, answer = engine.run(schema, document, {}, "", None)
        assert status == 400 and words.rstrip(".") in answer["errors"][0]["message"]


def test_every_field_has_an_answer():
    """A resolver for a field that the schema lacks would be dead; the engine would not notice."""
    schema = engine.schema_of("new")
    for name in engine.RESOLVERS:
        kind, key = name.split(".")
        assert key in schema.get_type(kind).fields, name


def test_an_old_server_takes_the_old_spelling_of_uploads(server):
    api = server(generation="old")
    api.make_run()
    bucket = api.ask("query($p:String,$e:String,$n:String!,$f:[String]){model(name:$p,entityName:$e){bucket(name:$n,desc:\"\"){id files(names:$f){uploadHeaders"
                     " edges{node{name url(upload:true) updatedAt}}}}}}", p=api.project, e=api.entity, n="r1", f=["old way.txt"])["model"]["bucket"]
    (edge,) = bucket["files"]["edges"]
    assert bucket["files"]["uploadHeaders"] == [] and edge["node"]["updatedAt"] is None
    assert api.send("PUT", edge["node"]["url"], b"bytes").status == 200
    assert "old way.txt" not in api.files()
    api.stream(uploaded=["old way.txt"])
    assert api.files()["old way.txt"]["sizeBytes"] == 5


def test_introspection(server):
    probe = "{__type(name:\"ServerInfo\"){fields{name}}}"
    assert "features" not in str(server(generation="old").ask(probe))
    assert server(introspection=False).graphql(probe).status == 400


# -- accounts

@pytest.mark.parametrize("kind", ["local", "plain", "long", "segments"])
def test_every_shape_of_key_logs_in(base, kind):
    key = base.api_keys[kind]
    assert len(key) == {"local": 46, "plain": 40, "long": 86}.get(kind, len(key))
    viewer = Api(base, key=key).ask("{viewer{id entity username email flags teams{edges{node{name}}}}}")["viewer"]
    assert viewer["entity"] == viewer["username"] == "sandbox" and {edge["node"]["name"] for edge in viewer["teams"]["edges"]} >= {"research", "production", "archive"}


def test_an_unknown_key(base, server):
    wrong = Api(base, key="0" * 40).graphql("{viewer{id}}")
    assert wrong.status == 200 and wrong.json == {"data": {"viewer": None}}
    assert Api(base, key="0" * 40).graphql("mutation{upsertBucket(input:{name:\"x\",modelName:\"p\"}){inserted}}").status == 401
    anonymous = Api(base, key="").graphql("{viewer{id}}")
    assert anonymous.status == 401 and anonymous.json["errors"][0]["message"] == "user is not logged in"
    assert Api(base, key="").ask("{serverInfo{latestLocalVersionInfo{versionOnThisInstanceString}}}")
    strict = server(unknown_key="401")
    strict.key = "0" * 40
    assert strict.graphql("{viewer{id}}").status == 401


def test_an_identity_token_is_changed_for_an_access_token(base):
    api = Api(base, key="")
    form = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=" + base.api_keys["identity"]
    granted = api.call("POST", "/oidc/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert granted.status == 200 and granted.json["expires_in"] == 3600
    assert api.graphql("{viewer{username}}", headers={"Authorization": "Bearer " + granted.json["access_token"]}).json["data"]["viewer"]["username"] == "sandbox"
    assert api.graphql("{viewer{username}}", headers={"Authorization": "Bearer " + base.api_keys["identity"]}).json["data"]["viewer"] is None
    assert api.call("POST", "/oidc/token", form[:-4] + "AAAA").status == 401
    assert api.call("POST", "/oidc/token", "grant_type=password").status == 400


@pytest.mark.parametrize("entity", ["archive", "elsewhere", "nobody"])
def test_entities_that_cannot_be_written_to(base, entity):
    answer = Api(base).graphql("mutation($i:UpsertBucketInput!){upsertBucket(input:$i){inserted}}", i={"name": "r", "modelName": "p", "entityName": entity})
    assert answer.status == 403 and answer.json["errors"][0]["extensions"] == {"code": "PERMISSION_ERROR"} and answer.json["errors"][0]["path"] == ["upsertBucket"]
    assert answer.json["data"] == {"upsertBucket": None}


def test_a_teams_files_are_in_its_own_bucket(base):
    api = Api(base, entity="research", project="own")
    api.make_run()
    api.put_file("f.txt", b"team")
    assert "/wandb-research/" in api.files()["f.txt"]["directUrl"] and base.rgw.s3.objects("wandb-research") == ["research/own/r1/f.txt"]
    assert api.send("GET", api.files()["f.txt"]["directUrl"]).body == b"team"
    api.ask("mutation($i:ID!){deleteRun(input:{id:$i}){clientMutationId}}", i=api.run("id")["id"])
    assert base.rgw.s3.objects("wandb-research") == []


# -- runs and file_stream

def test_a_run_is_made_once_and_its_config_merged(api):
    assert api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){id}}", p=api.project)["project"] is None
    made = api.make_run(config={"epochs": 4, "deep": {"a": [1, "😀"]}})
    assert made["inserted"] and not api.make_run(config={"more": 1})["inserted"]
    config = json.loads(api.run("config")["config"])
    assert config == {"epochs": {"value": 4}, "deep": {"value": {"a": [1, "😀"]}}, "more": {"value": 1}}
    assert api.run("name", name="absent") is None and api.run("state createdAt")["state"] == "running"
    for wrong in ("a/b", "a:b", " ", "a?b"):
        assert api.graphql("mutation($i:UpsertBucketInput!){upsertBucket(input:$i){inserted}}", i={"name": wrong, "modelName": api.project}).status == 400


def test_config_has_a_limit(api):
    answer = api.graphql("mutation($i:UpsertBucketInput!){upsertBucket(input:$i){inserted}}",
                         i={"name": "r", "modelName": api.project, "config": json.dumps({"x": {"value": "a" * 15_000_001}})})
    assert answer.status == 400 and answer.json["errors"][0]["message"] == "run config cannot exceed 15 MB"


def test_history_lines_have_offsets(api):
    api.make_run()
    rows = [{"_step": n, "loss": 1 / (n + 1), "dict": {"val1": n}} for n in range(10)]
    assert api.history(rows[:4]).status == 200
    api.history(rows[3:], offset=3)   # sent again from the last line that may be lost
    found = api.run("historyLineCount historyKeys history(minStep:2,maxStep:4) sampledHistory(specs:[\"{\\\"keys\\\":[\\\"_step\\\",\\\"dict.val1\\\"]}\"])")
    assert found["historyLineCount"] == 10 and [json.loads(row)["_step"] for row in found["history"]] == [2, 3]
    assert found["historyKeys"]["lastStep"] == 9 and found["historyKeys"]["keys"]["dict.val1"]["previousValue"] == 9
    assert found["sampledHistory"] == [[{"_step": n, "dict.val1": n} for n in range(10)]]


def test_numbers_that_are_not_finite_and_odd_keys(api):
    api.make_run()
    lines = ['{"_step":0,"nan":NaN,"up":Infinity,"down":-Infinity,"HT%3ML ":{"_type":"html-file"},"größe/😀":1}']
    assert api.stream(files={"wandb-history.jsonl": {"offset": 0, "content": lines}, "wandb-summary.json": {"offset": 0, "content": lines}}).status == 200
    keys = api.run("historyKeys")["historyKeys"]["keys"]
    assert [keys[name]["previousValue"] for name in ("nan", "up", "down", "größe/😀")] == ["NaN", "Infinity", "-Infinity", 1] and "HT%3ML " in keys
    assert json.loads(api.run("summaryMetrics")["summaryMetrics"])["nan"] == "NaN"


def test_the_summary_is_the_last_one_sent(api):
    api.make_run()
    api.stream(files={"wandb-summary.json": {"offset": 0, "content": ['{"a":1,"b":2}']}})
    api.stream(files={"wandb-summary.json": {"offset": 0, "content": ['{"a":3}']}})
    assert json.loads(api.run("summaryMetrics")["summaryMetrics"]) == {"a": 3}


def test_console_lines_and_their_pages(api):
    api.make_run()
    lines = ["2026-11-28T10:00:00.000000 first", "ERROR 2026-11-28T10:00:01.000000 second", "bare", '{"level":"error","ts":"2026-11-28T10:00:02","label":"n1","content":"third 😀"}']
    api.stream(files={"output.log": {"offset": 0, "content": lines}})
    found = api.run("logLineCount logLines(last:3){edges{node{number timestamp level label line}}}")
    assert found["logLineCount"] == 4
    assert [(edge["node"]["number"], edge["node"]["level"], edge["node"]["line"]) for edge in found["logLines"]["edges"]] == [(1, "error", "second"), (2, None, "bare"), (3, "error", "third 😀")]
    first = api.run("logLines(first:2,useImprovedPagination:true){edges{node{line}} pageInfo{endCursor hasNextPage}}")["logLines"]
    assert [edge["node"]["line"] for edge in first["edges"]] == ["first", "second"] and first["pageInfo"]["hasNextPage"]
    rest = api.run("logLines(first:9,after:\"%s\",useImprovedPagination:true){edges{node{line}} pageInfo{hasNextPage}}" % first["pageInfo"]["endCursor"])["logLines"]
    assert [edge["node"]["line"] for edge in rest["edges"]] == ["bare", "third 😀"] and not rest["pageInfo"]["hasNextPage"]


def test_states_of_a_run(api):
    api.make_run()
    assert api.stream(complete=True, exitcode=0).json["exitcode"] == 0 and api.run("state")["state"] == "finished"
    api.history([{"a": 1}])
    assert api.run("state")["state"] == "running", "what comes later revives it"
    api.stream(complete=True, exitcode=2)
    assert api.run("state failed exitcode") == {"state": "failed", "failed": True, "exitcode": 2}
    assert api.ask("mutation($i:ID!){stopRun(input:{id:$i}){success}}", i=api.run("id")["id"])["stopRun"]["success"]
    assert api.stream().json["stopped"] is True and api.run("stopped")["stopped"] is True


def test_a_stream_may_be_packed_and_must_be_right(api, base):
    api.make_run()
    packed = gzip.compress(json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": ['{"a":1}']}}}).encode())
    assert api.stream(raw=packed, headers={"Content-Encoding": "gzip"}).status == 200 and api.run("historyLineCount")["historyLineCount"] == 1
    assert api.stream(raw="{").status == 400 and api.stream(raw="[]").status == 400 and api.stream(name="absent").status == 404
    assert api.stream(raw="{}").status == 200, "a heartbeat"
    assert Api(base, key="", project=api.project).stream().status == 401


def test_large_lines_pass(api):
    api.make_run()
    assert api.history([{"text": "a" * 10_000_000}]).status == 200
    assert len(json.loads(api.run("history")["history"][0])["text"]) == 10_000_000


# -- files

def test_a_file_is_there_when_it_is_registered(api, base):
    api.make_run()
    data = secrets.token_bytes(1000)
    stored, url = api.upload("./a b/ü 100%+&=#.bin", data)
    assert stored.status == 200 and url.startswith(f"https://s3.localhost:{base.web.bucket.port}/wandb-files/") and "X-Amz-Signature=" in url
    assert api.files() == {} and api.run("fileCount")["fileCount"] == 0
    api.stream(uploaded=["./a b/ü 100%+&=#.bin"])
    file = api.files()["a b/ü 100%+&=#.bin"]
    assert file["sizeBytes"] == 1000 and file["updatedAt"] and file["md5"] and api.run("fileCount")["fileCount"] == 1
    redirect = api.call("GET", file["url"].removeprefix(base.origin))
    assert redirect.status == 302 and api.send("GET", redirect.headers["Location"]).body == data
    assert api.send("GET", file["directUrl"]).body == data
    assert api.send("GET", file["url"]).status == 401, "the server's route wants a log-in"
    assert api.send("GET", file["directUrl"], headers={"Authorization": "Basic YXBpOng="}).status == 400, "the store takes one kind of credentials"
    assert api.ask("mutation($f:[ID!]!){deleteFiles(input:{files:$f}){success}}", f=[file["id"]])["deleteFiles"]["success"]
    assert api.files() == {} and api.send("GET", file["directUrl"]).status == 404


def test_files_that_were_not_uploaded_are_never_there(api):
    api.make_run()
    api.ask("mutation($i:CreateRunFilesInput!){createRunFiles(input:$i){runID}}", i={"entityName": api.entity, "projectName": api.project, "runName": "r1", "files": ["x"]})
    api.stream(uploaded=["x", "never asked for"])
    assert api.files() == {}
    for name in ("../x", "a/../../b"):
        assert api.graphql("mutation($i:CreateRunFilesInput!){createRunFiles(input:$i){runID}}",
                           i={"entityName": api.entity, "projectName": api.project, "runName": "r1", "files": [name]}).status == 400


def test_the_mutation_registers_files_too(api):
    api.make_run()
    api.upload("f", b"1")
    place = {"entityName": api.entity, "projectName": api.project, "runName": "r1", "files": ["f"]}
    assert api.ask("mutation($i:MarkRunFilesUploadedInput!){markRunFilesUploaded(input:$i){success}}", i=place)["markRunFilesUploaded"]["success"]
    assert "f" in api.files()


def test_lists_are_in_pages_and_by_pattern(api):
    api.make_run()
    for name in ("a.txt", "b.txt", "c.json"):
        api.put_file(name, b"x")
    first = api.run("files(first:2){edges{node{name} cursor} pageInfo{endCursor hasNextPage}}")["files"]
    assert [edge["node"]["name"] for edge in first["edges"]] == ["a.txt", "b.txt"] and first["pageInfo"]["hasNextPage"]
    rest = api.run("files(first:2,after:\"%s\"){edges{node{name}} pageInfo{hasNextPage}}" % first["pageInfo"]["endCursor"])["files"]
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["c.json"] and not rest["pageInfo"]["hasNextPage"]
    assert [edge["node"]["name"] for edge in api.run('files(pattern:"%.json"){edges{node{name}}}')["files"]["edges"]] == ["c.json"]


def test_everything_deleted_leaves_the_store(api, base):
    api.make_run()
    api.put_file("f", b"1")
    assert api.make_artifact({"a": secrets.token_bytes(10)}).status == 200
    mine = lambda: [key for key in base.bucket_objects() if api.project in key or key.startswith("wandb_artifacts/")]  # noqa: E731
    assert len(mine()) == 3
    project = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){id}}", p=api.project)["project"]["id"]
    assert api.ask("mutation($i:String!){deleteModel(input:{id:$i}){success}}", i=project)["deleteModel"]["success"]
    assert mine() == [] and api.project not in [p["name"] for p in base.wandb_state()["projects"]]


# -- artifacts

def test_an_artifact_from_first_step_to_last(api, base):
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
    assert not [key for key in base.bucket_objects() if key.startswith("wandb_artifacts/")]


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
    assert [key for key in box.bucket_objects() if key.startswith("wandb_artifacts/")] == [edge["node"]["storagePath"]]
    wrong = done | {"uploadID": "absent"}
    assert api.graphql("mutation($i:CompleteMultipartUploadArtifactInput!){completeMultipartUploadArtifact(input:$i){digest}}", i=wrong).status == 409


# -- sweeps

GRID = "method: grid\nname: small\nparameters:\n  x:\n    values: [1, 2]\n  y:\n    value: z\n"


def heartbeat(api, agent, states=None):
    answer = api.ask("mutation($i:ID!,$s:JSONString){agentHeartbeat(input:{id:$i,metrics:\"{}\",runState:$s}){agent{id} commands}}", i=agent, s=json.dumps(states or {}))
    return json.loads(answer["agentHeartbeat"]["commands"])


def make_sweep(api, config=GRID):
    sweep = api.ask("mutation($i:UpsertSweepInput!){upsertSweep(input:$i){sweep{id name state} configValidationWarnings}}",
                    i={"config": config, "entityName": api.entity, "projectName": api.project})["upsertSweep"]["sweep"]
    agent = api.ask("mutation($i:CreateAgentInput!){createAgent(input:$i){agent{id}}}",
                    i={"host": "h", "entityName": api.entity, "projectName": api.project, "sweep": sweep["name"]})["createAgent"]["agent"]["id"]
    return sweep, agent


def test_a_grid_is_given_out_one_by_one_and_ends(api):
    sweep, agent = make_sweep(api)
    given = []
    for _ in range(2):
        (command,) = heartbeat(api, agent)
        assert command["type"] == "run" and heartbeat(api, agent, {command["run_id"]: True}) == [], "one at a time"
        given.append({name: value["value"] for name, value in command["args"].items()})
        api.make_run(command["run_id"], sweep=sweep["name"])
    assert given == [{"x": 1, "y": "z"}, {"x": 2, "y": "z"}]
    assert heartbeat(api, agent) == [{"type": "exit"}]
    (edge,) = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){sweeps{edges{node{name displayName config state runCount runCountExpected method}}}}}",
                      p=api.project)["project"]["sweeps"]["edges"]
    assert edge["node"] == {"name": sweep["name"], "displayName": "small", "config": GRID, "state": "FINISHED", "runCount": 2, "runCountExpected": 2, "method": "grid"}


def test_a_sweep_stops_when_it_is_told(api):
    sweep, agent = make_sweep(api, "method: random\nparameters: {x: {min: 0.0, max: 1.0}}")
    (command,) = heartbeat(api, agent)
    assert 0 <= command["args"]["x"]["value"] <= 1
    api.ask("mutation($i:UpsertSweepInput!){upsertSweep(input:$i){sweep{state}}}", i={"id": sweep["id"], "state": "CANCELED"})
    assert [c["type"] for c in heartbeat(api, agent, {command["run_id"]: True})] == ["stop", "exit"]


def test_a_sweep_that_is_gone_is_404(api):
    _, agent = make_sweep(api)
    project = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){id}}", p=api.project)["project"]["id"]
    api.ask("mutation($i:String!){deleteModel(input:{id:$i}){success}}", i=project)
    assert api.graphql("mutation($i:ID!){agentHeartbeat(input:{id:$i}){commands}}", i=agent).status == 404


@pytest.mark.parametrize("config", ["method: [", "just text", "method: nonsense\nparameters: {}", "method: grid", "method: grid\nparameters: {x: {min: 0.5, max: 1}}"])
def test_wrong_configs_of_sweeps(api, config):
    assert api.graphql("mutation($i:UpsertSweepInput!){upsertSweep(input:$i){sweep{id}}}", i={"config": config, "projectName": api.project}).status == 400


# -- browsers

def test_origins(api, base):
    preflight = {"Origin": base.origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for path in ("/graphql2", "/graphql", "/files/sandbox/p/r/f"):
        answer = api.send("OPTIONS", base.origin + path, headers=preflight)
        assert answer.status == 204 and answer.headers["Access-Control-Allow-Origin"] == base.origin
    right = api.graphql("{viewer{id}}", path="/graphql2", headers={"Origin": base.origin})
    assert right.status == 200 and right.headers["Access-Control-Allow-Origin"] == base.origin
    for path in ("/graphql", "/graphql2"):
        wrong = api.graphql("{viewer{id}}", path=path, headers={"Origin": "http://127.0.0.1:8080"})
        assert wrong.status == 403 and "request origin not allowed: http://127.0.0.1:8080" in wrong.body.decode() and "Access-Control-Allow-Origin" not in wrong.headers


# -- the tests' view of the inside

def test_the_state_is_not_behind_the_proxy(api, base):
    api.make_run(config={"a": 1})
    state = base.wandb_state()
    (run,) = next(project for project in state["projects"] if project["name"] == api.project)["runs"]
    assert run["name"] == "r1" and run["config"] == {"a": {"value": 1}}
    asked = state["requests"][-1]
    assert (asked["method"], asked["path"], asked["fields"], asked["status"]) == ("POST", "/graphql", ["upsertBucket"], 200)
    api.upload("f", b"1")
    assert [len(secret) for secret in base.handed_out()][-1:] == [64] and base.handed_out() == []
    for path in ("/secrets", "/state", "/requests", "/control", "/"):
        assert "r1" not in api.call("GET", path).body.decode()


# -- misbehaviour

CREATE = "mutation{upsertBucket(input:{name:\"x\",modelName:\"demo\"}){inserted}}"
CANNED = [
    ({"replies": {"viewer": LOGIN_PAGE}}, "{viewer{id}}", lambda a: a.status == 200 and a.body.startswith(b"<!doctype html>") and "text/html" in a.headers["Content-Type"]),
    ({"replies": {"viewer": BAD_GATEWAY}}, "{viewer{id}}", lambda a: a.status == 502),
    ({"replies": {"/graphql": rest_error("internal database error", 500)}}, "{viewer{id}}", lambda a: a.status == 500 and a.json == {"error": "internal database error"}),
    ({"replies": {"upsertBucket": denied("upsertBucket")}}, CREATE, lambda a: a.status == 403 and a.json["errors"][0]["extensions"]["code"] == "PERMISSION_ERROR"),
    ({"replies": {"upsertSweep": Reply(500, "{}")}}, CREATE, lambda a: a.status == 200),
    ({"replies": {"viewer": deep(100_000)}}, "{viewer{id}}", lambda a: a.body.count(b"{") > 100_000),
    ({"cli_versions": None}, "{serverInfo{cliVersionInfo}}", lambda a: a.json["data"]["serverInfo"]["cliVersionInfo"] is None),
    ({"cli_versions": {"max_cli_version": "0.28.2"}}, "{serverInfo{cliVersionInfo}}", lambda a: a.json["data"]["serverInfo"]["cliVersionInfo"] == {"max_cli_version": "0.28.2"}),
    ({"version": "0.70.1", "latest_version": "0.83.0"}, "{serverInfo{latestLocalVersionInfo{outOfDate latestVersionString versionOnThisInstanceString}}}",
     lambda a: list(a.json["data"]["serverInfo"]["latestLocalVersionInfo"].values()) == [True, "0.83.0", "0.70.1"]),
    ({"change": {"viewer.entity": 5, "viewer.teams.edges.node.name": None}}, "{viewer{entity teams{edges{node{name}}}}}",
     lambda a: a.json["data"]["viewer"]["entity"] == 5 and {e["node"]["name"] for e in a.json["data"]["viewer"]["teams"]["edges"]} == {None}),
    ({"change": {"viewer.id": REMOVED}}, "{viewer{id name}}", lambda a: set(a.json["data"]["viewer"]) == {"name"}),
    ({"without": {"Project.run.desc"}}, "{project(name:\"p\"){run(name:\"r\",desc:\"d\"){id}}}", lambda a: a.status == 400),
    ({"read_only": ("sandbox",)}, CREATE, lambda a: a.status == 403),
    ({"personal_disabled": True}, CREATE, lambda a: a.status == 403 and "personal" in a.json["errors"][0]["message"]),
    ({"body_limit": {"/graphql": 50}}, CREATE, lambda a: a.status == 413),
    ({"features": {"FILESTREAM_GZIP": False, "SOMETHING_NEW": True}}, "{serverInfo{features{name isEnabled}}}",
     lambda a: {"FILESTREAM_GZIP": False, "SOMETHING_NEW": True}.items() <= {f["name"]: f["isEnabled"] for f in a.json["data"]["serverInfo"]["features"]}.items()),
]


@pytest.mark.parametrize("behaviour, document, right", CANNED, ids=[str(sorted(case[0]))[2:-2] + str(n) for n, case in enumerate(CANNED)])
def test_answers_of_the_api_gone_wrong(server, behaviour, document, right):
    answer = server(**behaviour).graphql(document)
    assert right(answer), (answer.status, answer.body[:300])


def test_a_reply_may_come_a_number_of_times(server):
    api = server(replies={"viewer": Reply(503, "{}", times=2)})
    assert [api.graphql("{viewer{id}}").status for _ in range(3)] == [503, 503, 200]


def test_endless_answers_end_with_the_client(server):
    api = server(replies={"viewer": endless(pause=0.01)})
    connection = Address("wandb.localhost", api.box.web.host.port, timeout=5, context=api.context)
    connection.request("POST", "/graphql", json.dumps({"query": "{viewer{id}}"}))
    answer = connection.getresponse()
    assert answer.headers["Content-Length"] is None and len(answer.read(1_000_000)) == 1_000_000
    connection.close()
    assert api.ask("{serverInfo{cliVersionInfo}}")


def test_answers_may_drip(server):
    begun = time.monotonic()
    assert server(replies={"viewer": drip("{}", 0.1)}).graphql("{viewer{id}}").json == {} and time.monotonic() - begun > 0.2


def test_an_entitys_bucket_may_be_absent(server):
    api = server(buckets={"research": "absent"})
    api.entity = "research"
    api.make_run()
    stored, _ = api.upload("f", b"1")
    assert stored.status == 404 and b"NoSuchBucket" in stored.body


def test_delays(server):
    api = server(delay=0.1, delays={"upsertBucket": 0.2})
    begun = time.monotonic()
    api.graphql("{viewer{id}}")
    middle = time.monotonic()
    api.graphql(CREATE)
    assert 0.1 <= middle - begun < 0.3 <= time.monotonic() - middle + 0.01


@pytest.mark.parametrize("part, seen", [("history", lambda r: r["historyLineCount"] == 1), ("summary", lambda r: json.loads(r["summaryMetrics"]) == {"a": 1}),
                                        ("config", lambda r: json.loads(r["config"]) == {"c": {"value": 1}}), ("console", lambda r: r["logLineCount"] == 1),
                                        ("events", lambda r: r["eventsLineCount"] == 1), ("complete", lambda r: r["state"] == "finished")])
def test_what_is_lost_and_what_is_late(server, part, seen):
    fields = "historyLineCount summaryMetrics config logLineCount eventsLineCount state"

    def send(api):
        api.make_run(config={"c": 1})
        api.stream(files={"wandb-history.jsonl": {"offset": 0, "content": ['{"a":1}']}, "wandb-summary.json": {"offset": 0, "content": ['{"a":1}']},
                          "output.log": {"offset": 0, "content": ["line"]}, "wandb-events.jsonl": {"offset": 0, "content": ['{"cpu":1}']}})
        api.stream(complete=True, exitcode=0)
        return api.run(fields)
    assert seen(send(server()))
    assert not seen(send(server(lost=(part,))))
    late = server(late={part: 0.3})
    assert not seen(send(late)) and eventually(lambda: seen(late.run(fields)))


def test_files_that_are_never_registered_or_late(server):
    for behaviour, there in (({"lost": ("files",)}, False), ({"late": {"files": 0.3}}, True)):
        api = server(**behaviour)
        api.make_run()
        api.put_file("f", b"1")
        assert api.files() == {} and eventually(lambda api=api: bool(api.files()), 0.6) is there


def test_registration_by_event(server):
    api = server(registration="event")
    api.make_run()
    api.upload("f", b"1")
    assert eventually(lambda: "f" in api.files())


@pytest.mark.parametrize("charset, seen", [("utf8mb3", "é☃?"), ("latin1", "é??")])
def test_a_database_that_lacks_characters(server, charset, seen):
    api = server(charset=charset)
    api.make_run(config={"text": "é☃😀"})
    api.history([{"é☃😀": "é☃😀"}])
    assert json.loads(api.run("config")["config"])["text"]["value"] == seen and json.loads(api.run("history")["history"][0]) == {seen: seen}


@pytest.mark.parametrize("what", ["files", "artifact", "manifest"])
def test_bytes_gone_wrong_in_the_store(server, what):
    api = server(corrupt=(what,))
    api.make_run()
    data = secrets.token_bytes(20)
    api.put_file("f", data)
    assert (api.send("GET", api.files()["f"]["directUrl"]).body == data) is (what != "files")
    assert api.make_artifact({"a": data}).status == 200
    found = api.ask("{project(name:\"demo\",entityName:\"sandbox\"){artifact(name:\"art\"){files{edges{node{directUrl}}} currentManifest{file{directUrl}}}}}")["project"]["artifact"]
    assert (api.send("GET", found["files"]["edges"][0]["node"]["directUrl"]).body == data) is (what != "artifact")
    assert api.send("GET", found["currentManifest"]["file"]["directUrl"]).body.startswith(b'{"version"') is (what != "manifest")


def test_addresses_gone_wrong(server):
    api = server(upload_host="localhost:9000", direct_host="http://minio:9000", redirect_host="wandb.internal", file_host="http://localhost:8080")
    api.make_run()
    stored = api.ask("mutation($i:CreateRunFilesInput!){createRunFiles(input:$i){files{uploadUrl}}}",
                     i={"entityName": "sandbox", "projectName": "demo", "runName": "r1", "files": ["f"]})["createRunFiles"]["files"][0]["uploadUrl"]
    assert stored.startswith("https://localhost:9000/wandb-files/")
    api.box.rgw.s3.must("PUT", "/wandb-files/sandbox/demo/r1/f", "", b"1")
    api.stream(uploaded=["f"])
    file = api.files()["f"]
    assert file["url"].startswith("http://localhost:8080/files/sandbox/demo/r1/f") and file["directUrl"].startswith("http://minio:9000/wandb-files/")
    assert api.call("GET", "/files/sandbox/demo/r1/f").headers["Location"].startswith("https://wandb.internal/wandb-files/")


@pytest.mark.parametrize("behaviour, code", [({"signer_secret": "wrong"}, "SignatureDoesNotMatch"), ({"signer_clock": -90_000}, "RequestTimeTooSkewed|AccessDenied|RequestExpired"),
                                             ({"url_lifetime": 1, "signer_clock": -10}, "AccessDenied|RequestExpired")])
def test_signatures_gone_wrong(server, behaviour, code):
    api = server(**behaviour)
    api.make_run()
    stored, _ = api.upload("f", b"1")
    assert stored.status == 403 and any(word in stored.body.decode() for word in code.split("|")), stored.body


def test_files_by_the_server_itself(server):
    api = server(files_by="body")
    api.make_run()
    api.put_file("f.txt", b"body")
    answer = api.call("GET", "/files/sandbox/demo/r1/f.txt")
    assert answer.status == 200 and answer.body == b"body"


def test_objects_by_way_of_the_server(server):
    api = server(bucket_proxy=True)
    api.make_run()
    stored, url = api.upload("a b.txt", b"body")
    assert stored.status == 200 and stored.headers["ETag"] and url.startswith(f"{api.box.origin}/wandb-files/sandbox/demo/r1/a%20b.txt?")
    api.stream(uploaded=["a b.txt"])
    direct = api.files()["a b.txt"]["directUrl"]
    assert api.send("GET", direct).body == b"body" and api.send("GET", direct[:-4] + "0000").status == 403 and api.send("PUT", direct, b"x").status == 403
    assert api.make_artifact({"a": b"1"}).status == 200


def test_sweeps_gone_wrong(server):
    api = server(sweep_controller=False)
    sweep, agent = make_sweep(api)
    assert heartbeat(api, agent) == []
    api = server(refuse_sweep_runs=True)
    sweep, agent = make_sweep(api)
    refused = api.graphql("mutation($i:UpsertBucketInput!){upsertBucket(input:$i){inserted}}", i={"name": "x", "modelName": "demo", "sweep": sweep["name"]})
    assert refused.status == 403 and api.make_run()["inserted"]


def test_origins_gone_wrong(server):
    refusing, open_to_all, silent = server(refuse_all_origins=True), server(foreign_origins=True), server(cors=False)
    assert refusing.graphql("{viewer{id}}", path="/graphql2", headers={"Origin": refusing.box.origin}).status == 403
    assert open_to_all.graphql("{viewer{id}}", headers={"Origin": "https://evil.example"}).headers["Access-Control-Allow-Origin"] == "https://evil.example"
    assert "Access-Control-Allow-Origin" not in silent.graphql("{viewer{id}}", headers={"Origin": silent.box.origin}).headers
    localhost = server(host="http://localhost")
    assert localhost.graphql("{viewer{id}}", headers={"Origin": localhost.box.origin}).status == 403, "HOST was left at localhost"


def test_a_fork_leaves_nothing_in_the_shared_store(base):
    before = base.bucket_objects()
    with base.fork([], change=lambda box: box.wandb()) as box:
        api = Api(box)
        api.make_run()
        api.put_file("f", b"1")
        api.upload("never registered", b"2")
        assert api.make_artifact({"a": b"1"}).status == 200
        assert len(base.bucket_objects()) == len(before) + 4
    assert base.bucket_objects() == before


def test_behaviours_add_up(base):
    def change(box):
        box.wandb(version="1.2.3")
        box.wandb(read_only=("research",))
    with base.fork([], change=change) as box:
        assert box.standin.standin.behaviour == Behaviour(version="1.2.3", read_only=("research",))
        assert "1.2.3" in Api(box).call("GET", "/env.js").body.decode()


# -- rows

def test_rows_are_thinned_evenly():
    rows = [{"_step": n} for n in range(100)]
    assert [row["_step"] for row in history.thinned(rows, 5)] == [0, 25, 50, 74, 99] and history.thinned(rows, 1000) == rows
    assert history.keys_of([]) is None
