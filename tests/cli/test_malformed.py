"""Each setting that may hold a secret, in each place that settings come from, written wrong in each way that people write them wrong: what
could not be read is never shown. The product of settings and mistakes is made here, so that a new one of either is tried with all."""
import itertools
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from command_line import PROGRAM, environment, settings

SECRET = "zQ8kV3lm9Xw2trLo7gBnYc5d"
READABLE = 8
PARTS = [SECRET[i:i + READABLE] for i in range(len(SECRET) - READABLE + 1)]

# Host and port of a URL with user information. Hosts and paths themselves are shown: nothing tells a secret from a name there.
PORT = re.compile("@[^:/?]+(:[0-9]+)?")

# Name → value with the secret in its place.
VALUES = {
    "HOST": "https://user:{}@wandb.example.com",
    "MYSQL": "mysql://wandb:{}@db.example.com:3306/wandb_local",
    "GORILLA_METADATA_STORE": "mysql://wandb:{}@db.example.com/wandb_local?tls=true",
    "BUCKET": "s3://AKIAEXAMPLE:{}@minio.example.com:9000/wandb-files?tls=true",
    "GORILLA_SUPPORTED_FILE_STORES": "s3://AKIAEXAMPLE:{}@minio.example.com:9000/other-files",
    "REDIS": "redis://:{}@redis.example.com:6379?tls=true",
    "GORILLA_EMAIL_SINK": "smtp://me:{}@smtp.example.com:587",
    "LICENSE": "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDB9.{}",
    "WANDB_API_KEY": "local-{}0123456789abcdef",
    "AWS_SECRET_ACCESS_KEY": "{}",
    "MYSQL_PASSWORD": "{}",
    "OIDC_SECRET": "{}",
    "LOCAL_LDAP_BIND_PW": "{}",
}

# What becomes of NAME=VALUE: lines as they stand in an environment file.
LINES = {
    "right": lambda n, v: f"{n}={v}",
    "wrapped before the secret": lambda n, v: f"{n}={v.partition(SECRET)[0]}\n{SECRET}{v.partition(SECRET)[2]}",
    "wrapped in the secret": lambda n, v: f"{n}={v.replace(SECRET, SECRET[:10] + chr(10) + SECRET[10:])}",
    "wrapped with a backslash": lambda n, v: f"{n}={v.replace(SECRET, chr(92) + chr(10) + '  ' + SECRET)}",
    "no =": lambda n, v: f"{n} {v}",
    "a colon for the =": lambda n, v: f"{n}: {v}",
    "no name": lambda n, v: v,
    "no name before the =": lambda n, v: f"={v}",
    "no scheme": lambda n, v: f"{n}={v.rpartition('://')[2]}",
    "half a scheme": lambda n, v: f"{n}={v.replace('://', ':/')}",
    "another scheme": lambda n, v: f"{n}=x-{v}",
    "in the port's place": lambda n, v: f"{n}={PORT.sub(f'@host:{SECRET}', v.replace(SECRET, 'pw'))}",
    "in the user's place": lambda n, v: f"{n}=https://{SECRET}@example.com/",
    "two @": lambda n, v: f"{n}={v.replace('@', '@@')}",
    "@ in the secret": lambda n, v: f"{n}={v.replace(SECRET, SECRET + '@x')}",
    "/ in the secret": lambda n, v: f"{n}={v.replace(SECRET, 'x/' + SECRET)}",
    "# in the secret": lambda n, v: f"{n}={v.replace(SECRET, 'x#' + SECRET)}",
    "bad escape": lambda n, v: f"{n}={v.replace(SECRET, '%zz' + SECRET)}",
    "quote at the start": lambda n, v: f'{n}="{v}',
    "quote at the end": lambda n, v: f"{n}={v}'",
    "quoted": lambda n, v: f"{n}='{v}'",
    "quoted as a whole": lambda n, v: f'"{n}={v}"',
    "export": lambda n, v: f"export {n}={v}",
    "export without =": lambda n, v: f"export {v}",
    "tab": lambda n, v: f"{n}\t=\t{v}",
    "CRLF": lambda n, v: f"{n}={v}\r",
    "byte order mark": lambda n, v: f"\ufeff{n}={v}",
    "NUL": lambda n, v: f"{n}={v}\0x",
    "NUL before it": lambda n, v: f"{n}\0={v}",
    "comment behind": lambda n, v: f"{n}={v} # the password",
    "wrong name": lambda n, v: f"{n}X={v}",
    "name in small letters": lambda n, v: f"{n.lower()}={v}",
    "name is the secret": lambda n, v: f"{SECRET}={v}",
    "twice": lambda n, v: f"{n}={v}\n{n}={v}2",
    "a reference": lambda n, v: f"{n}=$({v})",
    "no UTF-8": lambda n, v: f"{n}={v}\udcff",
}

# The same in the configuration file, below `settings:`.
YAML = {
    "right": lambda n, v: f"settings:\n  {n}: '{v}'\n",
    "list": lambda n, v: f"settings:\n  {n}:\n    - '{v}'\n",
    "map": lambda n, v: f"settings:\n  {n}:\n    value: '{v}'\n",
    "secret as a name": lambda n, v: f"settings:\n  {n}:\n    '{v}': x\n",
    "not below settings": lambda n, v: f"{n}: '{v}'\n",
    "a list of lines": lambda n, v: f"settings:\n  - {n}={v}\n",
    "= for the colon": lambda n, v: f"settings:\n  {n}={v}\n",
    "settings is a text": lambda n, v: f"settings: '{n}={v}'\n",
    "open quote": lambda n, v: f"settings:\n  {n}: '{v}\n",
    "tab": lambda n, v: f"settings:\n\t{n}: {v}\n",
    "twice": lambda n, v: f"settings:\n  {n}: '{v}'\n  {n}: '{v}2'\n",
    "folded": lambda n, v: f"settings:\n  {n}: >\n    {v[:12]}\n    {v[12:]}\n",
    "block": lambda n, v: f"settings:\n  {n}: |\n    {v}\n    {v}\n",
    "anchor": lambda n, v: f"settings:\n  {n}: *{SECRET}\n",
    "tag": lambda n, v: f"settings:\n  {n}: !{SECRET} x\n",
    "wrong name": lambda n, v: f"settings:\n  {n}X: '{v}'\n",
    "own option": lambda n, v: f"ca_file: '{v}'\nhttp_port: '{v}'\nentities: {{a: '{v}'}}\n",
    "unknown option": lambda n, v: f"'{v}': 1\n",
    "NUL": lambda n, v: f"settings:\n  {n}: '{v}\0'\n",
}

NETRC = {
    "right": "machine wandb.example.com login user password {}\n",
    "no password word": "machine wandb.example.com login user {}\n",
    "wrapped": "machine wandb.example.com\nlogin user\npassword\n\n{}\n",
    "in the user's place": "machine wandb.example.com login {} password x\n",
    "in the machine's place": "machine {} login user password x\n",
    "open quote": 'machine wandb.example.com login user password "{}\n',
    "unknown word": "machine wandb.example.com login user passwd {}\n",
    "alone": "{}\n",
    "URL": "machine https://user:{}@wandb.example.com login user password x\n",
}

COMMANDS = (["run", "--only", "config", "--record", "record.json"], ["run", "--only", "config", "--format", "json"], ["config"], ["config", "--format", "json"], ["plan"])


def shown(folder, words, env):
    """Everything that leaves: both streams, the record and the state."""
    out = []
    for command in COMMANDS:
        done = subprocess.run([PROGRAM, *command, *words], env=environment(folder, {"XDG_STATE_HOME": str(folder / "state")} | env), capture_output=True, timeout=60, cwd=folder,
                              stdin=subprocess.DEVNULL)
        assert done.returncode >= 0 and done.returncode < 128, f"{command} ended with {done.returncode}: {done.stderr[-300:]}"
        out.append((" ".join(command[:4]), done.stdout + done.stderr))
    out += [(path.name, path.read_bytes()) for path in [folder / "record.json", *(folder / "state").rglob("*")] if path.is_file()]
    return out


def leaks(case):
    """What of the secret can be read, also across the line ends of a terminal."""
    folder, title, files, words, env = case
    folder.mkdir()
    for name, text in files.items():
        settings(folder, text.encode(errors="surrogateescape"), name)
    found = []
    for where, text in shown(folder, words, env):
        text = b"".join(text.split()).decode(errors="replace")
        part = next((part for part in PARTS if part in text), None)
        if part:
            at = text.index(part)
            found.append(f"{title}: {where}: …{text[max(0, at - 60):at + 40]}…")
    return found


def cases(folder, form):
    numbers = itertools.count()

    def case(title, files, words, env=None):
        return folder / str(next(numbers)), title, files, words, env or {}
    host = "HOST=https://wandb.example.com\n"
    if form == "netrc":
        for title, text in NETRC.items():
            yield case(f"netrc, {title}", {".netrc": text.format(SECRET), "server.env": host}, ["--env-file", "server.env"])
            yield case(f"key file, {title}", {"key": text.format(SECRET), "server.env": host}, ["--env-file", "server.env", "--api-key-file", "key"])
        return
    for name, value in VALUES.items():
        value = value.format(SECRET)
        for title, write in (YAML if form == "yaml" else LINES).items():
            text, title = write(name, value), f"{form}, {name}, {title}"
            if form == "yaml":
                yield case(title, {"wbverify.yaml": text}, ["--config", "wbverify.yaml"])
            elif form == "env-file":
                yield case(title, {"server.env": text + "\n"}, ["--env-file", "server.env"])
            elif "\0" not in text and text.partition("=")[0]:
                first, _, rest = text.partition("=")
                yield case(title, {}, [], {first: rest})


@pytest.mark.parametrize("form", ["env-file", "environment", "yaml", "netrc"])
def test_what_cannot_be_read_is_not_shown(tmp_path, form):
    with ThreadPoolExecutor(3) as pool:
        found = [leak for leaked in pool.map(leaks, cases(tmp_path, form)) for leak in leaked]
    assert not found, f"{len(found)} leaks\n" + "\n".join(found)
