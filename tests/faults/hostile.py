"""What a landing may hold that nobody wants there: every kind of file and folder with what becomes of it.

``REFUSED``: the delivery is refused, by rule, file and record. ``WAITING``: the folder is left alone, and that is said.
``HARMLESS``: the delivery is loaded and counts like a clean one. ``ANSWERS``: it is loaded, with exactly these faults.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import socket
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import yaml

MARK = "RAHASIA"
"""Stands where an identity might; must not be repeated anywhere."""
LIMITS = {"REGSOSEK_XLSX_MAX_CELLS": "100000"}
"""Environment in which a workbook of a few megabytes is a large one."""

Make = Callable[[Path], object]
Rows = list[list[str]]


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    Attributes:
        make: turns the folder of a clean delivery (12 families, records 2 to 13) into it.
        rule, file, record: what refuses it.
        says: words of the message.
        faults: (file, rule) -> records that are listed of an accepted one.
        folder: name of the folder, where that is what is odd.
    """

    make: Make
    rule: str = ""
    file: str = "k_rt"
    record: int | None = None
    says: str = ""
    faults: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    folder: str | bytes = ""


# How clean deliveries are spoiled --------------------------------------------------------------------------------


def rows_of(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(folder: Path, table: str, rows: Rows, **dialect: Any) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", **dialect).writerows(rows)


def as_bytes(change: Callable[[bytes], bytes], table: str = "k_rt") -> Make:
    """Change the bytes of a file."""

    def make(folder: Path) -> None:
        path = folder / f"{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return make


def as_rows(change: Callable[[Rows], object], table: str = "k_rt", **dialect: Any) -> Make:
    """Change the records of a file."""

    def make(folder: Path) -> None:
        rows = rows_of(folder, table)
        changed = change(rows)
        write_rows(folder, table, changed if isinstance(changed, list) else rows, **dialect)

    return make


def cell(column: str, record: int, value: str, table: str = "k_rt") -> Make:
    """Change one cell."""

    def change(rows: Rows) -> None:
        rows[record - 1][rows[0].index(column)] = value

    return as_rows(change, table)


def cells(column: str, values: list[str], table: str = "k_rt", **dialect: Any) -> Make:
    """Change the first cells of a column."""

    def change(rows: Rows) -> None:
        place = rows[0].index(column)
        for row, value in zip(rows[1:], values, strict=False):
            row[place] = value

    return as_rows(change, table, **dialect)


def content(data: bytes, name: str = "k_rt.csv") -> Make:
    """Replace a file."""
    return lambda folder: (folder / name).write_bytes(data)


def declared(text: str | bytes) -> Make:
    """Replace kiriman.yml."""
    return content(text.encode() if isinstance(text, str) else text, "kiriman.yml")


def also_declared(**keys: Any) -> Make:
    """Add to kiriman.yml."""

    def make(folder: Path) -> None:
        path = folder / "kiriman.yml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | keys), encoding="utf-8")

    return make


def columns(*more: str, value: str = MARK) -> Make:
    """Add columns to k_rt."""
    return as_rows(lambda rows: [rows[0] + list(more), *(row + [value] * len(more) for row in rows[1:])])


def swapped(folder: Path) -> None:
    (folder / "k_rt.csv").rename(folder / "x")
    (folder / "k_art.csv").rename(folder / "k_rt.csv")
    (folder / "x").rename(folder / "k_art.csv")


def nothing(folder: Path) -> None:
    """Leave the delivery as it is: its folder's name is what matters."""


def both(*makes: Make) -> Make:
    """One after the other."""

    def make(folder: Path) -> None:
        for each in makes:
            each(folder)

    return make


# Workbooks -------------------------------------------------------------------------------------------------------


def workbook(change: Callable[[dict[str, bytes]], object] = lambda parts: None) -> Make:
    """Make k_rt a workbook and change its parts: name in the archive -> XML."""

    def make(folder: Path) -> None:
        book = openpyxl.Workbook()
        for row in rows_of(folder, "k_rt"):
            book.worksheets[0].append(row)
        packed = io.BytesIO()
        book.save(packed)
        with zipfile.ZipFile(packed) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        with zipfile.ZipFile(folder / "k_rt.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        (folder / "k_rt.csv").unlink()

    return make


def sheet(old: bytes, new: bytes) -> Make:
    """Replace something in the XML of the workbook's sheet."""

    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(old, new, 1)

    return workbook(change)


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b"".join(b'<!ENTITY e%d "%b">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10))


def doctype(declaration: bytes, text: bytes) -> Make:
    """Give the sheet a document type, and use what it declares."""

    def change(parts: dict[str, bytes]) -> None:
        body = parts[SHEET][parts[SHEET].index(b"<worksheet") :]
        row = b'<row r="50"><c r="A50" t="inlineStr"><is><t>%b</t></is></c></row></sheetData>' % text
        parts[SHEET] = b"<!DOCTYPE worksheet [%b]>" % declaration + body.replace(b"</sheetData>", row)

    return workbook(change)


def understated(folder: Path) -> None:
    """A workbook whose archive says that its sheet is small, and unpacks to 50 MB."""
    sheet(b"</sheetData>", b" " * (50 << 20) + b"</sheetData>")(folder)
    path = folder / "k_rt.xlsx"
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 9_000)))


def not_a_workbook(folder: Path) -> None:
    (folder / "k_rt.csv").rename(folder / "k_rt.xlsx")


def encrypted(folder: Path) -> None:
    (folder / "k_rt.csv").unlink()
    (folder / "k_rt.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096)


def shortened(folder: Path) -> None:
    workbook()(folder)
    path = folder / "k_rt.xlsx"
    path.write_bytes(path.read_bytes()[:-500])


# Things that are no files ----------------------------------------------------------------------------------------


def instead(make: Callable[[Path], object], name: str = "k_rt.csv") -> Make:
    """Put something else in the place of a file."""

    def change(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return change


def link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def listening(path: Path) -> None:
    """A socket; the path may be too long to bind to."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def turned_away(folder: Path) -> None:
    folder.chmod(0o000)


def below(*names: str) -> Make:
    """Move the delivery to the bottom of folders within folders, however long the path gets."""

    def make(folder: Path) -> None:
        here = os.open(folder, os.O_RDONLY)
        files = os.listdir(here)  # noqa: PTH208 - by descriptor: paths end at 4,096 bytes
        inner = here
        for name in names:
            os.mkdir(name, dir_fd=inner)
            inner = os.open(name, os.O_RDONLY, dir_fd=inner)
        for name in files:
            os.rename(name, name, src_dir_fd=here, dst_dir_fd=inner)

    return make


def later(folder: Path) -> None:
    os.utime(folder / "k_rt.csv", (4e9, 4e9))


def unfolding(first: str, following: str) -> str:
    """A few lines of YAML in which each stands for nine of the line before."""
    lines = (following.format(number, number, ", ".join([f"*a{number - 1}"] * 9)) for number in range(1, 10))
    return "\n".join([first, *lines])


# What is refused as a whole --------------------------------------------------------------------------------------

UNREADABLE = "berkas_tidak_terbaca"
BAD_YML = "kiriman_yml_tidak_sah"
PDF, PNG, ELF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\n", b"\x89PNG\r\n\x1a\nIHDR", b"\x7fELF\2\1\1"
NOISE = random.Random(1).randbytes(50_000)

REFUSED = {
    # broken on the way
    "cut-at-a-byte": Kind(as_bytes(lambda data: data[:-40]), UNREADABLE, record=13, says="jumlah selnya"),
    "cut-within-quotes": Kind(as_bytes(lambda data: data[:-40] + b',"RAHASIA'), UNREADABLE, record=13, says="kutip"),
    "cut-at-a-line-end": Kind(as_rows(lambda rows: rows[:6]), "keluarga_turun_tajam", says="turun tajam"),
    "cut-and-declared": Kind(
        both(as_rows(lambda rows: rows[:6]), also_declared(berkas={"k_rt.csv": {"baris": 10}})),
        "jumlah_baris_berbeda",
        says="5 baris data",
    ),
    "another-checksum": Kind(
        also_declared(berkas={"k_art.csv": {"sha256": "0" * 64}}), "sidik_berkas_berbeda", "k_art", says="SHA-256"
    ),
    "empty": Kind(content(b""), UNREADABLE, says="kosong"),
    "nothing-but-line-ends": Kind(content(b"\r\n" * 1000), UNREADABLE, says="kosong"),
    "byte-order-mark-only": Kind(content(b"\xef\xbb\xbf"), UNREADABLE, says="kosong"),
    "header-only": Kind(as_rows(lambda rows: rows[:1]), UNREADABLE, says="tidak berisi satu baris data pun"),
    "header-and-blank-lines": Kind(
        as_bytes(lambda data: data.split(b"\n")[0] + b"\n,,\n\n" * 9), UNREADABLE, says="satu baris data pun"
    ),
    # other formats
    "noise": Kind(content(NOISE), UNREADABLE, record=1, says="NUL"),
    "noise-without-nul": Kind(content(NOISE.replace(b"\0", b"")), "kolom_kunci_hilang", record=1),
    "pdf": Kind(content(PDF * 100), "kolom_kunci_hilang", record=1),
    "png": Kind(content(PNG + NOISE), "kolom_kunci_hilang", record=1),
    "program": Kind(content(ELF + b"\0" * 99), UNREADABLE, record=1, says="NUL"),
    "gzip": Kind(as_bytes(gzip.compress), UNREADABLE, says="gzip"),
    "zip-called-csv": Kind(
        both(workbook(), lambda folder: (folder / "k_rt.xlsx").rename(folder / "k_rt.csv")), UNREADABLE, says="XLSX"
    ),
    "old-workbook-called-csv": Kind(content(b"\xd0\xcf\x11\xe0" + NOISE), UNREADABLE, says="XLS lama"),
    "utf-16-little": Kind(as_bytes(lambda data: data.decode().encode("utf-16")), UNREADABLE, says="UTF-16"),
    "utf-16-big": Kind(
        as_bytes(lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be")), UNREADABLE, says="UTF-16"
    ),
    "utf-16-unmarked": Kind(as_bytes(lambda data: data.decode().encode("utf-16-le")), UNREADABLE, record=1, says="NUL"),
    "json": Kind(content(b'[{"id": 1, "r101": "33", "nama": "RAHASIA"}]\n' * 9), "kolom_kunci_hilang", record=1),
    "html": Kind(
        content(b"<html><body><table><tr><td>RAHASIA</td></tr></table></body></html>"), "kolom_kunci_hilang", record=1
    ),
    "pipes-between-cells": Kind(as_rows(lambda rows: None, delimiter="|"), "kolom_kunci_hilang", record=1),
    "swapped": Kind(swapped, BAD_YML, "kiriman", says="tidak ada di berkas k_rt"),
    # headers
    "no-header": Kind(as_rows(lambda rows: rows[1:]), "kolom_kunci_hilang", record=1),
    "key-column-missing": Kind(
        as_rows(lambda rows: rows[0].__setitem__(rows[0].index("r404"), "x"), "k_art"),
        "kolom_kunci_hilang",
        "k_art",
        record=1,
        says="r404",
    ),
    "same-title-twice": Kind(columns("r303"), "judul_kolom_ganda", record=1, says="r303"),
    "same-item-twice": Kind(columns(" 306A"), "judul_kolom_ganda", record=1, says="r306a"),
    "sql-for-a-title": Kind(
        as_bytes(lambda data: data.replace(b"id,", b'"id; drop table ops.kiriman; --",', 1)),
        "kolom_kunci_hilang",
        record=1,
    ),
    "5000-columns": Kind(columns(*(f"x{n}" for n in range(5000))), UNREADABLE, record=1, says="1500 kolom"),
    "1400-full-columns": Kind(columns(*(f"x{n}" for n in range(1400))), UNREADABLE, says="terlalu lebar"),
    "nul-in-header": Kind(
        as_bytes(lambda data: data.replace(b"r101", b"r1\0001", 1)), UNREADABLE, record=1, says="NUL"
    ),
    "header-of-100-mb": Kind(as_bytes(lambda data: b"x" * 100_000_000 + data), "kolom_kunci_hilang", record=1),
    # records
    "nul-in-a-cell": Kind(
        as_bytes(lambda data: data.replace(b"ALAMAT", b"ALA\0AT", 3)), UNREADABLE, record=2, says="NUL"
    ),
    "line-of-100-mb": Kind(
        as_bytes(lambda data: data + b"99," + b"x" * 100_000_000 + b"\n"),
        UNREADABLE,
        record=14,
        says="lebih panjang dari 2 MB",
    ),
    "quote-never-closed": Kind(
        as_bytes(lambda data: data.replace(b"ALAMAT", b'"ALAMAT', 1) + b"RAHASIA,\n" * 300_000),
        UNREADABLE,
        record=2,
        says="kutip",
    ),
    "cell-of-200-kb-to-rewrite": Kind(
        as_bytes(lambda data: data.replace(b"ALAMAT", b'AL"' * 60_000, 1)), UNREADABLE, record=2, says="terlalu panjang"
    ),
    "one-cell-more": Kind(as_rows(lambda rows: rows[3].append(MARK)), UNREADABLE, record=4, says="jumlah selnya"),
    "one-cell-less": Kind(as_rows(lambda rows: rows[7].pop(), "k_art"), UNREADABLE, "k_art", 8, says="jumlah selnya"),
    "other-district": Kind(
        both(cells("r102", ["27"] * 99), cells("r102", ["27"] * 99, "k_art")), "desa_bukan_kabupaten", "kiriman"
    ),
    "villages-in-words": Kind(cells("r104", [MARK] * 99), "desa_bukan_kabupaten", "kiriman"),
    "village-codes-of-a-thousand-digits": Kind(cells("r104", ["1" * 1000] * 99), "desa_bukan_kabupaten", "kiriman"),
    "all-families-alike": Kind(cells("id", ["7"] * 99), "keluarga_tidak_ada", says="Tidak ada keluarga"),
    "no-family-has-an-id": Kind(cells("id", [""] * 99), "keluarga_tidak_ada", says="Tidak ada keluarga"),
    # workbooks
    "zip-bomb": Kind(sheet(b"</sheetData>", b" " * (50 << 20) + b"</sheetData>"), UNREADABLE, says="terlalu besar"),
    "zip-bomb-that-lies": Kind(understated, UNREADABLE, says="bukan buku kerja"),
    "row-number-of-billions": Kind(
        sheet(b"</sheetData>", b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>'),
        UNREADABLE,
        says="100000 sel",
    ),
    "column-beyond-the-last": Kind(
        sheet(b"</sheetData>", b'<row r="50"><c r="ZZZZZZ50"><v>1</v></c></row></sheetData>'), UNREADABLE
    ),
    "entities-of-entities": Kind(doctype(b'<!ENTITY e0 "RAHASIA">' + ENTITIES, b"&e9;"), UNREADABLE, says="utuh"),
    "entity-of-another-file": Kind(
        doctype(b'<!ENTITY e SYSTEM "file:///etc/passwd">', b"&e;"), UNREADABLE, says="utuh"
    ),
    "workbook-without-sheets": Kind(workbook(lambda parts: parts.pop(SHEET)), UNREADABLE, says="utuh"),
    "workbook-cut-short": Kind(shortened, UNREADABLE, says="utuh"),
    "csv-called-xlsx": Kind(not_a_workbook, UNREADABLE, says="utuh"),
    "workbook-with-a-password": Kind(encrypted, UNREADABLE, says="utuh"),
    # kiriman.yml
    "yml-of-aliases": Kind(declared(unfolding("a0: &a0 [x]", "a{}: &a{} [{}]")), BAD_YML, "kiriman", says="baris 2"),
    "yml-of-merges": Kind(
        declared(unfolding("a0: &a0 {x: 1}", "a{}: &a{} {{<<: [{}]}}")), BAD_YML, "kiriman", says="baris 2"
    ),
    "yml-that-runs-something": Kind(
        declared("catatan: !!python/object/apply:os.system ['touch RAHASIA']"), BAD_YML, "kiriman"
    ),
    "yml-within-yml": Kind(declared("a: " + "[" * 20_000), BAD_YML, "kiriman"),
    "yml-twice": Kind(declared("versi: final\n---\nversi: draft\n"), BAD_YML, "kiriman"),
    "yml-of-5-mb": Kind(declared("# RAHASIA\n" * 500_000), BAD_YML, "kiriman", says="terlalu besar"),
    "yml-of-noise": Kind(declared(NOISE), BAD_YML, "kiriman", says="UTF-8"),
    "yml-list": Kind(declared("- RAHASIA\n"), BAD_YML, "kiriman", says="pasangan"),
    "yml-of-persons": Kind(
        declared("SITI RAHASIA: '3328010101010001'\n3328010101010001: {}\n"), BAD_YML, "kiriman", says="tidak dikenal"
    ),
    "yml-nul": Kind(also_declared(catatan="RAHASIA\0"), BAD_YML, "kiriman", says="`catatan`"),
    "yml-half-a-character": Kind(
        declared('peringkat: {model: "RAHASIA\\ud800"}'), BAD_YML, "kiriman", says="`peringkat.model`"
    ),
    "yml-long-model": Kind(also_declared(peringkat={"model": MARK * 99}), BAD_YML, "kiriman", says="terlalu panjang"),
    "yml-template": Kind(also_declared(versi="{{ 7 * 7 }}"), BAD_YML, "kiriman", says="final atau draft"),
    "yml-sql-for-a-column": Kind(
        also_declared(peringkat={"kolom": "desil'; drop table ops.kiriman; --"}),
        BAD_YML,
        "kiriman",
        says="`peringkat.kolom`",
    ),
    "yml-path-of-another-file": Kind(
        also_declared(berkas={"../../../etc/passwd": {}}), BAD_YML, "kiriman", says="`berkas`"
    ),
    "yml-day-to-come": Kind(also_declared(cut_off="2999-01-01"), BAD_YML, "kiriman", says="masa depan"),
    "yml-impossible-day": Kind(also_declared(cut_off="2022-02-30"), BAD_YML, "kiriman", says="TTTT-BB-HH"),
    "yml-fewer-than-none": Kind(also_declared(desa={"3328010001": -1}), BAD_YML, "kiriman", says="negatif"),
    "yml-more-than-there-are": Kind(
        also_declared(desa={"3328010001": 10**12}), BAD_YML, "kiriman", says="terlalu besar"
    ),
    "yml-number-of-5000-digits": Kind(declared(f"desa: {{3328010001: {'9' * 5000}}}"), BAD_YML, "kiriman"),
    "yml-other-form": Kind(also_declared(instrumen="REGSOSEK22-PRELIST"), BAD_YML, "kiriman", says="REGSOSEK22-K"),
}

# What is left alone ----------------------------------------------------------------------------------------------

WAITING = {
    "link-to-a-file-outside": Kind(instead(link("/etc/passwd")), says="tautan ke tempat lain"),
    "link-upwards": Kind(instead(link("../../secret")), says="tautan ke tempat lain"),
    "link-to-nothing": Kind(instead(link("tidak-ada")), says="tautan ke tempat lain"),
    "link-to-itself": Kind(instead(link("k_rt.csv")), says="tautan ke tempat lain"),
    "link-to-a-folder": Kind(instead(link("..")), says="k_rt.csv atau k_rt.xlsx belum ada"),
    "pipe": Kind(instead(os.mkfifo), says="bukan berkas biasa"),
    "socket": Kind(instead(listening), says="bukan berkas biasa"),
    "folder-called-like-a-file": Kind(instead(Path.mkdir), says="belum ada"),
    "file-nobody-may-read": Kind(lambda folder: (folder / "k_art.csv").chmod(0o000), says="hak baca"),
    "folder-nobody-may-enter": Kind(turned_away, says="hak baca"),
    "being-copied": Kind(content(b"", "k_rt.csv.part"), says="sementara"),
    "both-formats": Kind(content(b"", "k_rt.xlsx"), says="lebih dari satu"),
    "persons-only": Kind(lambda folder: (folder / "k_rt.csv").unlink(), says="belum ada"),
    "from-the-future": Kind(later, says="masa depan"),
    "line-end-in-a-name": Kind(nothing, folder="a\nDITOLAK kiriman palsu", says="karakter kendali"),
    "escape-sequence-in-a-name": Kind(nothing, folder="a\x1b[2J\x1b[31m", says="karakter kendali"),
    "name-that-is-no-text": Kind(nothing, folder=b"desa-\xff\xfe", says="bukan UTF-8"),
    "file-whose-name-is-no-text": Kind(
        lambda folder: Path(os.fsdecode(bytes(folder) + b"/\xff.txt")).touch(), says="bukan UTF-8"
    ),
    "folders-1500-deep": Kind(below(*["d"] * 1500), says="lebih panjang dari 1000 bita"),
    "path-beyond-the-longest": Kind(below(*["d" * 200] * 25), says="tidak dapat dibuka"),
}

# What is loaded all the same -------------------------------------------------------------------------------------

FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://127.0.0.1/")', "'=1"]
SPELLS = [
    "'; drop table ops.kiriman; --", "{{ 7 * 7 }}", "{% raw %}", "$$; select 1; $$", "%s %(id)s %%", "\\.",
    "\\N", "\\x00", "#let x = 1", "${jndi:ldap://127.0.0.1/a}",
]  # fmt: skip
STRANGE = ["\u202eRTL", "👨\u200d👩\u200d👧", "\ufeff", "\u2028", "ß\u0301", "İ", "\x1b[31m", "\x7f", "\x0b", "\ue000"]


def places(form: Callable[[str], str]) -> Make:
    """Write the codes of places and ids as a spreadsheet might."""

    def change(rows: Rows) -> None:
        for name in ("r101", "r102", "r103", "r104", "id", "id_rt"):
            if name in rows[0]:
                place = rows[0].index(name)
                for row in rows[1:]:
                    row[place] = form(row[place])

    return both(as_rows(change), as_rows(change, "k_art"))


def shuffled(rows: Rows) -> Rows:
    order = random.Random(2).sample(range(len(rows[0])), len(rows[0]))
    return [[row[place] for place in order] for row in rows]


def faults(table: str, **rules: list[int]) -> dict[tuple[str, str], list[int]]:
    return {(table, rule): records for rule, records in rules.items()}


def renamed(rows: Rows) -> None:
    """Give the first family an id of a thousand letters."""
    place = rows[0].index("id_rt" if "id_rt" in rows[0] else "id")
    first = rows[1][place]
    for row in rows[1:]:
        row[place] = row[place].replace(first, "x" * 1000) if row[place] == first else row[place]


def without_persons(folder: Path) -> None:
    """Leave out everybody of the first family."""
    rows = rows_of(folder, "k_art")
    place = rows[0].index("id_rt")
    write_rows(folder, "k_art", [row for row in rows if row[place] != rows[1][place]])


def one_nik(folder: Path) -> None:
    """Give the second person the NIK of the first."""
    rows = rows_of(folder, "k_art")
    cell("r403", 3, rows[1][rows[0].index("r403")], "k_art")(folder)


LINES = b"\n"
HARMLESS = {
    # text that means something to somebody else
    "formulas": Kind(cells("r108", FORMULAS)),
    "spells": Kind(cells("r107", SPELLS)),
    "strange-text": Kind(cells("r106", STRANGE)),
    "cell-of-100-kb": Kind(cell("r107", 4, MARK * 14_000)),
    "quotes-in-the-middle": Kind(as_bytes(lambda data: data.replace(b"ALAMAT", b'AL"AM"AT', 5))),
    "line-ends-in-cells": Kind(cells("r108", ["a\nb", "a\r\nb", "a\rb", "\n"], quoting=csv.QUOTE_ALL)),
    # spellings
    "latin-1-among-utf-8": Kind(
        as_bytes(
            lambda data: data.replace(b"ALAMAT", "ALAMAT é".encode("latin-1"), 3).replace(b"RT 0", "é 0".encode(), 2)
        )
    ),
    "bytes-of-no-alphabet": Kind(as_bytes(lambda data: data.replace(b"ALAMAT", b"\x81\x8d\xed\xa0\x80", 4))),
    "byte-order-mark": Kind(as_bytes(lambda data: b"\xef\xbb\xbf" + data)),
    "semicolons": Kind(as_rows(lambda rows: None, delimiter=";")),
    "tabs-and-quotes": Kind(as_rows(lambda rows: None, delimiter="\t", quoting=csv.QUOTE_ALL)),
    "line-ends-of-three-systems": Kind(
        as_bytes(lambda data: data.replace(LINES, b"\r\n", 5).replace(b"\r\n", b"\r", 2))
    ),
    "no-last-line-end": Kind(as_bytes(lambda data: data.rstrip(b"\n"))),
    "blank-lines": Kind(as_bytes(lambda data: data.replace(LINES, b"\n\n , ,\n"))),
    "columns-shuffled": Kind(as_rows(shuffled)),
    "columns-of-the-system": Kind(
        columns("baris", "ctid", "xmin", "select", '"; drop table x', "{{ x }}", "%s", "x" * 99)
    ),
    "untitled-columns": Kind(columns("", "", " ", "x", "X")),
    "1400-empty-columns": Kind(columns(*(f"x{n}" for n in range(1400)), value="")),
    "numbers-of-a-spreadsheet": Kind(places(lambda text: f"{int(text)}.0")),
    "numbers-as-text": Kind(places(lambda text: f"'{text} ")),
    "workbook": Kind(workbook()),
    # names
    "sql-for-a-name": Kind(nothing, folder="'; drop table ops.kiriman; --"),
    "template-for-a-name": Kind(nothing, folder="{{ 7*7 }}{% raw %}$$"),
    "markup-for-a-name": Kind(nothing, folder="[bold red]x[/] [/nothing]"),
    "shell-for-a-name": Kind(nothing, folder="$(touch x) `id` -rf ; &"),
    "pattern-for-a-name": Kind(nothing, folder="[0-9]*?**"),
    "url-for-a-name": Kind(nothing, folder="file:a::b s3:c"),
    "percents-for-a-name": Kind(nothing, folder="%s %(x)s %41 %"),
    "backslashes-for-a-name": Kind(nothing, folder="a\\b\\..\\c"),
    "dots-for-a-name": Kind(nothing, folder="x..y ... "),
    "long-name": Kind(nothing, folder="n" * 250),
    "name-in-other-letters": Kind(nothing, folder="desa ꦢꦺꦱ 🏘 \u202e"),
    "folders-40-deep": Kind(nothing, folder="/".join("d" * 40)),
    # declarations
    "formula-for-a-model": Kind(also_declared(peringkat={"model": "=cmd|' /C calc'!A0"})),
    "template-for-a-note": Kind(also_declared(catatan="{{ 7*7 }} $$ '; drop table x; --\n\ttab")),
}

BORN, BORN_FAULT = cell("r406thn", 2, "2999", "k_art"), faults("k_art", r406thn_di_luar_domain=[2])
ANSWERS = {
    "numbers-nobody-lives-with": Kind(
        cells("r302", ["-1", "99999999999999999999", "1e400", "NaN", "Infinity", "1.5", "2;2", "x" * 5000]),
        faults=faults("k_rt", r302_di_luar_domain=[2], r302_bukan_bilangan=[3, 4, 5, 6, 7, 8, 9]),
    ),
    "formula-for-a-name": Kind(BORN, folder='=HYPERLINK("x","y")', faults=BORN_FAULT),
    "html-for-a-name": Kind(BORN, folder="<img src=x onerror=alert(1)>", faults=BORN_FAULT),
    "born-tomorrow": Kind(BORN, faults=BORN_FAULT),
    "presence-of-nobody": Kind(cell("r404", 2, "0", "k_art"), faults=faults("k_art", keberadaan_tidak_sah=[2])),
    "family-without-id": Kind(
        cell("id", 2, " "),
        faults=faults("k_rt", id_keluarga_hilang=[2]) | faults("k_art", anggota_tanpa_keluarga=[2, 3]),
    ),
    "two-families-of-one-id": Kind(
        lambda folder: cell("id", 3, rows_of(folder, "k_rt")[1][0])(folder),
        faults=faults("k_rt", id_keluarga_ganda=[2, 3]) | faults("k_art", anggota_tanpa_keluarga=[4, 5, 6, 7]),
    ),
    "family-of-an-unknown-village": Kind(
        cell("r104", 2, MARK),
        faults=faults("k_rt", desa_tidak_dikenal=[2]) | faults("k_art", desa_anggota_berbeda=[2, 3, 4, 5]),
    ),
    "family-not-interviewed-with-residents": Kind(
        cell("r205", 2, "3"), faults=faults("k_rt", isian_tanpa_wawancara=[2])
    ),
    "family-without-persons": Kind(without_persons, faults=faults("k_rt", keluarga_tanpa_penduduk=[2])),
    "person-without-family": Kind(
        cell("id_rt", 2, "987654321", "k_art"),
        faults=faults("k_art", anggota_tanpa_keluarga=[2])
        | faults("k_rt", kepala_tidak_ada=[2], jumlah_anggota_berbeda=[2]),
    ),
    "one-nik-for-two": Kind(one_nik, faults=faults("k_art", nik_ganda=[2, 3], nik_tidak_cocok=[3])),
    "nik-of-a-spreadsheet": Kind(
        cells("r403", ["3.32805E+15", "=1+1", "3" * 5000], "k_art"), faults=faults("k_art", nik_tidak_sah=[2, 3, 4])
    ),
    "id-of-a-thousand-letters": Kind(both(as_rows(renamed), as_rows(renamed, "k_art"))),
}
