"""Pseudonyms of KK and NIK: a keyed hash made inside the database, its key outside of it.

Sixteen digits can be enumerated, so a plain hash would hide nothing. HMAC-SHA256 is built from the core function
``sha256`` with the two padded keys as bound parameters; the key itself never enters the database.
"""

from __future__ import annotations

BLOCK = 64
"""Bytes of SHA-256's block, to which HMAC pads its key."""


def pads(key: bytes) -> dict[str, bytes]:
    """The two keys of HMAC as query parameters ``dalam`` and ``luar``."""
    padded = key.ljust(BLOCK, b"\0")
    return {"dalam": bytes(byte ^ 0x36 for byte in padded), "luar": bytes(byte ^ 0x5C for byte in padded)}


def pseudonym(kind: str, text: str) -> str:
    """SQL for the uuid of an identity; ``text`` is the SQL of its sixteen digits, ``kind`` keeps KK and NIK apart."""
    inner = f"sha256(%(dalam)s::bytea || convert_to('{kind}:' || {text}, 'UTF8'))"
    return f"encode(substring(sha256(%(luar)s::bytea || {inner}) for 16), 'hex')::uuid"
