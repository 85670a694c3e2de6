"""Pseudonyms of KK and NIK: a keyed hash made inside the database, its key outside of it.

Sixteen digits can be enumerated, so a plain hash would hide nothing. HMAC-SHA256 is built from the core function
``sha256`` with the two padded keys as bound parameters; the key itself never enters the database.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from regsosek.settings import Settings

BLOCK = 64
"""Bytes of SHA-256's block, to which HMAC pads its key."""


def secret_file(settings: Settings) -> Path:
    """Where the key lies: outside the data folder, so that a copy of the data does not carry it."""
    if settings.secret_file is not None:
        return settings.secret_file
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "regsosek" / "pseudonym.key"


def key_files(settings: Settings) -> dict[str, Path]:
    """Every file without which pseudonyms cannot be made again, there or not, by the name it has in a backup."""
    return {"pseudonym.key": secret_file(settings)}


def secret_key(settings: Settings) -> bytes:
    """The secret of this installation, made at first use in a file of mode 0600."""
    path = secret_file(settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster
            pass
        else:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def pads(settings: Settings) -> dict[str, bytes]:
    """The two keys of HMAC as query parameters ``dalam`` and ``luar``."""
    key = secret_key(settings).ljust(BLOCK, b"\0")
    return {"dalam": bytes(byte ^ 0x36 for byte in key), "luar": bytes(byte ^ 0x5C for byte in key)}


def pseudonym(kind: str, text: str) -> str:
    """SQL for the uuid of an identity; ``text`` is the SQL of its sixteen digits, ``kind`` keeps KK and NIK apart."""
    inner = f"sha256(%(dalam)s::bytea || convert_to('{kind}:' || {text}, 'UTF8'))"
    return f"encode(substring(sha256(%(luar)s::bytea || {inner}) for 16), 'hex')::uuid"
