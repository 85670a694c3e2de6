"""Which village a record belongs to, and which family a person belongs to.

Work tables are ordinary tables in schema ``registri``, not temporary ones, because PostgreSQL reads temporary tables
with one process only; the transaction that makes them drops them.
"""

from __future__ import annotations

import psycopg

from regsosek.normalise.cells import tidy
from regsosek.normalise.source import Group

GEOGRAPHY = ("r101", "r102", "r103", "r104")
WIDTHS = (2, 2, 3, 3)


def village_code() -> str:
    """SQL for the code that 101–104 of a raw record make: tidied, leading zeros restored."""
    return " || ".join(
        f"lpad({tidy(column)}, greatest({width}, length({tidy(column)})), '0')"
        for column, width in zip(GEOGRAPHY, WIDTHS, strict=True)
    )


def village_map(group: Group) -> str:
    """Name of the work table (r101, …, r104 as delivered) → ``kunci_desa``, ``kode_desa``."""
    return f"registri.kerja_desa_{group.suffix}"


def family_map(group: Group) -> str:
    """Name of the work table (id_kiriman, kunci_desa, id) → ``baris`` of the family and how many share the id."""
    return f"registri.kerja_keluarga_{group.suffix}"


def map_villages(cursor: psycopg.Cursor, group: Group) -> None:
    """Resolve every combination of 101–104 once: tidied, leading zeros restored, looked up in the village list.

    ``kunci_desa`` is never null and keeps records of an unknown village together; ``kode_desa`` is null for them.
    """
    parts = ", ".join(GEOGRAPHY)
    query = f"""
        create table {village_map(group)} as
        select k.*, d.kode_desa
        from (
            select {parts}, {village_code()} as kunci_desa
            from (
                select {parts} from {group.relation("k_rt")} as k_rt group by {parts}
                union
                select {parts} from {group.relation("k_art")} as k_art group by {parts}
            ) as dikirim
        ) as k
        left join acuan.ref_desa as d on d.kode_desa = k.kunci_desa
    """
    cursor.execute(query.encode())
    cursor.execute(f"analyze {village_map(group)}".encode())


def map_families(cursor: psycopg.Cursor, group: Group) -> None:
    """Find the record of each family id within its village; families without an id are in no entry."""
    query = f"""
        create table {family_map(group)} as
        select s.id_kiriman, d.kunci_desa, {tidy("s.id")} as id, min(s.baris) as baris, count(*)::integer as banyak
        from {group.relation("k_rt")} as s
        join {village_map(group)} as d using ({", ".join(GEOGRAPHY)})
        where {tidy("s.id")} <> ''
        group by 3, 2, 1
    """
    cursor.execute(query.encode())
    cursor.execute(f"analyze {family_map(group)}".encode())
