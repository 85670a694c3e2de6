"""Which cells settle a fault: derived from its rule, so that a new rule needs nothing here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import psycopg

from regsosek.codebook import Item, Table, codes_in, load_codebook
from regsosek.correction.base import MEMBERS, Base
from regsosek.normalise.keys import GEOGRAPHY
from regsosek.rules import Rule, rule

BESIDE: dict[str, tuple[str, ...]] = {
    "desa_anggota_berbeda": GEOGRAPHY,
    "desa_tidak_dikenal": GEOGRAPHY,
    "keluarga_tanpa_penduduk": ("r205", "r404"),
    "kepala_tidak_ada": ("r404",),
    "kk_ganda": ("r115",),
    "nik_tidak_cocok": ("r405", "r406tgl", "r406bln", "r406thn"),
}
"""Items besides the rule's own, where neither item nor predicate names them."""


@dataclass(frozen=True, order=True)
class Fault:
    """A fault of a record."""

    berkas: Table
    baris: int
    aturan: str


@dataclass(frozen=True, order=True)
class Cell:
    """A cell of a record."""

    berkas: Table
    baris: int
    item: str


def items_of(broken: Rule) -> list[str]:
    """Items that may be wrong where this rule is broken, its own first."""
    own = [broken.item] if broken.item else []
    named: frozenset[str] = frozenset()
    if broken.aturan == f"{broken.item}_terisi":
        named = codes_in(load_codebook().item(str(broken.item)).ditanya)
    elif broken.predikat and broken.aturan != f"{broken.item}_kosong" and "num_nonnulls(" not in broken.predikat:
        named = codes_in(broken.predikat) - codes_in(" ".join(load_codebook().dasar.values()))
    return list(dict.fromkeys([*own, *sorted(named), *BESIDE.get(broken.aturan, ())]))


def find_cells(cursor: psycopg.Cursor, base: Base) -> tuple[dict[Cell, list[Fault]], list[Fault]]:
    """Cells to be filled with the faults each may settle, and faults that no delivered cell settles."""
    faults = _faults(cursor, base)
    persons = _persons(cursor, base)
    cells: dict[Cell, list[Fault]] = defaultdict(list)
    others = []
    for fault in faults:
        found = [cell for item in items_of(rule(fault.aturan)) for cell in _at(base, fault, item, persons)]
        for cell in found:
            cells[cell].append(fault)
        if not found:
            others.append(fault)
    family_of = {baris: family for family, members in persons.items() for baris in members}
    return dict(sorted(cells.items(), key=lambda entry: _order(entry[0], family_of))), others


def _at(base: Base, fault: Fault, item: str, persons: dict[int, list[int]]) -> list[Cell]:
    """The item's cell in the record of the fault, or, for an item of persons, in all persons of the family."""
    codebook = load_codebook()
    here = [each for each in codebook.table(fault.berkas) if each.kode == item]
    if here:
        return [Cell(fault.berkas, fault.baris, item)] if base.column(fault.berkas, item) else []
    if fault.berkas == "k_rt" and base.column("k_art", item):
        return [Cell("k_art", baris, item) for baris in persons.get(fault.baris, ())]
    return []


def _order(cell: Cell, family_of: dict[int, int]) -> tuple[int, int, int, str]:
    """Families in the order of the file, their persons behind them, persons without a family at the end."""
    if cell.berkas == "k_rt":
        return (cell.baris, 0, 0, cell.item)
    return (family_of.get(cell.baris, 2**31), 1, cell.baris, cell.item)


def _faults(cursor: psycopg.Cursor, base: Base) -> list[Fault]:
    found: set[Fault] = set()
    for table, members in MEMBERS.items():
        rows = cursor.execute(
            f"""
            select t.baris, t.aturan from ops.temuan as t
            join ({members}) as m on m.baris = t.baris
            where t.id_kiriman = %(kiriman)s and t.berkas = '{table}'
            """.encode(),
            base.parameters,
        ).fetchall()
        found |= {Fault(table, baris, aturan) for baris, aturan in rows}
    return sorted(found)


def _persons(cursor: psycopg.Cursor, base: Base) -> dict[int, list[int]]:
    """Record of a family → records of its persons."""
    rows = cursor.execute(
        f"""
        select a.baris_keluarga, a.baris from registri.anggota as a
        join ({MEMBERS["k_art"]}) as m using (baris)
        where a.id_kiriman = %(kiriman)s and a.baris_keluarga is not null order by 2
        """.encode(),
        base.parameters,
    ).fetchall()
    persons: dict[int, list[int]] = defaultdict(list)
    for family, baris in rows:
        persons[family].append(baris)
    return persons


def title(item: Item) -> str:
    """Number and label of an item."""
    return f"{item.nomor or item.kode} {item.label}"
