"""Making an installation, and removing it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from regsosek.local.down import stop_processes
from regsosek.local.installation import Installation, code_fingerprint
from regsosek.private_file import keep
from regsosek.site import make_site
from regsosek.warehouse.connection import warehouse_url
from regsosek.warehouse.prepare import Prepared, prepare


class SetupFailedError(RuntimeError):
    """Set-up did not get to its end; the message says what to look at."""


def setup(installation: Installation, *, again: bool = True) -> Prepared | None:
    """Start the database and bring warehouse and Airflow to what this version of the code expects.

    With ``again=False`` nothing more than the start happens if code and databases are those of the last set-up.
    Returns what the warehouse lacked, if it was looked at.

    Raises:
        SetupFailedError: Airflow's metadata could not be prepared.
        EmbeddedServerError: PostgreSQL did not start.
    """
    with installation.exclusive():
        if installation.needs_server:
            installation.server.start()
        done = installation.home / "set-up.sha256"
        state = _state(installation)
        if not again and done.exists() and done.read_text(encoding="utf-8") == state:
            return None
        prepared = prepare(installation.settings)
        make_site(installation.settings)
        _prepare_airflow(installation)
        keep(done, state)
        return prepared


def clean(installation: Installation) -> list[str]:
    """Stop everything and delete the installation, data included, backups not; returns what was removed."""
    stop_processes(installation)
    removed = []
    server = installation.server
    if server.data.exists():
        removed.append(str(server.base))
        server.destroy()
    if installation.home.exists():
        removed.append(str(installation.home))
        _empty(installation.home, but=installation.settings.backups.absolute())
    return removed


def _empty(folder: Path, *, but: Path) -> None:
    """Delete the folder; where backups lie in it, all but them."""
    for path in folder.iterdir():
        if path != but and path not in but.parents:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _state(installation: Installation) -> str:
    parts = [code_fingerprint(), warehouse_url(installation.settings), installation.database_url]
    return hashlib.sha256("\n".join([*parts, installation.admin_password]).encode()).hexdigest()


def _prepare_airflow(installation: Installation) -> None:
    """Run :mod:`regsosek.airflow.metadata` in a process that sees this installation's settings from its start."""
    airflow = installation.airflow
    environment = installation.environment() | {
        "REGSOSEK_PASSWORD_ADMIN": installation.admin_password,
        "REGSOSEK_PASSWORD_OP": airflow.op_password,
        "REGSOSEK_PASSWORD_VIEWER": airflow.viewer_password,
    }
    installation.logs.mkdir(parents=True, exist_ok=True)
    log = installation.logs / "set-up.log"
    with log.open("ab") as output:
        result = subprocess.run(
            [sys.executable, "-m", "regsosek.airflow.metadata"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode != 0:
        raise SetupFailedError(f"Airflow's metadata could not be prepared. The end of {log} says why.")
