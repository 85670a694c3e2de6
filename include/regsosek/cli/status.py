"""``regsosek status``: what arrived, what the gates said, what is published."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import psycopg
from rich.table import Table

from regsosek.cli.screen import screen
from regsosek.gates.page import page_path
from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import transaction
from regsosek.watch import look

Rows = list[dict[str, Any]]
BELOW = ("alasan", "halaman")
"""Columns too long for a table: reasons are told below it, pages are in the JSON."""
COLOURS = {"terbit": "green", "digantikan": "dim", "ditarik": "yellow"}


def show_status(settings: Settings, *, as_json: bool, last: int) -> bool:
    """Print the last deliveries, gates and releases, newest first, and what needs somebody; whether nothing does."""
    with transaction(settings) as cursor:
        found = {name: _rows(cursor, query, last) for name, query in QUERIES.items()}
    for gate in found["gerbang"]:
        gate["halaman"] = str(page_path(settings, gate["id_jalan"], gate["gerbang"]))
    needed = look(settings)
    if as_json:
        print(json.dumps({**found, "perhatian": list(map(asdict, needed))}, default=str, ensure_ascii=False, indent=2))
        return not needed
    console = screen()
    if not any(found.values()):
        console.print(
            "Belum ada kiriman. `make run` memuat kiriman contoh, LANDING_URL=/folder make run milik sendiri."
        )
    for name, rows in found.items() if any(found.values()) else ():
        console.print(_table(name.capitalize(), rows), markup=False)
        for row in rows:
            if row.get("alasan"):
                console.print(f"  {row['id']} {row['folder']}: {row['alasan']}", markup=False, highlight=False)
        console.print()
    if needed:
        console.print("[bold yellow]Perlu perhatian[/]")
        for each in needed:
            console.print(f"  {each.pesan} {each.tindakan}", markup=False, highlight=False, soft_wrap=True)
    return not needed


def _table(title: str, rows: Rows) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    names = [name for name in (rows[0] if rows else {"belum ada": None}) if name not in BELOW]
    for name in names:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        state = str(row.get("keadaan", ""))
        colour = COLOURS.get(state, "red" if state.startswith("ditolak") or row.get("lulus") is False else "")
        table.add_row(*(_text(row[name]) for name in names), style=colour)
    return table


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return value.astimezone(TIMEZONE).strftime("%d-%m-%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    return "–" if value is None else str(value)


def _rows(cursor: psycopg.Cursor, query: str, last: int) -> Rows:
    cursor.execute(query.encode(), {"last": last})
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


QUERIES = {
    "kiriman": """
        select k.id_kiriman as id, k.folder, k.keadaan, k.versi, k.cut_off, k.diterima_pada,
            d.desa, d.desa_ditolak, d.keluarga, d.keluarga_ditolak, t.temuan, k.alasan
        from ops.kiriman as k
        cross join lateral (
            select count(*) as desa, count(*) filter (where keadaan = 'ditolak') as desa_ditolak,
                sum(keluarga_diterima + keluarga_ditolak) as keluarga, sum(keluarga_ditolak) as keluarga_ditolak
            from ops.kiriman_desa where id_kiriman = k.id_kiriman
        ) as d
        cross join lateral (select count(*) as temuan from ops.temuan where id_kiriman = k.id_kiriman) as t
        order by k.id_kiriman desc limit %(last)s
    """,
    "gerbang": """
        select max(dinilai_pada) as dinilai_pada, id_jalan, gerbang, bool_and(lulus) as lulus,
            count(*) filter (where not lulus) as ditolak, sum(jsonb_array_length(peringatan)) as peringatan
        from ops.gerbang
        group by id_jalan, gerbang order by 1 desc limit %(last)s
    """,
    "rilis": """
        select r.id_rilis as id, r.keadaan, r.dibuat_pada, r.id_jalan, r.versi_definisi, r.ringkasan -> 'desa' as desa,
            r.ringkasan -> 'desa_baru' as desa_baru, jsonb_array_length(r.ringkasan -> 'peringatan') as peringatan,
            t.id_rilis is not null as tampil
        from ops.rilis as r
        left join ops.rilis_terbit as t using (id_rilis)
        order by r.id_rilis desc limit %(last)s
    """,
}
