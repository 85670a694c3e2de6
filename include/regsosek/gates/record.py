"""What the gates wrote down: verdicts in ``ops.gerbang``, faults in ``ops.temuan``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from regsosek.gates.result import Failure, GateResult
from regsosek.gates.verdict import Verdict
from regsosek.rules import SEVERITIES


def faults_of(cursor: psycopg.Cursor, ids: list[int]) -> dict[int, list[Failure]]:
    """Faults of each delivery by rule, most severe first."""
    found: dict[int, list[Failure]] = {each: [] for each in ids}
    rows = cursor.execute(
        """
        select t.id_kiriman, t.aturan, a.keparahan, t.jumlah, t.desa, a.pesan, a.tindakan
        from (
            select id_kiriman, aturan, sum(jumlah)::bigint as jumlah,
                coalesce(array_agg(kode_desa order by kode_desa) filter (where kode_desa is not null), '{}') as desa
            from (
                select id_kiriman, aturan, kode_desa, count(*) as jumlah from ops.temuan
                where id_kiriman = any(%s) group by 1, 2, 3
            ) as per_desa
            group by 1, 2
        ) as t
        join ops.aturan as a using (aturan)
        order by t.id_kiriman, array_position(%s, a.keparahan), t.aturan
        """,
        (ids, list(SEVERITIES)),
    ).fetchall()
    for id_kiriman, aturan, keparahan, jumlah, desa, pesan, tindakan in rows:
        found[id_kiriman].append(Failure(aturan, keparahan, jumlah, tuple(desa), pesan, tindakan))
    return found


def tally(verdicts: Iterable[Verdict]) -> dict[str, dict[str, Any]]:
    """Per suite how many expectations were judged, and the names of those not met."""
    counts: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        suite = counts.setdefault(verdict.subject.suite, {"diperiksa": 0, "gagal": []})
        suite["diperiksa"] += 1
        if not verdict.success:
            suite["gagal"].append(verdict.name)
    return counts


def record_result(
    cursor: psycopg.Cursor, id_jalan: str, gate: int, result: GateResult, expectations: dict[str, dict[str, Any]]
) -> None:
    """Write the verdict; the same run judging again replaces it."""
    cursor.execute(
        """
        insert into ops.gerbang (id_jalan, gerbang, id_kiriman, lulus, kegagalan, peringatan, harapan)
        values (%s, %s, %s, %s, %s, %s, %s)
        on conflict (id_jalan, gerbang, id_kiriman) do update set
            dinilai_pada = excluded.dinilai_pada, lulus = excluded.lulus, kegagalan = excluded.kegagalan,
            peringatan = excluded.peringatan, harapan = excluded.harapan
        """,
        (
            id_jalan,
            gate,
            result.id_kiriman,
            result.success,
            _json(each for each in result.failures if each.keparahan not in SEVERITIES),
            _json(result.warnings),
            Jsonb(expectations),
        ),
    )


def _json(failures: Iterable[Failure]) -> Jsonb:
    return Jsonb([asdict(each) for each in failures])
