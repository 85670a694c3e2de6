"""The workbook of one village's faults: what is wrong, what it is now, and a column to fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from regsosek.private_file import open_private
from regsosek.spreadsheet import PRIVATE_OPTIONS, add_sheet, write_cells

ABOUT, SHEET, OTHERS = "Petunjuk", "Isian", "Lainnya"
EMPTY = "KOSONG"
"""The answer that empties a cell."""
COLUMNS = (
    ("Kunci", 10), ("Berkas", 8), ("Record", 8), ("RT/SLS", 20), ("Kepala keluarga", 24), ("Anggota", 24),
    ("Rincian", 34), ("Yang salah", 50), ("Tindakan", 50), ("Pilihan", 40), ("Nilai sekarang", 20), ("Nilai baru", 20),
)  # fmt: skip
HEADINGS = tuple(name for name, _ in COLUMNS)
ANSWER = HEADINGS.index("Nilai baru")
HOW = (
    "Isi kolom Nilai baru saja. Baris yang dibiarkan kosong tidak mengubah apa pun.",
    f"Tulis {EMPTY} bila isian itu memang harus kosong.",
    "Kode menurut formulir REGSOSEK22-K; KK dan NIK ditulis sebagai teks (awali dengan tanda petik ').",
    "Jangan mengubah kolom lain, menambah baris, atau memakai rumus: buku akan ditolak seluruhnya.",
    "Kembalikan dengan: regsosek perbaikan impor BERKAS.",
    "Buku ini memuat nama dan nomor identitas: simpan hanya di mesin petugas, hapus setelah diimpor.",
)


class WorkbookExistsError(RuntimeError):
    """There is such a file, or it cannot be written there."""


@dataclass(frozen=True)
class Book:
    """Everything in a workbook.

    Attributes:
        about: name → value, for the first sheet.
        rows: cells of :data:`COLUMNS` but the last.
        others: faults that no cell settles: file, record, message, remedy.
    """

    about: dict[str, str]
    rows: Sequence[Sequence[object]]
    others: Sequence[Sequence[object]]


def write_workbook(path: Path, book: Book) -> None:
    """Write it to a new file that only its owner reads.

    Raises:
        WorkbookExistsError: the file is there already, or the folder cannot be written to.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = open_private(path, new=True)
    except FileExistsError:
        raise WorkbookExistsError(f"{path} sudah ada. Pilih nama lain dengan --keluaran.") from None
    except OSError as error:
        raise WorkbookExistsError(f"{path} tidak dapat ditulis ({error.strerror}). Pilih tempat lain.") from None
    with opened as file, Workbook(file, PRIVATE_OPTIONS) as made:
        first = made.add_worksheet(ABOUT)
        first.set_column(0, 0, 18)
        first.set_column(1, 1, 110)
        lines = [*book.about.items(), *(("", text) for text in HOW)]
        for number, line in enumerate(lines):
            write_cells(first, number, line)
        sheet = add_sheet(made, SHEET, HEADINGS, [width for _, width in COLUMNS])
        open_cell = made.add_format({"locked": False, "num_format": "@", "bg_color": "#FFF7CC"})
        sheet.protect()  # against slips; there is no password
        for number, row in enumerate(book.rows, start=1):
            write_cells(sheet, number, row)
            sheet.write_blank(number, ANSWER, None, open_cell)
        if book.others:
            others = add_sheet(made, OTHERS, ("Berkas", "Record", "Yang salah", "Tindakan"), (8, 8, 60, 60))
            for number, row in enumerate(book.others, start=1):
                write_cells(others, number, row)
