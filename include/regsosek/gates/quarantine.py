"""The faults of deliveries, by village and rule and one by one, for the screen and as a workbook.

A fault is a rule, a file and a record number: whoever has the delivered file finds the row, and nobody else learns
anything from the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any

import psycopg

from regsosek.rules import SEVERITIES
from regsosek.spreadsheet import OPTIONS, add_sheet, write_cells

ROWS_PER_SHEET = 1_000_000
"""Rows of one sheet; Excel takes 1,048,576."""


@dataclass(frozen=True)
class Selection:
    """Which faults: None means any. Without ``kiriman``, those of deliveries that are neither superseded nor withdrawn.

    Attributes:
        kiriman: id of a delivery.
        desa: BPS code of a village.
        aturan: id of a rule.
        keparahan: a severity.
    """

    kiriman: int | None = None
    desa: str | None = None
    aturan: str | None = None
    keparahan: str | None = None


@dataclass(frozen=True)
class Group:
    """Faults of one rule in one village of one delivery."""

    kiriman: int = field(metadata={"judul": "Kiriman", "lebar": 8})
    folder: str = field(metadata={"judul": "Folder", "lebar": 28})
    kode_desa: str | None = field(metadata={"judul": "Kode desa", "lebar": 12})
    nama_desa: str | None = field(metadata={"judul": "Desa", "lebar": 18})
    keparahan: str = field(metadata={"judul": "Keparahan", "lebar": 15})
    aturan: str = field(metadata={"judul": "Aturan", "lebar": 28})
    jumlah: int = field(metadata={"judul": "Temuan", "lebar": 8})
    pesan: str = field(metadata={"judul": "Pesan", "lebar": 60})
    tindakan: str = field(metadata={"judul": "Tindakan", "lebar": 60})


@dataclass(frozen=True)
class Entry:
    """One fault. ``baris`` is the record in the file (the header is 1), None where a whole village is meant."""

    kiriman: int = field(metadata={"judul": "Kiriman", "lebar": 8})
    folder: str = field(metadata={"judul": "Folder", "lebar": 28})
    berkas: str = field(metadata={"judul": "Berkas", "lebar": 8})
    baris: int | None = field(metadata={"judul": "Baris", "lebar": 9})
    kode_desa: str | None = field(metadata={"judul": "Kode desa", "lebar": 12})
    nama_desa: str | None = field(metadata={"judul": "Desa", "lebar": 18})
    keparahan: str = field(metadata={"judul": "Keparahan", "lebar": 15})
    aturan: str = field(metadata={"judul": "Aturan", "lebar": 28})
    pesan: str = field(metadata={"judul": "Pesan", "lebar": 60})
    tindakan: str = field(metadata={"judul": "Tindakan", "lebar": 60})


def headings(kind: type[Group] | type[Entry]) -> list[str]:
    """Column titles, in order."""
    return [each.metadata["judul"] for each in fields(kind)]


def groups(cursor: psycopg.Cursor, chosen: Selection) -> list[Group]:
    """Faults by delivery, village and rule, the most severe first."""
    rows = cursor.execute(
        f"""
        select t.id_kiriman, k.folder, t.kode_desa, d.nama_desa, a.keparahan, t.aturan, t.jumlah, a.pesan, a.tindakan
        from (
            select id_kiriman, kode_desa, aturan, count(*) as jumlah {CHOSEN} group by 1, 2, 3
        ) as t {DESCRIBED}
        order by array_position(%(keparahan_urut)s, a.keparahan), t.jumlah desc, t.id_kiriman, t.kode_desa, t.aturan
        """.encode(),
        _parameters(chosen),
    )
    return [Group(*row) for row in rows]


def entries(connection: psycopg.Connection, chosen: Selection) -> Iterator[Entry]:
    """Every fault, streamed in the order of the files."""
    with connection.transaction(), connection.cursor("karantina") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            f"""
            select t.id_kiriman, k.folder, t.berkas, t.baris, t.kode_desa, d.nama_desa,
                a.keparahan, t.aturan, a.pesan, a.tindakan
            from (select id_kiriman, berkas, baris, kode_desa, aturan {CHOSEN}) as t {DESCRIBED}
            order by t.id_kiriman, t.berkas, t.baris nulls first, t.kode_desa, t.aturan
            """.encode(),
            _parameters(chosen),
        )
        for row in cursor:
            yield Entry(*row)


def write_workbook(connection: psycopg.Connection, chosen: Selection, path: Path) -> int:
    """Write summary and list as an XLSX file; returns the number of faults.

    Cells are text and numbers only: what a spreadsheet might take for a formula is defused.

    Raises:
        OSError: the file cannot be written there.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this command needs it

    with connection.transaction(), connection.cursor() as cursor:
        summary = groups(cursor, chosen)
    count = 0
    with path.open("wb") as file, Workbook(file, OPTIONS) as book:
        _write_rows(_new_sheet(book, "Ringkasan", Group), 1, summary)
        sheet = None
        for count, entry in enumerate(entries(connection, chosen), start=1):
            row = (count - 1) % ROWS_PER_SHEET
            if row == 0:
                part = (count - 1) // ROWS_PER_SHEET
                sheet = _new_sheet(book, f"Temuan {part + 1}" if part else "Temuan", Entry)
            _write_rows(sheet, row + 1, [entry])
    return count


def _new_sheet(book: Any, title: str, kind: type[Group] | type[Entry]) -> Any:
    return add_sheet(book, title, headings(kind), [each.metadata["lebar"] for each in fields(kind)])


def _write_rows(sheet: Any, first: int, rows: Sequence[Group | Entry]) -> None:
    for number, row in enumerate(rows, start=first):
        write_cells(sheet, number, astuple(row))


def _parameters(chosen: Selection) -> dict[str, Any]:
    return {
        "kiriman": chosen.kiriman,
        "desa": chosen.desa,
        "aturan": chosen.aturan,
        "keparahan": chosen.keparahan,
        "keparahan_urut": list(SEVERITIES),
    }


CHOSEN = """
    from ops.temuan
    where (%(kiriman)s::bigint is null or id_kiriman = %(kiriman)s)
        and (%(desa)s::text is null or kode_desa = %(desa)s)
        and (%(aturan)s::text is null or aturan = %(aturan)s)
        and (%(keparahan)s::text is null or aturan in (
            select aturan from ops.aturan where keparahan = %(keparahan)s
        ))
        and (%(kiriman)s::bigint is not null or id_kiriman in (
            select id_kiriman from ops.kiriman where keadaan not in ('digantikan', 'ditarik')
        ))
"""

DESCRIBED = """
    join ops.kiriman as k using (id_kiriman)
    join ops.aturan as a on a.aturan = t.aturan
    left join acuan.ref_desa as d on d.kode_desa = t.kode_desa
"""
