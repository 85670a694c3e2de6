"""The page of a gate: one HTML file per run and gate, readable offline, without scripts or foreign hosts.

Great Expectations' own Data Docs load scripts from other hosts and cannot be put behind Airflow's login; this page is
made of what the gate recorded, and of counts only: no value of a family or a person is ever on it.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from regsosek.gates.expectations import read_suite
from regsosek.gates.record import faults_of
from regsosek.gates.result import Failure
from regsosek.html import template
from regsosek.rules import SEVERITIES
from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import transaction

SUITE_TITLES = {
    "delivery/temuan": "Aturan: banyaknya temuan",
    "delivery/keluarga": "Isi registri keluarga",
    "delivery/anggota": "Isi registri anggota",
    "marts/neraca": "Neraca kandidat",
}
CONSEQUENCES = {
    "gagal": "gerbang tertutup",
    "tolak_kiriman": "kiriman ditolak",
    "tolak_desa": "desa ditolak; data baik terakhirnya tetap dipakai",
    "tolak_keluarga": "keluarga dan anggotanya masuk karantina",
    "kosongkan": "isian dianggap tidak diketahui",
    "peringatan": "isian dibiarkan, dicatat",
    "perubahan": "angka dibiarkan, dicatat",
}


def page_path(settings: Settings, id_jalan: str, gate: int) -> Path:
    """Where the page of that run and gate lies; the run's id is made safe for a file system."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", id_jalan).lstrip(".")
    if name != id_jalan:
        name += "-" + hashlib.sha256(id_jalan.encode()).hexdigest()[:8]
    return settings.artefacts / "gates" / name / f"gerbang-{gate}.html"


def write_page(settings: Settings, id_jalan: str, gate: int, *, purpose: str = "regsosek") -> Path:
    """Write the page of everything the run has recorded at that gate so far.

    Tasks of one run that finish at the same time write one after the other, and the last one sees all.
    """
    path = page_path(settings, id_jalan, gate)
    with transaction(settings, purpose=purpose) as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", (str(path),))
        content = (_delivery_page if gate == 1 else _candidate_page)(cursor, id_jalan)
        html = render(id_jalan, gate, content)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", delete=False, encoding="utf-8") as file:
            file.write(html)
        Path(file.name).chmod(0o640)
        Path(file.name).replace(path)
    return path


def render(id_jalan: str, gate: int, content: dict[str, Any]) -> str:
    """HTML of the page; ``content`` is what ``_delivery_page`` or ``_candidate_page`` gathers."""
    return template("regsosek.gates", "gate.html").render(
        gerbang=gate, id_jalan=id_jalan, dibuat=datetime.now(TIMEZONE), akibat=CONSEQUENCES, **content
    )


def _delivery_page(cursor: psycopg.Cursor, id_jalan: str) -> dict[str, Any]:
    deliveries = _rows(
        cursor,
        """
        select
            k.id_kiriman, k.folder, k.versi, k.cut_off, k.alasan,
            coalesce(g.lulus and k.keadaan not like 'ditolak%%', false) as lulus,
            coalesce(g.kegagalan, '[]') as kegagalan, coalesce(g.harapan, '{}') as harapan,
            d.desa, d.desa_ditolak, d.keluarga, d.keluarga_ditolak, d.anggota, d.anggota_ditolak
        from ops.kiriman as k
        left join ops.gerbang as g on g.id_kiriman = k.id_kiriman and g.gerbang = 1 and g.id_jalan = %(id_jalan)s
        cross join lateral (
            select
                count(*) as desa, count(*) filter (where keadaan = 'ditolak') as desa_ditolak,
                coalesce(sum(keluarga_diterima + keluarga_ditolak), 0)::bigint as keluarga,
                coalesce(sum(keluarga_ditolak), 0)::bigint as keluarga_ditolak,
                coalesce(sum(anggota_diterima + anggota_ditolak), 0)::bigint as anggota,
                coalesce(sum(anggota_ditolak), 0)::bigint as anggota_ditolak
            from ops.kiriman_desa where id_kiriman = k.id_kiriman
        ) as d
        where g.id_jalan is not null or (k.id_jalan = %(id_jalan)s and k.keadaan = 'ditolak gerbang 1')
        order by k.folder, k.id_kiriman
        """,
        {"id_jalan": id_jalan},
    )
    ids = [each["id_kiriman"] for each in deliveries]
    refused = _rows(
        cursor,
        """
        select k.folder, d.kode_desa, d.keluarga_diterima, d.keluarga_ditolak, a.aturan, a.pesan, a.tindakan
        from ops.kiriman_desa as d
        join ops.kiriman as k using (id_kiriman)
        left join ops.aturan as a on a.aturan = d.aturan
        where d.id_kiriman = any(%(ids)s) and d.keadaan = 'ditolak'
        order by k.folder, d.kode_desa
        """,
        {"ids": ids},
    )
    faults = faults_of(cursor, ids)
    broken = [(each["folder"], Failure(**failure)) for each in deliveries for failure in each["kegagalan"]]
    return {
        "lulus": all(each["lulus"] for each in deliveries),
        "kiriman": deliveries,
        "desa_ditolak": refused,
        "kegagalan": broken,
        "temuan": _summed([failure for each in ids for failure in faults[each]]),
        "peringatan": [],
        "harapan": _expectations([each["harapan"] for each in deliveries]),
        "nama_desa": _village_names(cursor),
        "manifes": None,
    }


def _candidate_page(cursor: psycopg.Cursor, id_jalan: str) -> dict[str, Any]:
    verdict = _rows(
        cursor,
        "select lulus, kegagalan, peringatan, harapan from ops.gerbang where id_jalan = %(id_jalan)s and gerbang = 2",
        {"id_jalan": id_jalan},
    )[0]
    manifest = _rows(
        cursor,
        """
        select
            count(*) as desa, count(distinct c.id_kiriman) as kiriman,
            count(*) filter (where r.id_kiriman is distinct from c.id_kiriman) as desa_baru
        from ops.kandidat_desa as c
        left join ops.rilis_terbit as t on true
        left join ops.rilis_desa as r on r.id_rilis = t.id_rilis and r.kode_desa = c.kode_desa
        """,
        {},
    )[0]
    return {
        "lulus": verdict["lulus"],
        "kiriman": [],
        "desa_ditolak": [],
        "kegagalan": [("kandidat", Failure(**failure)) for failure in verdict["kegagalan"]],
        "temuan": [],
        "peringatan": [Failure(**warning) for warning in verdict["peringatan"]],
        "harapan": _expectations([verdict["harapan"]]),
        "nama_desa": _village_names(cursor),
        "manifes": manifest,
    }


def _summed(failures: list[Failure]) -> list[Failure]:
    """The same rule of several deliveries as one."""
    by_rule: dict[str, list[Failure]] = defaultdict(list)
    for failure in failures:
        by_rule[failure.aturan].append(failure)
    summed = [
        replace(
            same[0],
            jumlah=sum(each.jumlah for each in same),
            desa=tuple(sorted({desa for each in same for desa in each.desa})),
        )
        for same in by_rule.values()
    ]
    return sorted(summed, key=lambda each: (SEVERITIES.index(each.keparahan), -each.jumlah, each.aturan))


def _expectations(recorded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every expectation of the suites that were judged, with the number of deliveries that did not meet it."""
    shown = []
    for suite in sorted({name for each in recorded for name in each}):
        failed: dict[str, int] = defaultdict(int)
        for each in recorded:
            for name in each.get(suite, {}).get("gagal", ()):
                failed[name] += 1
        rows = []
        for expectation in read_suite(suite)["expectations"]:
            name = expectation["kwargs"].get("column", expectation["type"].removeprefix("expect_"))
            key = name if suite == "delivery/temuan" else f"{suite}.{name}"
            versi = " dan ".join(expectation.get("meta", {}).get("versi", ()))
            rows.append(
                {
                    "nama": name + (f" ({versi})" if versi else ""),
                    "teks": expectation["notes"],
                    "tingkat": expectation["severity"],
                    "gagal": failed.get(key, 0),
                }
            )
        shown.append({"judul": SUITE_TITLES.get(suite, suite.removeprefix("marts/")), "baris": rows})
    return shown


def _village_names(cursor: psycopg.Cursor) -> dict[str, str]:
    return dict(cursor.execute("select kode_desa, nama_desa from acuan.ref_desa").fetchall())


def _rows(cursor: psycopg.Cursor, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(query.encode(), parameters)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
