"""Projects: renamed, listed in pages, deleted with everything in them; what two people may see."""
import pytest
from wandb_api import Api

RENAME = "mutation($i:RenameProjectInput!){renameProject(input:$i){inserted project{id name}}}"
PROJECT = "query($p:String!){project(name:$p,entityName:\"sandbox\"){id name description runs{edges{node{id name}}} sweeps{edges{node{id name}}} artifactCollections{edges{node{name}}}" \
          " allViews{edges{node{id type displayName spec}}} runQueues{id name} triggers{id name}}}"
DELETE = "mutation($i:String!){deleteModel(input:{id:$i}){success}}"
SWEEP = "method: grid\nparameters:\n  x:\n    values: [1]\n"


def rename(api, old, new):
    return api.graphql(RENAME, i={"entityName": "sandbox", "oldProjectName": old, "newProjectName": new})


def look(api, name):
    return api.ask(PROJECT, p=name)["project"]


def fill(api):
    """One of everything in the api's project."""
    api.make_run("one")
    api.make_sweep(SWEEP)
    api.make_artifact({"a.txt": b"a"}, run="one")
    api.make_view()
    api.make_queue()
    api.make_automation(f"{api.project} automation")
    return api.project


def things(project):
    return {key: len(value["edges"]) if isinstance(value, dict) else len(value) for key, value in project.items() if isinstance(value, (dict, list))}


def test_a_renamed_project_keeps_what_is_in_it(api):
    old = fill(api)
    before = look(api, old)
    answer = rename(api, old, old + "-renamed").json["data"]["renameProject"]
    assert answer["inserted"] is False and answer["project"]["name"] == old + "-renamed"
    after = look(api, old + "-renamed")
    assert look(api, old) is None and set(things(after).values()) == {1} and things(after) == things(before)
    assert after["id"] != before["id"] and after["runs"]["edges"][0]["node"]["id"] != before["runs"]["edges"][0]["node"]["id"], "ids are made of names"
    assert api.graphql(DELETE, i=before["id"]).status == 404
    # The old name, and with it the old id, is whoever's takes it next.
    api.make_run("two", modelName=old)
    assert look(api, old)["id"] == before["id"] and [e["node"]["name"] for e in look(api, old + "-renamed")["runs"]["edges"]] == ["one"]


def test_a_taken_name_is_refused_and_a_missing_project_is_made(api):
    api.make_run("one")
    api.make_run("two", modelName=api.project + "-taken")
    assert rename(api, api.project, api.project + "-taken").status == 409
    assert [e["node"]["name"] for e in look(api, api.project)["runs"]["edges"]] == ["one"]
    assert rename(api, api.project + "-missing", api.project + "-made").json["data"]["renameProject"]["inserted"] is True
    assert rename(api, api.project, "a/b").status == 400


def test_a_deleted_project_takes_everything_with_it(api, base):
    before = set(base.bucket_objects())
    old = fill(api)
    made = look(api, old)
    assert set(base.bucket_objects()) > before
    assert api.ask(DELETE, i=made["id"])["deleteModel"]["success"]
    assert look(api, old) is None and set(base.bucket_objects()) == before
    assert api.ask("query($i:ID!){view(id:$i){id}}", i=made["allViews"]["edges"][0]["node"]["id"])["view"] is None
    assert api.graphql("mutation($i:ID!){deleteRunQueues(input:{queueIDs:[$i]}){success}}", i=made["runQueues"][0]["id"]).status == 404
    assert api.graphql("mutation($i:ID!){deleteTrigger(input:{triggerID:$i}){success}}", i=made["triggers"][0]["id"]).status == 404


def test_views_queues_and_automations_are_deleted_one_by_one(api):
    made = look(api, fill(api))
    assert api.make_view("workspace", "project-view")
    views = api.ask("query($p:String!){project(name:$p,entityName:\"sandbox\"){allViews(viewType:\"runs\"){edges{node{id displayName}}}}}", p=api.project)["project"]["allViews"]["edges"]
    assert [edge["node"]["displayName"] for edge in views] == ["my report"]
    assert api.ask("mutation($i:ID!){deleteView(input:{id:$i}){success}}", i=views[0]["node"]["id"])["deleteView"]["success"]
    assert api.ask("mutation($i:ID!){deleteRunQueues(input:{queueIDs:[$i]}){success}}", i=made["runQueues"][0]["id"])["deleteRunQueues"]["success"]
    assert api.ask("mutation($i:ID!){deleteTrigger(input:{triggerID:$i}){success}}", i=made["triggers"][0]["id"])["deleteTrigger"]["success"]
    after = look(api, api.project)
    assert (len(after["allViews"]["edges"]), after["runQueues"], after["triggers"]) == (1, [], [])


def test_a_view_or_queue_makes_no_project(api):
    assert api.graphql("mutation($i:UpsertViewInput!){upsertView(input:$i){view{id}}}", i={"entityName": "sandbox", "projectName": api.project, "spec": "{}"}).status == 404
    assert api.graphql("mutation($i:CreateRunQueueInput!){createRunQueue(input:$i){success}}",
                       i={"entityName": "sandbox", "projectName": api.project, "queueName": "q", "access": "USER"}).status == 404
    assert look(api, api.project) is None


@pytest.mark.parametrize("generation, known", [("old", {"allViews", "runQueues"}), ("mid", {"allViews", "runQueues", "triggers"}),
                                               ("new", {"allViews", "runQueues", "triggers", "renameProject"})])
def test_what_each_generation_knows(server, generation, known):
    api = server(generation=generation)
    found = {field["name"] for kind in ("Project", "Mutation") for field in api.ask("query($t:String!){__type(name:$t){fields{name}}}", t=kind)["__type"]["fields"]}
    assert found & {"allViews", "runQueues", "triggers", "renameProject"} == known


# -- pages

def walk(api, path, document, **variables):
    """Every node of a connection, and how many answers it took."""
    nodes, after, answers = [], None, 0
    while True:
        data = api.ask(document, after=after, **variables)
        for key in path.split("."):
            data = data[key]
        nodes, answers = nodes + [edge["node"] for edge in data["edges"]], answers + 1
        if not data["pageInfo"]["hasNextPage"]:
            return nodes, answers
        after = data["pageInfo"]["endCursor"]


LISTS = {
    "runs": ("project.runs", "runs(first:$n,after:$after)"),
    "sweeps": ("project.sweeps", "sweeps(first:$n,after:$after)"),
    "artifactTypes": ("project.artifactTypes", "artifactTypes(first:$n,after:$after)"),
    "collections": ("project.artifactCollections", "artifactCollections(first:$n,after:$after)"),
    "views": ("project.allViews", "allViews(first:$n,after:$after)"),
    "versions": ("project.artifactCollection.artifacts", "artifactCollection(name:\"c0\"){artifacts(first:$n,after:$after){edges{node{id}} pageInfo{endCursor hasNextPage}}}"),
    "files": ("project.run.files", "run(name:\"r0\"){files(first:$n,after:$after){edges{node{id}} pageInfo{endCursor hasNextPage}}}"),
}


@pytest.mark.parametrize("what", LISTS)
def test_every_list_comes_in_pages_that_the_server_limits(server, what):
    api = server(most_per_page=2)
    for number in range(5):
        api.make_run(f"r{number}")
        api.make_sweep(SWEEP)
        api.make_view(f"v{number}")
        api.make_artifact({"a": b"a"}, f"c{number}", f"t{number}", "r0")
        api.make_artifact({"a": bytes([number])}, "c0", "t0", "r0")
        api.put_file(f"f{number}.txt", b"x", "r0")
    path, field = LISTS[what]
    if "{" not in field:
        field += "{edges{node{id}} pageInfo{endCursor hasNextPage}}"
    document = f"query($p:String!,$n:Int,$after:String){{project(name:$p,entityName:\"sandbox\"){{{field}}}}}"
    expected = 6 if what == "versions" else 5
    for asked, answers in ((None, 3), (100, 3), (1, expected)):
        nodes, took = walk(api, path, document, p=api.project, n=asked)
        assert len({node["id"] for node in nodes}) == len(nodes) == expected and took == answers, (asked, took)


def test_the_projects_of_an_entity_come_in_pages(server):
    api = server(most_per_page=2)
    names = [f"listed-{number}" for number in range(5)]
    for name in names:
        api.make_run("r", modelName=name)
    for path, document in (("models", "query($n:Int,$after:String){models(entityName:\"sandbox\",first:$n,after:$after){edges{node{id name}} pageInfo{endCursor hasNextPage}}}"),
                           ("entity.projects", "query($n:Int,$after:String){entity(name:\"sandbox\"){projects(first:$n,after:$after){edges{node{id name}} pageInfo{endCursor hasNextPage}}}}")):
        nodes, took = walk(api, path, document, n=50)
        assert sorted(node["name"] for node in nodes) == names and took == 3


# -- two people

def test_a_colleague_shares_teams_and_nothing_else(api, base):
    theirs = Api(base, base.api_keys["colleague"])
    answer = theirs.ask("{viewer{username entity teams{edges{node{name}}}}}")["viewer"]
    assert answer["username"] == answer["entity"] == "colleague"
    assert {edge["node"]["name"] for edge in answer["teams"]["edges"]} == {"colleague", "research", "production", "archive"}
    make = "mutation($e:String!,$p:String!){upsertBucket(input:{entityName:$e,modelName:$p,name:\"r\"}){inserted}}"
    assert theirs.graphql(make, e="sandbox", p=api.project).status == 403
    assert theirs.graphql(make, e="research", p=api.project).status == 200
    seen = api.ask("query($p:String!){project(name:$p,entityName:\"research\"){runs{edges{node{name}}}}}", p=api.project)["project"]["runs"]["edges"]
    assert [edge["node"]["name"] for edge in seen] == ["r"], "what one makes in a team the other sees"
    assert api.ask("{entity(name:\"colleague\"){id}}") == {"entity": None}
