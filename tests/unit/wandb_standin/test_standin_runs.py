"""Runs and file_stream."""
import gzip
import json

from sandbox.wandb import history
from wandb_api import Api

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


# -- rows

def test_rows_are_thinned_evenly():
    rows = [{"_step": n} for n in range(100)]
    assert [row["_step"] for row in history.thinned(rows, 5)] == [0, 25, 50, 74, 99] and history.thinned(rows, 1000) == rows
    assert history.keys_of([]) is None
