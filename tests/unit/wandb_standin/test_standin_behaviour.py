"""Every misbehaviour is what its name says."""
import json
import secrets
import time

import pytest
from sandbox.wandb.behaviour import BAD_GATEWAY, LOGIN_PAGE, REMOVED, Behaviour, Reply, deep, denied, drip, endless, rest_error
from wandb_api import Address, Api, eventually

GRID = "method: grid\nparameters: {x: {values: [1, 2]}}"
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
    sweep, agent = api.make_sweep(GRID)
    assert api.heartbeat(agent) == []
    api = server(refuse_sweep_runs=True)
    sweep, agent = api.make_sweep(GRID)
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
