"""A document as a workbook: every table on its sheet, numbers as numbers, text that no spreadsheet takes for more.

Each sheet reads like a table of "Desa Dalam Angka": title, unit, headings, rows, source. Numbers are those of the
marts, unrounded; they look as the reader's spreadsheet writes numbers (1.234,5 where it is set to Indonesian).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from regsosek.profile.document import Cell, Column, Document, Table
from regsosek.spreadsheet import defused

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FIRST_ROW = 4
"""Rows above the table: title, area, unit, an empty one."""

WIDEST = 60


def write_workbook(document: Document, path: Path) -> None:
    """Write the workbook.

    Raises:
        OSError: it cannot be written there.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it

    with path.open("wb") as file, Workbook(file, OPTIONS) as book:
        book.set_properties(
            {"title": f"{document.judul} {document.nama}", "subject": document.pita, "author": "Regsosek"}
        )
        formats = _Formats(book, internal=document.salinan.value == "internal")
        _front(book, formats, document)
        for table in document.tabel:
            _sheet(book, formats, document, table)


class _Formats:
    """The formats of a book; a number's by its decimals."""

    def __init__(self, book: Any, *, internal: bool) -> None:
        colour = "#7a1f2b" if internal else "#0b5d4b"
        self.band = book.add_format(
            {"bold": True, "font_color": "white", "bg_color": colour}
            if internal
            else {"bold": True, "font_color": colour, "bottom": 5, "bottom_color": colour}
        )
        self.tab = colour
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": "#17415c"})
        self.muted = book.add_format({"font_color": "#53616b", "italic": True})
        self.heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "font_color": "#17415c"}
        )
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self._numbers = {
            0: book.add_format({"num_format": "#,##0", "valign": "top"}),
            1: book.add_format({"num_format": "#,##0.0", "valign": "top"}),
            2: book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            3: book.add_format({"num_format": "#,##0.000", "valign": "top"}),
        }

    def number(self, cell: float, column: Column) -> Any:
        return self._numbers[column.desimal if isinstance(cell, float) else 0]


def _front(book: Any, formats: _Formats, document: Document) -> None:
    """What it is about, how old, who may read it, what is on which sheet."""
    sheet = _prepared(book, formats, "Isi")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, defused(document.pita), formats.band)
    sheet.write_blank(0, 1, None, formats.band)
    sheet.write_string(1, 0, defused(f"{document.judul} {document.nama}"), formats.title)
    lines = [
        ("Wilayah", f"{document.sebutan}, {document.letak}"), ("Kode", document.kode),
        ("Keadaan data", document.keadaan), ("Sumber dan rilis", document.rilis), ("Dibuat", document.dibuat),
        ("Angka", "Tidak dibulatkan; sel kosong berarti tidak ada angka, bukan nol."),
        *document.ringkasan, *document.mutu, *document.baca,
        *((f"Lembar {table.kunci}", f"{table.judul} ({table.satuan})") for table in document.tabel),
    ]  # fmt: skip
    told = [(name, text) for name, text in lines if text]
    for number, (name, text) in enumerate(told, start=3):
        sheet.write_string(number, 0, defused(name), formats.bold)
        sheet.write_string(number, 1, defused(text), formats.text)


def _sheet(book: Any, formats: _Formats, document: Document, table: Table) -> None:
    sheet = _prepared(book, formats, table.kunci)
    last = len(table.kolom) - 1
    for place in range(last + 1):
        sheet.write_blank(0, place, None, formats.band)
    sheet.write_string(0, 0, defused(document.pita), formats.band)
    sheet.write_string(
        1, 0, defused(f"Tabel {table.kunci.split()[0]} {table.judul}, {document.sebutan}"), formats.title
    )
    sheet.write_string(2, 0, defused(f"Satuan: {table.satuan}. {document.keadaan}".strip()), formats.muted)
    for place, column in enumerate(table.kolom):
        sheet.write_string(FIRST_ROW, place, defused(column.judul), formats.heading)
        sheet.set_column(place, place, _width(table, place))
    for number, row in enumerate(table.baris, start=FIRST_ROW + 1):
        for place, (cell, column) in enumerate(zip(row, table.kolom, strict=True)):
            _write(sheet, formats, (number, place), cell, column)
    for number, note in enumerate(table.catatan, start=FIRST_ROW + 2 + len(table.baris)):
        sheet.write_string(number, 0, defused(note), formats.muted)
    sheet.freeze_panes(FIRST_ROW + 1, 1)
    sheet.repeat_rows(FIRST_ROW)


def _write(sheet: Any, formats: _Formats, where: tuple[int, int], cell: Cell, column: Column) -> None:
    if isinstance(cell, int | float):
        sheet.write_number(*where, cell, formats.number(cell, column))
    elif cell:
        sheet.write_string(*where, defused(cell), formats.text)


def _prepared(book: Any, formats: _Formats, name: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_tab_color(formats.tab)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&8&F &A&R&8&P / &N")
    return sheet


def _width(table: Table, place: int) -> float:
    texts = [cell for row in table.baris if isinstance(cell := row[place], str)]
    longest = max((len(text) for text in texts), default=10)
    return min(WIDEST, max(12, longest + 2))
