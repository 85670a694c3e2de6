"""Pseudonyms of KK and NIK: a keyed hash made inside the database, its key outside of it.

Sixteen digits can be enumerated, so a plain hash would hide nothing. A pseudonym is the first half of SHA-256 over a
secret of 32 bytes, the kind of number and its sixteen digits. All of that fits into one block of SHA-256 and always has
the same length, so nothing can be appended to it, which is what HMAC is for; HMAC would take four blocks a number, and
a district has millions (docs/decisions/0010). The secret is a bound parameter; the key it comes from never enters the
database.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from regsosek.keyring import fingerprint

Kind = Literal["kk", "nik"]

SCHEME = "2"
"""How pseudonyms are made; another one makes those of every kept delivery anew, as another key does."""


def key_parameters(key: bytes) -> dict[str, bytes]:
    """The query parameters of :func:`pseudonym`."""
    secret = hashlib.sha256(b"regsosek samaran:" + key).digest()
    return {kind: secret + f"{kind}:".encode() for kind in ("kk", "nik")}


def pseudonym(kind: Kind, digits: str) -> str:
    """SQL for the uuid of a number; ``digits`` is the SQL of its sixteen digits, ``kind`` keeps KK and NIK apart."""
    return f"encode(substring(sha256(%({kind})s::bytea || ({digits})::bytea) for 16), 'hex')::uuid"


def mark(key: bytes) -> str:
    """What ``ops.kiriman.kunci`` says of a delivery: by which key and how its pseudonyms were made."""
    return f"{fingerprint(key)}.{SCHEME}"
