"""CSV as it comes: whatever the dialect, the same cells reach COPY; what cannot be read names its record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regsosek.landing import csv_stream
from regsosek.landing.csv_stream import CsvStream
from regsosek.landing.refusal import DeliveryRefused

HEADER = ["id", "r101", "r306a"]
ROWS = [["1", "33", "4"], ["2", "33", ""], ["3", "", "11"]]
KNOWN = frozenset(HEADER)


def stream(content: bytes, size: int = 1 << 20) -> CsvStream:
    chunks: Iterator[bytes] = (content[i : i + size] for i in range(0, len(content), size))
    return CsvStream(chunks, berkas="k_rt", nama_berkas="k_rt.csv", known=KNOWN)


def copied(source: CsvStream) -> list[list[str]]:
    """The cells COPY reads from the blocks, by its rules: a quote toggles wherever it stands, one line end only."""
    text = b"".join(source.blocks()).decode("utf-8")
    delimiter, eol = source.dialect.delimiter, source.dialect.eol.decode()
    rows: list[list[str]] = []
    cells, cell, quoted, i = [], "", False, 0
    while i < len(text):
        char = text[i]
        if char == '"':
            if quoted and text[i + 1 : i + 2] == '"':
                cell, i = cell + char, i + 1
            else:
                quoted = not quoted
        elif not quoted and char == delimiter:
            cells, cell = [*cells, cell], ""
        elif not quoted and text.startswith(eol, i):
            rows, cells, cell, i = [*rows, [*cells, cell]], [], "", i + len(eol) - 1
        else:
            assert quoted or char not in "\r\n", "COPY refuses a line end that is not the first one's"
            cell += char
        i += 1
    assert not (quoted or cell or cells), "COPY needs whole records"
    assert [row[0] for row in rows] == [str(record) for record in range(2, len(rows) + 2)]
    return [row[1:] for row in rows]


def written(rows: list[list[str]], delimiter: str = ",", eol: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    # QUOTE_MINIMAL leaves a lone CR or LF bare where it is not the line end: the csv module's, not a dialect's, fault.
    csv.writer(out, delimiter=delimiter, lineterminator=eol, quoting=quoting).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_dialects_say_the_same(delimiter: str, eol: str, quoting: int, bom: bytes, size: int) -> None:
    source = stream(bom + written([HEADER, *ROWS], delimiter, eol, quoting).encode(), size)
    assert source.header == HEADER
    assert copied(source) == ROWS
    assert source.records == len(ROWS)


def test_clean_records_are_passed_on_byte_for_byte_behind_their_numbers() -> None:
    body = b'1,"Jl. ""Mawar"" 3,\nRT 1",4\n2,,\n'
    assert b"".join(stream(b"id,r101,r306a\n" + body).blocks()) == b"2," + body.replace(b"\n2,", b"\n3,2,")


@pytest.mark.parametrize("size", [1, 5, 1 << 20])
@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b"id,r101\n1,33\n2,33", [["1", "33"], ["2", "33"]], id="no-final-newline"),
        pytest.param(b'id,r101\n1,33\n2,"33"', [["1", "33"], ["2", "33"]], id="no-final-newline-quoted"),
        pytest.param(b"id,r101\n\n1,33\n \t\n\n2,33\n\n", [["1", "33"], ["2", "33"]], id="blank-lines"),
        pytest.param(b"\n;;\nid;r101\n;\n1;33\n;\n", [["1", "33"]], id="lines-of-delimiters"),
        pytest.param(b'id,r101\n"",""\n"1",""\n"","3"\n', [["1", ""], ["", "3"]], id="quoted-empty"),
        pytest.param(b'id,r101\n1,"a\n\nb"\n\n2,c\n', [["1", "a\n\nb"], ["2", "c"]], id="blank-line-within-a-cell"),
        pytest.param(b"id,r101\n1,33\r\n2,33\r3,33\n", [["1", "33"], ["2", "33"], ["3", "33"]], id="mixed-ends"),
        pytest.param(b"id,r101\r\n1,33\n2,33\r\n", [["1", "33"], ["2", "33"]], id="mixed-ends-crlf"),
        pytest.param(b'id,r101\r\n1,"a\nb"\r\n2,"c\r\nd"\r\n', [["1", "a\nb"], ["2", "c\r\nd"]], id="ends-in-cells"),
        pytest.param(b'id,r101\n1,Pipa 5" x\n2,7"\n', [["1", 'Pipa 5" x'], ["2", '7"']], id="stray-quotes"),
        pytest.param(b'id,r101\n1,SITI "ANI" S\n2,x\n', [["1", 'SITI "ANI" S'], ["2", "x"]], id="quotes-in-a-cell"),
        pytest.param(b"id,r101\n1,Jos\xe9\n2,x\n", [["1", "José"], ["2", "x"]], id="latin-1"),
        pytest.param("id,r101\n1,José\n2,x\n".encode(), [["1", "José"], ["2", "x"]], id="utf-8"),
        pytest.param(b"id,r101\n1,\x93Jos\xc3\xa9\n", [["1", "\u201cJosÃ©"]], id="windows-1252"),
        pytest.param(b"id,r101\n1,Jos\xc3\xa9\n2,Ren\xe9\n", [["1", "José"], ["2", "René"]], id="mixed-encodings"),
        pytest.param(b"id,r101\n1,\x81\xe9\n", [["1", "\x81é"]], id="latin-1-control"),
        pytest.param(b"id,r101\n\\.\n1,33\n", [["\\."], ["1", "33"]], id="copy-end-marker-is-data"),
    ],
)
def test_odd_files(content: bytes, rows: list[list[str]], size: int) -> None:
    assert copied(stream(content, size)) == rows


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6) | st.sampled_from(
    ["", '"', '""', "\n", "\r\n", " ", ",", ";", "\t", "\\.", "é", "'"]
)


def full(row: list[str]) -> bool:
    return any(each.strip(" \t") for each in row)


@given(
    rows=st.lists(st.tuples(st.just("1"), cell, cell).map(list), max_size=8),
    delimiter=st.sampled_from(",;\t"),
    eol=st.sampled_from(["\n", "\r\n", "\r"]),
    blank=st.sampled_from(["", "\n", "  \n", "\t\r\n"]),
    size=st.integers(1, 40),
    final=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_round_trip(rows: list[list[str]], delimiter: str, eol: str, blank: str, size: int, final: bool) -> None:
    text = "".join(written([row], delimiter, eol, csv.QUOTE_ALL) + blank for row in [HEADER, *rows])
    source = stream((text if final else text.removesuffix(blank).removesuffix(eol)).encode(), size)
    assert source.header == HEADER
    assert copied(source) == rows
    assert source.records == len(rows)


plain = st.text("ab0 'é\"", max_size=5).filter(lambda text: not text.startswith('"'))


@given(rows=st.lists(st.tuples(st.just("1"), plain, plain).map(list), max_size=8), size=st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_round_trip_of_text_nobody_quoted(rows: list[list[str]], size: int) -> None:
    text = "".join(",".join(row) + "\n" for row in [HEADER, *rows])
    assert copied(stream(text.encode("latin-1"), size)) == rows


@given(
    rows=st.lists(st.tuples(st.just("1"), cell).map(list), min_size=1, max_size=12),
    eol=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 60),
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_a_line_of_copy_is_found_among_the_records(
    rows: list[list[str]], eol: str, size: int, data: st.DataObject
) -> None:
    source = stream(written([["id", "r101"], *rows], ",", eol, csv.QUOTE_ALL).encode(), size)
    blocks = b"".join(source.blocks())
    wanted = data.draw(st.integers(0, len(rows) - 1))
    numbered = [f"{record}," + written([row], ",", eol, csv.QUOTE_ALL) for record, row in enumerate(rows, start=2)]
    before = "".join(numbered[: wanted + 1]).encode()
    assert blocks.startswith(before)
    counted = b"\n" if eol == "\n" else b"\r"  # what PostgreSQL counts, once it has seen the header's end
    assert source.record_of_line(1 + before.count(counted)) == wanted + 2


@pytest.mark.parametrize(
    ("content", "baris", "words"),
    [
        pytest.param(b"", None, "kosong", id="empty"),
        pytest.param(b"\n \n;;\n", None, "kosong", id="blank"),
        pytest.param(b"PK\x03\x04....", None, "XLSX", id="workbook"),
        pytest.param("id,r101\n1,33\n".encode("utf-16"), None, "UTF-16", id="utf-16"),
        pytest.param(b"id\0,r101\n1,33\n", 1, "NUL", id="nul-in-header"),
        pytest.param(b"id,r101\n1,33\n\n2,\0\n", 3, "NUL", id="nul"),
        pytest.param(b'id,r101\n1,"a\nb"\n2,"c\n\0"\n', 3, "NUL", id="nul-in-quotes"),
        pytest.param(b'id,r101\n1,33\n2,"x\n3,33\n4,33\n', 3, "kutip", id="quote-never-closed"),
    ],
)
def test_unreadable_names_the_record(content: bytes, baris: int | None, words: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        list(stream(content).blocks())
    assert (refused.value.aturan, refused.value.berkas) == ("berkas_tidak_terbaca", "k_rt")
    assert refused.value.baris == baris
    assert words in refused.value.pesan and "k_rt.csv" in refused.value.pesan


def test_a_quote_never_closed_does_not_swallow_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_stream, "MAX_RECORD", 1000)
    taken = []

    def chunks() -> Iterator[bytes]:
        yield b'id,r101\n1,"open\n' + b"x" * csv_stream.HEAD
        for number in range(1000):
            taken.append(number)
            yield b"2,33\n" * 100

    source = CsvStream(chunks(), berkas="k_rt", nama_berkas="k_rt.csv", known=KNOWN)
    with pytest.raises(DeliveryRefused, match="baris 2"):
        list(source.blocks())
    assert len(taken) < 3


def test_the_delimiter_is_the_one_that_shows_known_names() -> None:
    assert stream(b"id;r101;luas (m2), lantai\n1;33;4,5\n").dialect.delimiter == ";"
    assert stream(b'"id,satu"\tr101\tr306a\n').header == ["id,satu", "r101", "r306a"]
