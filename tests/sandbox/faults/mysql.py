"""The database, broken."""
from ..lab import fault


@fault("mysql.silent", {"mysql.greeting": "timed-out"}, "accepts connections and never says a word", status={"mysql.greeting": "unknown"})
def _(box):
    box.mysql_url(port=box.listener("silent"))


@fault("mysql.drops", {"mysql.reachable": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    box.mysql_url(port=box.listener("drops"))


@fault("mysql.drip", {"mysql.greeting": "timed-out"}, "one byte a second", status={"mysql.greeting": "unknown"})
def _(box):
    box.mysql_url(port=box.listener("drip"))


@fault("mysql.refused", {"mysql.reachable": "refused"}, "nothing listens on the port")
def _(box):
    box.mysql_url(port=box.listener("refused"))


@fault("mysql.wrong-password", {"mysql.login": "access-denied-1045"}, "another password than the account's")
def _(box):
    box.mysql_url(secret="not-the-password")


@fault("mysql.binlog-row-image", {"mysql.variables/binlog_row_image": "wrong-value"}, "binlog_row_image left at FULL")
def _(box):
    box.mysql_global("binlog_row_image", "'FULL'")
