"""Keys, tokens, entities; browsers; the tests' view of the inside."""
import pytest
from wandb_api import Api

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
