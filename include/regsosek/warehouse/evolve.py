"""Tables that hold what nobody computes again grow with their contract; their rows stay."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

Columns = dict[str, str]
"""Column -> type as PostgreSQL writes it, in order."""


class ContractBrokenError(RuntimeError):
    """A column changed its type, which would break what reads the rows that are there."""


def table_columns(cursor: psycopg.Cursor, schema: str, name: str) -> Columns:
    """Columns with their types, in order; empty if there is no such relation."""
    return dict(
        cursor.execute(
            """
            select attname::text, format_type(atttypid, atttypmod) from pg_attribute
            where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
            order by attnum
            """,
            (f"{schema}.{name}",),
        ).fetchall()
    )


def evolve_table(cursor: psycopg.Cursor, schema: str, name: str, wanted: Columns, key: Sequence[str] = ()) -> list[str]:
    """Make an existing table fit for rows with these columns and this key; returns the columns that were added.

    Rows that are there have null in new columns. A column that is no longer wanted stays and may be null from now on.

    Raises:
        ContractBrokenError: a column has another type than before; give it another name.
    """
    have = table_columns(cursor, schema, name)
    table = sql.Identifier(schema, name)
    for column in wanted.keys() & have.keys():
        if have[column] != wanted[column]:
            raise ContractBrokenError(
                f"{name}.{column} is {wanted[column]} now and {have[column]} in {schema}. "
                "Readers rely on its type: give the new column another name."
            )
    added = [column for column in wanted if column not in have]
    for column in added:
        cursor.execute(
            sql.SQL("alter table {} add column {} {}").format(table, sql.Identifier(column), sql.SQL(wanted[column]))
        )
    if key:
        _rekey(cursor, schema, name, key)
    _loosen(cursor, table, have.keys() - wanted.keys() - set(key))
    return added


def _rekey(cursor: psycopg.Cursor, schema: str, name: str, key: Sequence[str]) -> None:
    """Let the key be unique, and no other columns; rows of before may have null in a column that joined the key."""
    table = sql.Identifier(schema, name)
    unique = cursor.execute(
        """
        select c.conname, r.relname, array(
            select a.attname::text from pg_attribute as a where a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        )
        from pg_index as i
        join pg_class as r on r.oid = i.indexrelid
        left join pg_constraint as c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
        where i.indrelid = to_regclass(%s) and i.indisunique
        """,
        (f"{schema}.{name}",),
    ).fetchall()
    if any(set(columns) == set(key) for _, _, columns in unique):
        return
    for constraint, index, columns in unique:
        if constraint is not None:
            cursor.execute(sql.SQL("alter table {} drop constraint {}").format(table, sql.Identifier(constraint)))
        else:
            cursor.execute(sql.SQL("drop index {}").format(sql.Identifier(schema, index)))
        for column in set(columns) - set(key):
            cursor.execute(
                sql.SQL("alter table {} alter column {} drop not null").format(table, sql.Identifier(column))
            )
    cursor.execute(
        sql.SQL("create unique index on {} ({}) nulls not distinct").format(
            table, sql.SQL(", ").join(map(sql.Identifier, key))
        )
    )


def _loosen(cursor: psycopg.Cursor, table: sql.Identifier, columns: set[str]) -> None:
    for column in columns:
        cursor.execute(sql.SQL("alter table {} alter column {} drop not null").format(table, sql.Identifier(column)))
