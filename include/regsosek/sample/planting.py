"""Where faults are planted: reserved families of a village, cells that are changed, and the list of what was done."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from regsosek.codebook import TABLES, Table
from regsosek.rules import rule
from regsosek.sample.district import Part
from regsosek.sample.draws import Booleans, Integers

File = Literal["k_rt", "k_art", "kiriman"]

MOST_REJECTED = 5
"""Families of a village that may be rejected without the village being refused."""


class Fault(NamedTuple):
    """A fault that the gate has to find; ``baris`` is the record (header 1), None for a village or a delivery."""

    berkas: File
    baris: int | None
    aturan: str
    keparahan: str
    kode_desa: str | None


def fault(berkas: File, baris: int | None, aturan: str, kode_desa: str | None) -> Fault:
    """A fault with the severity of its rule."""
    return Fault(berkas, baris, aturan, rule(aturan).keparahan, kode_desa)


def write_faults(path: Path, faults: Iterable[Fault]) -> None:
    """Write the list as CSV, in the order of files and records."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Fault._fields)
        for each in sorted(faults, key=lambda each: (each.berkas, each.baris or 0, each.aturan, each.kode_desa or "")):
            writer.writerow(each)


def read_faults(path: Path) -> list[Fault]:
    """The faults of a list that ``write_faults`` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Fault(berkas, int(baris) if baris else None, aturan, keparahan, kode_desa or None)  # type: ignore[arg-type]
            for berkas, baris, aturan, keparahan, kode_desa in list(csv.reader(file))[1:]
        ]


class RowFault(NamedTuple):
    """A fault at a row of a part; the record is known when the row is written."""

    tabel: Table
    row: int
    aturan: str
    kode_desa: str | None


@dataclass
class Planted:
    """What was changed in a part.

    Attributes:
        cells: table -> item -> {row: text written instead of the clean answer}.
        faults: what the gate has to find.
        rejected: families by village that the gate rejects.
        astray: families by village that carry the code of no village.
    """

    cells: dict[Table, dict[str, dict[int, str]]] = field(default_factory=lambda: {tabel: {} for tabel in TABLES})
    faults: list[RowFault] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    astray: Counter[str] = field(default_factory=Counter)

    def set(self, tabel: Table, item: str, row: int, value: object) -> None:
        """Write this into the cell; "" empties it."""
        self.cells[tabel].setdefault(item, {})[int(row)] = str(value)


@dataclass
class Site:
    """A village of a part, as a recipe sees it.

    Rows are indices into the tables of the part. A family that a recipe has taken is not offered again, so that no two
    faults meet.
    """

    part: Part
    planted: Planted
    free: Booleans
    village: int
    alone: bool
    """the village is the only one of its delivery"""
    rng: np.random.Generator

    def __post_init__(self) -> None:
        first, last = np.searchsorted(self.part.village, (self.village, self.village + 1))
        self._families = np.arange(first, last)
        self._persons = np.arange(*np.searchsorted(self.part.family, (first, last)))

    @property
    def kode_desa(self) -> str:
        """Code of the village."""
        return self.part.villages[self.village].kode_desa

    def rt(self, item: str) -> Integers:
        """A column of all families of the part."""
        column: Integers = self.part.k_rt[item]
        return column

    def art(self, item: str) -> Integers:
        """A column of all persons of the part."""
        column: Integers = self.part.k_art[item]
        return column

    @property
    def interviewed(self) -> Booleans:
        """Of each family, whether it answered."""
        return self.rt("r205") <= 2

    @property
    def resident(self) -> Booleans:
        """Of each person."""
        return self.part.resident

    def families(self, where: Booleans) -> Integers:
        """Free families of the village for which it holds, in random order."""
        rows = self._families
        return self.rng.permutation(rows[self.free[rows] & where[rows]])

    def persons(self, where: Booleans) -> Integers:
        """Persons of free families of the village for which it holds, in random order."""
        rows = self._persons
        return self.rng.permutation(rows[self.free[self.part.family[rows]] & where[rows]])

    def members(self, family: int) -> Integers:
        """Persons of the family, residents first."""
        return np.arange(*np.searchsorted(self.part.family, (family, family + 1)))

    def take(self, family: int, rejects: bool = False) -> None:
        """Keep the family out of all further recipes."""
        self.free[family] = False
        self.planted.rejected[self.kode_desa] += rejects

    def can_reject(self, families: int) -> bool:
        """Whether so many more rejected families leave the village accepted."""
        return self.planted.rejected[self.kode_desa] + families <= MOST_REJECTED

    def set(self, tabel: Table, item: str, row: int, value: object) -> None:
        """Write this into the cell."""
        self.planted.set(tabel, item, row, value)

    def found(self, tabel: Table, row: int, aturan: str, kode_desa: str | None = "") -> None:
        """The gate has to list the rule at this row; ``kode_desa`` if the row no longer carries the village's."""
        where = self.kode_desa if kode_desa == "" else kode_desa
        self.planted.faults.append(RowFault(tabel, int(row), aturan, where))


Recipe = Callable[[Site], bool]
"""Plants one fault in the village; False if the village has nobody for it, and then nothing was changed."""


class Queue:
    """The faults still to be planted, handed out evenly to the parts of a sample."""

    def __init__(self, recipes: Iterable[tuple[str, Recipe]], parts: int, seed: int) -> None:
        self._waiting = deque(recipes)
        self._parts = parts
        self._rng = np.random.default_rng([seed, 3])

    def plant(self, part: Part, *, alone: bool) -> Planted:
        """Plant this part's share of the waiting faults; one that finds no place waits for the next part."""
        planted = Planted()
        free = np.full(len(part.village), True)
        sites = deque(Site(part, planted, free, village, alone, self._rng) for village in range(len(part.villages)))
        share = -(-len(self._waiting) // max(self._parts, 1))
        self._parts -= 1
        later = []
        for _ in range(share):
            aturan, recipe = self._waiting.popleft()
            for _ in range(len(sites)):
                sites.rotate(-1)
                if recipe(sites[0]):
                    break
            else:
                later.append((aturan, recipe))
        self._waiting.extendleft(reversed(later))
        return planted

    def require_empty(self) -> None:
        """ValueError naming the rules that found no place."""
        if self._waiting:
            rules = ", ".join(aturan for aturan, _ in self._waiting)
            raise ValueError(f"Contoh terlalu kecil; tidak ada tempat untuk kesalahan {rules}.")
