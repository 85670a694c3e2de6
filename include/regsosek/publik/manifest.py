"""The public manifest: which delivery of each village the public sees."""

from __future__ import annotations

import psycopg

from regsosek.codebook import load_codebook
from regsosek.publik.rules import public_rules

CHOOSE = """
    insert into ops.publik_manifes (kode_indikator, kode_desa, id_kiriman)
    select i.kode_indikator, d.kode_desa, d.id_kiriman
    from ops.rilis_desa as d
    join ops.rilis_terbit using (id_rilis)
    cross join acuan.ref_indikator as i
"""

REPLACED = """
    select distinct m.kode_desa, l.id_kiriman as dulu, m.id_kiriman as kini
    from ops.publik_manifes as m
    join ops.rilis_publik_manifes as l using (kode_indikator, kode_desa)
    where l.id_rilis_publik = (select max(id_rilis_publik) from ops.rilis_publik) and l.id_kiriman <> m.id_kiriman
"""
"""Villages whose delivery is another one than the public knows."""


def choose_public(cursor: psycopg.Cursor) -> int:
    """Fill ``ops.publik_manifes`` from the published release; returns how many villages stay as the public knows them.

    A village is published anew only if at least as many families changed as must stand behind a figure: between two
    publications the difference would otherwise be about those few. Where the earlier delivery is no longer kept,
    nobody can tell, and the village stays as it is.
    """
    cursor.execute("delete from ops.publik_manifes")
    cursor.execute(CHOOSE)
    threshold = max(public_rules().ambang)
    rows = cursor.execute(
        f"""
        with tetap as (
            select g.* from ({REPLACED}) as g
            left join ({_changes()}) as b using (kode_desa, dulu)
            where coalesce(b.berubah, 0) < %s
        ),
        dikembalikan as (
            update ops.publik_manifes as m set id_kiriman = l.id_kiriman
            from ops.rilis_publik_manifes as l
            join tetap as t on t.kode_desa = l.kode_desa and t.dulu = l.id_kiriman
            where l.id_rilis_publik = (select max(id_rilis_publik) from ops.rilis_publik)
                and m.kode_indikator = l.kode_indikator and m.kode_desa = l.kode_desa
        )
        select count(distinct kode_desa) from tetap
        """.encode(),
        (threshold,),
    ).fetchall()
    return int(rows[0][0])


def _changes() -> str:
    """SQL: per village and replaced delivery the families of either one that the other has not with the same answers.

    The answers are those of all members together; null where the earlier delivery is no longer kept.
    """
    codebook = load_codebook()
    of_family = ", ".join(f"k.{item.kode}" for item in codebook.typed("k_rt"))
    of_person = ", ".join(f"a.{item.kode}" for item in codebook.typed("k_art"))
    return f"""
        with diganti as ({REPLACED}),
        terlibat (kode_desa, dulu, id_kiriman, baru) as (
            -- Of a delivery that persons were erased from, its last edition: fewer changes are seen, never more.
            select g.kode_desa, g.dulu, max(e.id_kiriman), false as baru
            from diganti as g
            join ops.kiriman as k on k.id_kiriman = g.dulu
            join ops.kiriman as e on coalesce(e.id_asal, e.id_kiriman) = coalesce(k.id_asal, k.id_kiriman)
            group by 1, 2
            union all
            select kode_desa, dulu, kini, true from diganti
        ),
        anggota as (
            select a.id_kiriman, a.baris_keluarga,
                string_agg(md5(row({of_person})::text), '' order by md5(row({of_person})::text)) as sidik
            from registri.anggota as a
            join (select distinct id_kiriman, kode_desa from terlibat) as t using (id_kiriman, kode_desa)
            where a.alasan_tolak is null
            group by 1, 2
        ),
        keluarga as (
            select k.kode_desa, t.dulu as pembanding, t.baru,
                md5(row({of_family})::text || coalesce(a.sidik, '')) as sidik
            from registri.keluarga as k
            join terlibat as t using (id_kiriman, kode_desa)
            left join anggota as a on a.id_kiriman = k.id_kiriman and a.baris_keluarga = k.baris
            where k.alasan_tolak is null
        ),
        banyak as (
            select kode_desa, pembanding, sidik,
                count(*) filter (where baru) as kini, count(*) filter (where not baru) as lama
            from keluarga group by 1, 2, 3
        )
        select kode_desa, pembanding as dulu,
            case when sum(lama) > 0 then
                greatest(sum(greatest(kini - lama, 0)), sum(greatest(lama - kini, 0)))
            end as berubah
        from banyak group by 1, 2
    """
