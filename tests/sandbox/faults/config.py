"""Settings that are missing, malformed or at odds with one another."""
from urllib.parse import unquote

from ..lab import fault, near


def declare(name, kills, text, change, status=None):
    @fault(f"config.{name}", kills, text, status=status or {})
    def _(box):
        change(box)


def replaced(name, old, new):
    return lambda box: box.edit(name, lambda value: value.replace(old, new))


# -- missing

for _name in ("HOST", "MYSQL", "BUCKET"):
    declare(f"no-{_name.lower()}", {f"config.required/{_name}": "missing"}, f"{_name} is not set", lambda box, name=_name: box.set(name, None))
declare("empty-host", {"config.required/HOST": "empty"}, "HOST is empty", lambda box: box.set("HOST", ""))
declare("no-license", {"config.required/LICENSE": "missing"}, "LICENSE is not set", lambda box: box.set("LICENSE", None), {"config.required/LICENSE": "warn"})

# -- malformed

for _name, _row, _cause, _text, _change in [
    ("host-no-scheme", "HOST", "no-scheme", "HOST without https://", lambda box: box.edit("HOST", lambda value: value.removeprefix("https://"))),
    ("host-path", "HOST", "path", "HOST with a path", lambda box: box.host_url(path="/wandb")),
    ("host-userinfo", "HOST", "userinfo", "HOST with a user in front", replaced("HOST", "https://", "https://admin@")),
    ("host-bad-port", "HOST", "bad-port", "HOST with a port that is no number", lambda box: box.edit("HOST", lambda value: value.rpartition(":")[0] + ":https")),
    ("host-quoted", "HOST", "quoted", "HOST in quotes, which Docker takes literally", lambda box: box.edit("HOST", lambda value: f'"{value}"')),
    ("host-comment", "HOST", "inline-comment", "a comment behind HOST", lambda box: box.edit("HOST", lambda value: value + " # the load balancer")),
    ("mysql-no-scheme", "MYSQL", "no-scheme", "MYSQL without mysql://, as Terraform's output gives it", lambda box: box.edit("MYSQL", lambda value: value.removeprefix("mysql://"))),
    ("mysql-jdbc", "MYSQL", "jdbc-url", "a JDBC address in MYSQL", lambda box: box.edit("MYSQL", lambda value: "jdbc:" + value)),
    ("mysql-driver-dsn", "MYSQL", "driver-dsn", "the Go driver's own form in MYSQL", lambda box: box.set("MYSQL", "wandb_local:secret@tcp(mysql.localhost:3306)/wandb_local")),
    ("mysql-no-database", "MYSQL", "no-database", "MYSQL without the database", lambda box: box.mysql_url(database="")),
    ("mysql-bad-tls", "MYSQL", "bad-tls-value", "MYSQL with tls=yes", lambda box: box.mysql_url(query="?tls=yes")),
    ("mysql-raw-password", "MYSQL", "password-not-encoded", "the password stands in MYSQL as it is, with / and #",
     lambda box: box.edit("MYSQL", lambda value: unquote(value))),
    ("mysql-bad-port", "MYSQL", "bad-port", "MYSQL with a port beyond 65535", lambda box: box.mysql_url(port=330600)),
    ("bucket-unknown-scheme", "BUCKET", "unknown-scheme", "minio:// in BUCKET", replaced("BUCKET", "s3://", "minio://")),
    ("bucket-no-bucket", "BUCKET", "no-bucket", "BUCKET without the bucket", lambda box: box.bucket_url(bucket="")),
    ("bucket-web-url", "BUCKET", "web-url", "the https:// address of the store in BUCKET", lambda box: box.set("BUCKET", "https://s3.localhost:9000/wandb-files")),
    ("bucket-raw-secret", "BUCKET", "password-not-encoded", "the secret stands in BUCKET as it is, with / and +", lambda box: box.edit("BUCKET", lambda value: unquote(value))),
    ("bucket-arn", "BUCKET", "bucket-arn", "an ARN in BUCKET", lambda box: box.set("BUCKET", "arn:aws:s3:::wandb-files")),
    ("queue-misspelt", "BUCKET_QUEUE", "bad-internal", "internal:/ with one slash", lambda box: box.set("BUCKET_QUEUE", "internal:/")),
    ("redis-rediss", "REDIS", "rediss-scheme", "rediss:// in REDIS", replaced("REDIS", "redis://", "rediss://")),
    ("redis-no-scheme", "REDIS", "no-scheme", "REDIS as host and port", lambda box: box.set("REDIS", f"redis.localhost:{box.redis_port}")),
    ("license-blanks", "LICENSE", "blank-inside", "LICENSE broken over two lines and joined with a blank", lambda box: box.edit("LICENSE", lambda value: value[:200] + " " + value[200:])),
    ("license-truncated", "LICENSE", "not-three-parts", "LICENSE cut off in the middle", lambda box: box.edit("LICENSE", lambda value: value[:120])),
]:
    declare(_name, {f"config.well-formed/{_row}": _cause}, _text, _change)
declare("host-slash", {"config.well-formed/HOST": "trailing-slash"}, "HOST with a slash behind it", lambda box: box.host_url(path="/"), {"config.well-formed/HOST": "warn"})
declare("misspelt-name", {"config.well-formed/BUCKET_QUEU": "misspelt-name"}, "BUCKET_QUEU beside BUCKET_QUEUE", lambda box: box.more_lines.append("BUCKET_QUEU=internal://"),
        {"config.well-formed/BUCKET_QUEU": "warn"})

# -- placeholders

for _name, _row, _cause, _text, _change in [
    ("placeholder-host", "HOST", "placeholder", "the documentation's host name", lambda box: box.set("HOST", "https://YOUR_DNS_DOMAIN")),
    ("placeholder-password", "MYSQL", "placeholder", "the documentation's password", lambda box: box.mysql_url(secret="SOME_PASSWORD")),
    ("placeholder-bucket", "BUCKET", "placeholder", "the documentation's bucket", lambda box: box.set("BUCKET", "s3://<bucket-name>")),
    ("unexpanded", "BUCKET", "unexpanded-reference", "variables that nothing expanded", lambda box: box.set("BUCKET", "s3://$ACCESS_KEY:$SECRET_KEY@s3.localhost:9000/wandb-files")),
    ("template", "HOST", "unrendered-template", "a template that nothing rendered", lambda box: box.set("HOST", "https://{{ .Values.global.host }}")),
    ("masked", "MYSQL", "masked-value", "a password of stars, copied from a log", lambda box: box.mysql_url(secret="********")),
]:
    declare(_name, {f"config.placeholders/{_row}": _cause}, _text, _change)

# -- at odds

declare("no-queue", {"config.consistent/BUCKET_QUEUE": "queue-not-internal"}, "no BUCKET_QUEUE beside a store of one's own", lambda box: box.set("BUCKET_QUEUE", None))
declare("queue-of-amazon", {"config.consistent/BUCKET_QUEUE": "queue-of-another-store"}, "Amazon's queue beside a store of one's own",
        lambda box: box.set("BUCKET_QUEUE", "sqs://wandb-file-storage"))
declare("no-region", {"config.consistent/AWS_REGION": "region-missing"}, "no region anywhere", lambda box: box.set("AWS_REGION", None), {"config.consistent/AWS_REGION": "warn"})
declare("two-regions", {"config.consistent/AWS_REGION": "regions-differ"}, "one region in BUCKET and another in AWS_REGION",
        lambda box: box.bucket_url(query="?tls=true&region=eu-west-1"), {"config.consistent/AWS_REGION": "warn"})
declare("half-oidc", {"config.consistent/OIDC_CLIENT_ID": "half-set"}, "OIDC_ISSUER without OIDC_CLIENT_ID", lambda box: box.set("OIDC_ISSUER", "https://idp.example.com"))
declare("restore-mode", {"config.consistent/LOCAL_RESTORE": "restore-mode"}, "LOCAL_RESTORE left on", lambda box: box.set("LOCAL_RESTORE", "true"))
declare("two-sources", {"config.conflicts/LOGGING_ENABLED": "sources-differ"}, "another value in the environment than in the file",
        lambda box: (box.set("LOGGING_ENABLED", "true"), box.env.update(LOGGING_ENABLED="false")), {"config.conflicts/LOGGING_ENABLED": "warn"})
declare("aliases-differ", {"config.conflicts/HOST": "aliases-differ"}, "HOST and GORILLA_FRONTEND_HOST differ", lambda box: box.set("GORILLA_FRONTEND_HOST", "https://wandb.example.com"),
        {"config.conflicts/HOST": "warn"})
declare("repeated", {"config.conflicts/LOGGING_ENABLED": "repeated"}, "a name twice in one file", lambda box: box.more_lines.extend(["LOGGING_ENABLED=true", "LOGGING_ENABLED=false"]),
        {"config.conflicts/LOGGING_ENABLED": "warn"})
declare("license-expired", {"config.license": "expired"}, "the licence ended last month", lambda box: other_licence(box, -30))
declare("license-expires-soon", {"config.license": "expires-soon"}, "the licence ends in ten days", lambda box: other_licence(box, 10), {"config.license": "warn"})
declare("not-pem", {"config.files/MYSQL": "not-pem"}, "ssl-ca is no certificate in PEM form", lambda box: broken_ca(box))
declare("windows-file", {"config.files/env-file": "carriage-returns"}, "the environment file has Windows line ends", lambda box: box.more_lines.append("GORILLA_DISABLE_CODE_SAVING=false\r"),
        {"config.files/env-file": "warn"})


def other_licence(box, days):
    from ..settings import licence
    text, secrets = licence(days)
    box.secrets += secrets
    box.set("LICENSE", text)


def broken_ca(box):
    (box.dir / "mysql-ca.pem").write_text("this is no certificate\n")
    box.mysql_url(query=f"?tls=custom&ssl-ca={box.dir}/mysql-ca.pem")


# -- the key to the API

def in_environment(box, text):
    box.yaml["api_key_file"] = None
    box.env["WANDB_API_KEY"] = text
    box.secrets.append(text)


def in_file(box, text, setting=None):
    """The key in a file that wbverify.yaml names; with `setting` in one that this variable names."""
    path = box.dir / "pasted-key"
    path.touch(mode=0o600)
    path.write_text(text, newline="")
    box.yaml["api_key_file"] = None if setting else path.name
    if setting:
        box.env[setting] = str(path)
    box.secrets.append(text.strip())


def in_netrc(box, machine):
    box.yaml["api_key_file"] = None
    path = box.dir / ".netrc"
    path.touch(mode=0o600)
    path.write_text(f"# kept by wandb login\nmachine {machine}\n  login user\n  password {box.api_key}\n\ndefault login anonymous password me@example.com\n")


for _name, _cause, _text, _put in [
    ("key-quoted", "quoted", "the key in quotes, which Docker takes literally", lambda box: in_environment(box, f'"{box.api_key}"')),
    ("key-truncated", "truncated", "the key without its last nine characters", lambda box: in_environment(box, box.api_key[:-9])),
    ("key-blank-behind", "surrounding-blanks", "a blank behind the key in its file", lambda box: in_file(box, box.api_key + " \n")),
    ("key-blank-inside", "blank-inside", "a blank within the key", lambda box: in_environment(box, box.api_key[:20] + " " + box.api_key[20:])),
    ("key-two-lines", "line-end", "the key broken over two lines of its file", lambda box: in_file(box, box.api_key[:20] + "\n" + box.api_key[20:] + "\n")),
    ("key-with-its-name", "name-pasted", "the whole line of an environment file in the key's file", lambda box: in_file(box, f"WANDB_API_KEY={box.api_key}\n")),
    ("key-twice", "pasted-twice", "the key pasted twice", lambda box: in_environment(box, box.api_key * 2)),
    ("key-masked", "masked-value", "a key with stars in its middle, copied from a list", lambda box: in_environment(box, box.api_key[:9] + "*" * 20 + box.api_key[-9:])),
]:
    declare(_name, {"config.well-formed/WANDB_API_KEY": _cause}, _text, _put)
declare("key-is-a-url", {"config.well-formed/WANDB_API_KEY": "web-url"}, "the address of the page that shows the key",
        lambda box: (box.yaml.update(api_key_file=None), box.env.update(WANDB_API_KEY=box.origin + "/authorize")))
declare("key-placeholder", {"config.placeholders/WANDB_API_KEY": "placeholder"}, "the example's word for the key",
        lambda box: (box.yaml.update(api_key_file=None), box.env.update(WANDB_API_KEY="<api-key>")))
declare("key-readable", {"config.well-formed/WANDB_API_KEY": "readable-by-others"}, "the file of the key may be read by everybody",
        lambda box: (in_file(box, box.api_key + "\n"), (box.dir / "pasted-key").chmod(0o644)), {"config.well-formed/WANDB_API_KEY": "warn"})
declare("two-keys", {"config.conflicts/WANDB_API_KEY": "sources-differ"}, "one key in the file and another in the environment",
        lambda box: box.env.update(WANDB_API_KEY=box.api_keys["plain"]), {"config.conflicts/WANDB_API_KEY": "warn"})
declare("token-is-a-key", {"config.well-formed/WANDB_IDENTITY_TOKEN_FILE": "not-a-token"}, "an API key in the file of the identity token",
        lambda box: in_file(box, box.api_key, "WANDB_IDENTITY_TOKEN_FILE"))

for _name, _text, _put in [
    ("key-of-40", "a key of 40 characters without a prefix", lambda box: in_environment(box, box.api_keys["plain"])),
    ("key-of-86", "a key of 86 characters, as today's servers give out", lambda box: in_environment(box, box.api_keys["long"])),
    ("key-of-windows", "a key behind local-, in a file with Windows line ends", lambda box: in_file(box, box.api_keys["local"] + "\r\n")),
    ("key-of-three-parts", "a key in the form of a token", lambda box: in_environment(box, box.api_keys["segments"])),
    ("key-in-netrc", "the key in a netrc under host and port, beside a default", lambda box: in_netrc(box, box.origin.partition("//")[2])),
    ("identity-token", "an identity token instead of a key", lambda box: in_file(box, box.api_keys["identity"] + "\n", "WANDB_IDENTITY_TOKEN_FILE")),
]:
    near(f"config.{_name}", ["config.well-formed", "config.conflicts", "config.placeholders"], _text)(_put)


# -- permissions of the files, and secrets that are none

def mode(name, bits):
    return lambda box: box.modes.update({name: bits})


for _name, _cause, _text, _change in [
    ("env-file-readable", "readable-by-others", "the environment file is readable by everybody", mode("wandb.env", 0o644)),
    ("env-file-writable", "writable-by-others", "everybody may change the environment file", mode("wandb.env", 0o666)),
    ("config-file-writable", "writable-by-others", "everybody may change wbverify.yaml", mode("wbverify.yaml", 0o666)),
]:
    declare(_name, {"config.files/permissions": _cause}, _text, _change, {"config.files/permissions": "warn"})
near("config.group-may-read", ["config.files"], "the environment file is readable by a group")(mode("wandb.env", 0o640))
near("config.config-file-readable", ["config.files"], "wbverify.yaml, which holds no secret, is readable by everybody")(mode("wbverify.yaml", 0o644))


def secret_of_redis(value):
    return lambda box: (box.secrets.append(value) if len(value) > 11 else None, box.set("REDIS", f"redis://default:{value}@redis.localhost:6379"))


declare("wrapped-key", {"config.files/env-file": "not-a-setting"}, "the API key was wrapped in the environment file",
        lambda box: box.more_lines.extend(["SOME_KEY=local-", "ec808acb34b228b086b0b3ade8e194273769a9de"]) or box.secrets.append("ec808acb34b228b086b0b3ade8e194273769a9de"),
        {"config.files/env-file": "warn"})
for _name, _cause, _text, _value in [
    ("secret-is-the-user", "same-as-name", "the password of Redis is its user's name", "default"),
    ("secret-is-a-word", "ordinary-word", "the password of Redis is the word wandb", "wandb"),
    ("secret-is-short", "short", "the password of Redis has six characters", "x7-Kq2"),
]:
    declare(_name, {"config.secrets/REDIS": _cause}, _text, secret_of_redis(_value), {"config.secrets/REDIS": "warn"})
near("config.long-secret", ["config.secrets"], "a password of letters that is no word")(secret_of_redis("kqzwvbtrnmxjphd"))


# -- unusual, and right

@near("config.comments", ["config.required", "config.well-formed", "config.files"], "comments, empty lines and other programs' variables in the file")
def _(box):
    box.more_lines += ["", "# a comment with = and ' in it", "TZ=UTC", "SOME_OTHER_PROGRAM=x=y=z"]


@near("config.environment", ["config.required", "config.conflicts"], "HOST stands in the environment and not in the file")
def _(box):
    host = box.origin
    box.set("HOST", None)
    box.env["HOST"] = host


@near("config.same-twice", ["config.conflicts"], "the environment repeats the file's values")
def _(box):
    box.env["BUCKET_QUEUE"] = "internal://"


@near("config.other-names", ["config.required", "config.conflicts"], "the chart's names for the settings, all with the same values")
def _(box):
    box.edit("LICENSE", lambda value: value + f"\nGORILLA_LICENSE={value}")
    box.edit("HOST", lambda value: value + f"\nGORILLA_FRONTEND_HOST={value}")


@near("config.password-of-all-signs", ["config.well-formed", "mysql.login"], "every sign of the keyboard in the password, each one encoded")
def _(box):
    secret = "aA0 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    box.secrets.append(secret)
    box.own_database()
    from ..mysql import quoted
    box.mysql.sql(f"ALTER USER '{box.user}'@'%' IDENTIFIED BY {quoted(secret)}")
    box.mysql_url(secret=secret)


@near("config.looks-like-a-placeholder", ["config.placeholders"], "names that only look like an example's")
def _(box):
    box.set("GORILLA_CUSTOMER_SECRET_STORE_SOURCE", "k8s-secretmanager://wandb-secret")
    box.set("OIDC_CLIENT_ID", "your-company-wandb")
    box.set("OIDC_ISSUER", "https://my.domain-name.example.org")


@near("config.consistent-cloud", ["config.consistent"], "single sign-on wholly configured")
def _(box):
    box.set("OIDC_ISSUER", "https://idp.example.com/realms/wandb")
    box.set("OIDC_CLIENT_ID", "wandb")
    box.set("OIDC_AUTH_METHOD", "pkce")


@near("config.license-of-years", ["config.license"], "a licence for ten years")
def _(box):
    other_licence(box, 3650)
