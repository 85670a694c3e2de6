"""``regsosek quarantine``: faults on the screen or in a workbook."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple
from itertools import islice
from pathlib import Path

import typer
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


def show_faults(settings: Settings, chosen: Selection, *, records: bool, xlsx: Path | None, as_json: bool) -> None:
    """Print faults by village and rule, or one by one, or write both to a workbook.

    As JSON: a list of groups, or every fault as a line of its own, so that any number can be streamed.

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
        if as_json and records:
            for entry in entries(connection, chosen):
                typer.echo(json.dumps(asdict(entry), ensure_ascii=False))
            return
        with connection.cursor() as cursor:
            summary = groups(cursor, chosen)
        if as_json:
            typer.echo(json.dumps([asdict(group) for group in summary], ensure_ascii=False, indent=2))
            return
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
