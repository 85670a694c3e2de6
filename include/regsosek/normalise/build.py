"""The first pass: one statement per entity from raw text to typed rows."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from regsosek.codebook import Codebook, Item, Table
from regsosek.normalise.cells import TANDA, first_look, identity_number, outside, recoded, tidy
from regsosek.normalise.keys import GEOGRAPHY, family_map, village_map
from regsosek.normalise.pseudonym import Kind, pseudonym
from regsosek.normalise.source import Group
from regsosek.normalise.tables import ENTITY

BIRTH = ("r405", "r406tgl", "r406bln", "r406thn")
"""Items that a NIK repeats: sex, day, month and year of birth."""


def partition(group: Group, table: Table) -> str:
    """The partition of ``registri.keluarga`` or ``registri.anggota`` that holds the group."""
    return f"registri.{ENTITY[table]}_{group.suffix}"


def cell(group: Group, item: Item) -> str:
    """SQL for the item's text: tidied where the column needs it, in the form's own codes."""
    text = f"s.{item.kode}"
    if item.kode in group.untidy.get(item.tabel, ()):
        text = f"registri.rapi({text})"
    return recoded(text, item, group.naming)


def number(item: str) -> str:
    """Name of the expression that is computed once for an item's integer."""
    return f"{item}_bilangan"


@dataclass(frozen=True)
class Selection:
    """What a statement selects besides the typed items.

    Attributes:
        once: expressions that several columns need: name -> SQL over the raw columns. One by the name of
            :func:`number` is also the item's column.
        leading: the columns before the items.
        joins: further relations.
    """

    once: dict[str, str]
    leading: list[str]
    joins: str = ""


def build_families(cursor: psycopg.Cursor, codebook: Codebook, group: Group, keys: dict[str, bytes]) -> None:
    """Make the group's partition of ``registri.keluarga``; nobody is rejected yet."""
    once = {
        "nomor": _number(group, "k_rt", "r114"),
        "sls": "registri.enam_angka(r105)" if group.has("k_rt", "r105") else "null::text",
    }
    leading = [
        "s.id_kiriman",
        "s.baris",
        "d.kode_desa",
        "left(s.sls, 4) as kode_sls",
        "right(s.sls, 2) as kode_sub_sls",
        *_identity(group, "k_rt", "r114", "kk", wrong=None),
        "null::text as alasan_tolak",
    ]
    _create(cursor, codebook, group, "k_rt", Selection(once, leading), keys)


def build_persons(cursor: psycopg.Cursor, codebook: Codebook, group: Group, keys: dict[str, bytes]) -> None:
    """Make the group's partition of ``registri.anggota``; each person carries the record of its family."""
    shared = ["r404", *(BIRTH if all(group.has("k_art", item) for item in BIRTH) else ())]
    once = {"nomor": _number(group, "k_art", "r403"), "keluarga": tidy("id_rt")}
    once |= {number(item): first_look(cell(group, codebook.item(item))) for item in shared}
    residents = ", ".join(str(code) for code in codebook.penduduk[group.versi])
    unlike_birth = _unlike_birth(codebook, group) if "r405" in shared else None
    leading = [
        "s.id_kiriman",
        "s.baris",
        "k.baris as baris_keluarga",
        "d.kode_desa",
        *_identity(group, "k_art", "r403", "nik", wrong=unlike_birth),
        "null::text as alasan_tolak",
        f"coalesce(s.{number('r404')} in ({residents}), false) as penduduk",
    ]
    families = f"""
        left join {family_map(group)} as k
            on k.id_kiriman = s.id_kiriman and k.kunci_desa = d.kunci_desa and k.id = s.keluarga
    """
    _create(cursor, codebook, group, "k_art", Selection(once, leading, families), keys)


def _create(
    cursor: psycopg.Cursor, codebook: Codebook, group: Group, table: Table, selection: Selection, keys: dict[str, bytes]
) -> None:
    delivered = group.items(codebook, table)
    numbers = {item.kode: first_look(cell(group, item)) for item in delivered}
    numbers |= {item: f"s.{number(item)}" for item in numbers if number(item) in selection.once}
    typed = [f"{numbers.get(item.kode, 'null::smallint')} as {item.kode}" for item in codebook.typed(table)]
    once = "".join(f", {expression} as {name}" for name, expression in selection.once.items())
    # The offset keeps PostgreSQL from copying the expressions of `once` to wherever they are used; as a constant of
    # its own type it does not keep it from reading in parallel.
    query = f"""
        create table {partition(group, table)} as
        select {", ".join(selection.leading + typed)}
        from (select *{once} from {group.relation(table)} as s offset bigint '0') as s
        join {village_map(group)} as d on {" and ".join(f"d.{key} = s.{key}" for key in GEOGRAPHY)}
        {selection.joins}
    """
    identified = any(f"%({kind})s" in query for kind in keys)
    cursor.execute(query.encode(), keys if identified else None)


def _number(group: Group, table: Table, column: str) -> str:
    return identity_number(column) if group.has(table, column) else "null::text"


def _identity(group: Group, table: Table, column: str, name: Kind, *, wrong: str | None) -> list[str]:
    """Pseudonym, quality and trailing zero of an identity number; the number itself stays in raw."""
    if not group.has(table, column):
        return [f"null::uuid as {name}", f"null::smallint as {name}_mutu", f"null::boolean as {name}_berakhir_nol"]
    valid = f"case when {wrong} then 3 else 0 end" if wrong else "0"
    return [
        f"{pseudonym(name, 's.nomor')} as {name}",
        f"(case when s.nomor is not null then {valid} when registri.rapi(s.{column}) = '' then 1 else 2 end)::smallint"
        f" as {name}_mutu",
        f"right(s.nomor, 1) = '0' as {name}_berakhir_nol",
    ]


def _unlike_birth(codebook: Codebook, group: Group) -> str:
    """SQL predicate: digits 7 to 12 of a NIK are not day (plus 40 for women), month and year of birth.

    A date outside its domain is unknown; that is looked at last, where the digits differ.
    """
    sex, day, month, year = (f"nullif(s.{number(item)}, {TANDA})::integer" for item in BIRTH)
    born = f"({day} + case {sex} when 2 then 40 when 1 then 0 end) * 10000 + {month} * 100 + mod({year}, 100)"
    known = " and ".join(
        f"not {outside(value, codebook.item(item), group.versi)}"
        for value, item in zip((day, month, year), BIRTH[1:], strict=True)
    )
    return f"mod(s.nomor::bigint / 10000, 1000000) <> {born} and {known}"
