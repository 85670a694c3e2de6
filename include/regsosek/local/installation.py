"""What an installation consists of: folders, secrets, and the environment its processes run in."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from regsosek.private_file import keep, kept
from regsosek.settings import PROJECT, TIMEZONE, Settings
from regsosek.warehouse.connection import warehouse_url
from regsosek.warehouse.embedded import EmbeddedServer, free_port, port_is_free

USUAL_PORT = 8080

NO_TELEMETRY = {
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
    "SCARF_NO_ANALYTICS": "true",
}


class AirflowSettings(BaseSettings):
    """Where Airflow keeps and serves things, ``REGSOSEK_AIRFLOW_<FIELD>``; what is empty is made and kept at set-up."""

    model_config = SettingsConfigDict(env_prefix="REGSOSEK_AIRFLOW_", extra="ignore")

    database_url: str = Field("", description="SQLAlchemy URL of the metadata; empty: in the embedded server")
    host: str = Field("127.0.0.1", description="address the web interface listens on")
    port: int = Field(0, description="its port; 0: a free one, the same from start to start")
    base_url: str = Field("", description="URL that people use, if it is not http://host:port")
    server_url: str = Field("", description="URL that the other processes reach the api-server at")
    fernet_key: str = Field("", description="encrypts connections in the metadata")
    jwt_secret: str = Field("", description="signs the tokens of tasks and users")
    secret_key: str = Field("", description="signs sessions of the web interface")
    admin_password: str = Field("", description="password of the user admin, role Admin")
    op_password: str = Field("", description="password of the user op, role Op; empty: no such user")
    viewer_password: str = Field("", description="password of the user viewer, role Viewer; empty: no such user")


@dataclass(frozen=True)
class Installation:
    """The installation in ``settings.home``; two of them on one machine share nothing."""

    settings: Settings
    airflow: AirflowSettings = field(default_factory=AirflowSettings)

    @cached_property
    def home(self) -> Path:
        """Folder of everything that is not code."""
        return self.settings.home.absolute()

    @property
    def airflow_home(self) -> Path:
        """AIRFLOW_HOME."""
        return self.home / "airflow"

    @property
    def logs(self) -> Path:
        """Logs of Airflow's processes, and below ``airflow/`` those of its tasks."""
        return self.home / "logs"

    @cached_property
    def server(self) -> EmbeddedServer:
        """The embedded PostgreSQL; it runs only where :attr:`needs_server`."""
        return EmbeddedServer(self.home)

    @property
    def needs_server(self) -> bool:
        """Whether the warehouse or Airflow's metadata live in the embedded server."""
        return not (self.settings.warehouse_url and self.airflow.database_url)

    @property
    def port(self) -> int:
        """Port of the web interface: the configured one, else the one this installation keeps."""
        if self.airflow.port:
            return self.airflow.port
        path = self.airflow_home / "port"
        return int(path.read_text()) if path.exists() else self.keep_port(USUAL_PORT)

    def keep_port(self, wanted: int) -> int:
        """Keep that port, or a free one if somebody listens on it, for this start and the next ones."""
        port = wanted if port_is_free(wanted) else free_port()
        keep(self.airflow_home / "port", str(port))
        return port

    @property
    def url(self) -> str:
        """URL of the web interface, without a slash at the end."""
        return (self.airflow.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of Airflow's metadata."""
        # Airflow commits often and little; it may lose the last half second of its own notes in a power cut, which
        # the warehouse, where a commit is a promise, may not.
        return self.airflow.database_url or f"{self.server.airflow_url}?options=-csynchronous_commit%3Doff"

    @property
    def admin_password(self) -> str:
        """Password of the user ``admin``."""
        return self.airflow.admin_password or self._kept("airflow-admin", lambda: secrets.token_urlsafe(15))

    def environment(self) -> dict[str, str]:
        """The environment of Airflow's processes: ours on top of what is set already, so nothing of ours is mixed up
        with another Airflow of this user."""
        airflow = self.airflow
        landing = self.settings.landing
        server_url = airflow.server_url or f"http://127.0.0.1:{self.port}"
        return {
            **os.environ,
            **NO_TELEMETRY,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "REGSOSEK_HOME": str(self.home),
            "LANDING_URL": landing if "://" in landing else str(Path(landing).absolute()),
            "AIRFLOW_HOME": str(self.airflow_home),
            "AIRFLOW_CONN_REGSOSEK": warehouse_url(self.settings),
            "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__DEFAULT_TIMEZONE": TIMEZONE.key,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{server_url.rstrip('/')}/execution/",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__FERNET_KEY": airflow.fernet_key or self._kept("fernet-key", _fernet_key),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": str(self.settings.batches),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.database_url,
            "AIRFLOW__API__BASE_URL": self.url,
            # A page about the API, one click away in the menu, whose program comes from a foreign host.
            "AIRFLOW__API__ENABLE_SWAGGER_UI": "False",
            "AIRFLOW__API__HOST": airflow.host,
            "AIRFLOW__API__INSTANCE_NAME": "Regsosek",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__SECRET_KEY": airflow.secret_key or self._kept("secret-key", secrets.token_hex),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__FAB__COOKIE_SECURE": str(self.url.startswith("https:")),
            "AIRFLOW__API_AUTH__JWT_SECRET": airflow.jwt_secret or self._kept("jwt-secret", _jwt_secret),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.logs / "airflow"),
            # Also of what is called when a run failed; in AIRFLOW_HOME nobody would look, and nothing be cleaned up.
            "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(self.logs / "airflow" / "dag_processor"),
            # Nobody asks these processes over the network; a health check there would listen on a port of its own.
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
            # A DAG that changes is read at once, one that could not be read after this time; to read all of them every
            # half minute takes a tenth of a processor.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "120",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        }

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Let one command at a time change this installation; another waits."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        return kept(self.home / "secrets" / name, make)


def code_fingerprint() -> str:
    """sha256 of everything that decides what set-up makes: it is repeated when this changes."""
    digest = hashlib.sha256()
    for folder in (PROJECT / "include", PROJECT / "dbt_project", PROJECT / "requirements.lock"):
        for path in sorted(folder.rglob("*") if folder.is_dir() else [folder]):
            if path.suffix in (".py", ".sql", ".yml", ".csv", ".lock") and "target" not in path.parts:
                digest.update(str(path.relative_to(PROJECT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _jwt_secret() -> str:
    return secrets.token_urlsafe(48)
