"""The database, broken."""
from ..lab import fault, near


def instead(box, kind, *words):
    """A misbehaving listener where MySQL should be."""
    port = box.listener(kind, *words)
    box.write_mysql(port=port)


@fault("mysql.silent", {"mysql.greeting": "timed-out"}, "accepts connections and never says a word", status={"mysql.greeting": "unknown"})
def _(box):
    instead(box, "silent")


@fault("mysql.drops", {"mysql.reachable": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    instead(box, "drops")


@fault("mysql.drip", {"mysql.greeting": "timed-out"}, "one byte a second", status={"mysql.greeting": "unknown"})
def _(box):
    instead(box, "drip")


@fault("mysql.refused", {"mysql.reachable": "refused"}, "nothing listens on the port")
def _(box):
    from ..process import free_port
    box.write_mysql(port=free_port())


@fault("mysql.wrong-password", {"mysql.login": "access-denied-1045"}, "another password than the account's")
def _(box):
    box.write_mysql(secret="not-the-password")


@fault("mysql.binlog-row-image", {"mysql.variables/binlog_row_image": "wrong-value"}, "binlog_row_image left at FULL")
def _(box):
    box.mysql_global("binlog_row_image", "'FULL'")
