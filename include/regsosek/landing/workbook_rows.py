"""The child process that reads a workbook: XLSX on standard input, CSV on standard output.

It runs under a memory limit of its own, because a workbook can ask for any amount: shared strings are held in memory,
and a small archive can unpack to a huge one. What went wrong is told by the exit code alone; nothing of the data goes
to standard error.

    python -m regsosek.landing.workbook_rows <k_rt|k_art> <cells> <megabytes>
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any, BinaryIO

BYTES_PER_CELL = 100
"""XML of one cell, generously; an archive that unpacks to more than its cells may need is refused unread."""
BESIDE_CELLS = 1 << 20
"""Bytes of styles, theme and the like."""


class Exit(IntEnum):
    """How the child ends."""

    DONE = 0
    UNREADABLE = 3
    TOO_MANY_CELLS = 4
    TOO_LARGE = 5
    OUT_OF_MEMORY = 6


class _Stop(Exception):
    def __init__(self, code: Exit) -> None:
        super().__init__(code)
        self.code = code


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without point or exponent, dates in ISO form, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        # A double holds every whole number below 2^53: there, and only there, its digits are the true ones.
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def records(rows: Iterable[tuple[Any, ...]], max_cells: int) -> Iterator[list[str]]:
    """Header and records, all as wide as the header or wider; rows without any content are left out."""
    cells = width = 0
    for row in rows:
        cells += max(1, len(row))  # a row number of billions is filled up with empty rows
        if cells > max_cells:
            raise _Stop(Exit.TOO_MANY_CELLS)
        texts = [cell_text(value) for value in row]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            width = width or len(texts)
            yield texts + [""] * (width - len(texts))


def convert(source: BinaryIO, target: io.TextIOBase, table: str, max_cells: int) -> None:
    """Write the sheet named like the table, or the first one, as CSV."""
    with zipfile.ZipFile(source) as archive:
        # zipfile never unpacks more than an entry declares, so the declared sizes are an upper bound.
        if sum(entry.file_size for entry in archive.infolist()) > BESIDE_CELLS + max_cells * BYTES_PER_CELL:
            raise _Stop(Exit.TOO_LARGE)
    source.seek(0)
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl does without; it reserves memory by the core
    import openpyxl  # noqa: PLC0415 - under the memory limit, and after the sizes are known

    book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    named = [sheet for sheet in book.worksheets if re.sub(r"[^a-z]+", "_", sheet.title.lower()) == table]
    sheet = (named or book.worksheets)[0]
    sheet.reset_dimensions()
    csv.writer(target, lineterminator="\n").writerows(records(sheet.iter_rows(values_only=True), max_cells))


def main(table: str, max_cells: int, memory_mb: int) -> Exit:
    """Convert standard input to standard output."""
    limit = memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        with (
            os.fdopen(0, "rb", closefd=False) as source,
            io.TextIOWrapper(os.fdopen(1, "wb", buffering=1 << 20), encoding="utf-8", newline="") as target,
        ):
            convert(source, target, table, max_cells)
    except _Stop as stop:
        return stop.code
    except MemoryError:
        return Exit.OUT_OF_MEMORY
    except Exception:  # whatever a broken workbook provokes; its message may quote a cell
        return Exit.UNREADABLE
    return Exit.DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
