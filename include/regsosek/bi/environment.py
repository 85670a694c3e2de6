"""Superset's own environment, ``.venv-superset``: its packages and ours do not go together."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from regsosek.settings import PROJECT

FOLDER = PROJECT / ".venv-superset"
LOCK = PROJECT / "superset" / "requirements.lock"
PYTHONS = ("python3.12", "python3.11", "python3", "python")


class EnvironmentMissingError(RuntimeError):
    """The environment cannot be made; the message says what is missing."""


def is_made() -> bool:
    """Whether the environment is the one of the lock."""
    marker = FOLDER / ".installed"
    return marker.exists() and marker.read_text(encoding="utf-8") == _digest()


def make_environment() -> None:
    """Make the environment from its lock, exactly the files whose hashes are in it.

    Raises:
        EnvironmentMissingError: there is no Python that Superset runs on, or packages could not be fetched.
    """
    python = find_python([os.environ.get("PYTHON", ""), sys.executable, *PYTHONS])
    environment = {"UV_PYTHON_DOWNLOADS": "never", **os.environ}
    uv = str(Path(sys.executable).with_name("uv"))
    inside = str(FOLDER / "bin" / "python")
    for arguments in (
        ["venv", "--quiet", "--clear", "--python", python, str(FOLDER)],
        ["pip", "install", "--quiet", "--python", inside, "--require-hashes", "-r", str(LOCK)],
    ):
        done = subprocess.run([uv, *arguments], env=environment, check=False)
        if done.returncode != 0:
            raise EnvironmentMissingError(f"Lingkungan Superset di {FOLDER} tidak jadi dibuat; alasannya di atas ini.")
    (FOLDER / ".installed").write_text(_digest(), encoding="utf-8")


def find_python(candidates: Iterable[str]) -> str:
    """The first of these that runs and is of a version Superset has wheels for."""
    for candidate in candidates:
        found = shutil.which(candidate) if candidate else None
        if found and _suits(found):
            return found
    raise EnvironmentMissingError(
        "Superset 6.1 berjalan dengan Python 3.11 atau 3.12; untuk 3.13 paketnya tidak tersedia. Pasang salah satunya "
        "di samping yang ada, lalu: make bi PYTHON=/jalan/ke/python3.12"
    )


def _suits(python: str) -> bool:
    check = "import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()
