"""The first pass: one statement per entity from raw text to typed rows."""

from __future__ import annotations

from typing import Any

import psycopg

from regsosek.codebook import Codebook, Item, Table
from regsosek.normalise.cells import TANDA, first_look, recoded, tidy
from regsosek.normalise.keys import GEOGRAPHY, family_map, village_map
from regsosek.normalise.pseudonym import pseudonym
from regsosek.normalise.source import Group
from regsosek.normalise.tables import ENTITY


def partition(group: Group, table: Table) -> str:
    """The partition of ``registri.keluarga`` or ``registri.anggota`` that holds the group."""
    return f"registri.{ENTITY[table]}_{group.suffix}"


def cell(group: Group, item: Item) -> str:
    """SQL for the item's text: tidied where the column needs it, in the form's own codes."""
    text = f"s.{item.kode}"
    if item.kode in group.untidy.get(item.tabel, ()):
        text = f"registri.rapi({text})"
    return recoded(text, item, group.naming)


def build_families(cursor: psycopg.Cursor, codebook: Codebook, group: Group, keys: dict[str, bytes]) -> None:
    """Make the group's partition of ``registri.keluarga``; nobody is rejected yet."""
    sls = f"lpad({tidy('s.r105')}, 6, '0')" if group.has("k_rt", "r105") else "''"
    known = f"{sls} ~ '^[0-9]{{6}}$'"
    leading = [
        "s.id_kiriman",
        "s.baris",
        "d.kode_desa",
        f"case when {known} then left({sls}, 4) end as kode_sls",
        f"case when {known} then right({sls}, 2) end as kode_sub_sls",
        *_identity(group, "k_rt", "r114", "kk", wrong=None),
        "null::text as alasan_tolak",
    ]
    _create(cursor, codebook, group, "k_rt", leading, "", keys)


def build_persons(cursor: psycopg.Cursor, codebook: Codebook, group: Group, keys: dict[str, bytes]) -> None:
    """Make the group's partition of ``registri.anggota``; each person carries the record of its family."""
    residents = ", ".join(str(code) for code in codebook.penduduk[group.versi])
    presence = first_look(cell(group, codebook.item("r404")))
    leading = [
        "s.id_kiriman",
        "s.baris",
        "k.baris as baris_keluarga",
        "d.kode_desa",
        *_identity(group, "k_art", "r403", "nik", wrong=_unlike_birth(codebook, group)),
        "null::text as alasan_tolak",
        f"coalesce({presence} in ({residents}), false) as penduduk",
    ]
    families = f"""
        left join {family_map(group)} as k
            on k.id_kiriman = s.id_kiriman and k.kunci_desa = d.kunci_desa and k.id = {tidy("s.id_rt")}
    """
    _create(cursor, codebook, group, "k_art", leading, families, keys)


def _create(
    cursor: psycopg.Cursor,
    codebook: Codebook,
    group: Group,
    table: Table,
    leading: list[str],
    joins: str,
    keys: dict[str, Any],
) -> None:
    delivered = group.items(codebook, table)
    typed = [
        f"{first_look(cell(group, item))} as {item.kode}" if item in delivered else f"null::smallint as {item.kode}"
        for item in codebook.typed(table)
    ]
    query = f"""
        create table {partition(group, table)} as
        select {", ".join(leading + typed)}
        from {group.relation(table)} as s
        join {village_map(group)} as d on {" and ".join(f"d.{key} = s.{key}" for key in GEOGRAPHY)}
        {joins}
    """
    cursor.execute(query.encode(), keys if "%(dalam)s" in query else None)


def _identity(group: Group, table: Table, column: str, name: str, *, wrong: str | None) -> list[str]:
    """Pseudonym, quality and trailing zero of an identity number; the number itself stays in raw."""
    if not group.has(table, column):
        return [f"null::uuid as {name}", f"null::smallint as {name}_mutu", f"null::boolean as {name}_berakhir_nol"]
    number = tidy(f"s.{column}")
    valid = f"{number} ~ '^[0-9]{{16}}$'"
    quality = f"when {wrong} then 3 else 0 end" if wrong else "else 0 end"
    return [
        f"case when {valid} then {pseudonym(name, number)} end as {name}",
        f"(case when {number} = '' then 1 when not ({valid}) then 2 {quality})::smallint as {name}_mutu",
        f"case when {valid} then right({number}, 1) = '0' end as {name}_berakhir_nol",
    ]


def _unlike_birth(codebook: Codebook, group: Group) -> str | None:
    """SQL predicate: digits 7 to 12 of a NIK are not day (plus 40 for women), month and year of birth."""
    needed = ("r405", "r406tgl", "r406bln", "r406thn")
    if not all(group.has("k_art", column) for column in needed):
        return None
    sex, day, month, year = (
        f"nullif({first_look(cell(group, codebook.item(column)))}, {TANDA})::integer" for column in needed
    )
    written = f"substr({tidy('s.r403')}, 7, 6)"
    birth = (
        f"lpad(({day} + case {sex} when 2 then 40 when 1 then 0 end)::text, 2, '0') "
        f"|| lpad({month}::text, 2, '0') || lpad(({year} % 100)::text, 2, '0')"
    )
    return f"{written} <> {birth}"
