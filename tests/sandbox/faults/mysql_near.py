"""Databases that are unusual, and right."""
from ..lab import near
from .mysql_server import aurora, leaf, taking_turns


def basedir(box):
    return f"{box.mysql.prefix}/root/usr/"


@near("mysql.percona", ["mysql.flavour", "mysql.version"], "Percona Server, which W&B recommends")
def _(box):
    box.mysql_behind(version="8.4.6-6", replace={"(Debian)": "Percona Server (GPL), Release 6, Revision abc1234"})


@near("mysql.lts", ["mysql.version"], "MySQL 8.4 with Debian's suffix")
def _(box):
    box.mysql_behind(version="8.4.6-0ubuntu0.25.04.1")


@near("mysql.rds", ["mysql.flavour", "mysql.version", "mysql.variables"], "Amazon RDS")
def _(box):
    box.mysql_behind(version="8.4.6", replace={basedir(box): "/rdsdbbin/mysql-8.4.6.R1/", "(Debian)": "Source distribution"})


@near("mysql.aurora", ["mysql.flavour", "mysql.version", "mysql.variables"], "Amazon Aurora, where two variables cannot be set")
def _(box):
    aurora(box, "8.0.39", "3.08.0")


@near("mysql.cloud-sql", ["mysql.flavour", "mysql.version"], "Google Cloud SQL")
def _(box):
    box.mysql_behind(version="8.4.5-google", replace={"(Debian)": "(Google)"})


@near("mysql.azure", ["mysql.flavour", "mysql.version"], "Azure Database for MySQL")
def _(box):
    box.mysql_behind(version="8.4.5-azure", replace={"(Debian)": "Source distribution"})


@near("mysql.larger-values", ["mysql.variables"], "more than W&B asks for")
def _(box):
    box.mysql_global("sort_buffer_size", "134217728")
    box.mysql_global("innodb_online_alter_log_max_size", "1073741824")
    box.mysql_global("max_prepared_stmt_count", "4194304")


@near("mysql.future", ["mysql.variables"], "a server that has no binlog_format any more")
def _(box):
    box.mysql_behind(version="10.0.1", variables={"binlog_format": None})


@near("mysql.lower-case-values", ["mysql.variables"], "binlog_row_image spelled minimal, as Azure shows it")
def _(box):
    box.mysql_behind(variables={"binlog_row_image": "minimal", "binlog_format": "row"})


@near("mysql.role", ["mysql.grants", "mysql.login", "mysql.round-trip"], "the rights come through a role")
def _(box):
    box.own_database(grants="CREATE ROLE '{user}_role'; GRANT ALL ON `{db}`.* TO '{user}_role' WITH GRANT OPTION; GRANT '{user}_role' TO '{user}'@'%'; "
                            "SET DEFAULT ROLE '{user}_role' TO '{user}'@'%';")


@near("mysql.pattern", ["mysql.grants"], "the rights are given on a pattern")
def _(box):
    box.own_database(grants="GRANT ALL ON `wandb\\_%`.* TO '{user}'@'%' WITH GRANT OPTION;")


@near("mysql.global-rights", ["mysql.grants"], "the account is an administrator")
def _(box):
    box.own_database(grants="GRANT ALL ON *.* TO '{user}'@'%' WITH GRANT OPTION;")


@near("mysql.require-ssl", ["mysql.login", "mysql.tls", "mysql.account"], "the account demands TLS")
def _(box):
    box.own_database(account="REQUIRE SSL")


@near("mysql.never-expires", ["mysql.account"], "an account whose password never expires, whatever the server's default")
def _(box):
    box.mysql_global("default_password_lifetime", "90")
    box.own_database(account="PASSWORD EXPIRE NEVER")


@near("mysql.plain", ["mysql.tls", "mysql.login", "mysql.greeting"], "no TLS on loopback, where nobody can listen in")
def _(box):
    box.mysql_url(query="")


@near("mysql.preferred-plain", ["mysql.tls", "mysql.login"], "tls=preferred and no TLS on loopback")
def _(box):
    box.mysql_behind(tls=False)
    box.mysql_url(query="?tls=preferred")


@near("mysql.preferred", ["mysql.tls", "mysql.login"], "tls=preferred, which the operator's chart writes by itself")
def _(box):
    box.mysql_url(query="?tls=preferred")


@near("mysql.migrated", ["mysql.migrations", "mysql.charset"], "a database in use")
def _(box):
    box.own_database()
    box.mysql.sql(f"CREATE TABLE `{box.database}`.schema_migrations (version BIGINT PRIMARY KEY, dirty TINYINT(1) NOT NULL);"
                  f"INSERT INTO `{box.database}`.schema_migrations VALUES (1832, 0); CREATE TABLE `{box.database}`.runs (id INT PRIMARY KEY, config JSON)")


@near("mysql.own-ca", ["mysql.tls", "mysql.login", "tls.trusted", "bucket.tls"], "a CA of the database's own, which MYSQL names and nobody else knows")
def _(box):
    from ..forge import ForgedAuthority
    own = ForgedAuthority()
    (box.dir / "mysql-ca.pem").write_text(own.root.pem())
    box.mysql_url(query=f"?tls=custom&ssl-ca={box.dir}/mysql-ca.pem")
    box.mysql_behind(leaf(box, "mysql.localhost", issuer=own.intermediate))


@near("mysql.wildcard-certificate", ["mysql.tls"], "a certificate of many names")
def _(box):
    box.mysql_behind(leaf(box, "db-1.example.com", san=["db-1.example.com", "db-2.example.com", "mysql.localhost"]))


@near("mysql.tls-1.2", ["mysql.tls"], "TLS 1.2 and nothing newer")
def _(box):
    import ssl
    context = box.context(box.mysql_certificate)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    box.mysql_behind(context=context)


@near("mysql.late-greeting", ["mysql.greeting", "mysql.login"], "the greeting takes a second: the server looks up the client's name")
def _(box):
    box.mysql_behind(wait=1.0)


@near("mysql.busy", ["mysql.connections"], "many connections, and many more allowed")
def _(box):
    box.mysql_behind(variables={"Max_used_connections": "400"})


@near("mysql.near", ["mysql.latency", "mysql.clock"], "an answer takes two milliseconds")
def _(box):
    box.mysql_behind(slow=0.002)


@near("mysql.triggers", ["mysql.round-trip", "mysql.writable"], "a database with other people's tables in it")
def _(box):
    box.own_database()
    box.mysql.sql("".join(f"CREATE TABLE `{box.database}`.t{i} (id INT PRIMARY KEY);" for i in range(5)))


@near("mysql.new-certificate", ["mysql.tls", "mysql.login", "mysql.round-trip"], "the certificate is replaced between the look at it and the log-in")
def _(box):
    from itertools import chain, repeat
    old, new = leaf(box, "mysql.localhost"), leaf(box, "mysql.localhost")
    box.mysql_behind(context=taking_turns(box, chain([old], repeat(new))))
