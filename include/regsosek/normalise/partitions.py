"""Which partition of the registry holds which deliveries: the bound of a list partition names every one of them."""

from __future__ import annotations

import re

import psycopg


def partitions(cursor: psycopg.Cursor, entity: str) -> dict[str, list[int]]:
    """Name within schema ``registri`` → ids of the deliveries; of ``keluarga`` or ``anggota``."""
    rows = cursor.execute(
        """
        select c.relname::text, pg_get_expr(c.relpartbound, c.oid)
        from pg_inherits as i
        join pg_class as c on c.oid = i.inhrelid
        where i.inhparent = %s::regclass
        order by c.oid
        """,
        (f"registri.{entity}",),
    ).fetchall()
    return {name: [int(number) for number in re.findall(r"'(\d+)'", bound)] for name, bound in rows}
