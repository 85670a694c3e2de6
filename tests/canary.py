"""What belongs to people, and everything that is looked through for it.

The sample's identities say that they are none; to them come a name, an address and a telephone number that stand in no
other file. Whatever looks like a NIK or KK is suspicious too: sixteen digits by themselves, not in a decimal fraction.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
import yaml
from pypdf import PdfReader

NAME, ADDRESS, PHONE = "KENARI BURUNG GEREJA", "JALAN KENARI TERSEMBUNYI 7", "+62 899 0000 7777"

IDENTITY = re.compile(
    r"(?<![0-9A-Za-z.,_-])[0-9]{16}(?![0-9A-Za-z])|SINTETIS (?:KEPALA|ANGGOTA) [A-Z]{5}|ALAMAT SINTETIS|"
    f"{NAME}|{ADDRESS}|{re.escape(PHONE)}"
)
HARMLESS = {"9007199254740991"}
"""The greatest integer of JavaScript, which dbt's pages know."""
HIDDEN = ("raw", "restricted", "pg_catalog", "information_schema", "pg_toast")
"""Schemas where identities may lie, and PostgreSQL's own."""


def plant(folder: Path) -> None:
    """Give the first family and the first person of a delivery what is searched for; telephones are a column more."""
    for name, cells in {"k_rt.csv": {"r107": ADDRESS, "r108": NAME}, "k_art.csv": {"r402": NAME}}.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header, *records = csv.reader(file)
        for column, text in cells.items():
            records[0][header.index(column)] = text
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[*header, "no_hp"], *([*record, PHONE] for record in records)])
    declaration = yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))
    del declaration["berkas"]  # whose checksums they were
    (folder / "kiriman.yml").write_text(yaml.safe_dump(declaration), encoding="utf-8")


def identities(text: str) -> set[str]:
    """What of people stands in a text."""
    return set(IDENTITY.findall(text)) - HARMLESS


def in_database(url: str) -> dict[str, set[str]]:
    """Tables outside of the schemas for identities that hold one: every row of every column."""
    found = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            """
            select c.oid::regclass::text, array_agg(a.attname::text) filter (where a.atttypid = 'bytea'::regtype)
            from pg_class as c
            join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind in ('r', 'm') and c.relnamespace::regnamespace::text <> all(%s)
            group by c.oid
            """,
            (list(HIDDEN),),
        ).fetchall()
        assert len(tables) > 20
        for table, binary in tables:
            bytes_as_text = "".join(f" || ' ' || coalesce(encode({column}, 'escape'), '')" for column in binary or [])
            rows = connection.execute(f"select t::text{bytes_as_text} from {table} as t".encode())
            if held := identities("\n".join(row for (row,) in rows)):
                found[table] = held
    return found


def in_files(files: Iterable[Path]) -> dict[str, set[str]]:
    """Files that hold one: their bytes, the text of a PDF, the members of a workbook or an archive."""
    return {str(path): held for path in files if path.is_file() and (held := identities("\n".join(_texts(path))))}


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".pdf":
        yield from (page.extract_text() for page in PdfReader(path).pages)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(member).decode("utf-8", "replace") for member in archive.namelist())
    else:
        yield path.read_bytes().decode("utf-8", "replace")
