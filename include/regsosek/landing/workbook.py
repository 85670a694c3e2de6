"""A workbook as a stream of CSV, read by a child process with a memory limit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from regsosek.codebook import Table
from regsosek.landing.discover import chunks
from regsosek.landing.refusal import DeliveryRefused, refusal
from regsosek.landing.workbook_rows import Exit
from regsosek.settings import Settings


@contextmanager
def workbook_as_csv(settings: Settings, source: IO[bytes], table: Table, nama_berkas: str) -> Iterator[Iterator[bytes]]:
    """CSV of the sheet named like the table, or of the first one, while the child reads ``source``.

    ``source`` is a real file. The iterator raises DeliveryRefused (``berkas_tidak_terbaca``) where the child failed:
    behind the records that were read until then.
    """
    source.flush()
    source.seek(0)
    arguments = [table, str(settings.xlsx_max_cells), str(settings.xlsx_memory_mb)]
    child = subprocess.Popen(
        [sys.executable, "-m", "regsosek.landing.workbook_rows", *arguments],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _read(child, settings, table, nama_berkas)
    finally:
        child.kill()
        child.communicate()


def _read(child: subprocess.Popen[bytes], settings: Settings, table: Table, nama_berkas: str) -> Iterator[bytes]:
    yield from chunks(child.stdout)
    code = child.wait()
    if code != Exit.DONE:
        raise _refused(code, settings, table, nama_berkas)


def _refused(code: int, settings: Settings, table: Table, nama_berkas: str) -> DeliveryRefused:
    reasons: dict[int, str] = {
        Exit.TOO_MANY_CELLS: f"berisi lebih dari {settings.xlsx_max_cells} sel",
        Exit.TOO_LARGE: "terlalu besar setelah dibuka",
        Exit.OUT_OF_MEMORY: f"memerlukan memori lebih dari {settings.xlsx_memory_mb} MB",
    }
    if code in reasons:
        remedy = "Simpan lembar kerja itu sebagai CSV UTF-8, lalu kirim ulang."
        return refusal("berkas_tidak_terbaca", table, f"{nama_berkas} {reasons[code]}.", tindakan=remedy)
    return refusal("berkas_tidak_terbaca", table, f"{nama_berkas} bukan buku kerja XLSX yang utuh.")
