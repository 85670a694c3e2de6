"""Files that nobody but the owner of the installation reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import BinaryIO


def open_private(path: Path) -> BinaryIO:
    """Open a file of mode 0600 for writing; one that is there loses its text and any wider mode."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def keep(path: Path, text: str) -> None:
    """Write a file of mode 0600, and its folder if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_private(path) as file:
        file.write(text.encode())


def password(home: Path, role: str) -> str:
    """The password of a database role of the installation in ``home``, made at first use."""
    path = home / "passwords" / role
    if not path.exists():
        keep(path, secrets.token_hex(24))
    return path.read_text(encoding="utf-8").strip()
