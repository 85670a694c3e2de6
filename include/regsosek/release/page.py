"""The page of a release: what is in it, what is new in it, what gate 2 warned of. Counts only, nothing of a family."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from regsosek.html import template
from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import connect

RELEASE = """
    select r.id_rilis, r.keadaan, r.dibuat_pada, r.versi_definisi, r.ringkasan, t.id_rilis is not null as tampil,
        (select max(id_rilis) from ops.rilis as s where s.id_rilis < r.id_rilis) as sebelumnya,
        (select id_rilis from ops.rilis_terbit) as yang_tampil
    from ops.rilis as r
    left join ops.rilis_terbit as t using (id_rilis)
    where r.id_jalan = %s
    order by r.id_rilis desc limit 1
"""
DELIVERIES = """
    select k.id_kiriman, k.folder, k.versi, k.cut_off, count(*) as desa, sum(d.keluarga_diterima) as keluarga,
        sum(d.keluarga_ditolak) as keluarga_ditolak, sum(d.anggota_diterima) as anggota
    from ops.rilis_desa as r
    join ops.kiriman as k using (id_kiriman)
    join ops.kiriman_desa as d using (id_kiriman, kode_desa)
    where r.id_rilis = %s
    group by k.id_kiriman order by k.folder
"""


def release_page(settings: Settings, id_jalan: str) -> str | None:
    """HTML of the release that run published; None if it published none."""
    with connect(settings) as connection, connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(RELEASE, (id_jalan,)).fetchone()
        if found is None:
            return None
        deliveries = cursor.execute(DELIVERIES, (found["id_rilis"],)).fetchall()
        names = _village_names(cursor)
    return template("regsosek.release", "release.html").render(
        id_jalan=id_jalan, rilis=found, kiriman=deliveries, nama_desa=names, zona=TIMEZONE
    )


def _village_names(cursor: psycopg.Cursor[dict[str, Any]]) -> dict[str, str]:
    return {row["kode_desa"]: row["nama_desa"] for row in cursor.execute("select * from acuan.ref_desa")}
