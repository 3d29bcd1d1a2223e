"""What a generation of the server knows, and how it refuses what it does not."""
import pytest
from sandbox.wandb import engine, standin  # noqa: F401  the last declares the fields


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
    ("old", '{project(name:"p"){artifactCollection(name:"a"){artifactMembership(aliasName:"v0"){files{edges{node{name}}}}}}}',
     'Cannot query field "artifactMembership" on type "ArtifactCollection".'),
    ("mid", '{organization(name:"o"){id}}', 'Cannot query field "organization" on type "Query".'),
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
