"""What a database holds, as far as a backup and its restoring are compared by it."""

from __future__ import annotations

import psycopg
from psycopg import sql


def row_counts(cursor: psycopg.Cursor) -> dict[str, int]:
    """Rows of every table, ``schema.table``; a partitioned table is counted by its partitions."""
    tables = cursor.execute(
        """
        select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by 1, 2
        """
    ).fetchall()
    counts = {}
    for schema, table in tables:
        ((rows,),) = cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))).fetchall()
        counts[f"{schema}.{table}"] = int(rows)
    return counts


def holds_data(cursor: psycopg.Cursor) -> bool:
    """Whether a delivery was ever entered in this warehouse, or a release made."""
    cursor.execute("select to_regclass('ops.kiriman') is null")
    if cursor.fetchone() == (True,):
        return False
    cursor.execute("select exists (select from ops.kiriman) or exists (select from ops.rilis)")
    return cursor.fetchone() == (True,)
