"""The reader of CSV against whatever bytes there may be, and against Python's own reader."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from regsosek.codebook import header_key, load_codebook
from regsosek.landing.csv_stream import CsvStream
from regsosek.landing.discover import discover
from regsosek.landing.header import MAX_NAME, resolve_header
from regsosek.landing.kiriman import read_kiriman
from regsosek.landing.load import load_delivery
from regsosek.landing.refusal import DeliveryRefused
from regsosek.settings import Settings

KNOWN = frozenset(load_codebook().headers("k_rt"))
KEYS = ["id", "r101", "r102", "r103", "r104"]
SPECIAL = ",;\t\"\r\n \\.'=|ab10é€\x0b\x1c\x85\u2028\ufeff\u00a0"
"""Characters that some reader of CSV, or COPY, takes for more than text."""

cells = st.text(st.sampled_from(SPECIAL), max_size=6) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6
)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8)
dialects = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t"),
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
)
parts = st.lists(st.integers(1, 40), max_size=20)
"""Lengths of the pieces a file arrives in; the rest comes whole."""
fragments = st.lists(
    st.sampled_from(
        [b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"id", b"r101,", b" "]
    )
    | st.binary(max_size=5)
).map(b"".join)
"""Bytes of what CSV is made of, more often than chance would have it."""


def pieces(data: bytes, lengths: Sequence[int]) -> Iterator[bytes]:
    start = 0
    for length in lengths:
        if chunk := data[start : start + length]:
            yield chunk
        start += length
    if rest := data[start:]:
        yield rest


def stream(data: bytes, lengths: Sequence[int] = ()) -> CsvStream:
    return CsvStream(pieces(data, lengths), berkas="k_rt", nama_berkas="k_rt.csv", known=KNOWN)


def written(rows: Sequence[Sequence[str]], dialect: dict[str, object]) -> str:
    text = io.StringIO()
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


def read(text: str, delimiter: str) -> list[list[str]]:
    """The records as Python reads them; blank ones are left out, as the contract says."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in rows if any(cell.strip(" \t") for cell in row)]


@given(data=st.binary(max_size=200) | fragments, lengths=parts)
@example(data=b'"', lengths=[])
@example(data=b"id\r", lengths=[3])
@examples(max_examples=1500, deadline=None, derandomize=True)
def test_bytes_are_read_or_refused(data: bytes, lengths: list[int]) -> None:
    try:
        reader = stream(data, lengths)
        blocks = list(reader.blocks())
    except DeliveryRefused:
        return
    text = b"".join(blocks).decode()
    assert "\0" not in text
    numbers = [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=reader.dialect.delimiter)]
    assert numbers == [str(number) for number in range(2, reader.records + 2)]


@given(header=st.lists(st.text(max_size=80), max_size=12).map(lambda more: [*KEYS, *more]), known=st.booleans())
@examples(max_examples=500, deadline=None, derandomize=True)
def test_any_header_gets_safe_names_or_is_refused(header: list[str], known: bool) -> None:
    try:
        resolved = resolve_header(
            header if known else header[3:], "k_rt", load_codebook(), nama_berkas="k_rt.csv", kolom_desil=header[-1]
        )
    except DeliveryRefused:
        return
    assert len(resolved.columns) == len(set(resolved.columns)) == len(header)
    assert all(header_key(name) == name and 0 < len(name.encode()) <= MAX_NAME for name in resolved.columns)


@given(content=st.binary(max_size=200) | st.text(st.sampled_from("versi: {}[]&*!<>|-\n\"'#%@0123456789"), max_size=80))
@examples(max_examples=1000, deadline=None, derandomize=True)
def test_any_declaration_is_read_or_refused(content: bytes | str) -> None:
    try:
        read_kiriman(content if isinstance(content, bytes) else content.encode())
    except DeliveryRefused as refused:
        assert refused.aturan == "kiriman_yml_tidak_sah"


@given(rows=tables, dialect=dialects, lengths=parts, last=st.booleans())
@example(
    rows=[["1", "", ""], ["\t", " ", ""]],
    dialect={"delimiter": ",", "lineterminator": "\n", "quoting": csv.QUOTE_ALL},
    lengths=[],
    last=True,
)
@examples(max_examples=1500, deadline=None, derandomize=True)
def test_records_are_those_python_reads(
    rows: list[list[str]], dialect: dict[str, str], lengths: list[int], last: bool
) -> None:
    text = written([["id", "r101", "x"], *rows], dialect)
    if not last:
        text = text.removesuffix(dialect["lineterminator"])
    expected = read(text, dialect["delimiter"])
    reader = stream(text.encode(), lengths)
    got = list(
        csv.reader(io.StringIO(b"".join(reader.blocks()).decode(), newline=""), delimiter=reader.dialect.delimiter)
    )
    assert [reader.header, *(row[1:] for row in got)] == expected
    assert [row[0] for row in got] == [str(number) for number in range(2, len(expected) + 1)]


@pytest.fixture
def landing(settings: Settings) -> Path:
    folder = Path(settings.landing) / "a"
    folder.mkdir(parents=True)
    (folder / "kiriman.yml").write_text("versi: final")
    (folder / "k_art.csv").write_text("id_rt,r101,r102,r103,r104,r404\n1,33,28,010,001,1\n")
    return folder


def test_raw_holds_what_python_reads(settings: Settings, warehouse: psycopg.Connection, landing: Path) -> None:
    """COPY agrees as well: with every dialect cells arrive as they were written, none lost and none changed."""
    place = ["33", "28", "010", "001"]
    numbers = itertools.count(1)

    @given(rows=tables, dialect=dialects)
    @examples(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(rows: list[list[str]], dialect: dict[str, str]) -> None:
        full = [[str(next(numbers)), *place, *row] for row in rows or [["", "", ""]]]
        text = written([[*KEYS, "x", "y", "z"], *full], dialect | {"quoting": csv.QUOTE_ALL})
        (landing / "k_rt.csv").write_bytes(text.encode())
        (found,) = discover(settings)[0]
        number = load_delivery(settings, found, id_jalan="uji", guard=lambda cursor: None)
        got = warehouse.execute(f"select * from raw.k_rt_{number} order by baris").fetchall()
        assert [list(row[1:]) for row in got] == full

    check()
