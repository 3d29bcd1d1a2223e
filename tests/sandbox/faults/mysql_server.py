"""The database, broken: what it is, how it is set up, what it does."""
from ..lab import fault

# What is left at MySQL's default, or set to save time at the price of data.
VARIABLES = [
    ("binlog-format", "binlog_format", "'MIXED'", "fail", "MIXED"),
    ("binlog-row-image", "binlog_row_image", "'FULL'", "fail", "left at FULL"),
    ("sync-binlog", "sync_binlog", "0", "fail", "0: the system writes the log when it likes"),
    ("flush-log", "innodb_flush_log_at_trx_commit", "2", "fail", "2: a crash loses a second"),
    ("online-alter-log", "innodb_online_alter_log_max_size", "134217728", "fail", "left at 128 MiB"),
    ("sort-buffer", "sort_buffer_size", "262144", "fail", "left at 256 KiB"),
    ("sort-buffer-of-the-chart", "sort_buffer_size", "33554432", "warn", "32 MiB, as in W&B's chart"),
    ("prepared-statements", "max_prepared_stmt_count", "16382", "warn", "left at 16382"),
    ("small-packets", "max_allowed_packet", "4194304", "fail", "4 MiB"),
    ("ansi-quotes", "sql_mode", "'ANSI_QUOTES,STRICT_TRANS_TABLES'", "fail", "ANSI_QUOTES"),
    ("not-strict", "sql_mode", "''", "warn", "empty: what does not fit is cut"),
    ("primary-key", "sql_require_primary_key", "ON", "warn", "ON: a migration may fail"),
    ("execution-time", "max_execution_time", "2000", "warn", "two seconds"),
    ("wait-timeout", "wait_timeout", "20", "warn", "20 seconds"),
]


def declare(name, variable, value, status, words):
    row = f"mysql.variables/{variable}"

    @fault(f"mysql.{name}", {row: "wrong-value"}, f"{variable}: {words}", status={row: status})
    def _(box):
        box.mysql_global(variable, value)


for _variable in VARIABLES:
    declare(*_variable)


def of_variable(row, cause, status="fail"):
    return {"kills": {f"mysql.variables/{row}": cause}, "status": {f"mysql.variables/{row}": status}}


@fault("mysql.lost-at-restart", text="sync_binlog is right since SET GLOBAL, and stands in no file", **of_variable("sync_binlog", "lost-at-restart", "warn"))
def _(box):
    box.mysql.sql("RESET PERSIST IF EXISTS sync_binlog; SET GLOBAL sync_binlog = 1")
    box.undo.append(lambda: box.mysql.sql("SET PERSIST sync_binlog = 1"))


@fault("mysql.changes-at-restart", text="the next start brings sort_buffer_size back to its default", **of_variable("sort_buffer_size", "changes-at-restart", "warn"))
def _(box):
    box.mysql.sql("SET PERSIST_ONLY sort_buffer_size = 262144")
    box.undo.append(lambda: box.mysql.sql("SET PERSIST sort_buffer_size = 67108864"))


@fault("mysql.session-differs", text="something sets the sort buffer back at each log-in", **of_variable("sort_buffer_size", "session-differs", "warn"))
def _(box):
    # In performance_schema a session's own value makes the server's one look as if it had been set.
    box.undo.append(lambda: box.mysql.sql("SET PERSIST sort_buffer_size = 67108864"))
    box.mysql_global("init_connect", "'SET SESSION sort_buffer_size = 262144'")


@fault("mysql.variable-hidden", text="a proxy that does not show a variable", **of_variable("binlog_row_image", "not-reported", "unknown"))
def _(box):
    box.mysql_behind(variables={"binlog_row_image": None})


@fault("mysql.no-binary-log", text="the binary log is off", **of_variable("log_bin", "wrong-value", "warn"))
def _(box):
    box.mysql_behind(variables={"log_bin": "OFF"})


@fault("mysql.force-recovery", text="innodb_force_recovery left over from a repair", **of_variable("innodb_force_recovery", "wrong-value"))
def _(box):
    box.mysql_behind(variables={"innodb_force_recovery": "1"})


@fault("mysql.small-pool", text="the default buffer pool under ten gigabytes of data", **of_variable("innodb_buffer_pool_size", "wrong-value", "warn"))
def _(box):
    box.mysql_behind(variables={"innodb_buffer_pool_size": "134217728"},
                     answers=[(r"COUNT\(t\.TABLE_NAME\)", (["c", "d", "n", "b"], [["utf8mb4", "utf8mb4_general_ci", "120", "10737418240"]]))])


@fault("mysql.variables-forbidden", {"mysql.variables": "not-reported", "mysql.writable": "not-reported", "mysql.connections": "not-reported"}, "SHOW GLOBAL VARIABLES is refused",
       status=dict.fromkeys(("mysql.variables", "mysql.writable", "mysql.connections"), "unknown"))
def _(box):
    box.mysql_behind(answers=[(r"SHOW GLOBAL VARIABLES", (1227, "42000", "Access denied; you need (at least one of) the PROCESS privilege(s) for this operation"))])


# -- read-only

@fault("mysql.read-only", {"mysql.writable": "read-only"}, "a replica: read_only")
def _(box):
    box.mysql_global("read_only", "ON")


@fault("mysql.super-read-only", {"mysql.writable": "super-read-only"}, "a replica of an operator: super_read_only")
def _(box):
    # Switching super_read_only on switches read_only on as well; off, it leaves it.
    box.undo.append(lambda: box.mysql.sql("SET PERSIST super_read_only = OFF; SET PERSIST read_only = OFF"))
    box.mysql.sql("SET GLOBAL super_read_only = ON")


@fault("mysql.reader-endpoint", {"mysql.writable": "reader-endpoint"}, "Aurora's reader endpoint")
def _(box):
    box.mysql_behind(variables={"innodb_read_only": "ON"})


@fault("mysql.multi-primary", {"mysql.writable": "multi-primary"}, "a Galera cluster of three nodes", status={"mysql.writable": "warn"})
def _(box):
    box.mysql_behind(answers=[(r"SHOW SESSION STATUS", (["Variable_name", "Value"], [["wsrep_cluster_size", "3"], ["Threads_connected", "4"], ["Max_used_connections", "9"],
                                                                                      ["Prepared_stmt_count", "0"], ["Connection_errors_max_connections", "0"]]))])


# -- what it is

@fault("mysql.5.7", {"mysql.version": "mysql-5"}, "MySQL 5.7.44")
def _(box):
    box.mysql_behind(version="5.7.44-log")


@fault("mysql.8.0.27", {"mysql.version": "too-old"}, "MySQL 8.0.27")
def _(box):
    box.mysql_behind(version="8.0.27")


@fault("mysql.8.0.28", {"mysql.version": "below-recommended"}, "MySQL 8.0.28, the oldest that W&B's first page admits", status={"mysql.version": "warn"})
def _(box):
    box.mysql_behind(version="8.0.28")


@fault("mysql.8.0.43", {"mysql.version": "end-of-life"}, "MySQL 8.0, which Oracle no longer supports", status={"mysql.version": "warn"})
def _(box):
    box.mysql_behind(version="8.0.43")


@fault("mysql.9.1", {"mysql.version": "innovation-release"}, "an innovation release", status={"mysql.version": "warn"})
def _(box):
    box.mysql_behind(version="9.1.0")


@fault("mysql.odd-version", {"mysql.version": "unreadable-version"}, "a version that is no number", status={"mysql.version": "unknown"})
def _(box):
    box.mysql_behind(version="trunk-2026.11")


@fault("mysql.mariadb", {"mysql.flavour": "mariadb"}, "MariaDB 10.6")
def _(box):
    box.mysql_behind(version="5.5.5-10.6.18-MariaDB-0ubuntu0.22.04.1", mariadb=True, replace={"(Debian)": "Ubuntu 22.04"})


@fault("mysql.mariadb-disguised", {"mysql.flavour": "mariadb"}, "MariaDB that says it is MySQL 8.0.36")
def _(box):
    box.mysql_behind(version="8.0.36", mariadb=True)


@fault("mysql.tidb", {"mysql.flavour": "not-mysql-inside"}, "TiDB")
def _(box):
    box.mysql_behind(version="8.0.11-TiDB-v7.5.1", replace={"(Debian)": "TiDB Server (Apache License 2.0) Community Edition, MySQL 8.0 compatible"})


@fault("mysql.aurora-old", {"mysql.flavour": "aurora-too-old"}, "Aurora 3.04.1", status={"mysql.flavour": "warn"})
def _(box):
    aurora(box, "8.0.32", "3.04.1")


def aurora(box, version, own):
    box.mysql_behind(version=version, replace={f"{box.mysql.prefix}/root/usr/": f"/rdsdbbin/oscar-8.0.mysql_aurora.{own}.0/", "(Debian)": "Source distribution"},
                     answers=[(r"AURORA_VERSION\(\)", (["AURORA_VERSION()"], [[own]]))])


# -- the database

@fault("mysql.latin1", {"mysql.charset/database": "wrong-charset"}, "the database is latin1")
def _(box):
    box.own_database("latin1", "latin1_swedish_ci")


@fault("mysql.utf8mb3", {"mysql.charset/database": "wrong-charset"}, "the database is utf8mb3: no emoji")
def _(box):
    box.own_database("utf8mb3", "utf8mb3_general_ci")


@fault("mysql.other-collation", {"mysql.charset/database": "other-collation"}, "the database has MySQL 8's default collation", status={"mysql.charset/database": "warn"})
def _(box):
    box.own_database("utf8mb4", "utf8mb4_0900_ai_ci")


@fault("mysql.myisam", {"mysql.charset/tables": "wrong-engine"}, "a table in MyISAM")
def _(box):
    box.own_database()
    box.mysql.sql(f"CREATE TABLE `{box.database}`.old_runs (id INT) ENGINE = MyISAM")


@fault("mysql.mixed-collations", {"mysql.charset/tables": "mixed-collations"}, "tables of another collation than the database", status={"mysql.charset/tables": "warn"})
def _(box):
    box.own_database()
    box.mysql.sql(f"CREATE TABLE `{box.database}`.runs (name VARCHAR(64)) COLLATE utf8mb4_0900_ai_ci")


@fault("mysql.dirty-migration", {"mysql.migrations/schema": "dirty"}, "a migration that failed half-way")
def _(box):
    box.own_database()
    box.mysql.sql(f"CREATE TABLE `{box.database}`.schema_migrations (version BIGINT PRIMARY KEY, dirty TINYINT(1) NOT NULL);"
                  f"INSERT INTO `{box.database}`.schema_migrations VALUES (1832, 1)")


@fault("mysql.no-lock", {"mysql.migrations/lock": "no-lock"}, "GET_LOCK gives nothing, as behind some proxies")
def _(box):
    box.mysql_behind(answers=[(r"GET_LOCK", (["l", "r"], [[None, None]]))])


# -- what it does

@fault("mysql.nearly-exhausted", {"mysql.connections": "nearly-exhausted"}, "nearly all connections were taken at the busiest time")
def _(box):
    box.mysql_behind(variables={"Max_used_connections": "960", "Connection_errors_max_connections": "14"})


@fault("mysql.low-limit", {"mysql.connections": "low-limit"}, "max_connections left at 151", status={"mysql.connections": "warn"})
def _(box):
    box.mysql_global("max_connections", "151")


@fault("mysql.slow", {"mysql.latency": "slow"}, "80 ms for every answer: another region", status={"mysql.latency": "warn"})
def _(box):
    box.mysql_behind(slow=0.08)


@fault("mysql.clock", {"mysql.clock": "clock-differs"}, "the server's clock is two hours ahead", status={"mysql.clock": "warn"})
def _(box):
    box.mysql_global("init_connect", "'SET timestamp = UNIX_TIMESTAMP() + 7200'")


@fault("mysql.loses-text", {"mysql.round-trip": "text-changed"}, "connections are forced to latin1")
def _(box):
    box.mysql_global("init_connect", "'SET NAMES latin1'")


@fault("mysql.disk-full", {"mysql.round-trip": "table-full-1114"}, "the disk is full")
def _(box):
    box.mysql_behind(answers=[(r"^\s*(CREATE TABLE|INSERT)", (1114, "HY000", "The table '_wbverify' is full"))])


@fault("mysql.ends-in-a-statement", {"mysql.login": "lost-connection-2013"}, "the connection ends at the first statement")
def _(box):
    box.mysql_behind(end="statement")


# -- TLS

def leaf(box, *names, **options):
    from ..forge import forge
    return forge(names[0], options.pop("issuer", box.authority.intermediate), options.pop("san", names), slot="mysql", **options)


@fault("mysql.no-tls", {"mysql.tls": "no-tls-offered"}, "tls=true, and the server offers no TLS")
def _(box):
    box.mysql_behind(tls=False)


@fault("mysql.tls-expired", {"mysql.tls": "expired"}, "the certificate ended a month ago")
def _(box):
    box.mysql_behind(leaf(box, "mysql.localhost", days=(-90, -30)))


@fault("mysql.tls-name", {"mysql.tls": "hostname-mismatch"}, "a certificate for another name")
def _(box):
    box.mysql_behind(leaf(box, "db.example.com"))


@fault("mysql.tls-no-san", {"mysql.tls": "no-san"}, "the name stands in the common name only")
def _(box):
    box.mysql_behind(leaf(box, "mysql.localhost", san=()))


@fault("mysql.tls-untrusted", {"mysql.tls": "untrusted-root"}, "a certificate of a CA that is not trusted here")
def _(box):
    from ..forge import ForgedAuthority
    box.mysql_behind(leaf(box, "mysql.localhost", issuer=ForgedAuthority().intermediate))


@fault("mysql.tls-self-signed", {"mysql.tls": "self-signed-leaf"}, "the server signed its own certificate")
def _(box):
    box.mysql_behind(leaf(box, "mysql.localhost", issuer=None))


@fault("mysql.tls-auto-generated", {"mysql.tls": "mysql-default-cert"}, "the certificate that MySQL makes for itself at its first start")
def _(box):
    from ..forge import forge
    root = forge("MySQL_Server_8.4.6_Auto_Generated_CA_Certificate", ca=True)
    box.mysql_behind(forge("MySQL_Server_8.4.6_Auto_Generated_Server_Certificate", root, days=(-1, 3650), chain=[root]))


@fault("mysql.tls-missing-intermediate", {"mysql.tls": "missing-intermediate"}, "ssl_cert holds the server's certificate alone")
def _(box):
    box.mysql_behind(leaf(box, "mysql.localhost", chain=[]))


@fault("mysql.tls-old", {"mysql.tls": "old-protocol-only"}, "TLS 1.1 only")
def _(box):
    import ssl
    box.mysql_behind(context=box.context(leaf(box, "mysql.localhost", kind="2048"), ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))


@fault("mysql.tls-ends", {"mysql.tls": "closed"}, "the connection ends when TLS begins")
def _(box):
    box.mysql_behind(end="tls")


def taking_turns(box, certificates):
    """TLS that shows each connection the next of the certificates."""
    contexts = map(box.context, certificates)
    context = box.context(box.mysql_certificate)

    def turn(sock, name, original):
        sock.context = next(contexts)
    context.sni_callback = turn
    return context


@fault("mysql.tls-changes", {"mysql.login": "certificate-changed"}, "several servers behind one address, each with a certificate of its own", status={"mysql.login": "unknown"})
def _(box):
    from itertools import cycle
    box.mysql_behind(context=taking_turns(box, cycle([leaf(box, "mysql.localhost"), leaf(box, "mysql.localhost")])))


@fault("mysql.no-tls-to-skip", {"mysql.tls": "no-tls-offered"}, "tls=skip-verify, and the server offers no TLS: no password may leave")
def _(box):
    box.mysql_behind(tls=False)
    box.mysql_url(query="?tls=skip-verify")
