"""A private Oracle MySQL on loopback."""
import os
import shutil
import subprocess
from pathlib import Path

from . import prefix as prefixes
from .mysql_wire import Client
from .process import Service, free_port, loopback

# What W&B asks of the server.
VARIABLES = {
    "binlog_format": "ROW", "binlog_row_image": "MINIMAL", "innodb_flush_log_at_trx_commit": "1", "innodb_online_alter_log_max_size": "268435456",
    "sync_binlog": "1", "sort_buffer_size": "67108864", "max_prepared_stmt_count": "1048576", "max_connections": "1000",
    "max_allowed_packet": "67108864",
}
# What makes it start quickly; W&B says nothing about these.
LEAN = {
    "mysqlx": "OFF", "performance_schema": "OFF", "innodb_redo_log_capacity": "16M", "innodb_buffer_pool_size": "64M", "innodb_doublewrite": "OFF", "innodb_flush_method": "nosync", "table_open_cache": "400",
    "innodb_buffer_pool_load_at_startup": "OFF", "innodb_buffer_pool_dump_at_shutdown": "OFF",
}
ROOT_PASSWORD = "sandbox-root"


def quoted(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


class MySql:
    def __init__(self, folder, certificate, variables=None):
        self.folder, self.port, self.session, self.service = Path(folder), 0, None, None
        self.prefix = prefixes.servers()
        self.folder.mkdir(mode=0o700)
        self.chain, self.key = self.keep(certificate, "server")
        self.socket = self.folder / "s"
        self.variables = VARIABLES | (variables or {})

    def keep(self, certificate, tag):
        chain, key = self.folder / f"{tag}.pem", self.folder / f"{tag}.key"
        chain.write_text(certificate.chain_pem())
        key.touch(mode=0o600)
        key.write_text(certificate.key_pem())
        return chain, key

    @staticmethod
    def basics(prefix):
        usr = prefix / "root/usr"
        options = {"basedir": usr, "lc-messages-dir": usr / "share/mysql", "character-sets-dir": usr / "share/mysql/charsets",
                   "plugin-dir": usr / "lib/mysql/plugin", "secure-file-priv": "NULL"}
        return options | ({"user": "root"} if os.geteuid() == 0 else {})

    @classmethod
    def template_of(cls, prefix):
        """An initialised data folder, made once and copied for each start."""
        made = prefixes.cache() / f"mysql-data-{prefixes.RECIPE}"
        if (made / "ready").exists():
            return made
        with prefixes.locked("mysql-data"):
            if not (made / "ready").exists():
                work = made.with_name(made.name + ".new")
                for folder in (work, made):
                    shutil.rmtree(folder, ignore_errors=True)
                init = prefixes.cache() / "init.sql"
                init.write_text(f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{ROOT_PASSWORD}';\n")
                prefixes.run(prefixes.program(prefix, "usr/sbin/mysqld") + ["--no-defaults", *(f"--{k}={v}" for k, v in cls.basics(prefix).items()),
                             "--initialize-insecure", f"--datadir={work}", f"--init-file={init}"], prefixes.cache() / "mysql-data.log")
                for name in ("auto.cnf", "init.sql"):   # auto.cnf holds the server's UUID, which each copy must make anew
                    (work / name).unlink(missing_ok=True)
                (work / "ready").touch()
                work.rename(made)
                prefixes.forget_older(made)
        return made

    def launch(self):
        """Begins to start; finish() waits for it."""
        data = self.folder / "data"
        template = self.template_of(self.prefix)
        subprocess.run(["cp", "-a", "--reflink=auto", "--sparse=always", str(template), str(data)], check=True)
        (data / "ready").unlink()
        self.start_on(free_port())

    def finish(self):
        for attempt in range(5):
            try:
                self.service.wait_until(lambda: "ready for connections" in self.log() and self.socket.exists())
                break
            except prefixes.SandboxError:
                if "bind on TCP/IP port" not in self.log() or attempt == 4:
                    raise
                self.start_on(free_port())
        self.session = Client(self.socket, "root", ROOT_PASSWORD)
        return self

    def start_on(self, port):
        self.port = port
        options = self.basics(self.prefix) | {
            "datadir": self.folder / "data", "port": port, "bind-address": ",".join(address for _, address in loopback()), "socket": self.socket,
            "pid-file": self.folder / "pid", "log-error": self.folder / "error.log", "ssl-cert": self.chain, "ssl-key": self.key,
        } | LEAN | self.variables
        conf = self.folder / "my.cnf"
        conf.write_text("[mysqld]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
        (self.folder / "error.log").unlink(missing_ok=True)
        self.service = Service("mysqld", prefixes.program(self.prefix, "usr/sbin/mysqld") + [f"--defaults-file={conf}"], self.folder / "out.log")

    def log(self):
        path = self.folder / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def sql(self, statements):
        """Runs statements as root; the rows of the last that gives some."""
        return self.session.query(statements)

    def add_database(self, name, user, password, charset="utf8mb4", collation="utf8mb4_general_ci", grants=None, account=""):
        """`grants` replaces the documented statement; `account` is added to CREATE USER."""
        grants = grants if grants is not None else f"GRANT ALL ON `{name}`.* TO '{user}'@'%' WITH GRANT OPTION;"
        self.sql(f"CREATE DATABASE `{name}` CHARACTER SET {charset} COLLATE {collation}; "
                 f"CREATE USER '{user}'@'%' IDENTIFIED BY {quoted(password)} {account}; {grants}")

    def set_global(self, name, value):
        """Sets a global variable; what puts it back. It is put back persistently: the server then says that the value will survive its
        restart, as it said before, when it came from my.cnf."""
        before = self.sql(f"SELECT @@GLOBAL.{name}")[0][0]
        self.sql(f"SET GLOBAL {name} = {value}")
        literal = "NULL" if before is None else before if before.lstrip("-").isdigit() else quoted(before)
        return lambda: self.sql(f"SET PERSIST {name} = {literal}")

    def stop(self):
        if self.session:
            self.session.close()
        if self.service:
            self.service.stop()
