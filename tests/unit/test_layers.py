"""The rooms of the house: who may look at whom, and where a third-party header may stand (src/README.md)."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["util", "core", "clients", "config", "engine"]
ABOVE = {room: set(ORDER[: ORDER.index(room) + 1]) for room in ORDER}
ABOVE |= {room: set(ORDER) | {room} for room in ("report", "monitor", "bundle")}
ABOVE["cli"] = set(ORDER) | {"report", "monitor", "bundle", "cli"}

THIRD_PARTY = {
    r"curl/": r"src/clients/http.*\.cpp",
    r"openssl/": r"src/clients/tls.*|src/core/(secret|digest).*",
    r"mysql|mariadb": r"src/clients/mysql\.cpp",
    r"ares": r"src/clients/dns.*\.cpp",
    r"CLI/": r"src/cli/.*",
    r"yaml-cpp/": r"src/config/.*\.cpp",
    r"pugixml": r"(src/clients/s3.*)\.cpp",
    r"nlohmann/json\.hpp": r"src/util/json\.hpp",
}


def sources():
    for folder in ("src", "checks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cpp", ".hpp"):
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def includes(text):
    return re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', text, re.M)


@pytest.mark.parametrize("name,text", list(sources()), ids=lambda v: v if len(v) < 80 else "")
def test_includes_go_downwards(name, text):
    for header in includes(text):
        room = header.split("/")[0]
        if name.startswith("checks/"):
            if room == "engine":
                assert header == "engine/plugin.hpp", f"{name} sees of the engine only plugin.hpp, not {header}"
            elif room in ABOVE:
                assert room in ABOVE["config"], f"{name} includes {header}"
        elif name.count("/") == 2 and room in ABOVE:
            assert room in ABOVE[name.split("/")[1]], f"{name} includes {header}"
        elif room == "checks":
            assert name.startswith("src/cli/"), f"{name} includes {header}"


@pytest.mark.parametrize("name,text", list(sources()), ids=lambda v: v if len(v) < 80 else "")
def test_third_party_headers_stay_in_their_room(name, text):
    for header in includes(text):
        for pattern, allowed in THIRD_PARTY.items():
            if re.match(pattern, header) and not (ROOT / "src" / header).exists() and not (ROOT / header).exists():
                assert re.fullmatch(allowed, name), f"{name} includes <{header}>"
    if name.endswith(".hpp"):
        assert "util/json.hpp" not in includes(text), f"{name}: util/json.hpp is for .cpp files"
    if name != "src/util/json.cpp":
        assert not re.search(r"\bjson::parse\(|\.dump\(", text), f"{name}: parser and serializer of JSON are compiled in util/json.cpp"


def test_secrets_are_exposed_only_where_they_go_on_the_wire():
    offenders = [n for n, t in sources() if ".expose()" in t and not re.match(r"src/(clients|core)/", n)]
    assert not offenders


READERS = {"src/clients/http.cpp", "src/clients/graphql.cpp", "src/clients/s3.cpp", "src/core/received.hpp", "src/core/display.hpp", "checks/shared/answer.cpp", "checks/shared/cors.cpp",
           "checks/bucket/probe.cpp", "checks/bucket/probe_cleanup.cpp", "checks/bucket/probe_look.cpp", "checks/bucket/probe_write.cpp", "checks/wandb/probe_artifact.cpp",
           "checks/wandb/probe_transfer.cpp"}


def test_received_bytes_are_read_only_where_something_is_recognised_in_them():
    offenders = [n for n, t in sources() if re.search(r"\bunread\(\)", t) and n not in READERS]
    assert offenders == [], "for_display() shows them; a new parser is named here"


def test_every_check_has_its_page_and_no_file_grows_beyond_400_lines():
    for name, text in sources():
        assert text.count("\n") <= 400, f"{name} has {text.count(chr(10))} lines"
        if name.startswith("checks/") and name.count("/") == 2 and name.endswith(".cpp"):
            stem = Path(name).stem
            if name.split("/")[1] != "shared" and not re.match(r"(probe|facts|plugin)", stem):
                assert (ROOT / name).with_suffix(".md").exists(), f"{name} has no page beside it"


@pytest.mark.parametrize("name,text", list(sources()), ids=lambda v: v if len(v) < 80 else "")
def test_threads_are_started_in_one_place(name, text):
    """util/thread.hpp does the work at once when the system has no thread to give, and lets nothing escape from one."""
    if name in ("src/util/thread.hpp", "src/cli/signals.cpp", "src/clients/mysql_budget.cpp"):
        return
    assert not re.search(r"std::(jthread\s*\(|jthread\s+\w+\s*[({]|async\b|thread\s*\()|emplace_back\(\[.*\bthreads?\b", text), f"{name}: use start_thread"


@pytest.mark.parametrize("name,text", list(sources()), ids=lambda v: v if len(v) < 80 else "")
def test_received_text_is_redacted_before_it_is_cut(name, text):
    """sanitize() alone is for our own text: what was received goes through for_display()."""
    if name.startswith(("src/clients/", "checks/")):
        assert not re.search(r"\bsanitize\(", text), f"{name}: received text goes through for_display"
