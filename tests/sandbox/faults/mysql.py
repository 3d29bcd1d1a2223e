"""The database, broken: connection, log-in, account."""
from ..lab import fault
from ..mysql_proxy import Scripted
from ..mysql_wire import Client, packet
from ..prefix import SandboxError

UNKNOWN = "unknown"


def instead(box, kind):
    """A misbehaving listener where MySQL should be."""
    box.mysql_url(port=box.listener(kind))


# -- no connection, or no MySQL

@fault("mysql.refused", {"mysql.reachable": "refused"}, "nothing listens on the port")
def _(box):
    instead(box, "refused")


@fault("mysql.drops", {"mysql.reachable": "timed-out"}, "packets to the port are dropped, as by a firewall")
def _(box):
    instead(box, "drops")


@fault("mysql.silent", {"mysql.greeting": "timed-out"}, "accepts connections and never says a word", status={"mysql.greeting": UNKNOWN})
def _(box):
    instead(box, "silent")


@fault("mysql.drip", {"mysql.greeting": "not-mysql"}, "one byte a second, of something else")
def _(box):
    instead(box, "drip")


@fault("mysql.redis-port", {"mysql.greeting": "timed-out"}, "the port of Redis", status={"mysql.greeting": UNKNOWN})
def _(box):
    box.mysql_url(port=box.redis_port)


@fault("mysql.closed", {"mysql.greeting": "closed"}, "the connection is closed at once")
def _(box):
    instead(box, "closed")


@fault("mysql.reset", {"mysql.greeting": "reset"}, "the connection is reset before the greeting")
def _(box):
    instead(box, "reset-after-request")   # half a second later: at once it would be reset while it is still being made


@fault("mysql.half-a-greeting", {"mysql.greeting": "closed"}, "the connection ends in the middle of the greeting")
def _(box):
    box.mysql_behind(end="greeting")


@fault("mysql.ssh", {"mysql.greeting": "not-mysql"}, "an SSH server")
def _(box):
    instead(box, "ssh")


@fault("mysql.garbage", {"mysql.greeting": "not-mysql"}, "bytes that nobody speaks")
def _(box):
    instead(box, "garbage")


@fault("mysql.flood", {"mysql.greeting": "not-mysql"}, "bytes without an end")
def _(box):
    instead(box, "flood")


@fault("mysql.x-protocol", {"mysql.greeting": "x-protocol-port"}, "the port of MySQL's X protocol, 33060")
def _(box):
    box.mysql_url(port=box.add(Scripted(b"\x05\0\0\0\x0b\x08\x05\x1a\0")).port)


@fault("mysql.old-protocol", {"mysql.greeting": "old-protocol"}, "a server of before 1998: protocol 9")
def _(box):
    box.mysql_url(port=box.add(Scripted(packet(0, b"\x093.20.32\0\1\0\0\0abcdefgh\0"))).port)


# -- refused before the log-in

@fault("mysql.too-many-connections", {"mysql.greeting": "too-many-connections-1040"}, "all connections are taken")
def _(box):
    box.mysql_behind(refuse=(1040, "Too many connections"))


@fault("mysql.host-blocked", {"mysql.greeting": "host-blocked-1129"}, "this machine is blocked after too many errors")
def _(box):
    box.mysql_behind(refuse=(1129, "Host '10.0.0.7' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'"))


@fault("mysql.host-not-allowed", {"mysql.greeting": "host-not-allowed-1130"}, "no account admits this machine")
def _(box):
    box.mysql_behind(refuse=(1130, "Host '10.0.0.7' is not allowed to connect to this MySQL server"))


@fault("mysql.hostile-error", {"mysql.greeting": "error-1105"}, "an error text of escape sequences and broken UTF-8")
def _(box):
    box.mysql_behind(refuse=(1105, b"\x1b]0;owned\x07\x1b[31mred\xff\xfe\xe2\x80\xae\x9b1m" * 5))


# -- log-in

@fault("mysql.wrong-password", {"mysql.login": "access-denied-1045"}, "another password than the account's")
def _(box):
    box.mysql_url(secret="not-the-password")


@fault("mysql.wrong-user", {"mysql.login": "access-denied-1045"}, "an account that does not exist")
def _(box):
    box.mysql_url(user="wandb_lokal")


@fault("mysql.unknown-database", {"mysql.login": "unknown-database-1049"}, "the database does not exist; the account may see all of them")
def _(box):
    box.own_database(grants="GRANT ALL ON *.* TO '{user}'@'%' WITH GRANT OPTION;")
    box.mysql_url(database="wandb_prod")


@fault("mysql.no-database-access", {"mysql.login": "no-database-access-1044"}, "the account has no right to the database")
def _(box):
    box.mysql_url(database="mysql")


@fault("mysql.other-machine", {"mysql.login": "access-denied-1045"}, "the account may only come from another network")
def _(box):
    box.own_database()
    box.mysql.sql(f"RENAME USER '{box.user}'@'%' TO '{box.user}'@'10.20.%'")
    user = box.user
    box.undo.append(lambda: box.mysql.sql(f"DROP USER IF EXISTS '{user}'@'10.20.%'"))


@fault("mysql.password-expired", {"mysql.login": "password-expired-1862"}, "the account's password has expired")
def _(box):
    box.own_database(account="PASSWORD EXPIRE")


@fault("mysql.account-locked", {"mysql.login": "account-locked-3118"}, "the account is locked")
def _(box):
    box.own_database(account="ACCOUNT LOCK")


@fault("mysql.account-blocked", {"mysql.login": "account-blocked-3955"}, "somebody tried a wrong password too often")
def _(box):
    box.own_database(account="FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME 1")
    try:
        Client(box.mysql.socket, box.user, "wrong")
    except SandboxError:
        pass


@fault("mysql.user-limit", {"mysql.login": "user-limit-reached-1226"}, "the account may log in once an hour")
def _(box):
    box.own_database(account="WITH MAX_CONNECTIONS_PER_HOUR 1")
    Client(box.mysql.socket, box.user, box.mysql_password).close()


@fault("mysql.offline", {"mysql.login": "offline-mode-3032"}, "the server is in offline mode")
def _(box):
    box.mysql_global("offline_mode", "ON")


@fault("mysql.tls-required", {"mysql.login": "tls-required-3159"}, "the server demands TLS, and MYSQL does not ask for it")
def _(box):
    box.mysql_global("require_secure_transport", "ON")
    box.mysql_url(query="")


@fault("mysql.ldap-login", {"mysql.login": "login-method-refused"}, "the account logs in through LDAP")
def _(box):
    box.mysql_behind(switch_to="authentication_ldap_sasl_client")


@fault("mysql.clear-password", {"mysql.login": "login-method-refused"}, "the server wants the password in clear")
def _(box):
    box.mysql_behind(switch_to="mysql_clear_password")


@fault("mysql.ends-at-login", {"mysql.login": "lost-connection-2013"}, "the connection ends in the log-in")
def _(box):
    box.mysql_behind(end="login")


# -- account

@fault("mysql.missing-privileges", {"mysql.grants": "missing-privileges"}, "the account may read and write, and not alter")
def _(box):
    box.own_database(grants="GRANT SELECT, INSERT, UPDATE, DELETE ON `{db}`.* TO '{user}'@'%';")


@fault("mysql.two-rights-missing", {"mysql.grants": "missing-privileges"}, "every right but REFERENCES and EVENT")
def _(box):
    box.own_database(grants="GRANT ALL ON `{db}`.* TO '{user}'@'%' WITH GRANT OPTION; REVOKE REFERENCES, EVENT ON `{db}`.* FROM '{user}'@'%';")


@fault("mysql.no-grant-option", {"mysql.grants": "no-grant-option"}, "GRANT ALL without WITH GRANT OPTION", status={"mysql.grants": "warn"})
def _(box):
    box.own_database(grants="GRANT ALL ON `{db}`.* TO '{user}'@'%';")


@fault("mysql.old-login-method", {"mysql.account": "old-login-method"}, "the account logs in with sha256_password", status={"mysql.account": "warn"})
def _(box):
    box.own_database()
    box.mysql.sql(f"ALTER USER '{box.user}'@'%' IDENTIFIED WITH sha256_password BY {quoted(box)}")


@fault("mysql.password-expires", {"mysql.account": "password-expires"}, "the account's password ends after 90 days", status={"mysql.account": "warn"})
def _(box):
    box.own_database(account="PASSWORD EXPIRE INTERVAL 90 DAY")


@fault("mysql.account-limit", {"mysql.connections": "account-limit"}, "the account may have 50 connections", status={"mysql.connections": "warn"})
def _(box):
    box.own_database(account="WITH MAX_USER_CONNECTIONS 50")


def quoted(box):
    from ..mysql import quoted as quote
    return quote(box.mysql_password)
