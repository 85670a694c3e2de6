"""Workbooks: the same cells as the CSV would have, and no more memory than allowed."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from regsosek.landing.csv_stream import CsvStream
from regsosek.landing.refusal import DeliveryRefused
from regsosek.landing.workbook import workbook_as_csv
from regsosek.landing.workbook_rows import cell_text
from regsosek.settings import Settings

KNOWN = frozenset({"id", "r101"})


def book(path: Path, sheets: dict[str, Iterable[Iterable[Any]]]) -> Path:
    made = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def read(path: Path, **limits: int) -> tuple[list[str], bytes]:
    with path.open("rb") as file, workbook_as_csv(Settings(**limits), file, "k_rt", path.name) as chunks:
        stream = CsvStream(chunks, berkas="k_rt", nama_berkas=path.name, known=KNOWN)
        return stream.header, b"".join(stream.blocks())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (3328040010.0, "3328040010"),
        (3.32805e15, "3328050000000000"),
        (3328051234567890, "3328051234567890"),
        (1e16, "1e+16"),  # beyond what a double holds exactly: its digits would be invented
        (1.5, "1.5"),
        (-1.0, "-1"),
        ("010", "010"),
        ("a\r\nb\rc", "a\nb\nc"),
        (dt.datetime(2022, 11, 30), "2022-11-30"),
        (dt.datetime(2022, 11, 30, 7, 5), "2022-11-30 07:05:00"),
        (dt.date(1970, 1, 2), "1970-01-02"),
    ],
)
def test_cells_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_header_in_the_first_row_with_content_and_rows_without_any_left_out(tmp_path: Path) -> None:
    rows = [
        [],
        [None, ""],
        ["id", "r101", "nama", None],
        [1, 33.0, 'S "A", B'],
        [None, " ", None],
        [2],
        ["3", "", "x\ny"],
    ]
    header, body = read(book(tmp_path / "k_rt.xlsx", {"Data": rows}))
    assert header == ["id", "r101", "nama"]
    assert body == b'2,1,33,"S ""A"", B"\n3,2,,\n4,3,,"x\ny"\n'


@pytest.mark.parametrize("title", ["k_rt", "K_RT", "K RT"])
def test_the_sheet_is_the_one_named_like_the_file_or_the_first(tmp_path: Path, title: str) -> None:
    wanted, other = [["id", "r101"], [1, 2]], [["lain"], [9]]
    assert read(book(tmp_path / "a.xlsx", {"Petunjuk": other, title: wanted}))[1] == b"2,1,2\n"
    assert read(book(tmp_path / "b.xlsx", {"Lembar1": wanted, "Lembar2": other}))[1] == b"2,1,2\n"


def test_more_cells_than_allowed_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "k_rt.xlsx", {"k_rt": [["id", "r101"], *([i, i] for i in range(10))]})
    assert read(path, xlsx_max_cells=50)[0] == ["id", "r101"]
    with pytest.raises(DeliveryRefused, match="lebih dari 20 sel"):
        read(path, xlsx_max_cells=20)


def test_an_archive_that_unpacks_to_more_than_its_cells_need_is_refused_unread(tmp_path: Path) -> None:
    path = book(tmp_path / "k_rt.xlsx", {"k_rt": [["id", "r101"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/kosong.bin", bytes(32 << 20))
    assert path.stat().st_size < 100_000
    with pytest.raises(DeliveryRefused, match="terlalu besar"):
        read(path, xlsx_max_cells=1000)


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    bomb, sheet = io.BytesIO(), b"<worksheet>" + b"<row/>" * 4_000_000
    with (
        zipfile.ZipFile(book(tmp_path / "k_rt.xlsx", {"k_rt": [["id"]]})) as honest,
        zipfile.ZipFile(bomb, "w") as lying,
    ):
        for entry in honest.infolist():
            content = sheet if entry.filename.endswith("sheet1.xml") else honest.read(entry)
            lying.writestr(entry.filename, content, zipfile.ZIP_DEFLATED)
    size = len(sheet).to_bytes(4, "little")
    (tmp_path / "bom.xlsx").write_bytes(bomb.getvalue().replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(DeliveryRefused, match="utuh"):
        read(tmp_path / "bom.xlsx", xlsx_max_cells=10_000)


def test_memory_is_bounded(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "k_rt.xlsx") as made:  # unlike openpyxl, it writes shared strings
        made.add_worksheet("k_rt").write_row(0, 0, ["id", "r101"])
    # What nobody refers to is held in memory all the same.
    more = b"".join(b"<si><t>" + b"x" * 500_000 + b"</t></si>" for _ in range(300))
    with zipfile.ZipFile(tmp_path / "k_rt.xlsx") as small, zipfile.ZipFile(tmp_path / "besar.xlsx", "w") as large:
        for entry in small.infolist():
            content = small.read(entry)
            if entry.filename.endswith("sharedStrings.xml"):
                content = content.replace(b"</sst>", more + b"</sst>")
            large.writestr(entry.filename, content, zipfile.ZIP_DEFLATED)
    with pytest.raises(DeliveryRefused, match="memori lebih dari 160 MB"):
        read(tmp_path / "besar.xlsx", xlsx_memory_mb=160)
    assert read(tmp_path / "besar.xlsx", xlsx_memory_mb=1024) == (["id", "r101"], b"")


@pytest.mark.parametrize("content", [b"", b"id,r101\n1,33\n", b"PK\x03\x04 rusak"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k_rt.xlsx").write_bytes(content)
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path / "k_rt.xlsx")
    assert refused.value.aturan == "berkas_tidak_terbaca"


def test_a_reader_that_stops_early_ends_the_child(tmp_path: Path) -> None:
    path = book(tmp_path / "k_rt.xlsx", {"k_rt": [["id", "r101"], *([i, "x" * 100] for i in range(20_000))]})
    with path.open("rb") as file, workbook_as_csv(Settings(), file, "k_rt", path.name) as chunks:
        assert next(chunks).startswith(b"id,r101\n")
