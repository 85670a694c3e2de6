"""What comes back in a workbook: read with suspicion, and refused as a whole if anything is wrong."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regsosek.codebook import Item, load_codebook
from regsosek.correction.base import Base, CorrectionRefused
from regsosek.correction.cells import Cell
from regsosek.correction.sheet import ABOUT, ANSWER, EMPTY, HEADINGS, SHEET
from regsosek.landing.workbook_rows import cell_text
from regsosek.normalise.keys import GEOGRAPHY

UNPACKED_BYTES = 64 << 20
"""A workbook of one village unpacks to a few megabytes."""
SHOWN = 20
"""Problems told at once."""
SIXTEEN = ("r114", "r403")
"""Items that are sixteen digits: KK and NIK."""
LONGEST = 200


@dataclass(frozen=True)
class Line:
    """A filled line: its row in the sheet, its number in the book, where it says it belongs, and the answer."""

    row: int
    nomor: int
    berkas: str
    baris: str
    jawaban: str
    angka: bool


@dataclass(frozen=True)
class Filled:
    """What a workbook says of itself, and its filled lines."""

    id_buku: int
    kode_desa: str
    lines: tuple[Line, ...]


def read_workbook(path: Path) -> Filled:
    """Read a filled workbook.

    Raises:
        CorrectionRefused: it is no such workbook, a cell holds a formula, or keys were altered; with sheet and row.
    """
    book = _open(path)
    try:
        about = {
            cell_text(row[0].value): cell_text(row[1].value) for row in book[ABOUT].iter_rows(max_col=2) if len(row) > 1
        }
        sheet = book[SHEET]
    except KeyError:
        raise CorrectionRefused(
            f"{path.name} tidak memuat lembar {ABOUT} dan {SHEET}. Pakai buku dari `regsosek perbaikan ekspor`."
        ) from None
    if not about.get("Buku", "").isdecimal():
        raise CorrectionRefused(f"Lembar {ABOUT}: nomor buku tidak terbaca. Ekspor buku baru dan salin isiannya.")
    id_buku = int(about["Buku"])
    problems: list[str] = []
    lines: dict[int, Line] = {}
    for number, row in enumerate(sheet.iter_rows(max_col=len(HEADINGS)), start=1):
        texts = [cell_text(cell.value).strip() for cell in row] + [""] * (len(HEADINGS) - len(row))
        if number == 1:
            if texts != list(HEADINGS):
                problems.append(_problem(1, "judul kolom diubah; kembalikan seperti buku aslinya"))
                break
            continue
        if not any(texts):
            continue
        if any(cell.data_type == "f" for cell in row):
            problems.append(_problem(number, "ada sel berisi rumus; tulis nilainya, bukan rumusnya"))
            continue
        line = _line(number, texts, row[ANSWER].value if len(row) > ANSWER else None, id_buku, problems)
        if line is not None and line.nomor in lines:
            problems.append(_problem(number, f"kunci {texts[0]} muncul dua kali; hapus salah satu barisnya"))
        elif line is not None:
            lines[line.nomor] = line
    require_none(problems)
    return Filled(id_buku, about.get("Kode desa", ""), tuple(line for line in lines.values() if line.jawaban))


def require_none(problems: list[str]) -> None:
    """Refuse if there is any problem."""
    if problems:
        more = [f"… dan {len(problems) - SHOWN} lagi."] if len(problems) > SHOWN else []
        raise CorrectionRefused(*problems[:SHOWN], *more, "Tidak ada yang diubah.")


def check(base: Base, filled: Filled, cells: dict[int, Cell]) -> dict[Cell, str]:
    """The answers by cell, in the codes of the form.

    Raises:
        CorrectionRefused: a key does not fit the book, or an answer is not possible; sheet and row are named.
    """
    problems: list[str] = []
    answers: dict[Cell, str] = {}
    for line in filled.lines:
        cell = cells.get(line.nomor)
        if cell is None or (cell.berkas, str(cell.baris)) != (line.berkas, line.baris):
            problems.append(_problem(line.row, "kunci, berkas, atau nomor record diubah; salin isiannya ke buku asli"))
            continue
        wrong = fault_of(base, cell, line.jawaban, angka=line.angka)
        if wrong:
            problems.append(_problem(line.row, wrong))
        answers[cell] = "" if line.jawaban.upper() == EMPTY else line.jawaban
    if not filled.lines:
        problems.append(f"Lembar {SHEET}: kolom {HEADINGS[ANSWER]} kosong semua; isi yang hendak diperbaiki.")
    require_none(problems)
    return answers


def fault_of(base: Base, cell: Cell, answer: str, *, angka: bool = False) -> str | None:
    """What is wrong with an answer, in words; None if it is possible. ``angka``: the cell held a number, not text."""
    item = load_codebook().item(cell.item, cell.berkas)
    if answer.upper() == EMPTY:
        return "kunci tidak boleh dikosongkan" if item.jenis == "kunci" and cell.item != "r105" else None
    return _outside(base, cell, item, answer) if item.bertipe else _misshapen(cell, answer, angka=angka)


def _outside(base: Base, cell: Cell, item: Item, answer: str) -> str | None:
    """Whether a coded answer is none of the form, or one that the delivered file has no code for."""
    if not re.fullmatch(r"\d{1,5}", answer) or int(answer) not in item.domain(base.delivered.versi):
        return f"{item.nomor or item.kode} hanya menerima {_domain_text(base, cell)}, atau {EMPTY}"
    if base.to_source(cell.berkas, cell.item, answer) is None:
        return f"sumber kiriman ini tidak mengenal jawaban itu untuk {item.nomor or item.kode}; perbaiki di sumbernya"
    return None


def _misshapen(cell: Cell, answer: str, *, angka: bool) -> str | None:
    """Whether a text cannot be what the cell is for."""
    if cell.item in SIXTEEN:
        if angka:
            return "tulis 16 angka sebagai teks (awali dengan tanda petik '), sebab angka sepanjang itu dibulatkan"
        return None if re.fullmatch(r"\d{16}", answer) else "harus tepat 16 angka"
    if cell.item in (*GEOGRAPHY, "r105"):
        return None if re.fullmatch(r"\d{1,6}", answer) else "harus kode BPS: 1 sampai 6 angka"
    if len(answer) > LONGEST or not answer.isprintable():
        return f"paling panjang {LONGEST} huruf, satu baris"
    return None


def _domain_text(base: Base, cell: Cell) -> str:
    item = load_codebook().item(cell.item, cell.berkas)
    if item.rentang:
        return f"bilangan {item.rentang[0]} sampai {item.rentang[1]}"
    return "kode " + ", ".join(map(str, sorted(item.labels(base.delivered.versi))))


def _line(row: int, texts: list[str], answer: Any, id_buku: int, problems: list[str]) -> Line | None:
    key = re.fullmatch(r"(\d+)-(\d+)", texts[0])
    if key is None:
        problems.append(_problem(row, "kunci pada kolom pertama diubah atau hilang; salin isiannya ke buku asli"))
        return None
    if int(key[1]) != id_buku:
        problems.append(_problem(row, f"baris ini dari buku {key[1]}, bukan buku {id_buku}; impor buku itu tersendiri"))
        return None
    # What a spreadsheet shows with an apostrophe in front is text.
    text = texts[ANSWER].removeprefix("'").strip()
    return Line(row, int(key[2]), texts[1], texts[2], text, isinstance(answer, int | float))


def _problem(row: int, what: str) -> str:
    return f"Lembar {SHEET}, baris {row}: {what}."


def _open(path: Path) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 - only this needs it

    broken = CorrectionRefused(f"{path.name} bukan buku kerja XLSX yang utuh. Simpan ulang sebagai XLSX.")
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > UNPACKED_BYTES:
            raise CorrectionRefused(f"{path.name} terlalu besar untuk buku perbaikan satu desa.")
        return load_workbook(path, data_only=False, keep_links=False)
    except FileNotFoundError:
        raise CorrectionRefused(f"{path} tidak ada.") from None
    except CorrectionRefused:
        raise
    except Exception:  # whatever a broken workbook provokes; its message may quote a cell
        pass
    raise broken
