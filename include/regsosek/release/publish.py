"""Publishing: the candidate's rows under a new release, then one update of a pointer."""

from __future__ import annotations

import psycopg
from psycopg import sql

from regsosek.release.published import sync_published_tables
from regsosek.warehouse.history import write_event


def publish(cursor: psycopg.Cursor, *, id_jalan: str, versi_definisi: str) -> int:
    """Publish schema ``kandidat`` with the manifest in ``ops.kandidat_desa``; returns the id of the release.

    Everything happens in the caller's transaction: readers see the release before, or all of this one.

    Raises:
        ContractBrokenError: a mart changed the type of a published column.
    """
    columns = sync_published_tables(cursor)
    id_rilis = _insert_release(cursor, id_jalan, versi_definisi)
    for name, names in columns.items():
        chosen = sql.SQL(", ").join(map(sql.Identifier, names))
        cursor.execute(
            sql.SQL("insert into {} (id_rilis, {}) select %s, {} from {}").format(
                sql.Identifier("terbit", name), chosen, chosen, sql.Identifier("kandidat", name)
            ),
            (id_rilis,),
        )
    cursor.execute(
        "insert into ops.rilis_desa (id_rilis, kode_desa, id_kiriman) select %s, kode_desa, id_kiriman "
        "from ops.kandidat_desa",
        (id_rilis,),
    )
    point_at(cursor, id_rilis, id_jalan)
    write_event(cursor, "terbit", id_jalan, {"id_rilis": id_rilis})
    return id_rilis


def point_at(cursor: psycopg.Cursor, id_rilis: int, id_jalan: str) -> None:
    """Show that release in ``marts``, and bring the states of releases and deliveries in line with it."""
    cursor.execute(
        "update ops.rilis set keadaan = 'digantikan' where keadaan = 'terbit' and id_rilis <> %s", (id_rilis,)
    )
    cursor.execute("update ops.rilis set keadaan = 'terbit' where id_rilis = %s", (id_rilis,))
    cursor.execute(
        """
        update ops.kiriman as k
        set keadaan = n.keadaan, id_jalan = %(id_jalan)s
        from (
            select k.id_kiriman,
                case when m.id_kiriman is null then 'digantikan' else 'terbit' end as keadaan
            from ops.kiriman as k
            left join (select distinct id_kiriman from ops.rilis_desa where id_rilis = %(id_rilis)s) as m
                using (id_kiriman)
            where not k.uji_coba
                and (m.id_kiriman is not null or k.keadaan in ('diterima gerbang 1', 'terbit', 'digantikan'))
        ) as n
        where n.id_kiriman = k.id_kiriman and n.keadaan <> k.keadaan
        """,
        {"id_rilis": id_rilis, "id_jalan": id_jalan},
    )
    cursor.execute(
        """
        insert into ops.rilis_terbit (id_rilis) values (%s)
        on conflict (satu) do update set id_rilis = excluded.id_rilis, sejak = clock_timestamp()
        """,
        (id_rilis,),
    )


def _insert_release(cursor: psycopg.Cursor, id_jalan: str, versi_definisi: str) -> int:
    """The release's record, with what is new in it and what gate 2 warned of."""
    row = cursor.execute(
        """
        insert into ops.rilis (id_jalan, versi_definisi, keadaan, ringkasan)
        select %(id_jalan)s, %(versi_definisi)s, 'digantikan', jsonb_build_object(
            'desa', count(*),
            'desa_baru', count(*) filter (where r.id_kiriman is distinct from c.id_kiriman),
            'kiriman_baru', coalesce(
                jsonb_agg(distinct c.id_kiriman) filter (where r.id_kiriman is distinct from c.id_kiriman), '[]'
            ),
            'peringatan', coalesce(
                (select peringatan from ops.gerbang where id_jalan = %(id_jalan)s and gerbang = 2), '[]'
            )
        )
        from ops.kandidat_desa as c
        left join (
            select d.kode_desa, d.id_kiriman from ops.rilis_desa as d join ops.rilis_terbit using (id_rilis)
        ) as r using (kode_desa)
        returning id_rilis
        """,
        {"id_jalan": id_jalan, "versi_definisi": versi_definisi},
    ).fetchone()
    assert row is not None
    return int(row[0])
