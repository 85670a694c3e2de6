"""The manifest of the next release: village → delivery."""

from __future__ import annotations

from typing import Any

import psycopg


def choose_candidate(cursor: psycopg.Cursor, *, versi_definisi: str, dry_run: bool = False) -> dict[str, Any]:
    """Fill ``ops.kandidat_desa`` with the current delivery of every village.

    Current is the best accepted delivery in the order final before draft, cut-off (unknown first), received. A
    delivery with ``paksa`` counts from its reception on as if nothing had come before. Villages that gate 1 refused
    and deliveries that were withdrawn do not count; those of a dry run only in a dry run. With each goes the accepted
    delivery that was received before it, which changes are told against.

    Returns ``perlu_terbit`` (whether manifest or definitions differ from the published release), ``desa``,
    ``desa_baru`` (villages whose delivery differs) and ``kiriman``.
    """
    cursor.execute("delete from ops.kandidat_desa")
    cursor.execute(CHOOSE.encode(), {"uji_coba": dry_run})
    row = cursor.execute(
        """
        select
            count(c.kode_desa), count(distinct c.id_kiriman),
            count(*) filter (where c.kode_desa is not null and r.id_kiriman is distinct from c.id_kiriman),
            count(*) filter (where c.kode_desa is null),
            (select versi_definisi from ops.rilis join ops.rilis_terbit using (id_rilis))
        from ops.kandidat_desa as c
        full join (
            select d.kode_desa, d.id_kiriman from ops.rilis_desa as d join ops.rilis_terbit using (id_rilis)
        ) as r using (kode_desa)
        """
    ).fetchone()
    assert row is not None
    villages, deliveries, new, lost, published_definition = row
    differs = new > 0 or lost > 0 or published_definition != versi_definisi
    return {"perlu_terbit": villages > 0 and differs, "desa": villages, "desa_baru": new, "kiriman": deliveries}


CURRENT = """
    select distinct on (kode_desa) kode_desa, id_kiriman, id_kiriman_sebelumnya
    from (
        select d.kode_desa, k.id_kiriman, k.versi, k.cut_off, k.diterima_pada,
            max(k.diterima_pada) filter (where k.paksa) over (partition by d.kode_desa) as dipaksa_pada,
            lag(k.id_kiriman) over (partition by d.kode_desa order by k.diterima_pada, k.id_kiriman)
                as id_kiriman_sebelumnya
        from ops.kiriman as k
        join ops.kiriman_desa as d using (id_kiriman)
        where k.keadaan in ('diterima gerbang 1', 'terbit', 'digantikan')
            and d.keadaan = 'diterima'
            and k.dibersihkan_pada is null
            and (not k.uji_coba or %(uji_coba)s)
    ) as calon
    where dipaksa_pada is null or diterima_pada >= dipaksa_pada
    order by kode_desa, versi = 'final' desc, cut_off desc nulls last, diterima_pada desc, id_kiriman desc
"""
"""The current delivery of every village; parameter ``uji_coba``: whether those of a dry run count."""

CHOOSE = f"insert into ops.kandidat_desa (kode_desa, id_kiriman, id_kiriman_sebelumnya) {CURRENT}"
