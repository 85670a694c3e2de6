"""Schema ``marts_desa``: what ``marts`` shows, to each village login the rows of its villages.

Row security would not do: a view is read with the rights of who made it. So these are views of their own, each joined
with the villages of the login. ``security_barrier`` keeps functions of the reader's away from rows of others.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

SCHEMA = "marts_desa"

MINE = "(select h.kode_desa from ops.hak_desa as h where h.pengguna = session_user::text)"
"""Villages of whoever logged in, whatever role a session acts as."""


def sync_village_views(cursor: psycopg.Cursor) -> None:
    """Make ``marts_desa`` hold every view that can be told by village; a view that is right is not touched."""
    for schema, name, columns in cursor.execute(SOURCES).fetchall():
        condition = rows_of_a_village(name, columns)
        if condition is None or cursor.execute(PRESENT, (name,)).fetchone() == (columns, True):
            continue
        cursor.execute(
            sql.SQL(
                "create or replace view {} with (security_barrier = true) as select {} from {} as m where {}"
            ).format(
                sql.Identifier(SCHEMA, name),
                sql.SQL(", ").join(sql.Identifier("m", column) for column in columns),
                sql.Identifier(schema, name),
                sql.SQL(condition),
            )
        )
        text = f"Seperti {schema}.{name}, tiap akun desa hanya melihat desanya."
        cursor.execute(sql.SQL("comment on view {} is {}").format(sql.Identifier(SCHEMA, name), sql.Literal(text)))


def rows_of_a_village(name: str, columns: list[str]) -> str | None:
    """Which rows a village sees; None where none can be told to be its own.

    Of tables by area it sees its own rows: what a kecamatan has, less what one village has, would be the others'.
    """
    if "kode_desa" in columns:
        return f"m.kode_desa in {MINE}"
    if {"tingkat", "kode_wilayah"} <= set(columns):
        return f"m.tingkat = 'desa' and m.kode_wilayah in {MINE}"
    return "true" if name.startswith("dim_") else None


SOURCES = """
    select n.nspname::text, c.relname::text, array_agg(a.attname::text order by a.attnum)
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
    where c.relkind = 'v' and (n.nspname = 'marts' or (n.nspname, c.relname) = ('restricted', 'mart_indikator_sls'))
    group by 1, 2
    order by 1, 2
"""

PRESENT = """
    select array_agg(a.attname::text order by a.attnum), c.reloptions @> array['security_barrier=true']
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
    where c.oid = to_regclass(format('marts_desa.%%I', %s::text))
    group by c.oid
"""
