"""Gate 1: rules about villages, then Great Expectations, then the state of each delivery."""

from __future__ import annotations

import psycopg

from regsosek.codebook import load_codebook
from regsosek.gates.failure import GateFailed
from regsosek.gates.villages import judge_villages
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.lease import Guard

NAMED_VILLAGES = 5
"""Villages a log line names before it says how many more there are."""


def judge_deliveries(
    settings: Settings, ids: list[int], *, id_jalan: str, guard: Guard, purpose: str
) -> dict[str, int]:
    """Judge loaded deliveries and set their state; returns how many were accepted and refused.

    A delivery is refused when an expectation of severity critical fails or none of its villages is accepted.

    Raises:
        GateFailed: a delivery or a village was refused, now or while it was loaded; everything is recorded.
    """
    from regsosek.gates.validation import validate_delivery  # noqa: PLC0415 - Great Expectations loads for seconds

    with transaction(settings, purpose=purpose) as cursor:
        guard(cursor)
        waiting = _in_state(cursor, ids, "dimuat")
        if waiting:
            judge_villages(cursor, settings, load_codebook(), waiting)
    results = validate_delivery(settings, waiting, id_jalan) if waiting else []
    passed = [result.id_kiriman for result in results if result.success]
    with transaction(settings, purpose=purpose) as cursor:
        guard(cursor)
        _set_states(cursor, waiting, passed, id_jalan)
        lines = refusals(cursor, ids)
        accepted = len(_in_state(cursor, ids, "diterima gerbang 1"))
    if lines:
        raise GateFailed(lines)
    return {"diterima": accepted, "ditolak": 0}


def refusals(cursor: psycopg.Cursor, ids: list[int]) -> list[str]:
    """What gate 1 refused of these deliveries, in words: rule, counts, villages, remedy."""
    rows = cursor.execute(
        """
        select k.folder, a.keparahan, a.aturan, a.pesan, a.tindakan, k.alasan,
            count(*), coalesce(array_agg(distinct t.kode_desa) filter (where t.kode_desa is not null), '{}')
        from ops.kiriman as k
        join ops.temuan as t using (id_kiriman)
        join ops.aturan as a using (aturan)
        where k.id_kiriman = any(%s) and a.keparahan in ('tolak_kiriman', 'tolak_desa')
        group by 1, 2, 3, 4, 5, 6
        order by a.keparahan = 'tolak_kiriman' desc, k.folder, a.aturan
        """,
        (ids,),
    ).fetchall()
    lines = []
    for folder, severity, aturan, pesan, tindakan, alasan, count, villages in rows:
        if severity == "tolak_kiriman":
            lines.append(f"DITOLAK kiriman {folder}: {aturan}. {alasan or pesan} Tindakan: {tindakan}")
        else:
            lines.append(
                f"DITOLAK {count} desa dari {folder}: {aturan} ({_named(villages)}). {pesan} Tindakan: {tindakan} "
                "Data baik terakhir desa itu tetap dipakai."
            )
    return lines + _refused_by_expectation(cursor, ids)


def _refused_by_expectation(cursor: psycopg.Cursor, ids: list[int]) -> list[str]:
    rows = cursor.execute(
        """
        select folder, alasan from ops.kiriman as k
        where id_kiriman = any(%s) and keadaan = 'ditolak gerbang 1' and not exists (
            select from ops.temuan as t join ops.aturan as a using (aturan)
            where t.id_kiriman = k.id_kiriman and a.keparahan in ('tolak_kiriman', 'tolak_desa')
        )
        order by folder
        """,
        (ids,),
    )
    return [f"DITOLAK kiriman {folder}: {alasan}" for folder, alasan in rows]


def _named(villages: list[str]) -> str:
    more = len(villages) - NAMED_VILLAGES
    return ", ".join(sorted(villages)[:NAMED_VILLAGES]) + (f", dan {more} lagi" if more > 0 else "")


def _in_state(cursor: psycopg.Cursor, ids: list[int], state: str) -> list[int]:
    rows = cursor.execute(
        "select id_kiriman from ops.kiriman where id_kiriman = any(%s) and keadaan = %s order by 1", (ids, state)
    )
    return [id_kiriman for (id_kiriman,) in rows]


def _set_states(cursor: psycopg.Cursor, ids: list[int], passed: list[int], id_jalan: str) -> None:
    cursor.execute(
        """
        update ops.kiriman as k set
            id_jalan = %(id_jalan)s,
            keadaan = case when hasil.lulus and hasil.desa > 0 then 'diterima gerbang 1' else 'ditolak gerbang 1' end,
            alasan = case
                when not hasil.lulus then 'Pemeriksaan Great Expectations gagal; lihat halaman gerbang 1.'
                when hasil.desa = 0 then 'Semua desa pada kiriman ini ditolak.'
            end
        from (
            select k.id_kiriman, k.id_kiriman = any(%(passed)s) as lulus,
                count(*) filter (where d.keadaan = 'diterima') as desa
            from ops.kiriman as k
            left join ops.kiriman_desa as d using (id_kiriman)
            where k.id_kiriman = any(%(ids)s)
            group by 1
        ) as hasil
        where k.id_kiriman = hasil.id_kiriman
        """,
        {"ids": ids, "passed": passed, "id_jalan": id_jalan},
    )
