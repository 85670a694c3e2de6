"""``regsosek quarantine``: faults on the screen or in a workbook."""

from __future__ import annotations

from dataclasses import astuple
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from regsosek.cli.screen import screen
from regsosek.gates.quarantine import Entry, Group, Selection, entries, groups, headings, write_workbook
from regsosek.settings import Settings
from regsosek.warehouse.connection import connect

SHOWN = 1_000
"""Records on the screen; the workbook has all."""


class WorkbookError(RuntimeError):
    """The workbook cannot be written there."""


def show_faults(settings: Settings, chosen: Selection, *, records: bool, xlsx: Path | None) -> None:
    """Print faults by village and rule, or one by one, or write both to a workbook.

    Raises:
        WorkbookError: the workbook cannot be written there.
    """
    console = screen()
    with connect(settings) as connection:
        if xlsx is not None:
            try:
                count = write_workbook(connection, chosen, xlsx)
            except OSError as error:
                raise WorkbookError(f"{xlsx} tidak dapat ditulis ({error.strerror}). Pilih tempat lain.") from None
            console.print(f"{count} temuan ditulis ke {xlsx}", soft_wrap=True, highlight=False)
            return
        with connection.cursor() as cursor:
            summary = groups(cursor, chosen)
        if not summary:
            console.print("Tidak ada temuan.")
            return
        if records:
            _print(console, Entry, list(islice(entries(connection, chosen), SHOWN)))
        else:
            _print(console, Group, summary)
    total = sum(group.jumlah for group in summary)
    if records and total > SHOWN:
        console.print(f"{SHOWN} dari {total} temuan. Semuanya: --xlsx BERKAS.", highlight=False)
    else:
        console.print(f"{total} temuan. Per record: --records; sebagai berkas: --xlsx BERKAS.", highlight=False)


def _print(console: Console, kind: type[Group] | type[Entry], rows: list[Group] | list[Entry]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in headings(kind):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in astuple(row)))
    console.print(table, markup=False)
