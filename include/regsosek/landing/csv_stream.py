"""CSV as it comes, turned into what COPY reads, a bounded piece at a time.

Every record gets its number in front; a block of clean records is otherwise passed on byte for byte. What COPY would
misread or refuse is rewritten first: blank lines, line ends that differ from the header's, quotes in the middle of a
cell, text that is not UTF-8. Cells are never interpreted, and an empty cell is the same quoted or not.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from regsosek.codebook import header_key
from regsosek.landing.refusal import DeliveryRefused, File, refusal

DELIMITERS = (",", ";", "\t")
HEAD = 256 << 10
"""Bytes the header is looked for in."""
MAX_RECORD = 2 << 20
"""Bytes of one record; beyond it a quote was opened and never closed."""
LF, CR, QUOTE = b'\n\r"'

OTHER_FORMATS = {
    b"PK\x03\x04": "isinya buku kerja XLSX; beri nama berakhiran .xlsx",
    b"\xd0\xcf\x11\xe0": "isinya buku kerja XLS lama; simpan ulang sebagai CSV UTF-8",
    b"\xff\xfe": "teksnya UTF-16; simpan ulang sebagai CSV UTF-8",
    b"\xfe\xff": "teksnya UTF-16; simpan ulang sebagai CSV UTF-8",
    b"\x1f\x8b": "isinya termampat (gzip); buka dahulu, lalu kirim berkas CSV-nya",
}

Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Dialect:
    """How a file is written: cell delimiter, and line end of what is handed out (LF or CRLF)."""

    delimiter: str
    eol: bytes

    def is_blank(self, line: bytes) -> bool:
        """Whether a line has no cell with anything in it: spreadsheets write such lines for rows once touched."""
        return not line.strip(b' \t"\r\n' + self.delimiter.encode())


@dataclass(frozen=True)
class Block:
    """What is known about a piece of text that starts at a record.

    Attributes:
        clean: COPY reads every record of it as it stands.
        ends: offsets just behind each complete record.
        embedded: for each line end within quotes that COPY counts as a line, the index of its record.
    """

    clean: bool
    ends: Positions
    embedded: Positions

    @property
    def size(self) -> int:
        """Bytes of all complete records."""
        return int(self.ends[-1]) if self.ends.size else 0


def inspect(buffer: bytes, dialect: Dialect) -> Block:
    """Find the records of a buffer, and whether COPY can have them as they are."""
    data = np.frombuffer(buffer, np.uint8)
    newlines = np.flatnonzero(data == LF)
    returns = np.flatnonzero(data == CR) if b"\r" in buffer else newlines[:0]
    quotes = np.flatnonzero(data == QUOTE) if b'"' in buffer else newlines[:0]
    clean, inner = True, newlines[:0]
    if quotes.size:
        # Inside quotes is where an odd number of quotes came before.
        clean = _quotes_enclose_cells(data, quotes, dialect.delimiter)
        within = np.searchsorted(quotes, newlines) & 1 == 1
        returns_within = np.searchsorted(quotes, returns) & 1 == 1
        inner = newlines[within] if dialect.eol == b"\n" else returns[returns_within]
        newlines, returns = newlines[~within], returns[~returns_within]
    if returns.size and returns[-1] == data.size - 1:
        returns = returns[:-1]  # its LF may be in the next chunk
    clean = clean and np.array_equal(returns, newlines[:0] if dialect.eol == b"\n" else newlines - 1)
    clean = clean and not _has_blank_line(buffer, data, newlines, dialect)
    return Block(clean, newlines + 1, np.searchsorted(newlines, inner))


def _quotes_enclose_cells(data: NDArray[np.uint8], quotes: Positions, delimiter: str) -> bool:
    """Whether every quote opens or closes a whole cell, or is one of a doubled pair."""
    beside = np.zeros(256, np.bool_)
    beside[[LF, CR, QUOTE, ord(delimiter)]] = True
    before, after = quotes[0::2] - 1, quotes[1::2] + 1
    before, after = before[before >= 0], after[after < data.size]
    return bool(beside[data[before]].all() and beside[data[after]].all())


def _has_blank_line(buffer: bytes, data: NDArray[np.uint8], newlines: Positions, dialect: Dialect) -> bool:
    if not newlines.size:
        return False
    starts = np.concatenate(([0], newlines[:-1] + 1))
    suspect, padding = np.zeros(256, np.bool_), np.zeros(256, np.bool_)
    suspect[[LF, CR, ord(" "), ord("\t"), ord(dialect.delimiter)]] = True
    padding[[QUOTE, ord(" "), ord("\t")]] = True
    first, second = data[starts], data[np.minimum(starts + 1, data.size - 1)]
    # Of a record that begins with a quote, only a first cell that is empty or begins with a blank makes it suspect.
    candidates = np.flatnonzero(suspect[first] | ((first == QUOTE) & padding[second]))
    return any(dialect.is_blank(buffer[starts[i] : newlines[i]]) for i in candidates.tolist())


def to_text(line: bytes) -> str:
    """A line in UTF-8 or, failing that, Windows-1252 or Latin-1."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def to_utf8(block: bytes) -> bytes:
    """The block in UTF-8; only lines that are something else are touched."""
    if block.isascii():
        return block
    try:
        block.decode()
    except UnicodeDecodeError:
        return b"".join(to_text(line).encode() for line in block.splitlines(keepends=True))
    return block


class _Lines:
    """Lines for the csv reader that knows how many were taken, and whether more were wanted than there are."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.taken = 0
        self.dry = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.taken == len(self._lines):
            self.dry = True
            raise StopIteration
        self.taken += 1
        return to_text(self._lines[self.taken - 1])


def _rows(lines: list[bytes], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """(cells, lines taken so far) of every complete record; one that goes on behind the last line is left out."""
    feed = _Lines(lines)
    for row in csv.reader(feed, delimiter=delimiter):
        if feed.dry:
            return
        yield row, feed.taken


def _is_blank(row: list[str]) -> bool:
    return not any(cell.strip(" \t") for cell in row)


class CsvStream:
    """One CSV file on its way to COPY.

    Attributes:
        header: cells of the first record.
        dialect: how the file is written.
        records: records handed out so far, without the header.
    """

    def __init__(self, chunks: Iterator[bytes], *, berkas: File, nama_berkas: str, known: frozenset[str]) -> None:
        """Read as far as the header; ``known`` are the header keys by which the delimiter is recognised.

        Raises:
            DeliveryRefused: ``berkas_tidak_terbaca``: empty, or no CSV.
        """
        self.records = 0
        self._berkas: File = berkas
        self._nama = nama_berkas
        self._chunks = chunks
        self._embedded: list[Positions] = []
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= HEAD:
                break
        self._refuse_other_formats(head)
        lines = head.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
        while lines and not lines[0].strip(b' \t,;"\r\n'):
            lines.pop(0)
        if not lines:
            raise self._unreadable("kosong")
        if b"\0" in lines[0]:
            raise self._unreadable("memuat byte NUL pada judul kolom", baris=1)
        self.header, taken, delimiter = _sniff(lines, known)
        self.dialect = Dialect(delimiter, b"\r\n" if lines[taken - 1].endswith(b"\r\n") else b"\n")
        self._rest = b"".join(lines[taken:])

    def blocks(self) -> Iterator[bytes]:
        """Whole records in UTF-8, each with its number as the first cell, from 2: the header is record 1. One pass.

        Raises:
            DeliveryRefused: ``berkas_tidak_terbaca``, with the record.
        """
        buffer = self._rest
        for chunk in self._chunks:
            block, buffer = self._take(buffer + chunk)
            if len(buffer) > MAX_RECORD:
                raise self._unclosed() if b'"' in buffer else self._too_long()
            if block:
                yield block
        if buffer and not buffer.endswith(b"\n"):
            buffer += self.dialect.eol
        block, buffer = self._take(buffer)
        if block:
            yield block
        if buffer:
            raise self._unclosed()

    def record_of_line(self, line: int) -> int:
        """The record that COPY means by a line number; the header is 1 for both.

        They differ behind a cell of several lines.
        """
        inner = np.concatenate([*self._embedded, np.empty(0, np.intp)])

        def last_line(record: int) -> int:
            return record + int(np.searchsorted(inner, record - 2, side="right"))

        return bisect_left(range(line), line, key=last_line)

    def _take(self, buffer: bytes) -> tuple[bytes, bytes]:
        """(whole records for COPY, what is left over)."""
        if b"\0" in buffer:
            raise self._unreadable("memuat byte NUL", baris=self._record_at(buffer, buffer.index(b"\0")))
        found = inspect(buffer, self.dialect)
        if found.clean:
            block, rest = buffer[: found.size], buffer[found.size :]
        else:
            rewrite = self._with_csv_reader if b'"' in buffer else self._by_lines
            block, rest = rewrite(buffer)
            found = inspect(block, self.dialect)
        if found.embedded.size:
            self._embedded.append(found.embedded + self.records)
        first = self.records + 2
        self.records += found.ends.size
        return to_utf8(self._number(block, found.ends.tolist(), first)), rest

    def _number(self, block: bytes, ends: list[int], first: int) -> bytes:
        """Put the record number in front of each record: half of what an identity column costs COPY."""
        form = b"%d" + self.dialect.delimiter.encode() + b"%b"
        return b"".join([form % (number, block[a:b]) for number, (a, b) in enumerate(pairwise([0, *ends]), first)])

    def _by_lines(self, buffer: bytes) -> tuple[bytes, bytes]:
        """Rewrite text without quotes: no blank lines, one kind of line end."""
        lines, rest = _complete_lines(buffer)
        eol = self.dialect.eol
        return b"".join(line.rstrip(b"\r\n") + eol for line in lines if not self.dialect.is_blank(line)), rest

    def _with_csv_reader(self, buffer: bytes) -> tuple[bytes, bytes]:
        """Rewrite text with quotes, cell by cell."""
        lines, rest = _complete_lines(buffer)
        out = io.StringIO()
        # Every cell quoted: before Python 3.13 a lone CR in a cell would not be.
        write = csv.writer(
            out, delimiter=self.dialect.delimiter, lineterminator=self.dialect.eol.decode(), quoting=csv.QUOTE_ALL
        ).writerow
        done = written = 0
        try:
            for row, taken in _rows(lines, self.dialect.delimiter):
                done = taken
                if not _is_blank(row):
                    write(row)
                    written += 1
        except csv.Error:
            unreadable = self._unreadable("memuat sel yang terlalu panjang", baris=self.records + written + 2)
        else:
            return out.getvalue().encode(), b"".join(lines[done:]) + rest
        raise unreadable

    def _record_at(self, buffer: bytes, offset: int) -> int:
        """The record of an offset in the buffer."""
        before = buffer[:offset].splitlines(keepends=True)
        if before and not before[-1].endswith((b"\r", b"\n")):
            before.pop()
        return self.records + 2 + sum(not _is_blank(row) for row, _ in _rows(before, self.dialect.delimiter))

    def _refuse_other_formats(self, head: bytes) -> None:
        for start, reason in OTHER_FORMATS.items():
            if head.startswith(start):
                raise self._unreadable(f"bukan CSV: {reason}")

    def _unclosed(self) -> DeliveryRefused:
        return self._unreadable("memuat tanda kutip yang dibuka dan tidak ditutup", baris=self.records + 2)

    def _too_long(self) -> DeliveryRefused:
        return self._unreadable(f"lebih panjang dari {MAX_RECORD >> 20} MB", baris=self.records + 2)

    def _unreadable(self, reason: str, *, baris: int | None = None) -> DeliveryRefused:
        where = f", baris {baris}," if baris is not None else ""
        return refusal("berkas_tidak_terbaca", self._berkas, f"{self._nama}{where} {reason}.", baris=baris)


def _complete_lines(buffer: bytes) -> tuple[list[bytes], bytes]:
    """Lines with their ends, and an unfinished last one; a CR at the very end may be half of a CRLF."""
    lines = buffer.splitlines(keepends=True)
    rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
    return lines, rest


def _sniff(lines: list[bytes], known: frozenset[str]) -> tuple[list[str], int, str]:
    """(header, lines it takes, delimiter): the delimiter that shows most known names, then most cells."""
    readings: list[tuple[list[str], int, str]] = []
    for delimiter in DELIMITERS:
        feed = _Lines(lines)
        try:
            readings.append((next(csv.reader(feed, delimiter=delimiter)), feed.taken, delimiter))
        except csv.Error:
            continue
    if not readings:
        return [""], 1, DELIMITERS[0]
    return max(readings, key=lambda reading: (sum(header_key(cell) in known for cell in reading[0]), len(reading[0])))
