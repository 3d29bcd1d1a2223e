"""The schema of the newest server knows every document that the newest client has, save those of parts that the stand-in does not have."""
import ast
import re

import graphql
from sandbox.clients import NEWEST, folder
from sandbox.wandb import engine

# Root fields, and fields below them, of registries, launch queues, automations, reports, the administration of users, and sweeps that are scheduled by a client.
ABSENT = re.compile(r"[pP]ortfolio|[rR]egistr|[mM]embers\b|RunQueue|runQueue|[lL]aunchAgent|ResourceConfig|[tT]rigger|[iI]ntegration|allViews|createTeam|[iI]nvite|ServiceAccount"
                    r"|createUser|[aA]piKey\(|TagAssignments|[aA]rtifactMemberships|linkArtifact|enqueueSweepRun|moveArtifactSequence|updateArtifactSequence|createCustomChart"
                    r"|notifyScriptableRunAlert|rewindRun|renameProject|orgEntity \{\s+name\s+artifactCollections")
PARTS_OF_OTHERS = re.compile(r"_PROJECT_QUERY_|\{\{|\.\.\.\{|fragment_name|\.\.\.RunFilesFragment")   # put together when the client runs


def balanced(text, start):
    """The end of the block whose brace opens at or after `start`."""
    depth, at = 0, text.index(b"{", start)
    while True:
        depth += {b"{": 1, b"}": -1}.get(text[at:at + 1], 0)
        at += 1
        if depth == 0:
            return at


def documents():
    """By where they stand: constants of the Python part, texts in the Go part."""
    root = next(folder(NEWEST).glob("lib/python3*/site-packages/wandb"))
    for path in sorted(root.rglob("*.py")):
        text = path.read_text()
        if "query" not in text and "mutation" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"\s*(#graphql\s*)?(query|mutation)\b[^\n]*[({]", node.value):
                yield f"{path.relative_to(root)}:{node.lineno}", node.value
    binary = (root / "bin/wandb-core").read_bytes()
    for found in re.finditer(rb"\n(query|mutation) (\w+) ?(\([^\x00{}]*\))? ?\{\n", binary):
        end = balanced(binary, found.end() - 3)
        while fragment := re.match(rb"\s*fragment \w+ on \w+ \{", binary[end:end + 200]):
            end = balanced(binary, end + fragment.end() - 2)
        yield "wandb-core:" + found[2].decode(), binary[found.start():end].decode()


def test_the_newest_server_knows_what_the_newest_client_asks():
    schema, wrong, known, names = engine.schema_of("new"), {}, 0, set()
    for place, text in documents():
        if ABSENT.search(text) or PARTS_OF_OTHERS.search(text):
            continue
        try:
            document = graphql.parse(text)
        except graphql.GraphQLError:
            continue   # a part of an f-string
        names |= {d.name.value for d in document.definitions if getattr(d, "operation", None) and d.name}
        errors = [error.message for error in graphql.validate(schema, document)]
        known += not errors
        if errors:
            wrong[place] = errors
    assert not wrong
    assert known > 80
    assert names >= {"UpsertBucket", "CreateRunFiles", "MarkRunFilesUploaded", "CreateArtifact", "CreateArtifactFiles", "CommitArtifact", "CompleteMultipartUploadArtifact",
                     "ServerFeaturesQuery", "Viewer", "HistoryPage", "SampledHistoryPage", "RunConsoleLogPage", "UpsertSweep", "CreateAgent", "ArtifactMembershipByName"}
