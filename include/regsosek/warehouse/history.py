"""The history of an installation, ``ops.kejadian``: appended to, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb


def write_event(cursor: psycopg.Cursor, kejadian: str, id_jalan: str | None, rincian: Mapping[str, Any]) -> None:
    """Add a line to the history; it stands or falls with the caller's transaction."""
    cursor.execute(
        "insert into ops.kejadian (id_jalan, kejadian, rincian) values (%s, %s, %s)",
        (id_jalan, kejadian, Jsonb(dict(rincian))),
    )
