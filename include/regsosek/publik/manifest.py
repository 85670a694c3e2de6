"""The public manifest: which delivery of each village the public sees."""

from __future__ import annotations

import psycopg

from regsosek.codebook import load_codebook
from regsosek.publik.rules import public_rules

CHOOSE = """
    insert into ops.publik_desa (kode_desa, id_kiriman)
    select kode_desa, id_kiriman from ops.rilis_desa join ops.rilis_terbit using (id_rilis)
"""

REPLACED = """
    select d.kode_desa, l.id_kiriman as dulu, d.id_kiriman as kini
    from ops.publik_desa as d
    join ops.rilis_publik_desa as l using (kode_desa)
    where l.id_rilis_publik = (select max(id_rilis_publik) from ops.rilis_publik) and l.id_kiriman <> d.id_kiriman
"""
"""Villages whose delivery is another one than the public knows."""


def choose_public(cursor: psycopg.Cursor) -> int:
    """Fill ``ops.publik_desa`` from the published release; returns how many villages stay as the public knows them.

    A village is published anew only if at least as many families changed as must stand behind a figure: between two
    publications the difference would otherwise be about those few. Where the earlier delivery is no longer kept,
    nobody can tell, and the village stays as it is.
    """
    cursor.execute("delete from ops.publik_desa")
    cursor.execute(CHOOSE)
    threshold = max(public_rules().ambang)
    cursor.execute(
        f"""
        update ops.publik_desa as d set id_kiriman = g.dulu
        from ({REPLACED}) as g
        left join ({_changes()}) as b using (kode_desa)
        where d.kode_desa = g.kode_desa and coalesce(b.berubah, 0) < %s
        """.encode(),
        (threshold,),
    )
    return cursor.rowcount


def _changes() -> str:
    """SQL: per replaced village the families of either delivery that the other has not with the same answers.

    The answers are those of all members together; null where the earlier delivery is no longer kept.
    """
    codebook = load_codebook()
    of_family = ", ".join(f"k.{item.kode}" for item in codebook.typed("k_rt"))
    of_person = ", ".join(f"a.{item.kode}" for item in codebook.typed("k_art"))
    return f"""
        with diganti as ({REPLACED}),
        terlibat as (
            select kode_desa, dulu as id_kiriman, false as baru from diganti
            union all
            select kode_desa, kini, true from diganti
        ),
        anggota as (
            select a.id_kiriman, a.baris_keluarga,
                string_agg(md5(row({of_person})::text), '' order by md5(row({of_person})::text)) as sidik
            from registri.anggota as a
            join terlibat using (id_kiriman, kode_desa)
            where a.alasan_tolak is null
            group by 1, 2
        ),
        keluarga as (
            select k.kode_desa, t.baru, md5(row({of_family})::text || coalesce(a.sidik, '')) as sidik
            from registri.keluarga as k
            join terlibat as t using (id_kiriman, kode_desa)
            left join anggota as a on a.id_kiriman = k.id_kiriman and a.baris_keluarga = k.baris
            where k.alasan_tolak is null
        ),
        banyak as (
            select kode_desa, sidik, count(*) filter (where baru) as kini, count(*) filter (where not baru) as dulu
            from keluarga group by 1, 2
        )
        select kode_desa,
            case when sum(dulu) > 0 then
                greatest(sum(greatest(kini - dulu, 0)), sum(greatest(dulu - kini, 0)))
            end as berubah
        from banyak group by 1
    """
