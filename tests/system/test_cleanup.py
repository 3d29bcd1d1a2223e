"""wbverify cleanup: what no journal lists, what is not its own, and the commands that findings name."""
import re
import secrets
import shlex
import subprocess
import time

import pytest
from program import PROGRAM, clean_up, environment, verify

NAMES = ("plain.bin", "large.bin", "a b.bin", "größe-日本.bin", "q?a=b&c#d.bin")
MARK = "wbverify probe 0; safe to drop"


def two_hours_older(method, status, body):
    """Listings as they will be in two hours."""
    then = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 7200)).encode()
    return re.sub(rb"(?<=<LastModified>)[^<]*", then, body) if method == "GET" else body


def much_later(box):
    box.store_behind(change=two_hours_older)
    box.mysql_global("init_connect", "'SET timestamp = UNIX_TIMESTAMP() + 7200'")


def put(box, *keys):
    for key in keys:
        box.rgw.s3.must("PUT", f"/{box.bucket}/{key}", "", b"x")


def make_table(box, name, comment=MARK):
    box.mysql.sql(f"CREATE TABLE {box.database}.`{name}` (id INT) COMMENT = '{comment}'")


@pytest.fixture
def left(base):
    """(ours, foreign) objects and tables, of which no journal knows."""
    one, two = secrets.token_hex(8), secrets.token_hex(8)
    ours = {f"wbverify/{run}/{name}" for run in (one, two) for name in NAMES}
    foreign = {"wbverify/notes.txt", f"wbverify/{one}/mine.txt", f"wbverify/{one}/plain.bin/x", f"wbverify/{one.upper()}/plain.bin", "wbverify/0123/plain.bin", f"models/wbverify/{two}/plain.bin"}
    tables, others = {f"_wbverify_{one}"}, {f"_wbverify_{two}", "_wbverify_notes", f"_wbverify_{one}_2"}
    put(base, *ours, *foreign)
    for table in tables | others:
        make_table(base, table, "of somebody" if table == f"_wbverify_{two}" else MARK)
    yield ours, foreign, tables, others
    for key in {*base.bucket_objects()} & (ours | foreign):
        base.rgw.s3.call("DELETE", f"/{base.bucket}/{key}")
    for table in tables | others:
        base.mysql.sql(f"DROP TABLE IF EXISTS {base.database}.`{table}`")


def there(box):
    return {*box.bucket_objects()}, {row[0] for row in box.mysql_tables()}


def test_what_is_young_may_be_in_use(base, left):
    ours, foreign, tables, others = left
    done = clean_up(base, "--all", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("in use") == 3 and "would remove" not in done.stdout, done.stdout
    objects, names = there(base)
    assert ours | foreign <= objects and tables | others <= names


def test_everything_is_shown_before_it_is_removed_and_nothing_foreign_goes(base, left):
    ours, foreign, tables, others = left
    with base.fork([], change=much_later) as box:
        for args in (["--dry-run"], [], ["--dry-run", "--yes"]):
            shown = clean_up(box, "--all", *args)
            assert shown.returncode == 0, shown.stdout + shown.stderr
            for key in ours:
                folder, name = key.rsplit("/", 1)
                assert f"would remove  s3-object  {folder}/ " in shown.stdout and f"\n                {name}\n" in shown.stdout, shown.stdout
            for table in tables:
                assert f"would remove  mysql-table  {table} " in shown.stdout
            for name in {key.rsplit("/", 1)[-1] for key in foreign} - {"plain.bin"} | others:
                assert name + " " not in shown.stdout and name + "\n" not in shown.stdout
            objects, names = there(box)
            assert ours | foreign <= objects and tables | others <= names
        removed = clean_up(box, "--all", "--yes")
        assert removed.returncode == 0, removed.stdout + removed.stderr
        objects, names = there(box)
        assert not ours & objects and foreign <= objects
        assert not tables & names and others <= names
        again = clean_up(box, "--all", "--yes")
        assert again.returncode == 0 and "Found nothing" in again.stdout


def test_a_table_that_is_written_at_this_moment_is_in_use(base, left):
    table = next(iter(left[2]))
    with base.fork([], change=much_later) as box:
        import threading
        asleep = threading.Thread(target=lambda: box.mysql.sql(f"SELECT GET_LOCK('wbverify-{table[10:]}', 0), SLEEP(6)"))
        asleep.start()
        time.sleep(1)
        done = clean_up(box, "--all", "--yes")
        assert f"in use        mysql-table  {table}" in done.stdout, done.stdout
        asleep.join()


def test_what_stands_on_the_second_page_is_found(base):
    def change(box):
        box.own_store()
        box.store_behind(change=two_hours_older)
    with base.fork([], change=change) as box:
        put(box, *(f"wbverify/0000/{number}" for number in range(1010)))
        ours = [f"wbverify/{run * 16}/plain.bin" for run in "1f"]
        put(box, *ours)
        done = clean_up(box, "--all", "--yes")
        assert done.returncode == 0 and "2 of 2 groups removed" in done.stdout, done.stdout + done.stderr
        for key in ours:
            assert box.rgw.s3.call("HEAD", f"/{box.bucket}/{key}")[0] == 404


def versions_of(box):
    return re.findall(r"<Key>([^<]*)</Key>", box.rgw.s3.must("GET", f"/{box.bucket}", "versions").decode())


def test_a_bucket_with_versions_loses_all_of_them(base):
    def change(box):
        box.own_store()
        box.store_behind(change=two_hours_older)
        box.rgw.s3.keep_versions(box.bucket)
    with base.fork([], change=change) as box:
        keys = [f"wbverify/{secrets.token_hex(8)}/{name}" for name in NAMES[:2]]
        put(box, *keys, *keys, "kept.txt")
        box.rgw.s3.must("DELETE", f"/{box.bucket}/{keys[0]}")
        assert len(versions_of(box)) >= 6
        done = clean_up(box, "--all", "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "delete marker" in done.stdout and done.stdout.count(", version ") == 4, done.stdout
        assert versions_of(box) == ["kept.txt"]


def commands_of(report):
    """Lines of findings that are a command of wbverify's own, or name one in backquotes."""
    for row in report["results"]:
        for line in (row.get("fix") or "").splitlines() + (row.get("reproduce") or "").splitlines():
            if line.strip().startswith("wbverify "):
                yield row["id"], line.strip()


# Fault, and the check whose finding names the command.
NAMED = [("bucket.some-stay", "bucket.cleanup"), ("wandb.left-over", "wandb.leftovers"), ("wandb.cannot-delete", "wandb.cleanup")]


@pytest.mark.parametrize("fault,check", NAMED)
def test_the_commands_that_findings_name_work_as_they_stand(base, fault, check):
    with base.fork([fault]) as box:
        ran = verify(box)
        commands = {line for name, line in commands_of(ran.report) if name.split("/")[0] == check}
        assert any(line.startswith("wbverify cleanup") for line in commands), ran.report["results"]
        for line in sorted(commands):
            done = subprocess.run([PROGRAM, *shlex.split(line)[1:]], env=environment(box), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
            said = done.stdout + done.stderr
            assert done.returncode in (0, 1, 2, 3) and "is not set" not in said and "left alone" not in said, f"{line}: {done.returncode}\n{said}"
            if line.startswith("wbverify cleanup"):
                assert "Nothing was left behind.\nFound nothing" not in said and said.strip() != "Nothing was left behind.", f"{line} does nothing\n{said}"


def test_a_run_tells_how_to_clean_up_with_its_own_options(base):
    with base.fork(["bucket.some-stay"]) as box:
        ran = verify(box)
        line = next(line for line in ran.stderr.splitlines() if "may not have been removed" in line)
        command = re.search("`wbverify (.*)`", line).group(1)
        done = subprocess.run([PROGRAM, *shlex.split(command)], env=environment(box), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == 1 and "large.bin" in done.stdout, done.stdout + done.stderr
