"""A small client of the W&B API for tests: GraphQL, file_stream, and the store by the URLs that the API hands out."""
import base64
import hashlib
import http.client
import json
import socket
import ssl
import time
import urllib.parse
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: object
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Address(http.client.HTTPSConnection):
    """Any name under .localhost is this machine (RFC 6761), whatever the resolver says."""

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


class Api:
    def __init__(self, box, key=None, entity=None, project="demo"):
        self.box, self.key, self.entity, self.project = box, box.api_key if key is None else key, entity or "sandbox", project
        self.context = ssl.create_default_context(cafile=str(box.dir / "ca.pem"))

    def send(self, method, url, body=None, headers=None):
        parts = urllib.parse.urlsplit(url)
        connection = Address(parts.hostname, parts.port, timeout=30, context=self.context)
        try:
            connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def call(self, method, path, body=None, headers=None):
        """With our credentials, at the server."""
        basic = {"Authorization": "Basic " + base64.b64encode(f"api:{self.key}".encode()).decode()} if self.key else {}
        return self.send(method, self.box.origin + path, body, basic | (headers or {}))

    def graphql(self, query, headers=None, path="/graphql", **variables):
        return self.call("POST", path, json.dumps({"query": query, "variables": variables}), {"Content-Type": "application/json"} | (headers or {}))

    def ask(self, query, **variables):
        """The data of an answer that must be right."""
        answer = self.graphql(query, **variables)
        assert answer.status == 200 and "errors" not in answer.json, answer.body
        return answer.json["data"]

    # -- runs

    def make_run(self, name="r1", config=None, **more):
        words = {"name": name, "modelName": self.project, "entityName": self.entity, "config": json.dumps({k: {"value": v} for k, v in (config or {}).items()})} | more
        return self.ask("mutation($i:UpsertBucketInput!){upsertBucket(input:$i){bucket{id name} inserted}}", i=words)["upsertBucket"]

    def stream(self, name="r1", headers=None, raw=None, **body):
        return self.call("POST", f"/files/{self.entity}/{self.project}/{name}/file_stream", raw if raw is not None else json.dumps(body), headers)

    def history(self, rows, name="r1", offset=0):
        return self.stream(name, files={"wandb-history.jsonl": {"offset": offset, "content": [json.dumps(row) for row in rows]}})

    def run(self, fields, name="r1"):
        return self.ask("query($p:String,$e:String,$n:String!){project(name:$p,entityName:$e){run(name:$n){%s}}}" % fields, p=self.project, e=self.entity, n=name)["project"]["run"]

    def upload(self, name, data, run="r1"):
        """(answer of the store, upload URL)."""
        files = self.ask("mutation($i:CreateRunFilesInput!){createRunFiles(input:$i){runID uploadHeaders files{name uploadUrl}}}",
                         i={"entityName": self.entity, "projectName": self.project, "runName": run, "files": [name]})["createRunFiles"]
        url = files["files"][0]["uploadUrl"]
        return self.send("PUT", url, data), url

    def put_file(self, name, data, run="r1"):
        stored, _ = self.upload(name, data, run)
        assert stored.status == 200, stored.body
        assert self.stream(run, uploaded=[name]).status == 200

    def files(self, run="r1"):
        found = self.run("files{edges{node{id name url directUrl sizeBytes md5 updatedAt mimetype}}}", run)["files"]["edges"]
        return {edge["node"]["name"]: edge["node"] for edge in found}

    # -- artifacts

    def make_artifact(self, contents, name="art", kind="dataset", run="r1", aliases=("best",), digest=None, skip=(), manifest=None):
        """Every step of making one; the answer of commitArtifact. `skip`: names that are not uploaded; `manifest` changes its text before it is."""
        entries = {path: {"digest": md5(data), "size": len(data)} for path, data in contents.items()}
        place = {"entityName": self.entity, "projectName": self.project, "runName": run}
        artifact = self.ask("mutation($i:CreateArtifactInput!){createArtifact(input:$i){artifact{id state}}}", i=place | {
            "artifactTypeName": kind, "artifactCollectionName": name, "digest": digest or artifact_digest(entries), "digestAlgorithm": "MANIFEST_MD5",
            "aliases": [{"artifactCollectionName": name, "alias": alias} for alias in aliases], "enableDigestDeduplication": True})["createArtifact"]["artifact"]
        if artifact["state"] == "COMMITTED":
            return artifact
        specs = [{"artifactID": artifact["id"], "name": path, "md5": entries[path]["digest"]} for path in contents]
        made = self.ask("mutation($f:[CreateArtifactFileSpecInput!]!){createArtifactFiles(input:{artifactFiles:$f,storageLayout:V2})"
                        "{files{edges{node{name uploadUrl uploadHeaders artifact{id}}}}}}", f=specs)["createArtifactFiles"]["files"]["edges"]
        self.uploads = {edge["node"]["name"]: edge["node"]["uploadUrl"] for edge in made}
        for edge in made:
            node = edge["node"]
            entries[node["name"]]["birthArtifactID"] = node["artifact"]["id"]
            if node["uploadUrl"] and node["name"] not in skip:
                stored = self.send("PUT", node["uploadUrl"], contents[node["name"]], dict(header.split(":", 1) for header in node["uploadHeaders"]))
                assert stored.status == 200, stored.body
        text = json.dumps({"version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"}, "contents": entries}).encode()
        file = self.ask("mutation($i:CreateArtifactManifestInput!){createArtifactManifest(input:$i){artifactManifest{id file{id uploadUrl uploadHeaders}}}}", i=place | {
            "artifactID": artifact["id"], "name": "wandb_manifest.json", "digest": md5(text), "type": "FULL"})["createArtifactManifest"]["artifactManifest"]["file"]
        stored = self.send("PUT", file["uploadUrl"], text, dict(header.split(":", 1) for header in file["uploadHeaders"]))
        assert stored.status == 200, stored.body
        return self.graphql("mutation($a:ID!){commitArtifact(input:{artifactID:$a}){artifact{id digest}}}", a=artifact["id"])

    # -- what people add to a project

    def make_view(self, name="my report", kind="runs"):
        """The id of a report; of a saved workspace with another kind."""
        return self.ask("mutation($i:UpsertViewInput!){upsertView(input:$i){view{id}}}", i={
            "entityName": self.entity, "projectName": self.project, "type": kind, "displayName": name, "spec": "{\"version\": 5}", "createdUsing": "WANDB_SDK"})["upsertView"]["view"]["id"]

    def make_queue(self, name="my queue"):
        return self.ask("mutation($i:CreateRunQueueInput!){createRunQueue(input:$i){success queueID}}", i={
            "entityName": self.entity, "projectName": self.project, "queueName": name, "access": "PROJECT"})["createRunQueue"]["queueID"]

    def make_automation(self, name="my automation"):
        scope = self.ask("query($p:String,$e:String){project(name:$p,entityName:$e){id}}", p=self.project, e=self.entity)["project"]["id"]
        return self.ask("mutation($i:CreateFilterTriggerInput!){createFilterTrigger(input:$i){trigger{id}}}", i={
            "name": name, "enabled": True, "scopeType": "PROJECT", "scopeID": scope, "triggeringEventType": "RUN_METRIC", "eventFilter": "{}",
            "triggeredActionType": "NO_OP", "triggeredActionConfig": {"noOpActionInput": {"noOp": True}}})["createFilterTrigger"]["trigger"]["id"]

    # -- sweeps

    def make_sweep(self, config):
        """(sweep, id of an agent of it)."""
        sweep = self.ask("mutation($i:UpsertSweepInput!){upsertSweep(input:$i){sweep{id name state} configValidationWarnings}}",
                         i={"config": config, "entityName": self.entity, "projectName": self.project})["upsertSweep"]["sweep"]
        agent = self.ask("mutation($i:CreateAgentInput!){createAgent(input:$i){agent{id}}}",
                         i={"host": "h", "entityName": self.entity, "projectName": self.project, "sweep": sweep["name"]})["createAgent"]["agent"]["id"]
        return sweep, agent

    def heartbeat(self, agent, states=None):
        """The commands that it brings."""
        answer = self.ask("mutation($i:ID!,$s:JSONString){agentHeartbeat(input:{id:$i,metrics:\"{}\",runState:$s}){agent{id} commands}}", i=agent, s=json.dumps(states or {}))
        return json.loads(answer["agentHeartbeat"]["commands"])


def eventually(condition, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def artifact_digest(entries):
    lines = "".join(f"{path}:{entries[path]['digest']}\n" for path in sorted(entries, key=str.encode))
    return hashlib.md5(f"wandb-artifact-manifest-v1\n{lines}".encode()).hexdigest()
