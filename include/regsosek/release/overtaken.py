"""Corrections that were overtaken: whatever came for their village after the delivery they correct must not be lost.

A correction is the whole village as it was in one delivery, with answers in place, and is received last. Chosen by the
order of deliveries alone it would put away without a word what arrived since.
"""

from __future__ import annotations

import logging

import psycopg

from regsosek.warehouse.history import REFUSED_DELIVERY, write_event

log = logging.getLogger(__name__)

OVERTAKING = """
    with recursive dasar (id_kiriman) as (
        select %(dasar)s::bigint
        union
        -- A correction that was refused stands for nothing more than what it corrected.
        select b.id_kiriman from dasar
        join ops.kiriman as k using (id_kiriman)
        join ops.perbaikan_impor as i on i.sidik = k.sidik
        join ops.perbaikan_buku as b using (id_buku)
        where k.keadaan = 'ditolak gerbang 1'
    )
    select k.id_kiriman
    from ops.kiriman as k
    join ops.kiriman_desa as d using (id_kiriman)
    join (select k.* from ops.kiriman as k join dasar using (id_kiriman)) as b
        on (k.diterima_pada, k.id_kiriman) > (b.diterima_pada, b.id_kiriman)
        and (
            k.paksa
            or (k.versi = 'final', coalesce(k.cut_off, '-infinity'))
                >= (b.versi = 'final', coalesce(b.cut_off, '-infinity'))
        )
    where d.kode_desa = %(desa)s and d.keadaan = 'diterima'
        and k.keadaan in ('diterima gerbang 1', 'terbit', 'digantikan')
        and k.dibersihkan_pada is null and (not k.uji_coba or %(uji_coba)s)
        and k.id_kiriman is distinct from %(perbaikan)s
        -- An edition without somebody who was erased is the same delivery.
        and coalesce(k.id_asal, k.id_kiriman) not in (
            select coalesce(a.id_asal, a.id_kiriman) from ops.kiriman as a join dasar using (id_kiriman)
        )
    order by k.diterima_pada desc, k.id_kiriman desc
    limit 1
"""

WAITING = """
    select k.id_kiriman, k.folder, b.kode_desa, b.id_kiriman as dasar, exists (
        select from ops.kiriman as e
        join ops.kiriman as d on coalesce(d.id_asal, d.id_kiriman) = coalesce(e.id_asal, e.id_kiriman)
        where d.id_kiriman = b.id_kiriman and e.keadaan in ('ditarik', 'ditolak gerbang 2')
            and e.dibersihkan_pada is null
    ) as ditarik
    from ops.kiriman as k
    join ops.perbaikan_impor as i on i.sidik = k.sidik
    join ops.perbaikan_buku as b using (id_buku)
    where k.keadaan = 'diterima gerbang 1' and k.uji_coba = %(uji_coba)s and k.id_asal is null
        and not exists (select from ops.rilis_desa as r where r.id_kiriman = k.id_kiriman)
    order by k.diterima_pada, k.id_kiriman
"""
"""Corrections that gate 1 accepted and that no release had yet."""


def overtaking(
    cursor: psycopg.Cursor, kode_desa: str, dasar: int, *, perbaikan: int | None = None, uji_coba: bool = False
) -> int | None:
    """The last accepted delivery of the village that came after ``dasar`` and is not older by version and cut-off.

    ``perbaikan`` is the correction itself, which does not count; ``uji_coba``: those of a dry run do.
    """
    row = cursor.execute(
        OVERTAKING.encode(), {"desa": kode_desa, "dasar": dasar, "perbaikan": perbaikan, "uji_coba": uji_coba}
    ).fetchone()
    return None if row is None else int(row[0])


def refuse_overtaken(cursor: psycopg.Cursor, *, id_jalan: str, dry_run: bool = False) -> list[int]:
    """Refuse new corrections of deliveries that were withdrawn or overtaken since; returns their ids.

    Called when everything the landing held is judged, before villages are chosen.
    """
    refused = []
    for id_kiriman, folder, kode_desa, dasar, withdrawn in cursor.execute(
        WAITING.encode(), {"uji_coba": dry_run}
    ).fetchall():
        newer = overtaking(cursor, kode_desa, dasar, perbaikan=id_kiriman, uji_coba=dry_run)
        if newer is None and not withdrawn:
            continue
        since = "sudah ditarik" if newer is None else f"sudah digantikan kiriman {newer} yang datang sesudahnya"
        reason = (
            f"Perbaikan desa {kode_desa} ini dibuat dari kiriman {dasar}, yang {since}. Perbaikan ini tidak dipakai; "
            "yang berlaku tidak berubah. Ekspor buku baru (`regsosek perbaikan ekspor`) dan isi di sana."
        )
        cursor.execute(
            "update ops.kiriman set keadaan = 'ditolak gerbang 1', alasan = %s, id_jalan = %s where id_kiriman = %s",
            (reason, id_jalan, id_kiriman),
        )
        if not dry_run:
            told = {"folder": folder, "id_kiriman": id_kiriman, "alasan": reason}
            write_event(cursor, REFUSED_DELIVERY, id_jalan, told)
        log.error("DITOLAK kiriman %s. %s", folder, reason)
        refused.append(id_kiriman)
    return refused
