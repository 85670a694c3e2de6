"""The history of an installation, ``ops.kejadian``: appended to, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

BEGIN, END, REFUSED = "mulai", "selesai", "ditolak gerbang 2"
"""How a refresh is told of: its begin, its end, and that gate 2 refused the candidate."""
REFUSED_DELIVERY = "kiriman ditolak"
"""A delivery that is refused for what it is, not for an answer in it."""
BACKUP, RESTORE, UPGRADE = "cadangan", "pulih", "pembaruan"
"""What happened to the warehouse as a whole."""


def write_event(cursor: psycopg.Cursor, kejadian: str, id_jalan: str | None, rincian: Mapping[str, Any]) -> None:
    """Add a line to the history; it stands or falls with the caller's transaction."""
    cursor.execute(
        "insert into ops.kejadian (id_jalan, kejadian, rincian) values (%s, %s, %s)",
        (id_jalan, kejadian, Jsonb(dict(rincian))),
    )
