"""A private Oracle MySQL on loopback."""
import os
import shutil
import subprocess
from pathlib import Path

from . import prefix as prefixes
from .process import Service, free_port

# What W&B asks of the server.
VARIABLES = {
    "binlog_format": "ROW", "binlog_row_image": "MINIMAL", "innodb_flush_log_at_trx_commit": "1", "innodb_online_alter_log_max_size": "268435456",
    "sync_binlog": "1", "sort_buffer_size": "67108864", "max_prepared_stmt_count": "1048576", "max_connections": "1000",
}
ROOT_PASSWORD = "sandbox-root"


class MySql:
    def __init__(self, folder, certificate, password):
        self.folder, self.password, self.port = Path(folder), password, 0
        self.prefix = prefixes.servers()
        self.folder.mkdir()
        (self.folder / "chain.pem").write_text(certificate.chain_pem())
        key = self.folder / "key.pem"
        key.write_text(certificate.key_pem())
        key.chmod(0o600)
        self.socket = self.folder / "s"
        self.service = None

    @staticmethod
    def base(prefix):
        usr = prefix / "root/usr"
        words = [f"--basedir={usr}", f"--lc-messages-dir={usr}/share/mysql", f"--character-sets-dir={usr}/share/mysql/charsets",
                 f"--plugin-dir={usr}/lib/mysql/plugin", "--secure-file-priv=NULL"]
        return words + (["--user=root"] if os.geteuid() == 0 else [])

    @classmethod
    def template_of(cls, prefix):
        """An initialised data folder, made once and copied for each start."""
        made = prefixes.cache() / f"mysql-data-{prefixes.RECIPE}"
        with prefixes.locked("mysql-data"):
            if not (made / "ready").exists():
                work = made.with_suffix(".new")
                shutil.rmtree(work, ignore_errors=True)
                shutil.rmtree(made, ignore_errors=True)
                init = prefixes.cache() / "init.sql"
                init.write_text(f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{ROOT_PASSWORD}';\n")
                prefixes.run(prefixes.program(prefix, "usr/sbin/mysqld") + ["--no-defaults", *cls.base(prefix), "--initialize-insecure",
                             f"--datadir={work}", f"--init-file={init}"], prefixes.cache() / "mysql-data.log")
                (work / "ready").touch()
                work.rename(made)
        return made

    def start(self):
        data = self.folder / "data"
        subprocess.run(["cp", "-a", "--reflink=auto", str(self.template_of(self.prefix)), str(data)], check=True)
        (data / "auto.cnf").unlink(missing_ok=True)
        (data / "ready").unlink(missing_ok=True)
        for _ in range(5):
            self.port = free_port()
            argv = prefixes.program(self.prefix, "usr/sbin/mysqld") + [
                "--no-defaults", *self.base(self.prefix), f"--datadir={data}", f"--port={self.port}", "--bind-address=127.0.0.1", "--mysqlx=OFF",
                f"--socket={self.socket}", f"--pid-file={self.folder}/pid", f"--log-error={self.folder}/error.log", "--performance-schema=OFF",
                "--innodb-redo-log-capacity=16M", "--innodb-buffer-pool-size=64M", "--innodb-doublewrite=OFF", "--skip-log-slow-extra",
                f"--ssl-cert={self.folder}/chain.pem", f"--ssl-key={self.folder}/key.pem",
                *(f"--{name.replace('_', '-')}={value}" for name, value in VARIABLES.items())]
            self.service = Service("mysqld", argv, self.folder / "out.log")
            try:
                self.service.wait_until(lambda: "ready for connections" in self.log() and self.socket.exists())
                break
            except prefixes.SandboxError:
                if "bind on TCP/IP port" not in self.log():
                    raise
        return self

    def log(self):
        path = self.folder / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def sql(self, statements, database=""):
        """Runs statements as root over the socket; the rows as lists of strings."""
        argv = prefixes.program(self.prefix, "usr/bin/mysql") + ["--no-defaults", "--socket", str(self.socket), "-uroot", "--batch",
                                                                  "--skip-column-names", *([database] if database else [])]
        done = subprocess.run(argv, input=statements, capture_output=True, text=True, env=os.environ | {"MYSQL_PWD": ROOT_PASSWORD})
        if done.returncode != 0:
            raise prefixes.SandboxError("SQL: " + done.stderr.strip())
        return [line.split("\t") for line in done.stdout.splitlines()]

    def add_database(self, name, user, password, charset="utf8mb4", collation="utf8mb4_general_ci", grants=None):
        quoted = password.replace("\\", "\\\\").replace("'", "''")
        grants = grants if grants is not None else f"GRANT ALL ON `{name}`.* TO '{user}'@'%' WITH GRANT OPTION;"
        self.sql(f"CREATE DATABASE `{name}` CHARACTER SET {charset} COLLATE {collation}; CREATE USER '{user}'@'%' IDENTIFIED BY '{quoted}'; {grants}")
