"""Deliveries that must leave no trace: those of a dry run, also of one that was killed."""

from __future__ import annotations

import psycopg
from psycopg import sql

from regsosek.retention.deliveries import leave_registry


def remove_dry_runs(cursor: psycopg.Cursor) -> int:
    """Remove every delivery that a dry run loaded, with all its rows; returns how many there were."""
    ids = [number for (number,) in cursor.execute("select id_kiriman from ops.kiriman where uji_coba")]
    if not ids:
        return 0
    for (table,) in cursor.execute("select tabel from ops.berkas where id_kiriman = any(%s)", (ids,)).fetchall():
        cursor.execute(sql.SQL("drop table if exists raw.{}").format(sql.Identifier(table)))
    leave_registry(cursor, ids)
    _forget_aggregates(cursor, ids)
    cursor.execute("delete from ops.gerbang where id_jalan in (select id_jalan from ops.kiriman where uji_coba)")
    cursor.execute("delete from ops.kiriman where id_kiriman = any(%s)", (ids,))
    return len(ids)


def _forget_aggregates(cursor: psycopg.Cursor, ids: list[int]) -> None:
    """Delete what dbt computed for these deliveries, in whichever aggregate tables there are."""
    tables = cursor.execute(
        """
        select table_name from information_schema.columns
        where table_schema = 'agregat' and column_name = 'id_kiriman'
        """
    ).fetchall()
    for (table,) in tables:
        cursor.execute(
            sql.SQL("delete from agregat.{} where id_kiriman = any(%s)").format(sql.Identifier(table)), (ids,)
        )
