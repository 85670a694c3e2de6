"""The published marts as files: every table with its definitions, for those who work with spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from regsosek.metadata import metadata_tables
from regsosek.spreadsheet import OPTIONS, add_sheet, defused, write_cells


class ExportRefusedError(RuntimeError):
    """Nothing is published, or there is no such mart."""


@dataclass(frozen=True)
class Mart:
    """A view of ``marts``: name, description, and (column, type, description) in order."""

    name: str
    description: str
    columns: tuple[tuple[str, str, str], ...]


def export_marts(
    connection: psycopg.Connection,
    folder: Path,
    names: Sequence[str],
    formats: set[str],
    *,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> list[Path]:
    """Write each mart, all if none is named, to ``<mart>.xlsx`` or ``.csv`` in the folder; returns the files.

    All of them are of one release, even if another is published meanwhile. A CSV has its definitions beside it.
    ``tell`` is called with (marts written, marts in all).

    Raises:
        ExportRefusedError: nothing is published, or a name is no mart.
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        marts = _chosen(connection, names)
        for done, mart in enumerate(marts):
            tell(done, len(marts))
            if "xlsx" in formats:
                written.append(_as_workbook(connection, mart, folder / f"{mart.name}.xlsx"))
            if "csv" in formats:
                written += _as_csv(connection, mart, folder)
    return written


def export_metadata(folder: Path, formats: set[str]) -> list[Path]:
    """Write MS-Keg, MS-Ind and MS-Var of Satu Data Indonesia into the folder; returns the files.

    Raises:
        OSError: the folder cannot be written to.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it

    folder.mkdir(parents=True, exist_ok=True)
    tables, written = metadata_tables(), []
    if "xlsx" in formats:
        written.append(folder / "metadata.xlsx")
        with written[-1].open("wb") as file, Workbook(file, OPTIONS) as book:
            for table in tables:
                sheet = add_sheet(book, table.name, table.headings, [30] * len(table.headings))
                for number, row in enumerate(table.rows, start=1):
                    write_cells(sheet, number, row)
    for table in tables if "csv" in formats else ():
        written.append(folder / f"{table.name}.csv")
        with written[-1].open("w", encoding="utf-8-sig", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(table.headings)
            writer.writerows([defused(cell) for cell in row] for row in table.rows)
    return written


def _chosen(connection: psycopg.Connection, names: Sequence[str]) -> list[Mart]:
    rows = connection.execute(
        """
        select c.relname::text, coalesce(obj_description(c.oid), ''), array_agg(
            array[a.attname::text, format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), '')]
            order by a.attnum
        )
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = to_regnamespace('marts') and c.relkind = 'v'
        group by c.oid, c.relname order by 1
        """
    ).fetchall()
    marts = {
        name: Mart(name, text, tuple((each[0], each[1], each[2]) for each in columns)) for name, text, columns in rows
    }
    if not marts:
        raise ExportRefusedError("Belum ada rilis yang terbit. Jalankan penyegaran dahulu.")
    if unknown := sorted(set(names) - marts.keys()):
        raise ExportRefusedError(f"Tidak ada tabel {', '.join(unknown)}. Yang ada: {', '.join(marts)}.")
    return [marts[name] for name in names or marts]


@contextmanager
def _rows(connection: psycopg.Connection, mart: Mart) -> Iterator[psycopg.ServerCursor]:
    columns = [name for name, _, _ in mart.columns]
    with connection.cursor(f"ekspor_{mart.name}") as cursor:
        cursor.itersize = 10_000
        cursor.execute(
            sql.SQL("select {} from {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("marts", mart.name)
            )
        )
        yield cursor


def _as_workbook(connection: psycopg.Connection, mart: Mart, path: Path) -> Path:
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it

    with path.open("wb") as file, Workbook(file, OPTIONS) as book, _rows(connection, mart) as rows:
        names = [name for name, _, _ in mart.columns]
        sheet = add_sheet(book, "Data", names, [max(12, len(name) + 2) for name in names])
        for number, row in enumerate(rows, start=1):
            write_cells(sheet, number, row)
        sheet = add_sheet(book, "Definisi", ("Kolom", "Jenis", "Arti"), (30, 18, 100))
        write_cells(sheet, 1, (mart.name, "tabel", mart.description))
        for number, column in enumerate(mart.columns, start=2):
            write_cells(sheet, number, column)
    return path


def _as_csv(connection: psycopg.Connection, mart: Mart, folder: Path) -> list[Path]:
    data, definitions = folder / f"{mart.name}.csv", folder / f"{mart.name}_definisi.csv"
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    with data.open("w", encoding="utf-8-sig", newline="") as file, _rows(connection, mart) as rows:
        writer = csv.writer(file)
        writer.writerow([name for name, _, _ in mart.columns])
        writer.writerows([_cell(value) for value in row] for row in rows)
    with definitions.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("kolom", "jenis", "arti"))
        writer.writerow((mart.name, "tabel", mart.description))
        writer.writerows(mart.columns)
    return [data, definitions]


def _cell(value: Any) -> Any:
    return defused(value) if isinstance(value, str) else value
