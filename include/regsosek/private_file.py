"""Files that nobody but the owner of the installation reads."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def open_private(path: Path, *, new: bool = False) -> BinaryIO:
    """Open a file of mode 0600 for writing; one that is there loses its text and any wider mode.

    Raises:
        FileExistsError: it is there, and has to be ``new``.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC), 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def keep(path: Path, text: str) -> None:
    """Write a file of mode 0600, and its folder if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_private(path) as file:
        file.write(text.encode())


def replace(path: Path, content: bytes) -> None:
    """Put a file of mode 0600 in the place of the one before, in one go: nobody sees half of it, no crash leaves it.

    One writer at a time; what a killed one left beside it is overwritten by the next.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.baru")
    with open_private(fresh) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def kept(path: Path, make: Callable[[], str]) -> str:
    """What a file of mode 0600 says; ``make`` says it at first use."""
    if not path.exists():
        keep(path, make())
    return path.read_text(encoding="utf-8").strip()


def password(home: Path, role: str) -> str:
    """The password of a database role of the installation in ``home``, made at first use."""
    return kept(home / "passwords" / role, lambda: secrets.token_hex(24))
