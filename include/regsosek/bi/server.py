"""Superset of one installation: its folder, secrets, port, and the process that serves it."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx

from regsosek.bi.environment import FOLDER, LOCK
from regsosek.bi.polygons import sync_polygons
from regsosek.bi.villages import passwords_of_villages
from regsosek.cli.dsn import role_url
from regsosek.local.installation import NO_TELEMETRY, Installation
from regsosek.local.processes import Processes
from regsosek.private_file import keep, kept
from regsosek.settings import PROJECT
from regsosek.warehouse.embedded import free_port, port_is_free

USUAL_PORT = 8088
SOURCE = PROJECT / "superset"
SECONDS = 180
"""How long Superset may take to answer at first."""


class SupersetError(RuntimeError):
    """Superset could not be prepared or does not answer; the message names the log."""


@dataclass(frozen=True)
class SupersetProcess(Processes):
    """The one process, which ``make down`` finds again by ``<home>/superset/processes.json``."""

    @property
    def file(self) -> Path:
        """Name, process id and start time."""
        return self.installation.home / "superset" / "processes.json"


@dataclass(frozen=True)
class Superset:
    """Superset in ``<home>/superset``."""

    installation: Installation

    @property
    def home(self) -> Path:
        """Its metadata, port and state."""
        return self.installation.home / "superset"

    @cached_property
    def process(self) -> SupersetProcess:
        """What serves it."""
        return SupersetProcess(self.installation)

    @property
    def url(self) -> str:
        """Where people find it, without a slash at the end."""
        return f"http://127.0.0.1:{self._port()}"

    @property
    def villages_file(self) -> Path:
        """Village logins with their passwords in the database, mode 0600."""
        return self.home / "desa.json"

    def password_file(self, user: str) -> Path:
        """Where the password of ``admin`` or ``perencana`` lies; made at first use, mode 0600."""
        return self._kept(f"superset-{user}", lambda: secrets.token_urlsafe(15))

    def prepare(self) -> None:
        """Bring metadata, users and dashboards to what this checkout says; nothing to do if they are.

        Raises:
            SupersetError: it did not work.
            WarehouseUnavailableError: there is no role planner.
            PolygonFileError: the boundaries of villages cannot be used.
        """
        settings = {
            "REGSOSEK_PLANNER_URL": role_url(self.installation.settings, "planner", here=True),
            "REGSOSEK_SUPERSET_ADMIN_PASSWORD": self.password_file("admin").read_text(encoding="utf-8"),
            "REGSOSEK_SUPERSET_PLANNER_PASSWORD": self.password_file("perencana").read_text(encoding="utf-8"),
        }
        bounded = sync_polygons(self.installation.settings)
        keep(self.villages_file, passwords_of_villages(self.installation.settings))
        done, state = self.home / "prepared.sha256", _state([*sorted(settings.items()), bounded], self.villages_file)
        if done.exists() and done.read_text(encoding="utf-8") == state:
            return
        log = self.process.log("superset-set-up")
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            result = subprocess.run(
                [_program("python"), str(SOURCE / "prepare.py")],
                env=self._environment() | settings,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if result.returncode != 0:
            raise SupersetError(f"Superset tidak dapat disiapkan. Akhir {log} menyebut sebabnya.")
        keep(done, state)

    def start(self) -> None:
        """Serve it on 127.0.0.1 and wait until it answers."""
        keep(self.home / "port", str(self._port() if port_is_free(self._port()) else free_port()))
        command = [_program("gunicorn"), "--workers", "1", "--threads", "8", "--timeout", "120", "--no-control-socket"]
        command += ["--bind", self.url.removeprefix("http://"), "superset.app:create_app()"]
        self.process.launch({"superset": command}, self._environment(), cwd=self.home)
        end = time.monotonic() + SECONDS
        while not self._answers():
            self.process.check()
            if time.monotonic() > end:
                raise SupersetError(f"Superset tidak menjawab di {self.url}. Akhir {self.process.log('superset')}.")
            time.sleep(0.5)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=10, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def _port(self) -> int:
        path = self.home / "port"
        return int(path.read_text(encoding="utf-8")) if path.exists() else USUAL_PORT

    def _environment(self) -> dict[str, str]:
        """The environment of its processes; nothing of ours is importable there."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return (
            inherited
            | NO_TELEMETRY
            | {
                "SUPERSET_HOME": str(self.home),
                "SUPERSET_CONFIG_PATH": str(SOURCE / "superset_config.py"),
                "REGSOSEK_VILLAGE_LOGINS": str(self.villages_file),
                "SUPERSET_SECRET_KEY": self._kept("superset-key", secrets.token_hex).read_text(encoding="utf-8"),
            }
        )

    def _kept(self, name: str, make: Callable[[], str]) -> Path:
        path = self.installation.home / "secrets" / name
        kept(path, make)
        return path


def _program(name: str) -> str:
    return str(FOLDER / "bin" / name)


def _state(settings: list[object], villages: Path) -> str:
    """sha256 of everything that decides what :meth:`Superset.prepare` makes."""
    digest = hashlib.sha256(repr(settings).encode())
    for path in (LOCK, villages, SOURCE / "prepare.py", *sorted((SOURCE / "assets").rglob("*.yaml"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()
