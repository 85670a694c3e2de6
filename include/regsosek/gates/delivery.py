"""Gate 1: rules about villages, then Great Expectations, then the state of each delivery."""

from __future__ import annotations

from threading import Thread

import psycopg

from regsosek.codebook import load_codebook
from regsosek.gates.failure import GateFailed
from regsosek.gates.gx import import_gx
from regsosek.gates.page import write_page
from regsosek.gates.record import faults_of
from regsosek.gates.result import GateResult
from regsosek.gates.validation import validate_delivery
from regsosek.gates.villages import judge_villages
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.lease import Guard

REFUSING = ("tolak_kiriman", "tolak_desa")
"""Severities that keep a delivery or a village out."""


def judge_deliveries(
    settings: Settings, ids: list[int], *, id_jalan: str, guard: Guard, purpose: str
) -> dict[str, int]:
    """Judge loaded deliveries and set their state; returns how many were accepted and refused.

    A delivery is refused when an expectation of severity critical fails or none of its villages is accepted.

    Raises:
        GateFailed: a delivery or a village was refused, now or while it was loaded; everything is recorded.
    """
    Thread(target=import_gx).start()  # takes seconds, which the rules about villages take as well
    with transaction(settings, purpose=purpose) as cursor:
        guard(cursor)
        waiting = _in_state(cursor, ids, "dimuat")
        if waiting:
            judge_villages(cursor, settings, load_codebook(), waiting)
    results = validate_delivery(settings, waiting, id_jalan, guard=guard, purpose=purpose) if waiting else []
    passed = [result.id_kiriman for result in results if result.success and result.id_kiriman is not None]
    with transaction(settings, purpose=purpose) as cursor:
        guard(cursor)
        _set_states(cursor, waiting, passed, id_jalan)
        lines = _unmet(results) + refusals(cursor, ids)
        accepted = len(_in_state(cursor, ids, "diterima gerbang 1"))
    write_page(settings, id_jalan, 1, purpose=purpose)
    if lines:
        raise GateFailed(lines)
    return {"diterima": accepted, "ditolak": 0}


def _unmet(results: list[GateResult]) -> list[str]:
    """Expectations without a rule behind them that were not met."""
    return [
        f"Kiriman {result.id_kiriman}: {failure.line()}"
        for result in results
        for failure in result.failures
        if failure.keparahan == "gagal"
    ]


def refusals(cursor: psycopg.Cursor, ids: list[int]) -> list[str]:
    """What gate 1 refused of these deliveries, in words: rule, count, villages, remedy; whole deliveries first."""
    faults = faults_of(cursor, ids)
    lines: list[tuple[bool, str]] = []
    for id_kiriman, folder, refused, alasan in cursor.execute(
        """
        select id_kiriman, folder, keadaan = 'ditolak gerbang 1', alasan
        from ops.kiriman where id_kiriman = any(%s) order by folder
        """,
        (ids,),
    ).fetchall():
        if refused:
            lines.append((False, f"Kiriman {folder} DITOLAK. {alasan}"))
        for fault in faults[id_kiriman]:
            if fault.keparahan in REFUSING:
                lines.append((not refused, f"Kiriman {folder}: {fault.line()}"))
    return [line for _, line in sorted(lines, key=lambda each: each[0])]


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
                when hasil.desa = 0 then 'Semua desa pada kiriman ini ditolak.'
                when not hasil.lulus then 'Pemeriksaan Great Expectations gagal; lihat halaman gerbang 1.'
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
