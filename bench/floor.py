"""The floor: COPY of both files as they are, and one query by hand. Nothing is checked, kept or published.

The query is written twice: plainly, which makes the floor, and tuned by its plan, which is shown beside it.
"""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from regsosek.codebook import TABLES, Table
from regsosek.transform.definition import DBT_PROJECT

VILLAGES = DBT_PROJECT / "seeds" / "ref_desa.csv"
PLAIN = Path(__file__).with_name("floor.sql")
TUNED = Path(__file__).with_name("floor_tuned.sql")
CHUNK = 1 << 20
STATISTICS: dict[Table, str] = {"k_rt": "id, r205", "k_art": "id_rt, r404"}
"""Columns by which the planner judges the queries; of all columns, ANALYZE would take seconds."""

Figures = dict[tuple[str, str], tuple[int | None, ...]]
"""Village and indicator -> pembilang, penyebut, tidak_tahu, semesta_tidak_tahu."""


@dataclass(frozen=True)
class Answer:
    """Seconds of a query, and its figures."""

    seconds: float
    figures: Figures


@dataclass(frozen=True)
class Floor:
    """Seconds of COPY and of ANALYZE, and what both queries answer."""

    copy: float
    analyze: float
    plain: Answer
    tuned: Answer


def measure_floor(url: str, folder: Path) -> Floor:
    """Load the two files in ``folder`` into an empty database, and compute every indicator of every village, twice."""
    with psycopg.connect(url, autocommit=True) as connection:
        _create(connection, folder)
        began = time.perf_counter()
        for table in TABLES:
            _copy(connection, table, folder / f"{table}.csv")
        copied = time.perf_counter()
        for table, columns in STATISTICS.items():
            connection.execute(f"analyze bench.{table} ({columns})".encode())
        analyzed = time.perf_counter()
        plain = _answer(connection, PLAIN)
        tuned = _answer(connection, TUNED)
    return Floor(copied - began, analyzed - copied, plain, tuned)


def as_figures(rows: list[tuple[Any, ...]]) -> Figures:
    """Rows of village, indicator and the four integers, by village and indicator."""
    return {
        (desa, indikator): tuple(None if value is None else int(value) for value in four)
        for desa, indikator, *four in rows
    }


def _answer(connection: psycopg.Connection, query: Path) -> Answer:
    began = time.perf_counter()
    rows = connection.execute(query.read_bytes()).fetchall()
    return Answer(time.perf_counter() - began, as_figures(rows))


def _create(connection: psycopg.Connection, folder: Path) -> None:
    """The schema, and the villages with their class: reference data that is there before a delivery comes."""
    connection.execute("create schema bench")
    connection.execute("create unlogged table bench.desa (kode_desa text, klas smallint)")
    with VILLAGES.open(encoding="utf-8", newline="") as lines, connection.cursor() as cursor:
        cursor.executemany(
            "insert into bench.desa values (%s, %s)",
            [(row["kode_desa"], row["klas"] or None) for row in csv.DictReader(lines)],
        )
    connection.execute("analyze bench.desa")


def _copy(connection: psycopg.Connection, table: Table, path: Path) -> None:
    """Make and fill a table of the file's own columns, all text; in one transaction, so that rows can be frozen."""
    name = sql.Identifier("bench", table)
    with path.open("rb") as file, connection.transaction(), connection.cursor() as cursor:
        columns = file.readline().decode().strip().split(",")
        definition = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in columns)
        cursor.execute(sql.SQL("create unlogged table {} ({})").format(name, definition))
        with cursor.copy(sql.SQL("copy {} from stdin (format csv, freeze)").format(name)) as copy:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
