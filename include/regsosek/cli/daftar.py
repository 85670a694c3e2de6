"""``regsosek daftar``: a list of families by name and address, for a purpose that is recorded."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from regsosek.access.lists import ListRefusedError, ask, heading, write_workbook
from regsosek.cli.dsn import role_url
from regsosek.cli.screen import screen
from regsosek.settings import Settings
from regsosek.warehouse.connection import connect


def show_list(settings: Settings, daftar: str, village: str, purpose: str, role: str, *, xlsx: Path | None) -> None:
    """Ask as that role, and print the list or write it to a workbook.

    Raises:
        ListRefusedError: it is not handed out, or the workbook cannot be written there.
        WarehouseUnavailableError: there is no warehouse, or no password of that role.
    """
    if xlsx is not None and not xlsx.absolute().parent.is_dir():  # before anything is asked for, and recorded
        raise ListRefusedError(f"{xlsx} tidak dapat ditulis: foldernya tidak ada.")
    connect(settings).close()  # a warehouse that does not answer is told as such
    found = ask(role_url(settings, role, here=True), daftar, village, purpose)
    console = screen()
    if xlsx is not None:
        try:
            write_workbook(found, xlsx)
        except OSError as error:
            raise ListRefusedError(f"{xlsx} tidak dapat ditulis ({error.strerror}). Pilih tempat lain.") from None
        where = f"ditulis ke {xlsx}"
    else:
        table = Table(box=None, pad_edge=False)
        for column in found.columns:
            table.add_column(heading(column), overflow="fold")
        for row in found.rows:
            table.add_row(*(Text("–" if value is None else str(value)) for value in row))
        console.print(table)
        where = "ditampilkan"
    console.print(
        f"{len(found.rows)} baris {where}. Tercatat: {found.pengguna}, tiket {found.tiket}.",
        soft_wrap=True, markup=False, highlight=False,
    )  # fmt: skip
