"""Files of runs."""
import secrets


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
    before = base.bucket_objects()
    api.make_run()
    api.put_file("f", b"1")
    assert api.make_artifact({"a": secrets.token_bytes(10)}).status == 200
    assert len(base.bucket_objects()) == len(before) + 3
    project = api.ask("query($p:String){project(name:$p,entityName:\"sandbox\"){id}}", p=api.project)["project"]["id"]
    assert api.ask("mutation($i:String!){deleteModel(input:{id:$i}){success}}", i=project)["deleteModel"]["success"]
    assert base.bucket_objects() == before and api.project not in [p["name"] for p in base.wandb_state()["projects"]]
