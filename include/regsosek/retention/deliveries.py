"""Deliveries that nobody needs any more: which they are, and dropping what ``raw`` and ``registri`` hold of them.

The ledger keeps its line about a delivery, with its counts and faults, and sums over villages stay: both are about
nobody. Whatever has a row for a family or a person goes.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from regsosek.normalise.partitions import partitions
from regsosek.normalise.tables import ENTITY
from regsosek.release.manifest import CURRENT

NEEDED = f"""
    select edisi.id_kiriman
    from (
        select id_kiriman from ops.rilis_desa join ops.rilis_terbit using (id_rilis)
        union
        select id_kiriman from ops.rilis_desa
        where id_rilis in (
            select id_rilis from ops.rilis where keadaan <> 'ditarik' order by id_rilis desc limit %(rilis)s
        )
        union
        select c.id_kiriman from ({CURRENT}) as c
        union
        select c.id_kiriman_sebelumnya from ({CURRENT}) as c
        union
        select id_kiriman from ops.kandidat_desa
        union
        -- What the public was shown last, to tell how much of it another delivery would change.
        select id_kiriman from ops.rilis_publik_manifes
        where id_rilis_publik = (select max(id_rilis_publik) from ops.rilis_publik)
    ) as dipakai
    join ops.kiriman as asal using (id_kiriman)
    -- A release names the delivery it was made of; what is kept of that is its newest edition.
    join ops.kiriman as edisi on coalesce(edisi.id_asal, edisi.id_kiriman) = coalesce(asal.id_asal, asal.id_kiriman)
"""
"""Deliveries that count: published, a rollback away, current, compared with the current, known to the public."""


def droppable(cursor: psycopg.Cursor, *, releases: int, days: int) -> list[int]:
    """Deliveries that were received more than ``days`` ago and are in none of the last ``releases`` releases.

    One that is judged or waits for its release is never among them.
    """
    rows = cursor.execute(
        f"""
        select k.id_kiriman from ops.kiriman as k
        where not k.uji_coba and k.dibersihkan_pada is null
            and exists (select from ops.berkas as b where b.id_kiriman = k.id_kiriman)
            and k.keadaan not in ('dimuat', 'diterima gerbang 1')
            and k.diterima_pada < clock_timestamp() - make_interval(days => %(hari)s)
            and not exists (select from ({NEEDED}) as n where n.id_kiriman = k.id_kiriman)
        order by 1
        """.encode(),
        {"rilis": releases, "hari": days, "uji_coba": False},
    ).fetchall()
    return [id_kiriman for (id_kiriman,) in rows]


def drop_contents(cursor: psycopg.Cursor, id_kiriman: int) -> None:
    """Drop what ``raw`` and ``registri`` hold of a delivery, and note in the ledger that they do not any more."""
    tables = cursor.execute("select tabel from ops.berkas where id_kiriman = %s", (id_kiriman,)).fetchall()
    for (table,) in tables:
        cursor.execute(sql.SQL("drop table if exists {}").format(sql.Identifier("raw", table)))
    cursor.execute("delete from ops.berkas where id_kiriman = %s", (id_kiriman,))
    cursor.execute(
        "update ops.kiriman set dibersihkan_pada = clock_timestamp(), kunci = null where id_kiriman = %s",
        (id_kiriman,),
    )
    leave_registry(cursor, [id_kiriman])


def leave_registry(cursor: psycopg.Cursor, ids: list[int]) -> None:
    """Remove the rows of these deliveries from the registry, and from whatever was derived from it by family or person.

    A partition of the registry that holds no other delivery is dropped.
    """
    for table in by_family_or_person(cursor):
        cursor.execute(sql.SQL("delete from {} where id_kiriman = any(%s)").format(table), (ids,))
    for entity in ENTITY.values():
        for name, held in partitions(cursor, entity).items():
            if set(held).isdisjoint(ids):
                continue
            table = sql.Identifier("registri", name)
            if set(held) <= set(ids) or not _holds_others(cursor, table, ids):
                cursor.execute(sql.SQL("drop table {}").format(table))
            else:
                cursor.execute(sql.SQL("delete from {} where id_kiriman = any(%s)").format(table), (ids,))


def _holds_others(cursor: psycopg.Cursor, table: sql.Identifier, ids: list[int]) -> bool:
    """Whether rows of other deliveries are there; a bound still names deliveries that have left."""
    query = sql.SQL("select exists (select from {} where id_kiriman <> all(%s))").format(table)
    return cursor.execute(query, (ids,)).fetchone() == (True,)


def by_family_or_person(cursor: psycopg.Cursor) -> list[sql.Identifier]:
    """Tables outside of ``raw`` and ``registri`` with a row for a family or a person of a delivery.

    They are those dbt makes with a record number: its intermediate ones, and the aggregate behind the lists.
    """
    rows = cursor.execute(
        """
        select c.relnamespace::regnamespace::text, c.relname::text from pg_class as c
        where c.relkind = 'r' and c.relnamespace in (to_regnamespace('antara'), to_regnamespace('agregat'))
            and exists (
                select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'id_kiriman'
            )
            and exists (
                select from pg_attribute as a where a.attrelid = c.oid and a.attname in ('baris', 'baris_keluarga')
            )
        order by 1, 2
        """
    ).fetchall()
    return [sql.Identifier(schema, name) for schema, name in rows]
